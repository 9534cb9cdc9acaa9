"""Lengths of time as ISO 8601 texts: months and years by the calendar, everything else exact.

"P6M" is six calendar months in the shop's time zone, "P15D" is 15 x 24 hours, "P2W" 14 x 24 hours.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
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
_LONGEST_MONTH = timedelta(days=31)
LONGEST_WAIT = timedelta(days=300)
"""Within one execution, which lasts a year at most; a Wait state takes up to 99,999,999 seconds
(https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, state-wait.html)."""


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
        raise ValueError(f"{text!r} is longer than 100 years; use 'P100Y' at most")
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


def _waitable(text: str) -> str:
    length = parse_duration(text)
    if length.rest + length.months * _LONGEST_MONTH > LONGEST_WAIT:
        days = LONGEST_WAIT.days
        raise ValueError(f"{text!r} is too long to wait; use at most 'P{days}D', a month counting 31 days")
    return text


Duration = Annotated[str, AfterValidator(_checked)]
"""An ISO 8601 duration, possibly of no length."""

WaitDuration = Annotated[str, AfterValidator(_waitable)]
"""An ISO 8601 duration that a run may wait, possibly of no length: LONGEST_WAIT at most."""

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


@lru_cache(maxsize=4096)
def begins(duration: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The instant up to which everything has become as old as the duration.

    It is `before`, but never goes back: on days that the month in question lacks it is that month's end,
    and an hour that the clocks repeat or leave out makes nothing younger again.
    """
    length = parse_duration(duration)
    reached = _months_later(now, -length.months, zone)
    if length.months:
        instants = [*_days_that_months_lack(now, zone)]
        if not (_steady(now, zone) and _steady(reached, zone)):
            instants += [now - timedelta(seconds=seconds) for seconds in _quarters(now)]
        reached = max([reached, *(_months_later(at, -length.months, zone) for at in instants)])
    return reached - length.rest


def turns(duration: str, at: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """When `begins` reaches `at`, which it has not yet; where the calendar is uneven, perhaps earlier."""
    length = parse_duration(duration)
    reached = at + length.rest
    there = _months_later(reached, length.months, zone)
    if not length.months or there > now + _UNEVEN:
        return there
    if _steady(reached, zone) and _steady(there, zone) and _steady(now, zone):
        return there if there > now else _next_quarter(now)
    return max(there - _UNEVEN, now + timedelta(seconds=1))


_QUARTER = 900
_EVERY_MONTH_HAS = 28
_UNEVEN = timedelta(hours=3)
"""How far around a change of the clocks lengths in months are uneven; clocks change at quarters of hours."""


def _steady(at: datetime, zone: ZoneInfo) -> bool:
    """The clocks do not change around that instant."""
    around = (at - _UNEVEN, at, at + _UNEVEN)
    return len({one.astimezone(zone).utcoffset() for one in around}) == 1


def _quarters(now: datetime) -> range:
    """Seconds from the last second before each quarter of an hour to now, as far as it is uneven."""
    return range(int(now.timestamp()) % _QUARTER + 1, int(_UNEVEN.total_seconds()), _QUARTER)


def _next_quarter(now: datetime) -> datetime:
    return now + timedelta(seconds=_QUARTER - int(now.timestamp()) % _QUARTER)


def _days_that_months_lack(now: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The last second of each day before today, from the 28th of its month on."""
    local = now.astimezone(zone)
    for day in range(_EVERY_MONTH_HAS, local.day):
        yield local.replace(day=day, hour=23, minute=59, second=59, microsecond=0, fold=1).astimezone(UTC)


@lru_cache(maxsize=1024)
def least_seconds(duration: str, now: datetime, zone: ZoneInfo, ahead: timedelta) -> int:
    """The shortest that the duration lasts back from any instant between now and so far ahead."""
    if not parse_duration(duration).months:
        return int(parse_duration(duration).rest.total_seconds())
    reached = begins(duration, now, zone)
    if now.astimezone(zone).day <= _EVERY_MONTH_HAS - ahead.days - 1:
        ends = [at + off for at in (now, reached) for off in (-_UNEVEN, ahead + _UNEVEN)]
        offsets = [at.astimezone(zone).utcoffset() for at in ends]
        if offsets[0] == offsets[1] and offsets[2] == offsets[3]:
            return int((now - reached).total_seconds())
    first = int(now.timestamp())
    quarters = range(first + _QUARTER - first % _QUARTER, first + int(ahead.total_seconds()), _QUARTER)
    instants = [first, *(second for quarter in quarters for second in (quarter - 1, quarter))]
    return min(
        second - int(begins(duration, datetime.fromtimestamp(second, UTC), zone).timestamp())
        for second in instants
    )
