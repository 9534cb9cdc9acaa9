"""Rendering messages: the shop's own template where it has one, else the one in the box."""

import re

from kairos import keys
from kairos.adapters.templates.bounded import render
from kairos.adapters.templates.box import LANGUAGES, default_file
from kairos.adapters.templates.mjml import compiled_default
from kairos.adapters.templates.variables import variables_of
from kairos.adapters.templates.words import spoken
from kairos.domain.errors import NotFound
from kairos.ports import Item, Items
from kairos.services.sending.content import Content, Rendered
from kairos.services.sending.facts import CHANNEL

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class TemplateRenderer:
    """See kairos.services.sending.content.Render. items: where the shops' own templates are kept."""

    def __init__(self, items: Items) -> None:
        self._items = items

    def __call__(self, scenario: str, step: str, content: Content) -> Rendered:
        """See Render."""
        key = keys.template(content.shop.id, scenario, step, CHANNEL, content.language)
        own = self._items.get(key)
        if own is not None:
            return render_own(own, content)
        return render_default(scenario, step, content)


def render_own(own: Item, content: Content, strict: bool = False) -> Rendered:
    """A shop's template: {"subject", "html", "text"}, all Liquid. strict: unknown names are errors."""
    values = variables_of(content)
    return Rendered(
        subject=one_line(render(own.body["subject"], values, html=False, strict=strict)),
        html=render(own.body["html"], values, html=True, strict=strict),
        text=render(own.body["text"], values, html=False, strict=strict),
    )


def render_default(scenario: str, step: str, content: Content) -> Rendered:
    """The template in the box, English where the shop's language is none of its. Raises NotFound."""
    name = f"{scenario}/{step}"
    text = default_text(name)
    values = variables_of(content)
    language = content.language if content.language in LANGUAGES else "en"
    words = spoken(language, scenario, step, values)
    values |= {"words": words, "language": language}
    return Rendered(
        subject=one_line(words["subject"]),
        html=render(compiled_default(name), values, html=True),
        text=render(text, values, html=False).strip() + "\n",
    )


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
