"""The console's words: a folder a language, a file a section, so that a new page touches no other's file."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("de", "en", "fr", "it")
NAMES = {"de": "Deutsch", "en": "English", "fr": "Français", "it": "Italiano"}
"""Each in itself, for who does not speak the one that is shown."""

_WORDS = files("kairos.console") / "words"


def spoken(*asked: str) -> str:
    """The first of the languages asked for that the console speaks, else English.

    asked: codes, or what a browser sends as Accept-Language.
    """
    for one in ",".join(asked).split(","):
        code = one.partition(";")[0].strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"


def say(language: str, name: str, /, **values: object) -> str:
    """The sentence of that name, "section.sentence" or deeper, with {value} for each value.

    Where the sentence has the forms `one` and `other`, the value `n` chooses. Raises KeyError for no such
    sentence: tests ask for every one.
    """
    told = look_up(language, name)
    if isinstance(told, dict):
        told = told[_form(language, values["n"])]
    for place, value in values.items():
        told = told.replace(f"{{{place}}}", str(value))
    return str(told)


def look_up(language: str, name: str) -> Any:
    """What stands there, a sentence or a table of them. Raises KeyError."""
    section, *path = name.split(".")
    told: Any = words_of(language, section)
    for part in path:
        told = told[part]
    return told


def has(language: str, name: str) -> bool:
    """Whether there is such a sentence."""
    try:
        return look_up(language, name) is not None
    except (KeyError, TypeError, FileNotFoundError):
        return False


@cache
def words_of(language: str, section: str) -> dict[str, Any]:
    """All words of a section. Raises FileNotFoundError for no such section."""
    return tomllib.loads(_WORDS.joinpath(language, f"{section}.toml").read_text(encoding="utf-8"))


def _form(language: str, number: object) -> str:
    """One or several (CLDR): French says 0 like 1."""
    return "one" if number == 1 or (language == "fr" and number == 0) else "other"
