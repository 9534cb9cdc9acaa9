"""The script tag as a shop's pages get it: one file, with the shop's own settings in it."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_FILE = Path(__file__).with_name("tag.js")
_SETTINGS = "__SETTINGS__"
"""What stands in the file where the settings belong."""

_UNSAFE = {"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""Of JSON, what a script can't hold everywhere."""


class Script(NamedTuple):
    """text: JavaScript. packed: the same, gzipped. tag: its ETag, quoted."""

    text: str
    packed: bytes
    tag: str


def settings_of(secret: Mapping[str, Any], address: str) -> dict[str, Any]:
    """What the script is told of its shop. secret: the shop's; address: of its activity, without the key."""
    return {
        "url": f"{address}?key={secret['write_key']}",
        "platform": secret["platform"],
        "push": secret.get("push_key"),
        "version": version(),
    }


def script(settings: Mapping[str, Any]) -> Script:
    """The file of these settings; the same settings give the same bytes."""
    told = json.dumps(settings, sort_keys=True)
    for char, escaped in _UNSAFE.items():
        told = told.replace(char, escaped)
    text = _source().replace(_SETTINGS, told)
    packed = gzip.compress(text.encode(), 9, mtime=0)
    return Script(text, packed, f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"')


@cache
def version() -> str:
    """Of the file without settings: eight hex digits that change with it."""
    return hashlib.sha256(_source().encode()).hexdigest()[:8]


@cache
def _source() -> str:
    return _FILE.read_text(encoding="utf-8")
