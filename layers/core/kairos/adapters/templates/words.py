"""The sentences of the templates in the box, with a customer's values in them."""

import re

from kairos.adapters.templates.bounded import render
from kairos.adapters.templates.box import words_file
from kairos.adapters.templates.steps import link_of
from kairos.domain.errors import NotFound

_SAID = re.compile(r"\[\[([a-z_]+)\]\]")
_WORD = re.compile(r"\{\{ words\.(\w+) \}\}")


def sentences(language: str, scenario: str, step: str) -> dict[str, str]:
    """Every sentence of this mail, as Liquid: the common ones and its own. Raises KeyError for none."""
    told = words_file(language)
    return _spelled_out({**told["common"], **told[scenario][step]}, told["said"])


def short_sentences(language: str, scenario: str, step: str) -> dict[str, str]:
    """ "title", "text", "sms" and "url" of this step on short channels, as Liquid. Raises NotFound."""
    found = words_file(language)["short"].get(scenario, {}).get(step)
    if found is None:
        raise NotFound("template", f"{scenario}.{step}")
    link = f"{{{{ {link_of(scenario, step)} }}}}"
    return _spelled_out({"url": link, **found}, words_file(language)["said"] | {"link": link})


def _spelled_out(told: dict[str, str], said: dict[str, str]) -> dict[str, str]:
    """With what many sentences say alike, such as [[offer]], in its place. Raises KeyError for no such."""
    return {name: _SAID.sub(lambda found: said[found[1]], sentence) for name, sentence in told.items()}


def spoken(language: str, scenario: str, step: str, variables: dict[str, object]) -> dict[str, str]:
    """The sentences with these values in them, as plain text."""
    found = sentences(language, scenario, step)
    return {name: _filled(source, variables) for name, source in found.items()}


def _filled(source: str, variables: dict[str, object]) -> str:
    return (render(source, variables, html=False) if "{" in source else source).strip()


def put_in_words(source: str, language: str, scenario: str, step: str) -> str:
    """The source with this language's sentences where it names them; unknown names stay, and are refused."""
    words = sentences(language, scenario, step)
    return _WORD.sub(lambda found: words.get(found[1], found[0]), source)
