"""Places of a site, as paths name them: pages by their path, products and categories by their ids."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

LONGEST = 200
"""Characters of a place's name; what is longer is cut, and counted under what is left."""

HIDDEN = "…"
"""Stands for a part of an address that is about somebody rather than about the site."""

_PERSONAL = re.compile(
    r".*(@|%40).*"
    r"|\d{6,}"
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_=]{16,}"
)
"""An address, a long number, a UUID, a token: of orders, carts, accounts and links that open something."""


class Place(NamedTuple):
    """kind: "page", "category", "product", or "form". target: its path, id or name."""

    kind: str
    target: str


def page_of(address: str) -> str:
    """The path of a page's address, without host, query, fragment, and a final slash; personal parts hidden.

    So that a page is one page by whatever link somebody came, and no file holds who it was.
    """
    try:
        path = urlsplit(address).path
    except ValueError:
        path = address.partition("?")[0].partition("#")[0]
    parts = [HIDDEN if _PERSONAL.fullmatch(part) else part for part in path.split("/")]
    return ("/" + "/".join(part for part in parts if part))[:LONGEST]
