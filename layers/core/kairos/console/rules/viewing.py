"""The tree as the page draws it: every input with its name, value and choices, in the reader's language."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kairos.console.rules.inputs import COMPARING, Input, duration_parts, inputs_of
from kairos.console.rules.sentences import Called, field_name, value_name
from kairos.console.rules.tree import Node
from kairos.console.words import say

Option = tuple[str, str]
"""Value and what it is called."""


class Row(NamedTuple):
    """One comparison. op: which; value, unit: with what; days: of a period, first and last."""

    name: str
    op: str
    value: str
    unit: str = "D"
    days: tuple[str, str] = ("", "")


class View(NamedTuple):
    """An input as it is drawn. name: of the form's field. chosen: of choices."""

    name: str
    kind: str
    label: str
    required: bool
    value: str = ""
    unit: str = ""
    chosen: Sequence[str] = ()
    options: Sequence[Option] = ()
    rows: Sequence[Row] = ()
    parts: Sequence["View"] = ()
    is_set: bool = False


class Shown(NamedTuple):
    """A criterion's inputs: those that are chiefly asked for, and those that narrow it further."""

    chief: Sequence[View]
    further: Sequence[View]

    @property
    def open(self) -> bool:
        """Whether any of the further ones is set."""
        return any(one.is_set for one in self.further)


def shown(language: str, node: Node, called: Called) -> Shown:
    """The inputs of a criterion with what it holds."""
    chief: list[View] = []
    further: list[View] = []
    inputs = inputs_of(node.kind)
    alone = not any(one.required or not one.name for one in inputs)
    for at, one in enumerate(inputs):
        view = _view(language, one, node.told, f"v:{node.place}:", called)
        (chief if one.required or not one.name or (alone and at < 2) else further).append(view)
    return Shown(chief, further)


def _view(language: str, one: Input, told: Mapping[str, Any], prefix: str, called: Called) -> View:
    name = f"{prefix}{one.name}"
    if one.kind in {"compare", "time"}:
        held = told.get(one.name) if one.name else told
        rows = _rows(one, held if isinstance(held, Mapping) else {}, f"{name}." if one.name else prefix)
        label = field_name(language, one.name) if one.name else say(language, f"criteria.{one.kind}")
        is_set = bool(one.name) and bool(held) and held != one.default
        return View(name, one.kind, label, one.required, rows=rows, is_set=is_set, value=one.number)
    label, held = field_name(language, one.name), told.get(one.name)
    is_set = held is not None and held != one.default
    if one.kind == "group":
        inner = held if isinstance(held, Mapping) else {}
        parts = [_view(language, part, inner, f"{name}.", called) for part in one.parts]
        return View(name, one.kind, label, one.required, parts=parts, is_set=is_set)
    view = View(name, one.kind, label, one.required, is_set=is_set)
    match one.kind:
        case "choices":
            return view._replace(chosen=[str(each) for each in held or ()], options=_options(language, one))
        case "choice":
            return view._replace(value=str(held or one.default or ""), options=_options(language, one))
        case "yes_no":
            state = held if held is not None else one.default
            return view._replace(value="" if state is None else "yes" if state else "no")
        case "tick":
            return view._replace(value="1" if held else "")
        case "names":
            return view._replace(value=", ".join(str(each) for each in held or ()))
        case "duration":
            amount, unit = duration_parts(str(held or one.default or ""))
            return view._replace(value=amount, unit=unit if amount else "D")
        case "segment" | "list":
            return view._replace(value=str(held or ""), options=list(called.segments.items()))
        case "scenario":
            return view._replace(value=str(held or ""), options=list(called.scenarios.items()))
    if one.kind == "json":
        return view._replace(value=json.dumps(held, ensure_ascii=False) if held else "")
    return view._replace(value="" if held is None else str(held))


def _rows(one: Input, told: Mapping[str, Any], prefix: str) -> list[Row]:
    """A row for each comparison, and an empty one to add another."""
    if one.kind == "compare":
        found = [(name, str(told[name])) for name in COMPARING if told.get(name) is not None]
        rows = [Row("", name, value) for name, value in found]
    else:
        rows = [
            Row("", name, *duration_parts(str(told[name])))
            for name in ("within", "older_than")
            if told.get(name)
        ]
        if told.get("exactly_days_ago") is not None:
            rows.append(Row("", "exactly_days_ago", str(told["exactly_days_ago"])))
        if told.get("between") is not None:
            days = told["between"]
            rows.append(
                Row("", "between", "", days=(days.get("first_day") or "", days.get("last_day") or ""))
            )
    rows = rows[:3]
    if len(rows) < 2 and not (rows and rows[0].op in {"equals", "exactly_days_ago", "between"}):
        rows.append(Row("", "", ""))
    return [row._replace(name=f"{prefix}{{}}{at}") for at, row in enumerate(rows)]


def _options(language: str, one: Input) -> list[Option]:
    return [(value, value_name(language, value)) for value in one.values]
