"""The criterion about occasions: orders around days that return every year."""

import re
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from kairos.domain.criteria.criterion import Criterion
from kairos.domain.criteria.days import local_day, return_of
from kairos.domain.criteria.durations import LastingDuration, parse_duration
from kairos.domain.criteria.lately import within
from kairos.domain.criteria.numbers import CountTest
from kairos.domain.criteria.query import Query, every, some
from kairos.domain.criteria.times import day_bounds
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile

_LEAP_YEAR = 2024
_FIRST_YEAR, _LAST_YEAR = 1970, 2105
"""Of days that orders may be placed around (see value.to_the_second)."""
_EVERY_YEAR, _ONCE = re.compile("[0-9]{2}-[0-9]{2}"), re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_MONTHS, _MOST_DAYS = 120, 3_660
_AHEAD = 2
"""Years beyond this one that are looked at: orders may be told by a clock that is ahead of ours."""

Range = tuple[int, int]
"""Seconds since 1970, both included."""


def _occasion(told: str) -> str:
    in_every_year = _EVERY_YEAR.fullmatch(told)
    try:
        day = date.fromisoformat(f"{_LEAP_YEAR}-{told}" if in_every_year else told)
    except ValueError:
        day = None
    if day is None or not (in_every_year or _ONCE.fullmatch(told)):
        raise ValueError(f"{told!r} is no day; use one such as '12-24', every year, or '2026-04-05', once")
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"{told!r} lies too far off; use a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return told


def _not_too_long(told: str) -> str:
    length = parse_duration(told)
    if length.months > _MOST_MONTHS or length.rest.days > _MOST_DAYS:
        raise ValueError(f"{told!r} looks back too far; use 'P10Y' at most")
    return told


Occasion = Annotated[str, AfterValidator(_occasion)]


class OrderedAround(Criterion):
    """Ordered around occasions, by calendar days in the shop's time zone.

    occasions: "MM-DD" every year (29 February on 1 March in common years), "YYYY-MM-DD" once. before,
    after: days around each that belong to it. within: only orders placed then are looked at. times: how
    many of them around an occasion, at least one where it is not said. only: and none at any other time.
    """

    kind: Literal["ordered_around"] = "ordered_around"
    occasions: Annotated[tuple[Occasion, ...], Field(min_length=1, max_length=30)]
    before: Annotated[int, Field(ge=0, le=60)] = 14
    after: Annotated[int, Field(ge=0, le=60)] = 0
    within: Annotated[LastingDuration, AfterValidator(_not_too_long)] = "P3Y"
    times: CountTest = CountTest(at_least=1)
    only: bool = False

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        window = within(self.within)
        placed = [one.placed_at for one in profile.counting_orders if window.holds(one.placed_at, moment)]
        ranges = self._ranges(moment)
        around = sum(any(first <= int(at.timestamp()) <= last for first, last in ranges) for at in placed)
        return self.times.holds(around) and not (self.only and around < len(placed))

    def sql(self, query: Query) -> str:
        """See Criterion."""
        window = within(self.within).as_window(query.moment)
        test = some(f"ts BETWEEN {first} AND {last}" for first, last in self._ranges(query.moment))
        around = query.feature("orders", "count(*)", every(["counts", test]), window)
        tests = [self.times.count_sql(around)]
        if self.only:
            tests.append(f"{query.feature('orders', 'count(*)', 'counts', window)} = {around}")
        return every(tests)

    def _ranges(self, moment: Moment) -> list[Range]:
        """The times around every occasion of the years that are looked at."""
        now = local_day(moment)
        length = parse_duration(self.within)
        first = now.year - length.months // 12 - length.rest.days // 365 - 2
        days = [day for one in self.occasions for day in _falls_on(one, range(first, now.year + _AHEAD + 1))]
        zone, before, after = moment.shop.zone, timedelta(days=self.before), timedelta(days=self.after)
        return [
            (day_bounds(day - before, zone)[0], day_bounds(day + after, zone)[1]) for day in sorted(set(days))
        ]


def _falls_on(occasion: str, years: range) -> list[date]:
    if not _EVERY_YEAR.fullmatch(occasion):
        return [date.fromisoformat(occasion)]
    day = date.fromisoformat(f"{_LEAP_YEAR}-{occasion}")
    return [return_of(day, year) for year in years]
