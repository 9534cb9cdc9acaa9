"""Lengths of time as ISO 8601 texts: months and years by the calendar, everything else exact.

"P6M" is six calendar months in the shop's time zone, "P15D" is 15 x 24 hours, "P2W" 14 x 24 hours.
"""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

_TEXT = re.compile(
    r"P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?",
    re.ASCII,
)
_MOST_MONTHS = 1200
_MOST_REST = timedelta(days=36_525)
_MOST_DIGITS = 12


class Length(NamedTuple):
    """months: years and months together, by the calendar. rest: weeks, days and less, exact."""

    months: int
    rest: timedelta


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> Length:
    """The length that the text states. Raises ValueError where it is none, or longer than 100 years."""
    found = _TEXT.fullmatch(text)
    if not found or any(len(part or "") > _MOST_DIGITS for part in found.groups()):
        raise ValueError(f"{text!r} is no ISO 8601 duration; use one such as 'P15D', 'P6M' or 'PT24H'")
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    whole_days, in_seconds = weeks * 7 + days, hours * 3600 + minutes * 60 + seconds
    all_months, all_days = years * 12 + months, whole_days + in_seconds / 86_400
    if all_months > _MOST_MONTHS or all_days > _MOST_REST.days:
        raise ValueError(f"{text!r} is longer than 100 years")
    return Length(all_months, timedelta(days=whole_days, seconds=in_seconds))


def _checked(text: str) -> str:
    parse_duration(text)
    return text


def _lasting(text: str) -> str:
    if parse_duration(text) == Length(0, timedelta()):
        raise ValueError(f"{text!r} lasts no time; use one such as 'P15D' or 'PT24H'")
    return text


def _exact(text: str) -> str:
    if parse_duration(text).months:
        raise ValueError(f"{text!r} has no fixed length; use weeks, days or hours, such as 'P30D'")
    return text


Duration = Annotated[str, AfterValidator(_checked)]
"""An ISO 8601 duration, possibly of no length."""

LastingDuration = Annotated[str, AfterValidator(_lasting)]
"""An ISO 8601 duration longer than nothing."""

ExactDuration = Annotated[str, AfterValidator(_exact)]
"""An ISO 8601 duration without years and months, possibly of no length."""

ExactLastingDuration = Annotated[str, AfterValidator(_lasting), AfterValidator(_exact)]
"""An ISO 8601 duration without years and months, longer than nothing."""


def exact_seconds(duration: str) -> int:
    """Seconds that an ExactDuration lasts."""
    return int(parse_duration(duration).rest.total_seconds())


def _months_later(at: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The same day of the month and time of day by the zone's calendar; the month's last day at most."""
    if not months:
        return at
    local = at.astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(UTC)


def before(duration: str, at: datetime, zone: ZoneInfo) -> datetime:
    """The instant that lies the duration before `at`."""
    length = parse_duration(duration)
    return _months_later(at, -length.months, zone) - length.rest


def after(duration: str, at: datetime, zone: ZoneInfo) -> datetime:
    """The instant that lies the duration after `at`."""
    length = parse_duration(duration)
    return _months_later(at, length.months, zone) + length.rest
