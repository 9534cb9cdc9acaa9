"""Rendering messages: the shop's own template where it has one, else the one in the box."""

import re
from functools import cache
from typing import Any

from kairos import keys
from kairos.adapters.templates.bounded import render
from kairos.adapters.templates.box import LANGUAGES
from kairos.adapters.templates.composing import source_of
from kairos.adapters.templates.mjml import compiled_default
from kairos.adapters.templates.parts import put_in_text_parts
from kairos.adapters.templates.short import render_default_short, render_own_short
from kairos.adapters.templates.variables import variables_of
from kairos.adapters.templates.words import spoken
from kairos.domain.consent import Channel
from kairos.domain.errors import NotFound
from kairos.ports import Item, Items, Key
from kairos.services.sending.content import Content, Rendered, RenderedEmail

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_TEST = "[Test] "


class TemplateRenderer:
    """See kairos.services.sending.content.Render. items: where the shops' own templates are kept."""

    def __init__(self, items: Items) -> None:
        self._items = items

    def __call__(self, scenario: str, step: str, channel: Channel, content: Content) -> Rendered:
        """See Render."""
        own = self._own(scenario, step, channel, content)
        if channel != "email":
            short = render_own_short(own.body, channel, content) if own else None
            return short or render_default_short(scenario, step, channel, content)
        mail = render_own(own.body, content) if own else render_default(scenario, step, content)
        return mail.model_copy(update={"subject": _TEST + mail.subject}) if content.is_test else mail

    def _own(self, scenario: str, step: str, channel: Channel, content: Content) -> Item | None:
        """The shop's template for the customer's country, else the one for all of this language."""
        wanted = [keys.template(content.shop.id, scenario, step, channel, tag) for tag in tags_of(content)]
        found: dict[Key, Item] = self._items.get_many(wanted)
        return next((found[key] for key in wanted if key in found), None)


def tags_of(content: Content) -> list[str]:
    """The names of the languages that fit, the closest first: "de-CH", "de"."""
    regional = [f"{content.language}-{content.country}"] if content.country else []
    return [*regional, content.language]


def render_own(own: dict[str, Any], content: Content, strict: bool = False) -> RenderedEmail:
    """A shop's template: {"subject", "html", "text"}, all Liquid. strict: unknown names are errors."""
    values = variables_of(content)
    return RenderedEmail(
        subject=one_line(render(own["subject"], values, html=False, strict=strict)),
        html=render(own["html"], values, html=True, strict=strict),
        text=render(own["text"], values, html=False, strict=strict),
    )


def render_default(scenario: str, step: str, content: Content) -> RenderedEmail:
    """The template in the box, English where the shop's language is none of its. Raises NotFound."""
    text = default_text(scenario, step)
    values = variables_of(content)
    language = content.language if content.language in LANGUAGES else "en"
    words = spoken(language, scenario, step, values)
    values |= {"words": words, "language": language}
    return RenderedEmail(
        subject=one_line(words["subject"]),
        html=render(compiled_default(scenario, step), values, html=True),
        text=render(text, values, html=False).strip() + "\n",
    )


@cache
def default_text(scenario: str, step: str) -> str:
    """The text part of a step in the box, its parts put in. Raises NotFound."""
    text = source_of(scenario, step, "txt")
    if text is None:
        raise NotFound("template", f"{scenario}.{step}")
    return put_in_text_parts(text)


def one_line(subject: str) -> str:
    """A subject can't hold line breaks, after which another header would be read, nor other controls."""
    return " ".join(_CONTROLS.sub(" ", subject).split())
