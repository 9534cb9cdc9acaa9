"""The sentences of the templates in the box, with a customer's values in them."""

from kairos.adapters.templates.bounded import render
from kairos.adapters.templates.box import words_file


def sentences(language: str, scenario: str, step: str) -> dict[str, str]:
    """Every sentence of this step, as Liquid: the common ones and its own. Raises KeyError for none."""
    told = words_file(language)
    return {**told["common"], **told[scenario][step]}


def spoken(language: str, scenario: str, step: str, variables: dict[str, object]) -> dict[str, str]:
    """The sentences with these values in them, as plain text."""
    found = sentences(language, scenario, step)
    return {name: render(source, variables, html=False).strip() for name, source in found.items()}
