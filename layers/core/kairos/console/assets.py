"""What browsers load beside the pages: one style sheet of our own, from several files, and htmx.

Addresses name the content, so that they may be kept for a year and are new with what they lead to.
"""

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

_STATIC = files("kairos.console") / "static"


class Asset(NamedTuple):
    """One file. kind: its media type."""

    kind: str
    body: bytes


def _htmx() -> bytes:
    """htmx 2, as the package django-htmx ships it; of the package nothing else is used or imported."""
    found = find_spec("django_htmx")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("django-htmx is missing: install requirements/console.in")
    package = Path(next(iter(found.submodule_search_locations)))
    return (package / "static/django_htmx/htmx-2.min.js").read_bytes()


@cache
def assets() -> dict[str, Asset]:
    """By name."""
    sheets = sorted(one.name for one in _STATIC.iterdir() if one.name.endswith(".css"))
    style = b"".join(_STATIC.joinpath(name).read_bytes() for name in sheets)
    script = _STATIC.joinpath("console.js").read_bytes()
    icon = _STATIC.joinpath("icon.svg").read_bytes()
    return {
        "console.css": Asset("text/css; charset=utf-8", style),
        "console.js": Asset("text/javascript; charset=utf-8", script),
        "htmx.js": Asset("text/javascript; charset=utf-8", _htmx()),
        "icon.svg": Asset("image/svg+xml", icon),
    }


@cache
def version() -> str:
    """12 hex digits that change with any of them."""
    whole = hashlib.sha256()
    for name, asset in sorted(assets().items()):
        whole.update(name.encode() + b"\0" + asset.body)
    return whole.hexdigest()[:12]


@cache
def packed(name: str) -> bytes:
    """The file, gzipped. Raises KeyError."""
    return gzip.compress(assets()[name].body, mtime=0)
