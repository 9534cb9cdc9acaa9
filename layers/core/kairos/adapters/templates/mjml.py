"""MJML to HTML; Liquid in it stays as it is."""

import re
from functools import cache

import mrml

from kairos.adapters.templates.box import default_file
from kairos.domain.errors import Refused

_INCLUDE = re.compile(r'<mj-include path="([a-z]+\.mjml)"(?: of="([a-z_]+)")? />')
PARTS = ("head.mjml", "header.mjml", "items.mjml", "products.mjml", "video.mjml", "guide.mjml", "footer.mjml")
"""What templates may include; `products.mjml` takes the list that it shows: of="viewed"."""

MOST_TAGS = 5_000
"""Tags, opening and closing: some 10,000 nested ones overflow mrml's stack, and kill the process."""

_RENDERING = mrml.RenderOptions(fonts={})
"""No web fonts: the compiler would load those that it knows by name from others' servers, at each opening."""

_REMEDY = "Correct it; https://documentation.mjml.io describes the tags."


@cache
def compiled_default(name: str) -> str:
    """The HTML of a template in the box, compiled once per process. Raises KeyError for no such one."""
    return _html(default_mjml(name))


def default_mjml(name: str) -> str:
    """The MJML of a template in the box, its parts put in. Raises KeyError for no such one."""
    source = default_file(f"{name}.mjml")
    if source is None:
        raise KeyError(name)
    return put_in_parts(source)


def put_in_parts(source: str) -> str:
    """The MJML with the box's own parts in place of what includes them; other includes stay, and fail."""

    # Put in before compiling: mrml renders an included part without the row and width around it.
    def part(found: re.Match[str]) -> str:
        if found[1] not in PARTS:
            return found[0]
        return (default_file(found[1]) or "").replace("PRODUCTS", found[2] or "related")

    return _INCLUDE.sub(part, source)


def compiled_own(source: str) -> str:
    """The HTML of a shop's template. It can include nothing. Raises Refused naming what is wrong."""
    if source.count("<") > MOST_TAGS:
        raise Refused("mjml", "It has too many tags.", f"Use at most {MOST_TAGS}.")
    return _html(source)


def _html(source: str) -> str:
    options = mrml.ParserOptions(include_loader=mrml.noop_loader())
    try:
        html = str(mrml.to_html(source, parser_options=options, render_options=_RENDERING).content)
    except OSError as wrong:
        raise Refused("mjml", f"{wrong}.", _REMEDY) from None
    unknown = re.search(r"<(mj-[a-z-]+)", html)
    if unknown:  # passed through as if it were HTML
        raise Refused("mjml", f"There is no tag {unknown[1]!r} here.", _REMEDY)
    return html
