"""The sentences of the templates in the box, with a customer's values in them."""

import re

from kairos.adapters.templates.bounded import render
from kairos.adapters.templates.box import words_file
from kairos.domain.errors import NotFound

_WORD = re.compile(r"\{\{ words\.(\w+) \}\}")


def sentences(language: str, scenario: str, step: str) -> dict[str, str]:
    """Every sentence of this mail, as Liquid: the common ones and its own. Raises KeyError for none."""
    told = words_file(language)
    return {**told["common"], **told[scenario][step]}


def short_sentences(language: str, scenario: str, step: str) -> dict[str, str]:
    """ "title", "text", "sms" and "url" of this step on short channels, as Liquid. Raises NotFound."""
    found = words_file(language)["short"].get(scenario, {}).get(step)
    if found is None:
        raise NotFound("template", f"{scenario}.{step}")
    return {"url": "{{ cart.url }}", **found}


def spoken(language: str, scenario: str, step: str, variables: dict[str, object]) -> dict[str, str]:
    """The sentences with these values in them, as plain text."""
    found = sentences(language, scenario, step)
    return {name: render(source, variables, html=False).strip() for name, source in found.items()}


def put_in_words(source: str, language: str, scenario: str, step: str) -> str:
    """The source with this language's sentences where it names them; unknown names stay, and are refused."""
    words = sentences(language, scenario, step)
    return _WORD.sub(lambda found: words.get(found[1], found[0]), source)
