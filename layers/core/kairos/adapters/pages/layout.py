"""The frame of every hosted page: style, headers, colours."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from kairos.adapters.templates.box import LANGUAGES, words_file

_STYLE = """
:root{color-scheme:light dark;--page:#f3f3f5;--card:#fff;--ink:#1d1d1f;--pale:#5f5f67;--line:#8a8a92;
--focus:#1d4ed8;--wrong:#b3261e;--button:#1d1d1f;--on-button:#fff}
@media(prefers-color-scheme:dark){
:root{--page:#121214;--card:#1f1f22;--ink:#f4f4f6;--pale:#a9a9b2;--line:#8a8a92;--focus:#8ab4ff;
--wrong:#ffb4ab;--button:#f4f4f6;--on-button:#1d1d1f}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;align-items:center;justify-content:center;padding:24px 16px;
background:var(--page);color:var(--ink);
font:17px/1.5 -apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{width:100%;max-width:520px;padding:40px 32px;border-radius:12px;background:var(--card)}
@media(max-width:479px){main{padding:32px 20px}}
p{margin:0 0 24px}
.shop{margin:0 0 20px;font-size:15px;font-weight:600;color:var(--pale);overflow-wrap:anywhere}
h1{margin:0 0 12px;font-size:26px;line-height:1.25;overflow-wrap:anywhere}
h2{margin:0 0 8px;font-size:17px}
form{margin:0}
.field{margin:0 0 24px;padding:0;border:0;min-width:0}
label,legend{display:block;margin:0 0 6px;padding:0;font-weight:600;overflow-wrap:anywhere}
.hint,.error{display:block;margin:0 0 6px;font-size:15px;font-weight:400;color:var(--pale)}
.field .hint{display:inline}
.error,.summary a{color:var(--wrong)}
input[type=text],input[type=email],textarea{width:100%;padding:12px 14px;border:1px solid var(--line);
border-radius:8px;background:var(--card);color:var(--ink);font:inherit}
textarea{min-height:110px;resize:vertical}
[aria-invalid=true]{border:2px solid var(--wrong)!important}
.date{display:flex;gap:12px}
.date label{margin:0;font-size:15px;font-weight:400}
.date input{width:76px}
.date .year input{width:100px}
.choice{display:flex;align-items:flex-start;gap:12px;margin:0;padding:9px 0;font-weight:400;cursor:pointer}
.choice input{flex:none;width:24px;height:24px;margin:1px 0 0;accent-color:var(--button)}
.scores{display:grid;grid-template-columns:repeat(auto-fill,minmax(44px,1fr));gap:8px}
.scores label{position:relative;margin:0;font-weight:400}
.scores input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
.scores span{display:flex;align-items:center;justify-content:center;height:44px;border:1px solid var(--line);
border-radius:8px}
.scores input:checked+span{background:var(--button);color:var(--on-button);border-color:var(--button)}
.scores input:focus-visible+span{outline:3px solid var(--focus);outline-offset:2px}
.ends{display:flex;justify-content:space-between;gap:16px;margin:8px 0 0;font-size:15px;color:var(--pale)}
.summary{margin:0 0 24px;padding:16px 20px;border:2px solid var(--wrong);border-radius:8px}
.summary ul{margin:0;padding:0 0 0 20px}
button{width:100%;padding:14px 24px;border:1px solid var(--ink);border-radius:8px;background:var(--button);
color:var(--on-button);font:inherit;font-weight:600;cursor:pointer}
a{color:var(--ink)}
.more{margin:24px 0 0;text-align:center;font-size:15px}
:focus-visible{outline:3px solid var(--focus);outline-offset:3px}
.notify{margin:32px 0 0;padding:24px 0 0;border-top:1px solid var(--line)}
.notify p:last-child{margin:16px 0 0}
.notify p:empty{margin:0}
main>:last-child{margin-bottom:0}
"""

_LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3."""


class Answer(NamedTuple):
    """A page with its headers: its own style is the only one that its policy allows."""

    html: str
    headers: Mapping[str, str]


def frame(
    language: str,
    title: str,
    body: str,
    shop: str = "",
    colour: str | None = None,
    script: str | None = None,
) -> Answer:
    """The whole page. body: HTML after the heading. colour: of buttons, "#rrggbb". script: address of the
    page's only one, beside it.
    """
    style = _STYLE + (_coloured(colour) if colour else "")
    named = f'<p class="shop">{escape(shop)}</p>' if shop else ""
    run = f'<script type="module" src="{script}"></script>' if script else ""
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}{escape(f' - {shop}') if shop else ''}</title><style>{style}</style>"
        f"{run}</head><body><main>{named}<h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return Answer(html, _headers(style, script is not None))


def _headers(style: str, script: bool) -> Mapping[str, str]:
    """The link is a secret of its reader: nothing may keep it, find it or pass it on."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    own = "script-src 'self'; worker-src 'self'; connect-src 'self'; " if script else ""
    return {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": f"default-src 'none'; style-src 'sha256-{digest}'; {own}"
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
    }


def known_language(language: str) -> str:
    """The language if the box speaks it, else English."""
    return language if language in LANGUAGES else "en"


def form_words(language: str, shop: str) -> dict[str, str]:
    """Every word of the forms, the shop's name in them."""
    told: dict[str, str] = words_file(known_language(language))["forms"]
    return {name: text.replace("{shop}", shop) for name, text in told.items()}


def _coloured(colour: str) -> str:
    """The shop's colour for buttons, with whichever of black and white is read best on it."""
    light = _luminance(colour)
    on_white = (1 + 0.05) / (light + 0.05)
    text = "#fff" if on_white >= _LEAST_CONTRAST else "#000"
    return f":root,:root:root{{--button:{colour};--on-button:{text}}}"


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
