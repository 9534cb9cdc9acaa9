"""The parts that messages are made of, put in where a source names them."""

import re

from kairos.adapters.templates.box import default_file
from kairos.adapters.templates.steps import LINKS

PARTS = (
    *("head", "header", "intro", "story", "picture", "items", "cart", "your_cart", "code", "featured"),
    *("note", "still", "button", "grid", "products", "articles", "video", "chat", "guide", "footer"),
)
"""What templates may include. `products` takes the list that it shows, `button` where it leads."""

_MJML = re.compile(r'<mj-include path="([a-z_]+)\.mjml"(?: of="([a-z_ ]+)")? />\n?')
_TEXT = re.compile(r"\[\[([a-z_]+)\.txt(?: ([a-z_ ]+))?\]\]")


def put_in_parts(source: str) -> str:
    """The MJML with the box's own parts in place of what includes them; other includes stay, and fail."""
    # Put in before compiling: mrml renders an included part without the row and width around it.
    return _MJML.sub(lambda found: _part(found, "mjml"), source)


def put_in_text_parts(source: str) -> str:
    """The text likewise: [[items.txt]], [[products.txt viewed]]."""
    return _TEXT.sub(lambda found: _part(found, "txt"), source)


def _part(found: re.Match[str], kind: str) -> str:
    file = default_file(f"{found[1]}.{kind}") if found[1] in PARTS else None
    if file is None:
        return found[0]
    put_in = put_in_parts if kind == "mjml" else put_in_text_parts
    if found[1] in ("products", "grid"):
        file = _products(file, found[2] or "related")
    if found[1] == "button":
        file = _button(file, found[2] or "cart")
    return put_in(file)


def _products(file: str, lists: str) -> str:
    """ "new_products else trending": each under the condition that those before it hold nothing."""
    names, shown = lists.split(" else "), ""
    for position, name in enumerate(names):
        empty = "".join(f" and {before}.size == 0" for before in names[:position])
        shown += file.replace("WHEN", f"{name}.size > 0{empty}").replace("PRODUCTS", name)
    return shown


def _button(file: str, target: str) -> str:
    link = next((link for name, link in LINKS.items() if name == target), target)
    known = " or ".join(one.strip() for one in link.split("| default:"))
    return file.replace("WHEN", known).replace("LINK", f"{{{{ {link} }}}}")
