"""Rendering messages: the shop's own template where it has one, else the one in the box."""

import re

from kairos import keys
from kairos.adapters.templates.bounded import render
from kairos.adapters.templates.box import LANGUAGES, default_file
from kairos.adapters.templates.mjml import compiled_default
from kairos.adapters.templates.variables import variables_of
from kairos.adapters.templates.words import spoken
from kairos.domain.consent import Channel
from kairos.domain.errors import NotFound
from kairos.ports import Item, Items
from kairos.services.sending.content import Content, Rendered, RenderedEmail, RenderedShort

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class TemplateRenderer:
    """See kairos.services.sending.content.Render. items: where the shops' own templates are kept."""

    def __init__(self, items: Items) -> None:
        self._items = items

    def __call__(self, scenario: str, step: str, channel: Channel, content: Content) -> Rendered:
        """See Render."""
        if channel != "email":
            return render_default_short(scenario, step, content)
        own = self._items.get(keys.template(content.shop.id, scenario, step, channel, content.language))
        if own is not None:
            return render_own(own, content)
        return render_default(scenario, step, content)


def render_own(own: Item, content: Content, strict: bool = False) -> RenderedEmail:
    """A shop's template: {"subject", "html", "text"}, all Liquid. strict: unknown names are errors."""
    values = variables_of(content)
    return RenderedEmail(
        subject=one_line(render(own.body["subject"], values, html=False, strict=strict)),
        html=render(own.body["html"], values, html=True, strict=strict),
        text=render(own.body["text"], values, html=False, strict=strict),
    )


def render_default(scenario: str, step: str, content: Content) -> RenderedEmail:
    """The template in the box, English where the shop's language is none of its. Raises NotFound."""
    name = f"{scenario}/{step}"
    text = default_text(name)
    values = variables_of(content)
    language = content.language if content.language in LANGUAGES else "en"
    words = spoken(language, scenario, step, values)
    values |= {"words": words, "language": language}
    return RenderedEmail(
        subject=one_line(words["subject"]),
        html=render(compiled_default(name), values, html=True),
        text=render(text, values, html=False).strip() + "\n",
    )


def render_default_short(scenario: str, step: str, content: Content) -> RenderedShort:
    """What a notification says: the subject, and what the mail's preview would say."""
    language = content.language if content.language in LANGUAGES else "en"
    words = spoken(language, scenario, step, variables_of(content))
    return RenderedShort(title=one_line(words["subject"]), text=words["preheader"], url=content.cart_url)


def default_text(name: str) -> str:
    """The text part of a template in the box, its parts put in. Raises NotFound."""
    text = default_file(f"{name}.txt")
    if text is None:
        raise NotFound("template", name)
    for part in ("items.txt", "footer.txt"):
        text = text.replace(f"[[{part}]]", default_file(part) or "")
    return text


def one_line(subject: str) -> str:
    """A subject can't hold line breaks, after which another header would be read, nor other controls."""
    return " ".join(_CONTROLS.sub(" ", subject).split())
