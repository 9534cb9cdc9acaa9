"""Days of the year that a text names: a date, the nth weekday of a month, Easter, a public holiday."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator

from kairos.domain.holidays import holidays_named

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_COUNTS: Mapping[str, int] = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}

_DATE = re.compile(r"(\d\d)-(\d\d)")
_NTH = re.compile(rf"({'|'.join(_COUNTS)}) ({'|'.join(_WEEKDAYS)}) of ({'|'.join(_MONTHS)})")
_EASTER = re.compile(r"easter(?:([+-]\d{1,3}))?")
_BY_NAME = "holiday "
_HOLIDAY = re.compile(rf"{_BY_NAME}(\S.{{0,79}})")
_LEAP_YEAR = 2000
_LEAP_DAY = (2, 29)


def _checked(text: str) -> str:
    if not any(form.fullmatch(text) for form in (_DATE, _NTH, _EASTER, _HOLIDAY)) or not _is_date(text):
        raise ValueError(
            f"{text!r} names no day of the year; use '02-14', 'second sunday of may', 'easter-2' or"
            " 'holiday Diwali'"
        )
    return text


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if found is None:
        return True
    month, day = int(found[1]), int(found[2])
    return 1 <= month <= len(_MONTHS) and 1 <= day <= monthrange(_LEAP_YEAR, month)[1]


DayOfTheYear = Annotated[str, AfterValidator(_checked)]
"""'02-14', 'second sunday of may', 'easter', 'easter+39', or 'holiday NAME' as the package `holidays`
names it in English."""


def days_in(text: str, year: int, country: str) -> tuple[date, ...]:
    """The days in that year and country (ISO 3166-1), sorted; none where the country has no such holiday.

    A holiday of several days is its first; one that goes by the moon may come twice in a year. 29 February is
    the 28th in a year that lacks it: who celebrates then is not forgotten.
    """
    if text.startswith(_BY_NAME):
        return _beginnings(text.removeprefix(_BY_NAME), year, country)
    return (_day_in(text, year),)


def _beginnings(holiday: str, year: int, country: str) -> tuple[date, ...]:
    days = holidays_named(holiday, year, country)
    known = days | (holidays_named(holiday, year - 1, country) if date(year, 1, 1) in days else frozenset())
    return tuple(sorted(day for day in days if day - timedelta(days=1) not in known))


def _day_in(text: str, year: int) -> date:
    if found := _DATE.fullmatch(text):
        month, day = int(found[1]), int(found[2])
        lacking = (month, day) == _LEAP_DAY and monthrange(year, month)[1] < day
        return date(year, month, day - 1 if lacking else day)
    if found := _NTH.fullmatch(text):
        return _nth(_COUNTS[found[1]], _WEEKDAYS.index(found[2]), _MONTHS.index(found[3]) + 1, year)
    days_after = text.removeprefix("easter")
    return easter(year) + timedelta(days=int(days_after or 0))


def _nth(count: int, weekday: int, month: int, year: int) -> date:
    length = monthrange(year, month)[1]
    days = [day for day in range(1, length + 1) if date(year, month, day).weekday() == weekday]
    return date(year, month, days[count - 1] if count > 0 else days[-1])


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Gauss' rule, as Lichtenberg mended it)."""
    century = year // 100
    moon = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    age = (19 * (year % 19) + moon) % 30
    late = age // 29 + (age // 28 - age // 29) * (year % 19 // 11)
    full_moon = 21 + age - late
    first_sunday = 7 - (year + year // 4 + sun) % 7
    offset = 7 - (full_moon - first_sunday) % 7
    return date(year, 3, 1) + timedelta(days=full_moon + offset - 1)
