"""Messages on channels other than e-mail: a title, a text, and where it leads."""

from collections.abc import Mapping

from kairos.adapters.templates.bounded import render
from kairos.adapters.templates.box import LANGUAGES
from kairos.adapters.templates.variables import variables_of
from kairos.adapters.templates.words import short_sentences
from kairos.domain.consent import Channel
from kairos.services.sending.content import Content, RenderedShort

LONGEST_TITLE = 120
LONGEST_TEXT = 1_000
"""Characters; some six segments of an sms, more than any phone shows of a notification."""

_PLAIN = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\u00e7": "c",
        "\u00ea": "e",
        "\u00e2": "a",
        "\u00ee": "i",
        "\u00f4": "o",
        "\u00fb": "u",
        "\u00ef": "i",
        "\u00eb": "e",
        "\u0153": "oe",
    }
)
"""What GSM 03.38 lacks, and an sms is sent twice for: one such letter halves what fits into a segment."""


def render_own_short(
    own: Mapping[str, str], channel: Channel, content: Content, strict: bool = False
) -> RenderedShort:
    """A shop's {"title", "text", "url"}, all Liquid. strict: unknown names are errors."""
    values = variables_of(content)
    told = {part: render(own.get(part) or "", values, html=False, strict=strict) for part in PARTS}
    return _short(told, channel, content)


def render_default_short(scenario: str, step: str, channel: Channel, content: Content) -> RenderedShort:
    """The short text in the box, English where the shop's language is none of its. Raises NotFound."""
    language = content.language if content.language in LANGUAGES else "en"
    values = variables_of(content)
    sources = default_short(language, scenario, step, channel)
    return _short({part: render(sources[part], values, html=False) for part in PARTS}, channel, content)


PARTS = ("title", "text", "url")


def default_short(language: str, scenario: str, step: str, channel: Channel) -> dict[str, str]:
    """{"title", "text", "url"} of the box, as Liquid. Raises NotFound."""
    told = short_sentences(language, scenario, step)
    text = told["sms"] if channel == "sms" else told["text"]
    return {"title": "" if channel == "sms" else told["title"], "text": text, "url": told["url"]}


def _short(told: Mapping[str, str], channel: Channel, content: Content) -> RenderedShort:
    title, text = " ".join(told["title"].split()), told["text"].strip()
    url = told["url"].strip()
    products = (*content.featured, *content.items, *content.related)
    wrote = content.campaign.image if content.campaign else None
    image = wrote or next((item.image for item in products if item.image), None)
    return RenderedShort(
        title=title[:LONGEST_TITLE],
        text=(plain(text) if channel == "sms" else text)[:LONGEST_TEXT],
        url=url if url.startswith(("https://", "http://")) else None,
        image=None if channel == "sms" else image,
    )


def plain(text: str) -> str:
    """The text in letters that an sms has, as far as they can stand for those it lacks."""
    return text.translate(_PLAIN)
