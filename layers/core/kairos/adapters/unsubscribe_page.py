"""The unsubscribe page: one question, one button, no script, nothing loaded from anywhere."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape

from kairos.adapters.templates.box import LANGUAGES, words_file
from kairos.services.sending.content import language_of
from kairos.services.unsubscribing import Standing

_STYLE = """
:root{color-scheme:light dark;--page:#f3f3f5;--card:#fff;--ink:#1d1d1f;--pale:#65656d;--focus:#2563eb}
@media(prefers-color-scheme:dark){
:root{--page:#121214;--card:#1f1f22;--ink:#f4f4f6;--pale:#a9a9b2;--focus:#8ab4ff}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;align-items:center;justify-content:center;padding:24px 16px;
background:var(--page);color:var(--ink);
font:17px/1.5 -apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{width:100%;max-width:460px;padding:40px 32px;border-radius:12px;background:var(--card)}
p{margin:0 0 24px}
.shop{margin:0 0 20px;font-size:15px;font-weight:600;color:var(--pale)}
h1{margin:0 0 12px;font-size:26px;line-height:1.25}
form{margin:0}
button{width:100%;padding:14px 24px;border:0;border-radius:8px;background:var(--ink);color:var(--card);
font:inherit;font-weight:600;cursor:pointer}
button.link{width:auto;padding:4px 0;background:none;color:var(--ink);font-weight:400;
text-decoration:underline}
button:focus-visible{outline:3px solid var(--focus);outline-offset:3px}
:last-child{margin-bottom:0}
"""

HEADERS: Mapping[str, str] = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
"""The link is a secret of its reader: nothing may keep it, find it or pass it on."""


def page(told: Standing) -> str:
    """The question, or the confirmation where nothing is sent to this address any more."""
    language = _known(language_of(told.shop, told.language)[0])
    words = {name: text.replace("{shop}", told.shop.name) for name, text in _words(language).items()}
    if told.granted:
        return _html(
            language, words["ask"], words["ask_more"], _form("confirm", words["button"]), told.shop.name
        )
    again = _form("undo", words["undo"], kind="link") if told.can_undo else ""
    return _html(language, words["done"], words["done_more"], again, told.shop.name)


def not_found(accepts: str | None) -> str:
    """For a link that is none of ours, in the language that the browser asks for."""
    language = _known((accepts or "")[:2].lower())
    words = _words(language)
    return _html(language, words["bad"], words["bad_more"], "", "")


def _known(language: str) -> str:
    return language if language in LANGUAGES else "en"


def _words(language: str) -> dict[str, str]:
    found: dict[str, str] = words_file(language)["unsubscribe"]
    return found


def _form(name: str, label: str, kind: str = "main") -> str:
    # No action: the form goes back to the address that it came from, token and stage included.
    return (
        f'<form method="post"><input type="hidden" name="{name}" value="1">'
        f'<button class="{kind}" type="submit">{escape(label)}</button></form>'
    )


def _html(language: str, title: str, text: str, form: str, shop: str) -> str:
    named = f'<p class="shop">{escape(shop)}</p>' if shop else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>{named}"
        f'<h1>{escape(title)}</h1><p role="status">{escape(text)}</p>{form}</main></body></html>'
    )
