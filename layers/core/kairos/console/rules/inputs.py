"""What a criterion asks for, as inputs of a form: generated from the JSON schema of its model."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

from kairos.domain.criteria.registry import CRITERIA

InputKind = Literal[
    "names", "choices", "choice", "yes_no", "tick", "whole", "number", "amount", "duration", "day", "text",
    "segment", "scenario", "list", "compare", "time", "group", "json",
]  # fmt: skip

COMPARING = ("at_least", "at_most", "more_than", "less_than", "equals")
TIMING = ("within", "older_than", "exactly_days_ago", "between")
UNITS = {"D": "P{}D", "W": "P{}W", "M": "P{}M", "Y": "P{}Y", "h": "PT{}H", "m": "PT{}M"}
"""Unit -> how so many of it are written in ISO 8601."""

_DURATIONS = frozenset(
    {
        "within", "older_than", "lead", "overdue", "fresh_for", "assumed_after", "due_within",
        "overdue_since",
    }
)  # fmt: skip
_NAMED: dict[str, InputKind] = {"segment": "segment", "scenario": "scenario", "list": "list"}
_REFERENCE = "#/$defs/"
_SIMPLE = re.compile(r"P(?:(?P<day>\d+)(?P<unit>[YMWD])|T(?P<time>\d+)(?P<part>[HM]))")

Json = dict[str, Any]


class Input(NamedTuple):
    """name: of the field; of what stands for several fields at once "". parts: of a group, below its name.

    values: of choices. bounds: of the schema (minimum, maximum). number: of what is compared.
    """

    name: str
    kind: InputKind
    required: bool = False
    values: tuple[str, ...] = ()
    parts: tuple["Input", ...] = ()
    number: Literal["whole", "amount"] = "whole"
    default: Any = None


@cache
def inputs_of(kind: str) -> tuple[Input, ...]:
    """Every input of a criterion; what it is chiefly about first. Raises KeyError for no such kind."""
    schema = CRITERIA[kind].model_json_schema()
    return tuple(_inputs(schema, schema.get("$defs", {})))


def starting_with(kind: str) -> Json:
    """A criterion as it is added: with a usual value where it asks for one, else empty."""
    told: Json = {"kind": kind}
    for one in inputs_of(kind):
        if one.kind == "compare" and not one.name:
            told["at_least"] = 1 if one.number == "whole" else "1"
        elif one.kind == "time" and not one.name:
            told["within"] = "P30D"
        elif one.required and one.kind == "duration":
            told[one.name] = "P30D"
        elif one.required and one.kind in {"choice", "whole"}:
            told[one.name] = one.values[0] if one.values else 1
    return told


def _inputs(schema: Json, known: Json) -> Iterator[Input]:
    properties: Json = schema["properties"]
    required = set(schema.get("required", ()))
    left = [name for name in properties if name != "kind"]
    if set(COMPARING) <= set(left):
        yield Input("", "compare", number=_number(properties["at_least"]))
        left = [name for name in left if name not in COMPARING]
    if set(TIMING) <= set(left):
        yield Input("", "time")
        left = [name for name in left if name not in TIMING]
    for name in sorted(left, key=lambda one: one not in required):
        yield _input(name, properties[name], name in required, known)


def _input(name: str, told: Json, required: bool, known: Json) -> Input:
    told, default = _plain(told), told.get("default")
    if "$ref" in told:
        return _group(name, known[told["$ref"].removeprefix(_REFERENCE)], required, known)
    if "const" in told:
        return Input(name, "tick", required)
    if "enum" in told:
        return Input(name, "choice", required, tuple(told["enum"]), default=default)
    match told.get("type"):
        case "array":
            return _list(name, told["items"], required)
        case "boolean":
            return Input(name, "tick" if default is False else "yes_no", required, default=default)
        case "integer":
            return Input(name, "whole", required, default=default)
        case "number":
            return Input(name, "number", required)
    if name in _NAMED:
        return Input(name, _NAMED[name], required)
    if told.get("format") == "date":
        return Input(name, "day", required)
    return Input(name, "duration" if name in _DURATIONS else "text", required, default=default)


def _list(name: str, items: Json, required: bool) -> Input:
    if "enum" in items:
        return Input(name, "choices", required, tuple(items["enum"]))
    return Input(name, "names" if items.get("type") == "string" else "json", required)


def _group(name: str, schema: Json, required: bool, known: Json) -> Input:
    parts = tuple(_inputs(schema, known))
    if len(parts) == 1 and parts[0].kind in {"compare", "time"}:
        return parts[0]._replace(name=name, required=required)
    return Input(name, "group", required, parts=parts)


def _plain(told: Json) -> Json:
    """Without the null that stands for "left out"."""
    kinds = [one for one in told.get("anyOf", ()) if one.get("type") != "null"]
    return kinds[0] if kinds else told


def _number(told: Json) -> Literal["whole", "amount"]:
    return "whole" if _plain(told).get("type") == "integer" else "amount"


def duration_parts(told: str) -> tuple[str, str]:
    """Amount and unit of a simple length of time; of any other its text, and the unit "iso"."""
    found = _SIMPLE.fullmatch(told)
    if not found:
        return told, "iso"
    if found["day"]:
        return found["day"], found["unit"]
    return found["time"], found["part"].lower()


def duration_text(amount: str, unit: str) -> str:
    """The length of time as ISO 8601; what is no number stays as it was typed, and is judged there."""
    return UNITS[unit].format(amount) if unit in UNITS and amount else amount


Read = Mapping[str, list[str]]
"""What was posted for one criterion: "window.op0" -> its values."""


def read_criterion(kind: str, posted: Read) -> Json:
    """The criterion as JSON. What was left empty is left out; what is wrong is judged by its model."""
    return {"kind": kind, **_read(inputs_of(kind), posted, "")}


def _read(inputs: tuple[Input, ...], posted: Read, prefix: str) -> Json:
    told: Json = {}
    for one in inputs:
        place = f"{prefix}{one.name}"
        if one.kind in {"compare", "time"}:
            found = _read_rows(one, posted, f"{place}." if one.name else prefix)
            told |= {one.name: found} if one.name and found else found
        elif one.kind == "group":
            if found := _read(one.parts, posted, f"{place}."):
                told[one.name] = found
        elif (value := _read_one(one, posted, place)) is not None:
            told[one.name] = value
    return told


def _read_rows(one: Input, posted: Read, prefix: str) -> Json:
    told: Json = {}
    for row in range(4):
        operator, value = _first(posted, f"{prefix}op{row}"), _first(posted, f"{prefix}val{row}")
        if one.kind == "compare" and operator in COMPARING and value:
            told[operator] = _whole(value) if one.number == "whole" else value.replace(",", ".")
        elif operator in {"within", "older_than"} and value:
            told[operator] = duration_text(value, _first(posted, f"{prefix}unit{row}"))
        elif operator == "exactly_days_ago" and value:
            told[operator] = _whole(value)
        elif operator == "between":
            days = {name: _first(posted, f"{prefix}{name}{row}") for name in ("first_day", "last_day")}
            told[operator] = {name: day for name, day in days.items() if day}
    return told


def _read_one(one: Input, posted: Read, place: str) -> Any:
    value = _first(posted, place)
    match one.kind:
        case "choices":
            return posted.get(place) or None
        case "names":
            return [name.strip() for name in value.split(",") if name.strip()] or None
        case "tick":
            return True if value else None
        case "yes_no":
            return {"yes": True, "no": False}.get(value)
        case "whole":
            return _whole(value) if value else None
        case "number":
            return _decimal(value) if value else None
        case "duration":
            return duration_text(value, _first(posted, f"{place}.unit")) or None
        case "json":
            return _json(value) if value else None
    return value or None


def _first(posted: Read, name: str) -> str:
    return posted.get(name, [""])[0].strip()


def _whole(text: str) -> int | str:
    """A whole number; any other text as it is, for the model to refuse by its place."""
    return int(text) if re.fullmatch(r"-?\d{1,15}", text) else text


def _decimal(text: str) -> float | str:
    return float(text.replace(",", ".")) if re.fullmatch(r"-?\d{1,12}([.,]\d{1,12})?", text) else text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
