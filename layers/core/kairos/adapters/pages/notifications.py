"""The offer to switch notifications on in this browser, and the two files in JavaScript that it needs.

The offer is hidden until the script finds that the browser can show notifications: without it there is no
button that does nothing.
"""

from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files

from kairos.adapters.pages.layout import Answer, form_words
from kairos.domain.shop import Shop

SCRIPT, WORKER = "notify.js", "worker.js"
_WORDS = ("on", "off", "is_on", "is_off", "denied", "failed")


def offer(shop: Shop, words: Mapping[str, str], language: str) -> str:
    """The section, HTML; "" where the shop sends no such messages. words: of the page's language."""
    settings = shop.channels.web_push
    if settings is None or settings.public_key is None:
        return ""
    # A browser subscribes once for each scope, with one key: each shop has a scope of its own.
    told = {"key": settings.public_key, "scope": f"{shop.id}/", "language": language}
    told |= {name.replace("_", "-"): words[f"notify_{name}"] for name in _WORDS}
    data = "".join(f' data-{name}="{escape(text)}"' for name, text in told.items())
    return (
        f'<section id="notify" class="notify" aria-labelledby="notify-title" hidden{data}>'
        f'<h2 id="notify-title">{escape(words["notify_title"])}</h2>'
        f'<p id="notify-text">{escape(words["notify_text"])}</p><button type="button" '
        f'aria-describedby="notify-text">{escape(words["notify_on"])}</button>'
        '<p aria-live="polite"></p></section>'
    )


def notice(shop: Shop, language: str) -> str:
    """What the section says, as proof of the consent."""
    return form_words(language, shop.name)["notify_text"]


def script(name: str) -> Answer | None:
    """The file of that name as it is served; None where there is none of that name."""
    if name not in {SCRIPT, WORKER}:
        return None
    return Answer(_file(name), _HEADERS)


_HEADERS = {
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "public, max-age=3600",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}


@cache
def _file(name: str) -> str:
    return (files("kairos.adapters.pages") / name).read_text(encoding="utf-8")
