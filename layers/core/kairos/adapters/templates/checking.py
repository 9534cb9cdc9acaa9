"""Whether a shop's template can work: judged when it is saved, so that no customer is the first to see."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from kairos.adapters.templates.bounded import FILTERS, compiled
from kairos.adapters.templates.engine import render_own
from kairos.adapters.templates.mjml import compiled_own
from kairos.adapters.templates.names import TemplateName
from kairos.adapters.templates.parts import put_in_parts, put_in_text_parts
from kairos.adapters.templates.short import LONGEST_TEXT, LONGEST_TITLE, PARTS, render_own_short
from kairos.adapters.templates.variables import ARTICLE_NAMES, ITEM_NAMES, NAMES
from kairos.adapters.templates.words import put_in_words
from kairos.domain.errors import Refused
from kairos.domain.refusing import nearest
from kairos.services.sending.content import Content

_OF_LISTS = ("size", "first", "last")
_LOOPED = tuple(dict.fromkeys((*ITEM_NAMES, *ARTICLE_NAMES, *_OF_LISTS)))


class Draft(NamedTuple):
    """An e-mail as a shop writes it: Liquid in all three; mjml: the body, a whole MJML document."""

    subject: str
    mjml: str
    text: str


class ShortDraft(NamedTuple):
    """A message on another channel, Liquid in all three. An sms is the text alone, its link within."""

    title: str
    text: str
    url: str


_MAY_LACK = ("code", "code_kind", "percent", "code_expires_at", "code_valid_for", "occasion", "campaign")


def checked(name: TemplateName, draft: Draft | ShortDraft, content: Content) -> dict[str, Any]:
    """What is stored of the draft. content: an example with everything. Raises Refused naming the part."""
    bare = content.model_copy(
        update={"variant": "free_shipping", **dict.fromkeys(_MAY_LACK), "items": (), "featured": ()}
    )
    if isinstance(draft, ShortDraft):
        return _short(name, draft, (content, bare))
    return _email(name, draft, (content, bare))


def _email(name: TemplateName, draft: Draft, examples: Iterable[Content]) -> dict[str, Any]:
    html = compiled_own(put_in_words(put_in_parts(draft.mjml), name.language, name.scenario, name.step))
    text = put_in_words(put_in_text_parts(draft.text), name.language, name.scenario, name.step)
    for part, source in (("subject", draft.subject), ("mjml", html), ("text", text)):
        _check(part, source)
    way_out, why = _must_hold(name)
    for part, source in (("mjml", html), ("text", text)):
        if way_out not in source:
            raise Refused(part, f"It holds no {way_out}.", f"Put {{{{ {way_out} }}}} in it: {why}")
    body = {"subject": draft.subject, "mjml": draft.mjml, "html": html, "text": text}
    for one in examples:
        render_own(body, one, strict=True)
    return body


def _must_hold(name: TemplateName) -> tuple[str, str]:
    if name.scenario == "double_opt_in":
        return "confirm_url", "without it nobody can confirm."
    return "unsubscribe_url", "every message must let its reader unsubscribe."


def _short(name: TemplateName, draft: ShortDraft, examples: Iterable[Content]) -> dict[str, Any]:
    body = draft._asdict()
    for part in PARTS:
        _check(part, body[part])
    for part in ("text",) if name.channel == "sms" else ("title", "text"):
        if not body[part].strip():
            raise Refused(part, "It says nothing.", "Write what shall be sent.")
    for one in examples:
        shown = render_own_short(body, name.channel, one, strict=True)
        if len(shown.text) >= LONGEST_TEXT or len(shown.title) >= LONGEST_TITLE:
            part, most = (
                ("text", LONGEST_TEXT) if len(shown.text) >= LONGEST_TEXT else ("title", LONGEST_TITLE)
            )
            raise Refused(part, "It is too long once it is filled.", f"Keep it below {most} characters.")
    return body


def _check(part: str, source: str) -> None:
    """Every name and filter must exist, also in branches that the example does not reach."""
    try:
        found = compiled(source, html=False).analyze(include_partials=False)
    except Refused as wrong:
        raise Refused(part, wrong.problem, wrong.remedy) from None
    for root, uses in found.globals.items():
        _must_be(part, root, NAMES)
        for use in uses:
            if len(use.segments) > 1 and NAMES[root]:
                _must_be(part, f"{root}.{use.segments[1]}", [f"{root}.{name}" for name in NAMES[root]])
    for root in found.variables.keys() - found.globals.keys() - found.locals.keys() - {"forloop"}:
        for use in found.variables[root]:
            if len(use.segments) > 1:
                known = [f"{root}.{name}" for name in _LOOPED]
                _must_be(part, f"{root}.{use.segments[1]}", known)
    for name in found.filters:
        _must_be(part, name, FILTERS)


def _must_be(part: str, name: str, known: Iterable[str]) -> None:
    known = list(known)
    if name not in known:
        raise Refused(part, f"There is no {name!r}.", nearest(name, known))
