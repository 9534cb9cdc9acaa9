"""The files in the box: layouts, and one file of words per language."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("de", "en", "fr", "it")

_DEFAULTS = files("kairos.adapters.templates") / "defaults"


@cache
def default_file(name: str) -> str | None:
    """A file of the box by its path there, None where there is none."""
    file = _DEFAULTS.joinpath(*name.split("/"))
    return file.read_text(encoding="utf-8") if file.is_file() else None


@cache
def words_file(language: str) -> dict[str, Any]:
    """All words of a language. Raises KeyError for one that the box does not speak."""
    if language not in LANGUAGES:
        raise KeyError(language)
    return tomllib.loads(default_file(f"words/{language}.toml") or "")
