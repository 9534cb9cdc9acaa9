"""Where in a row each field stands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kairos.adapters.platforms.fields import clean
from kairos.domain.errors import Refused

_ALL_CELLS = frozenset({"line_items"})
"""Fields that several filled cells tell together."""

_SHOWN = 40
"""Columns named in a complaint."""

Fields = Sequence[tuple[str, tuple[str | int, ...]]]
"""Each field with the columns that may tell it."""


class Layout(NamedTuple):
    """fields: those that the file tells, in the order of a row's cells. names: what the file calls each.

    pick: the cells of these fields, trimmed, "" where empty; takes a row of CSV, or a JSON object.
    """

    fields: tuple[str, ...]
    names: dict[str, str]
    pick: Callable[[Any], list[str]]


def csv_layout(wanted: Fields, header: Sequence[str] | None, needed: Iterable[str]) -> Layout:
    """Of a CSV file. header: None where it has none. Raises Refused for a needed column that is not there."""
    places: dict[str, list[int]] = {}
    for field, columns in wanted:
        found = [place for column in columns for place in _places(column, header)]
        if found:
            places[field] = found
    for field, columns in wanted:
        if field in set(needed) and field not in places:
            raise _missing(field, columns, header or ())
    chosen = list(places.values())
    joined = [field in _ALL_CELLS for field in places]

    def pick(row: Sequence[str]) -> list[str]:
        return [
            row[at[0]].strip() if len(at) == 1 else _joined([row[one] for one in at], together)
            for at, together in zip(chosen, joined, strict=True)
        ]

    names = {
        field: " / ".join(header[one].strip() if header else f"column {one + 1}" for one in at)
        for field, at in places.items()
    }
    return Layout(tuple(places), names, pick)


def json_layout(wanted: Fields) -> Layout:
    """Of JSON lines: every field stays, since no line promises what another holds."""
    paths = [[str(column).split(".") for column in columns] for _, columns in wanted]
    fields = tuple(field for field, _ in wanted)
    joined = [field in _ALL_CELLS for field in fields]

    def pick(told: Mapping[str, Any]) -> list[str]:
        return [
            _joined([_text_at(told, path) for path in at], together)
            for at, together in zip(paths, joined, strict=True)
        ]

    names = {field: " / ".join(map(str, columns)) for field, columns in wanted}
    return Layout(fields, names, pick)


def _places(column: str | int, header: Sequence[str] | None) -> list[int]:
    if isinstance(column, int):
        return [column - 1] if header is None or column <= len(header) else []
    known = [one.strip() for one in header or ()]
    wanted = column.strip()
    if wanted.endswith("*"):
        return [at for at, one in enumerate(known) if one.startswith(wanted[:-1])]
    if wanted in known:
        return [known.index(wanted)]
    folded = [one.casefold() for one in known]
    return [folded.index(wanted.casefold())] if wanted.casefold() in folded else []


def _joined(cells: Sequence[str], together: bool) -> str:
    filled = [text for one in cells if (text := one.strip())]
    return ";".join(filled) if together else (filled[0] if filled else "")


def _text_at(told: Any, path: Sequence[str]) -> str:
    for name in path:
        told = told.get(name) if isinstance(told, dict) else None
    if isinstance(told, bool):
        return "true" if told else "false"
    return clean(told) if isinstance(told, str) else ""


def _missing(field: str, columns: Sequence[str | int], header: Sequence[str]) -> Refused:
    if len(header) == 1 and any(sign in header[0] for sign in ",;|\t "):
        problem = f"The file's first line is one cell: {header[0].strip()[:100]!r}."
        return Refused("separator", problem, "State the sign that separates its columns.")
    names = " or ".join(repr(one) if isinstance(one, str) else f"number {one}" for one in columns)
    shown = ", ".join(one.strip() for one in header[:_SHOWN])
    remedy = f"Its columns are: {shown}. Name the right one."
    return Refused(f"mapping.columns.{field}", f"The file has no column {names}.", remedy)
