"""A scenario's settings as inputs of a form: generated from the JSON schema of its model."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from kairos.console.rules.inputs import UNITS, duration_parts, duration_text
from kairos.domain.criteria.durations import parse_duration
from kairos.domain.scenario import NEVER, Scenario

Kind = Literal[
    "duration",
    "again",
    "whole",
    "percent",
    "amount",
    "choice",
    "pool",
    "segment",
    "tick",
    "names",
    "occasions",
]
Form = Mapping[str, list[str]]

_SEGMENT = re.compile(r"(.+_)?segment")
_LENGTH = re.compile(r"P(\d|T\d).*")


class Input(NamedTuple):
    """One setting. nullable: empty stands for none. values: of a choice. least, most: of a number."""

    name: str
    kind: Kind
    default: Any
    nullable: bool = False
    values: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


class Filled(NamedTuple):
    """An input with what stands in it. unit: of a length of time. wrong: why it was refused."""

    input: Input
    value: str
    unit: str = ""
    chosen: tuple[str, ...] = ()
    wrong: str = ""


def inputs_of(scenario: Scenario) -> list[Input]:
    """Every setting, in the order of the model: what is the scenario's own first, then what it shares."""
    schema = scenario.settings.model_json_schema()
    own = [name for name in scenario.settings.__annotations__ if name in schema["properties"]]
    shared = [name for name in schema["properties"] if name not in own]
    return [_input(name, schema["properties"][name]) for name in (*own, *shared)]


def _input(name: str, told: Mapping[str, Any]) -> Input:
    kinds = [one for one in told.get("anyOf", ()) if one.get("type") != "null"]
    nullable, plain = bool(kinds), kinds[0] if kinds else told
    default = told.get("default")
    one = Input(name, _kind(name, plain, default), default, nullable, tuple(plain.get("enum", ())))
    return one._replace(least=plain.get("minimum"), most=plain.get("maximum"))


def _kind(name: str, told: Mapping[str, Any], default: Any) -> Kind:
    if "enum" in told:
        return "choice"
    match told.get("type"):
        case "boolean":
            return "tick"
        case "integer":
            return "percent" if name.endswith("percent") else "whole"
        case "array":
            return "names" if told["items"].get("type") == "string" else "occasions"
    if name == "again_after":
        return "again"
    if name.endswith("pool"):
        return "pool"
    if _SEGMENT.fullmatch(name):
        return "segment"
    return "duration" if isinstance(default, str) and _LENGTH.fullmatch(default) else "amount"


def filled(inputs: Sequence[Input], settings: Mapping[str, Any]) -> list[Filled]:
    """The form as the settings stand."""
    return [_filled(one, settings.get(one.name, one.default)) for one in inputs]


def _filled(one: Input, value: Any) -> Filled:
    match one.kind:
        case "duration" | "again":
            amount, unit = ("", NEVER) if value == NEVER else _length(str(value))
            return Filled(one, amount, unit)
        case "names":
            return Filled(one, ", ".join(value or ()))
        case "occasions":
            return Filled(one, "", chosen=tuple(each["id"] for each in value))
        case "tick":
            return Filled(one, "1" if value else "")
    return Filled(one, "" if value is None else str(value))


def _length(told: str) -> tuple[str, str]:
    amount, unit = duration_parts(told)
    if unit == "iso" and _is_nothing(told):
        return "0", "h"
    return amount, unit


def _same(told: str, other: str) -> bool:
    """Two ways to write no time at all; any other two texts may mean it differently by the calendar."""
    try:
        return _is_nothing(told) and _is_nothing(other)
    except ValueError:
        return False


def _is_nothing(told: str) -> bool:
    length = parse_duration(told)
    return length.months == 0 and not length.rest


def posted(inputs: Sequence[Input], form: Form) -> list[Filled]:
    """The form as it was sent."""
    return [
        Filled(
            one,
            _first(form, one.name),
            _first(form, f"{one.name}.unit"),
            tuple(form.get(one.name, ())) if one.kind == "occasions" else (),
        )
        for one in inputs
    ]


def read(told: Sequence[Filled], occasions: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that were sent; None for what is as it is by default. occasions: all there are, by id.

    What can't be read stays as it was typed, and is judged by the model.
    """
    found = {one.input.name: _read(one, occasions) for one in told}
    return {
        one.input.name: None if _is_default(one.input, found[one.input.name]) else found[one.input.name]
        for one in told
    }


def _is_default(one: Input, value: Any) -> bool:
    if one.kind in {"duration", "again"} and isinstance(value, str) and _LENGTH.fullmatch(value):
        return value == one.default or (one.default != NEVER and _same(value, one.default))
    if one.kind == "names":
        return list(value or ()) == list(one.default or ())
    return bool(value == one.default)


def _read(told: Filled, occasions: Mapping[str, Any]) -> Any:
    one, value = told.input, told.value
    match one.kind:
        case "duration":
            return duration_text(value, told.unit) if told.unit in UNITS else value
        case "again":
            return NEVER if told.unit == NEVER else duration_text(value, told.unit)
        case "tick":
            return bool(value)
        case "whole" | "percent":
            return int(value) if re.fullmatch(r"-?\d{1,12}", value) else value or None
        case "names":
            return [name.strip() for name in value.split(",") if name.strip()] or (
                [] if one.default == [] else None
            )
        case "occasions":
            return [occasions[each] for each in told.chosen if each in occasions]
        case "amount":
            return re.sub("[^0-9.-]", "", value.replace(",", ".")) or value or None
    return value or None


def _first(form: Form, name: str) -> str:
    return form.get(name, [""])[0].strip()
