"""Composing a message of the box from its blocks; a step with a file of its own is that file."""

from collections.abc import Callable
from functools import cache
from typing import Literal

from kairos.adapters.templates.box import default_file
from kairos.adapters.templates.steps import StepLayout, is_inner, layouts

Kind = Literal["mjml", "txt"]


@cache
def source_of(scenario: str, step: str, kind: Kind) -> str | None:
    """The body of a step as MJML or text, its parts named but not put in; None for no such step."""
    own = default_file(f"{scenario}/{step}.{kind}")
    layout = layouts().get((scenario, step))
    if own is not None or layout is None:
        return own
    part = _PART[kind]
    inner = [part(block, layout) for block in layout.blocks if is_inner(block)]
    outer = [part(block, layout) for block in layout.blocks if not is_inner(block)]
    if "story" not in layout.blocks:
        inner.insert(0, part("intro", layout))
    page = default_file(f"layout.{kind}") or ""
    return page.replace("INNER\n", "".join(inner)).replace("OUTER\n", "".join(outer))


def _mjml(block: str, layout: StepLayout) -> str:
    name, of = _named(block, layout)
    return f'<mj-include path="{name}.mjml"{f' of="{of}"' if of else ""} />\n'


def _text(block: str, layout: StepLayout) -> str:
    name, of = _named(block, layout)
    return f"[[{name}.txt{f' {of}' if of else ''}]]"


def _named(block: str, layout: StepLayout) -> tuple[str, str]:
    """The part that shows the block, and what it shows."""
    if block == "button":
        return block, layout.button
    if default_file(f"{block}.mjml") is None:
        return "products", block
    return block, ""


_PART: dict[Kind, Callable[[str, StepLayout], str]] = {"mjml": _mjml, "txt": _text}
