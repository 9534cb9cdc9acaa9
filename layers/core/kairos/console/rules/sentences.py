"""A rule in plain language, from the words of each language: what a marketer reads to check a rule."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from kairos.console.rules.inputs import Input, duration_parts, inputs_of
from kairos.console.rules.tree import Node
from kairos.console.words import has, say

Names = Mapping[str, str]


class Called(NamedTuple):
    """How the shop's own things are called, by id."""

    segments: Names
    scenarios: Names


NOBODY_NAMED = Called({}, {})


def sentence(language: str, root: Node, called: Called = NOBODY_NAMED) -> str:
    """The whole rule, beginning with whom it is about."""
    if not any(one.kind for one in root.every()):
        return say(language, "rules.nothing")
    return say(language, "rules.whole", rule=_said(language, root, called, outermost=True))


def _said(language: str, node: Node, called: Called, outermost: bool = False) -> str:
    if node.kind:
        told = criterion_said(language, node.kind, node.told, called)
        return say(language, "rules.not", part=told) if node.negated else told
    parts = [_said(language, one, called) for one in node.parts if one.kind or one.parts]
    joined = say(language, f"rules.{'and' if node.join == 'all' else 'or'}").join(parts)
    if node.negated:
        return say(language, "rules.not", part=f"({joined})" if len(parts) > 1 else joined)
    return joined if outermost or len(parts) == 1 else f"({joined})"


def criterion_said(language: str, kind: str, told: Mapping[str, Any], called: Called = NOBODY_NAMED) -> str:
    """One criterion with all that it asks for."""
    name = say(language, f"criteria.names.{kind}")
    details = [text for one in inputs_of(kind) if (text := _detail(language, one, told, called)) is not None]
    return say(language, "rules.with", name=name, details=", ".join(details)) if details else name


def field_name(language: str, name: str) -> str:
    """What an input is called."""
    return say(language, f"criteria.fields.{name}")


def value_name(language: str, value: str) -> str:
    """What one of a closed list of values is called; of no closed list it is itself."""
    place = f"criteria.values.{value}"
    return say(language, place) if has(language, place) else value


def _detail(language: str, one: Input, told: Mapping[str, Any], called: Called) -> str | None:
    """One input's value as people say it; None where it says nothing."""
    if one.kind in {"compare", "time"} and not one.name:
        return _tests(language, one, told) or None
    value = told.get(one.name)
    if value is None or (value == one.default and one.kind not in {"choice", "duration"}):
        return None
    if one.kind in {"compare", "time"}:
        said = _tests(language, one, value)
        if one.name in {"window", "when"}:
            return said
        return said and f"{field_name(language, one.name)} {said}"
    if one.kind == "tick":
        return field_name(language, one.name)
    if one.kind == "group":
        inner = [text for part in one.parts if (text := _detail(language, part, value, called))]
        return f"{field_name(language, one.name)} ({', '.join(inner)})" if inner else None
    said = _value(language, one, value, called)
    # What the criterion asks for first of all needs no name: "country: CH or LI".
    if one.required and one.kind in {"choices", "choice", "names", "segment", "scenario", "list"}:
        return said
    return f"{field_name(language, one.name)}: {said}"


def _value(language: str, one: Input, value: Any, called: Called) -> str:
    match one.kind:
        case "yes_no":
            return say(language, "rules.yes" if value else "rules.no")
        case "choices" | "names":
            told = value if isinstance(value, list | tuple) else [value]
            return say(language, "rules.or").join(value_name(language, str(each)) for each in told)
        case "choice":
            return value_name(language, str(value))
        case "duration":
            return _length(language, str(value))
        case "segment" | "list":
            return f"“{called.segments.get(value, value)}”"
        case "scenario":
            return f"“{called.scenarios.get(value, value)}”"
    return str(value)


def _tests(language: str, one: Input, told: Any) -> str:
    if not isinstance(told, Mapping):
        return ""
    if one.kind == "compare":
        found = [
            say(language, f"rules.{name}", value=told[name])
            for name in ("at_least", "at_most", "more_than", "less_than", "equals")
            if told.get(name) is not None
        ]
        return say(language, "rules.and").join(found)
    return say(language, "rules.and").join(_times(language, told))


def _times(language: str, told: Mapping[str, Any]) -> list[str]:
    found = [
        say(language, f"rules.{name}", value=_length(language, str(told[name])))
        for name in ("within", "older_than")
        if told.get(name)
    ]
    days = told.get("exactly_days_ago")
    if days is not None:
        found.append(say(language, "rules.days_ago", n=days) if days else say(language, "rules.today"))
    between = told.get("between") or {}
    first, last = between.get("first_day"), between.get("last_day")
    if first and last:
        found.append(say(language, "rules.between", first=first, last=last))
    elif first or last:
        found.append(say(language, "rules.from" if first else "rules.until", day=first or last))
    return found


def _length(language: str, told: str) -> str:
    amount, unit = duration_parts(told)
    if unit == "iso" or not amount.isdigit():
        return told
    return say(language, f"rules.units.{'minutes' if unit == 'm' else unit}", n=int(amount))
