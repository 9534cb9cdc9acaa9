"""MJML to HTML; Liquid in it stays as it is."""

import re
from functools import cache

import mrml

from kairos.adapters.templates.composing import source_of
from kairos.adapters.templates.parts import put_in_parts
from kairos.domain.errors import NotFound, Refused

MOST_TAGS = 5_000
"""Tags, opening and closing: some 10,000 nested ones overflow mrml's stack, and kill the process."""

_RENDERING = mrml.RenderOptions(fonts={})
"""No web fonts: the compiler would load those that it knows by name from others' servers, at each opening."""

_REMEDY = "Correct it; https://documentation.mjml.io describes the tags."


@cache
def compiled_default(scenario: str, step: str) -> str:
    """The HTML of a step in the box, compiled once per process. Raises NotFound for no such one."""
    return _html(default_mjml(scenario, step))


def default_mjml(scenario: str, step: str) -> str:
    """The MJML of a step in the box, its parts put in. Raises NotFound for no such one."""
    source = source_of(scenario, step, "mjml")
    if source is None:
        raise NotFound("template", f"{scenario}.{step}")
    return put_in_parts(source)


def compiled_own(source: str) -> str:
    """The HTML of a shop's template. It can include nothing. Raises Refused naming what is wrong."""
    if source.count("<") > MOST_TAGS:
        raise Refused("mjml", "It has too many tags.", f"Use at most {MOST_TAGS}.")
    return _html(source)


def _html(source: str) -> str:
    options = mrml.ParserOptions(include_loader=mrml.noop_loader())
    try:
        html = str(mrml.to_html(source, parser_options=options, render_options=_RENDERING).content)
    except OSError as wrong:
        raise Refused("mjml", f"{wrong}.", _REMEDY) from None
    unknown = re.search(r"<(mj-[a-z-]+)", html)
    if unknown:  # passed through as if it were HTML
        raise Refused("mjml", f"There is no tag {unknown[1]!r} here.", _REMEDY)
    return html
