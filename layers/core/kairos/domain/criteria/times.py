"""When something happened: the comparisons of times that all criteria share."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from kairos.domain.criteria.criterion import Comparison
from kairos.domain.criteria.durations import LastingDuration, begins, least_seconds, turns
from kairos.domain.criteria.query import Query, Turn, Window, every
from kairos.domain.criteria.ranges import refuse_empty_days, refuse_empty_time
from kairos.domain.moment import Moment

_LOOKS_AHEAD = timedelta(hours=37)
"""How far ahead the turns that are noted as SQL are right; a full pass comes at least every 36 hours."""


class Days(Comparison):
    """Whole calendar days in the shop's time zone, both included; an open end where one is missing."""

    comparing = ("first_day", "last_day")
    first_day: date | None = None
    last_day: date | None = None

    @model_validator(mode="after")
    def _has_a_day(self) -> Self:
        refuse_empty_days(self.first_day, self.last_day)
        return self


_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)
"""Beyond all days that facts know (see value.to_the_second), so that others compare with times like these."""


def day_bounds(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """The first second of that calendar day in the zone, and the last."""
    day = min(max(day, _FIRST_DAY), _LAST_DAY)
    following = datetime.combine(day + timedelta(days=1), time(), zone)
    return int(datetime.combine(day, time(), zone).timestamp()), int(following.timestamp()) - 1


class TimeTest(Comparison):
    """When something happened; every field given must hold.

    older_than turns true exactly that long after; within is its opposite, so that of a known time
    always exactly one of both is true. A time ahead of the clock counts as just now.
    exactly_days_ago: on that calendar day in the shop's time zone, 0 being today.
    """

    comparing = ("older_than", "within", "exactly_days_ago", "between")
    older_than: LastingDuration | None = None
    within: LastingDuration | None = None
    exactly_days_ago: Annotated[int, Field(ge=0, le=36_500)] | None = None
    between: Days | None = None

    @model_validator(mode="after")
    def _has_a_time(self) -> Self:
        refuse_empty_time(self.older_than, self.within, self.exactly_days_ago)
        return self

    def holds(self, at: datetime | None, moment: Moment) -> bool:
        """Whether the instant passes; an unknown one never does."""
        if at is None:
            return False
        passes = True
        for duration, inside in ((self.older_than, False), (self.within, True)):
            if duration is not None:
                begun = at > begins(duration, moment.now, moment.shop.zone)
                passes = passes and begun == inside
                if begun and moment.flips is not None:
                    moment.note(turns(duration, at, moment.now, moment.shop.zone))
        return passes and self._on_its_day(at, moment)

    def _on_its_day(self, at: datetime, moment: Moment) -> bool:
        if self.exactly_days_ago is None and self.between is None:
            return True
        day = at.astimezone(moment.shop.zone).date()
        if self.exactly_days_ago is not None:
            age = (moment.now.astimezone(moment.shop.zone).date() - day).days
            if age <= self.exactly_days_ago:
                turns_on = day + timedelta(days=self.exactly_days_ago + (age == self.exactly_days_ago))
                moment.note(datetime.combine(turns_on, time(), moment.shop.zone).astimezone(UTC))
            if age != self.exactly_days_ago:
                return False
        return self.between is None or (
            (self.between.first_day is None or day >= self.between.first_day)
            and (self.between.last_day is None or day <= self.between.last_day)
        )

    def as_window(self, moment: Moment, expression: str = "ts") -> Window:
        """The test as SQL over a time in seconds (0: never); it notes nothing by itself."""
        zone, turning = moment.shop.zone, list[Turn]()
        tests, since = [f"{expression} > 0"], 0
        for duration, inside in ((self.older_than, False), (self.within, True)):
            if duration is not None:
                begun = max(int(begins(duration, moment.now, zone).timestamp()), 0)
                turning.append(Turn(begun, least_seconds(duration, moment.now, zone, _LOOKS_AHEAD)))
                tests.append(f"{expression} > {begun}" if inside else f"{expression} <= {begun}")
                since = max(since, begun) if inside else since
        if self.exactly_days_ago is not None:
            today = moment.now.astimezone(zone).date()
            first, last = day_bounds(today - timedelta(days=self.exactly_days_ago), zone)
            tests.append(f"{expression} BETWEEN {first} AND {last}")
            tomorrow = day_bounds(today, zone)[1] + 1
            turning.append(Turn(max(first - 1, 0), (self.exactly_days_ago - 1) * 86_400 - 7_200, tomorrow))
            since = max(since, first - 1)
        if self.between is not None:
            if self.between.first_day is not None:
                first = day_bounds(self.between.first_day, zone)[0]
                tests.append(f"{expression} >= {first}")
                since = max(since, first - 1)
            if self.between.last_day is not None:
                tests.append(f"{expression} <= {day_bounds(self.between.last_day, zone)[1]}")
        return Window(every(tests), since, tuple(turning))

    def time_sql(self, query: Query, expression: str) -> str:
        """The test as SQL over a time of the customer's columns or features, its turns noted."""
        window = self.as_window(query.moment, expression)
        query.turn(expression, window.turns)
        return window.sql


def window_of(test: TimeTest | None, moment: Moment) -> Window | None:
    """The test as the window of a feature; None for any time."""
    return None if test is None else test.as_window(moment)
