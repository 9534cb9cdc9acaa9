"""Calendar days as criteria ask for them: today and midnights in the shop's time zone, dates that return."""

from calendar import isleap
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from kairos.domain.moment import Moment

_EPOCH = date(1970, 1, 1)

FIRST_DAY, LAST_DAY = (date.min - _EPOCH).days, (date.max - _EPOCH).days
"""Days since 1970 of the earliest date there is, and of the latest."""

LOOKS_AHEAD = 2
"""Midnights that may come within the 36 hours that the engine looks ahead."""

_FARTHEST = 366


def local_day(moment: Moment) -> date:
    """The calendar day in the shop's time zone."""
    return moment.now.astimezone(moment.shop.zone).date()


def days_since_1970(day: date) -> int:
    """As the engine keeps dates."""
    return (day - _EPOCH).days


def midnight(day: date, moment: Moment) -> datetime:
    """When that day begins in the shop's time zone; where the clocks skip midnight, when they do."""
    return datetime.combine(day, time(), moment.shop.zone).astimezone(UTC)


def note_day(day: int, moment: Moment) -> None:
    """The answer may change when that day (since 1970) begins; a far one is looked at again in a year."""
    ahead = min(day - days_since_1970(local_day(moment)), _FARTHEST)
    moment.note(midnight(local_day(moment) + timedelta(days=ahead), moment))


def coming_days(moment: Moment) -> Iterator[tuple[date, int]]:
    """The days that begin within the 36 hours that the engine looks ahead, and when (seconds since 1970)."""
    for ahead in range(1, LOOKS_AHEAD + 1):
        day = local_day(moment) + timedelta(days=ahead)
        yield day, int(midnight(day, moment).timestamp())


def return_of(day: date, year: int) -> date:
    """The date's return in a year; 29 February falls on 1 March where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def returning_on(day: date) -> tuple[int, ...]:
    """The dates that return on that day, each as month * 100 + day."""
    falls_here = day.month * 100 + day.day
    return (229, falls_here) if falls_here == 301 and not isleap(day.year) else (falls_here,)


def date_in(text: str) -> date | None:
    """The date that an ISO 8601 date or time begins with; None where it is none."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
