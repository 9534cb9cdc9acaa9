"""The sentences of the templates in the box, one file per language, and the files they stand in."""

import tomllib
from functools import cache
from importlib.resources import files

from kairos.adapters.templates.bounded import render

LANGUAGES = ("de", "en", "fr", "it")
_DEFAULTS = files("kairos.adapters.templates") / "defaults"


@cache
def default_file(name: str) -> str | None:
    """A file of the box by its path there, None where there is none."""
    file = _DEFAULTS.joinpath(*name.split("/"))
    return file.read_text(encoding="utf-8") if file.is_file() else None


@cache
def sentences(language: str, scenario: str, step: str) -> dict[str, str]:
    """Every sentence of this step, as Liquid: the common ones and its own. Raises KeyError for none."""
    text = default_file(f"words/{language}.toml")
    if text is None:
        raise KeyError(language)
    told = tomllib.loads(text)
    return {**told["common"], **told[scenario][step]}


def spoken(language: str, scenario: str, step: str, variables: dict[str, object]) -> dict[str, str]:
    """The sentences with these values in them, as plain text."""
    found = sentences(language, scenario, step)
    return {name: render(source, variables, html=False).strip() for name, source in found.items()}
