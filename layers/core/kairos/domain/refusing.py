"""What is wrong with an input, from what its model found: the field, the problem and the remedy."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kairos.domain.errors import Refused

_FEW = 12
"""Names that are read at a glance."""

Words = tuple[str, str]
"""Problem and remedy, both sentences."""


def refused(wrong: ValidationError, model: type[Any], whole: str = "body", within: str = "") -> Refused:
    """The first thing that pydantic found, as Refused with the path of the field.

    whole: what the model is called where no single field is wrong. within: the path that leads to it.
    """
    first = wrong.errors(include_url=False)[0]
    place = within
    for part in first["loc"]:
        place = f"{place}[{part}]" if isinstance(part, int) else under(place, str(part))
    if first["type"] == "extra_forbidden":
        name = str(first["loc"][-1])
        problem, remedy = f"There is no field {name!r}.", nearest(name, _fields_at(model, first["loc"][:-1]))
    else:
        problem, remedy = _words(first)
    return Refused(place or whole, problem, remedy)


def under(path: str, name: str) -> str:
    """The path of what has this name in what the path leads to; "" leads to the whole."""
    return f"{path}.{name}" if path else name


def nearest(name: str, known: Iterable[str]) -> str:
    """A remedy for an unknown name: the nearest known one, and all where they are few or none is near."""
    listed = list(known)
    if not listed:
        return "There is none yet: leave it out."
    close = get_close_matches(name, listed, n=1)
    if not close:
        return f"Use one of {', '.join(listed)}."
    others = f" There are {', '.join(listed)}." if len(listed) <= _FEW else ""
    return f"Did you mean {close[0]!r}?{others}"


def _words(error: ErrorDetails) -> Words:
    told: Mapping[str, Any] = error.get("ctx", {})
    if words := _WORDS.get(error["type"]):
        return words(told, error["input"])
    problem, _, remedy = str(error["msg"]).removeprefix("Value error, ").rstrip(".").partition("; ")
    return _sentence(problem), _sentence(remedy) if remedy else "Correct it."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _fixed(problem: str, remedy: str) -> Callable[[Mapping[str, Any], Any], Words]:
    return lambda _told, _given: (problem, remedy)


def _no_text(_told: Mapping[str, Any], given: Any) -> Words:
    in_quotes = isinstance(given, int | float) and not isinstance(given, bool)
    return "Is no text.", "Put the number in quotes." if in_quotes else "Send a text."


def _none_of(told: Mapping[str, Any], given: Any) -> Words:
    """A closed list of values. What was given is not repeated: it may be somebody's data."""
    known = re.findall(r"'([^']*)'", told["expected"])
    if not known:
        only = told["expected"]
        return f"Can only be {only.lower()}.", f"Send {only.lower()}, or leave it out."
    if len(known) == 1:
        return "Is not the one value that it can have.", f"Use {known[0]!r}."
    return "Is none of the known values.", nearest(
        given.strip().lower() if isinstance(given, str) else "", known
    )


def _too_short(told: Mapping[str, Any], _given: Any) -> Words:
    least = told["min_length"]
    problem = f"Lists fewer than {least}." if least > 1 else "Is empty."
    return problem, f"List {least} or more, or leave the field out."


def _too_long(told: Mapping[str, Any], _given: Any) -> Words:
    most = told["max_length"]
    return f"Lists more than {most}.", f"List {most} at most."


def _short_text(told: Mapping[str, Any], given: Any) -> Words:
    least = told["min_length"]
    problem = f"Is shorter than {least} characters." if given else "Is empty."
    return problem, f"Send {least} characters or more." if least > 1 else "Send a text."


def _long_text(told: Mapping[str, Any], _given: Any) -> Words:
    most = told["max_length"]
    return f"Is longer than {most} characters.", f"Shorten it to {most} at most."


def _plain(bound: float) -> str:
    return str(int(bound)) if bound == int(bound) else str(bound)


_NUMBER = _fixed("Is no number.", "Send a number, without quotes.")
_WHOLE = _fixed("Is no whole number.", "Send a whole number, such as 3, without quotes.")
_TOO_LARGE = _fixed("Is too large a number.", "Send a smaller one.")
_DAY = _fixed("Is no day.", "Send one such as '2026-03-31'.")
_TIME = _fixed("Is no time.", "Send one with its zone, such as '2026-03-31T12:00:00Z'.")
_YES_OR_NO = _fixed("Is neither true nor false.", "Send true or false, without quotes.")
_OBJECT = _fixed("Is no object.", 'Send an object: {"…": …}.')
_HALVED = _fixed("Holds what is no text.", "Send whole characters: no half of a surrogate pair.")
_LIST = _fixed("Is no list.", "Send a list: […].")

_WORDS: Mapping[str, Callable[[Mapping[str, Any], Any], Words]] = {
    "missing": _fixed("Missing.", "Add it."),
    "string_type": _no_text,
    "string_too_short": _short_text,
    "string_too_long": _long_text,
    "string_pattern_mismatch": lambda told, _given: (
        "Is not of the form that it must have.",
        f"Send what matches {told['pattern']}.",
    ),
    "literal_error": _none_of,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": _TOO_LARGE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _fixed("Is no finite number.", "Send a number."),
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "greater_than": lambda told, _given: (
        f"Is not above {_plain(told['gt'])}.",
        f"Use more than {_plain(told['gt'])}.",
    ),
    "greater_than_equal": lambda told, _given: (
        f"Is below {_plain(told['ge'])}.",
        f"Use {_plain(told['ge'])} or more.",
    ),
    "less_than": lambda told, _given: (
        f"Is not below {_plain(told['lt'])}.",
        f"Use less than {_plain(told['lt'])}.",
    ),
    "less_than_equal": lambda told, _given: (
        f"Is above {_plain(told['le'])}.",
        f"Use {_plain(told['le'])} or less.",
    ),
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "timezone_aware": _TIME,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "too_short": _too_short,
    "too_long": _too_long,
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "json_invalid": _HALVED,
    "string_unicode": _HALVED,
}
"""By pydantic's name of what is wrong: what to say of its context and the value given. The validators of our
own models say both themselves, with a semicolon between."""


def _fields_at(model: type[Any], loc: tuple[int | str, ...]) -> list[str]:
    """Names of the fields of the nested model that the location leads to."""
    for part in loc:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        nested = getattr(field, "annotation", None)
        options = [nested, *getattr(nested, "__args__", ())]
        model = next((one for one in options if hasattr(one, "model_fields")), model)
    return list(model.model_fields)
