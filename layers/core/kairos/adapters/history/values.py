"""What a cell says: times, numbers, ids, yes or no, in the ways in which people write them."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from kairos.adapters.platforms.fields import MOST_ID
from kairos.domain.mapping import Reading
from kairos.ports import Clock

_MOST_AHEAD = timedelta(days=1)
"""How far a time in a file may lie ahead of our clock."""

MOST_TEXT = 1000
"""Characters of a text that are kept: names of products run long, and an item must hold them all."""

_MOST_DIGITS = 12
"""Digits before the decimal point; more is no money."""

_REMEMBERED = 50_000
"""Times whose reading is remembered: rows of one order, and of one day, share theirs."""

_SPACED_OFFSET = re.compile(r"^(.*\d) ?(UTC|GMT|Z|[+-]\d{2}:?\d{2})$")
_WHOLE_FLOAT = re.compile(r"^(\d+)\.0+$")
_CURRENCY_SIGNS = "€$£¥₣₹₽₺₩ \u00a0\u202f"
_GROUPED = {
    ".": re.compile(r"^[+-]?\d{1,3}(?:[, '\u2019]\d{3})+(?:\.\d+)?$"),
    ",": re.compile(r"^[+-]?\d{1,3}(?:[. '\u2019]\d{3})+(?:,\d+)?$"),
}
_PLAIN = {".": re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)$"), ",": re.compile(r"^[+-]?(?:\d+,?\d*|,\d+)$")}
_YES = frozenset({"yes", "y", "true", "t", "1", "on", "granted", "subscribed"})
_NO = frozenset({"no", "n", "false", "f", "0", "off", "withdrawn", "unsubscribed"})


class Wrong(Exception):
    """A cell that can't be read. problem: for people, with what to do; never who the customer is."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Cells(NamedTuple):
    """Reads the cells of one file. time: an instant as our clock shows it; number: exact."""

    time: Callable[[str], datetime | None]
    number: Callable[[str], Decimal]


def cells_of(reading: Reading, zone: tzinfo, clock: Clock) -> Cells:
    """Readers for one file; zone: of times without offset."""
    latest = clock.now() + _MOST_AHEAD

    @lru_cache(maxsize=_REMEMBERED)
    def time(told: str) -> datetime | None:
        moment = _moment(told, reading.date_formats, zone)
        if moment is None:
            return None
        shown = clock.shown(moment)
        if shown > latest:
            raise Wrong(f"{told[:40]!r} lies in the future.")
        return shown

    def number(told: str) -> Decimal:
        return _number(told, reading.decimal)

    return Cells(time, number)


def id_of(told: str) -> str | None:
    """An id as text: without the apostrophe and the ".0" of spreadsheets; None for "" and "0"."""
    text = told.removeprefix("'").strip()
    if match := _WHOLE_FLOAT.match(text):
        text = match.group(1)
    if len(text) > MOST_ID:
        raise Wrong(f"The id is longer than {MOST_ID} characters.")
    return text if text not in ("", "0") else None


def grouping_id(told: str) -> str:
    """An id to group by; one that is too long is refused only when the row is read."""
    try:
        return id_of(told) or told
    except Wrong:
        return told


def plain(told: str) -> str:
    """A text without the apostrophe that spreadsheets set before what must not become a number."""
    return told.removeprefix("'").strip() if told.startswith("'") else told


def flag(told: str) -> bool | None:
    """Yes or no; None where it says neither."""
    word = told.casefold()
    return True if word in _YES else False if word in _NO else None


def day(told: str, cells: Cells, zone: tzinfo) -> date | None:
    """A date without time, such as a birthday."""
    moment = cells.time(told)
    return moment.astimezone(zone).date() if moment else None


def _moment(told: str, formats: tuple[str, ...], zone: tzinfo) -> datetime | None:
    if told.startswith("0000-00-00"):
        return None
    for one in formats:
        try:
            return _aware(datetime.strptime(told, one), zone)  # noqa: DTZ007 - made aware at once
        except (ValueError, OverflowError):
            continue
    if formats:
        raise Wrong(f"{told[:40]!r} is no time of the form {' or '.join(formats)}.")
    try:
        return _aware(datetime.fromisoformat(_joined_offset(told)), zone)
    except (ValueError, OverflowError):
        remedy = 'State its form, such as "date_formats": ["%d/%m/%Y %H:%M"].'
        raise Wrong(f"{told[:40]!r} is no time of ISO 8601. {remedy}") from None


def _joined_offset(told: str) -> str:
    match = _SPACED_OFFSET.match(told)
    if match is None:
        return told
    offset = match.group(2)
    return match.group(1).strip() + ("+00:00" if offset in ("UTC", "GMT", "Z") else offset)


def _aware(moment: datetime, zone: tzinfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _number(told: str, point: str) -> Decimal:
    text = told.strip(_CURRENCY_SIGNS).replace("\u2212", "-")
    if not _PLAIN[point].match(text):
        if not _GROUPED[point].match(text):
            raise Wrong(_not_a_number(told, text, point))
        text = re.sub(rf"[^0-9{point}+-]", "", text)
    number = Decimal(text.replace(",", "."))
    if number.adjusted() > _MOST_DIGITS:
        raise Wrong(f"{told[:40]!r} is larger than any amount.")
    return number


def _not_a_number(told: str, text: str, point: str) -> str:
    other = "," if point == "." else "."
    problem = f"{told[:40]!r} is no number."
    if _PLAIN[other].match(text) or _GROUPED[other].match(text):
        return f'{problem} If its decimals stand after "{other}", state "decimal": "{other}".'
    return problem
