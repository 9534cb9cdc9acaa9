"""The criterion about dates on the profile: birthdays, anniversaries, whatever a field holds."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kairos.domain.criteria.criterion import Criterion, Text
from kairos.domain.criteria.days import (
    FIRST_DAY,
    LAST_DAY,
    LOOKS_AHEAD,
    coming_days,
    date_in,
    days_since_1970,
    local_day,
    note_day,
    return_of,
    returning_on,
)
from kairos.domain.criteria.fields import fields_sql
from kairos.domain.criteria.query import Query, every, isin
from kairos.domain.fields import field_of
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile

DayCount = Annotated[int, Field(ge=0, le=365)]


class DateField(Criterion):
    """A date on the profile ("birthday", or an extra field holding an ISO date) near today, or by itself.

    recurring: its return in any year counts, else only the date itself. Days are calendar days in the
    shop's time zone: next_days 7 is today and the seven days after, last_days 7 today and the seven before.
    before, after: strictly so, of the date itself.
    """

    kind: Literal["date_field"] = "date_field"
    name: Text
    recurring: bool = True
    today: Literal[True] | None = None
    next_days: DayCount | None = None
    last_days: DayCount | None = None
    before: date | None = None
    after: date | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        near = [test for test in (self.today, self.next_days, self.last_days) if test is not None]
        if len(near) + self._dated != 1:
            raise ValueError(
                "compares with none or several;"
                " set exactly one of today, next_days, last_days, or before and after"
            )
        if self._dated and self.recurring:
            raise ValueError("what returns every year is before and after any date; set recurring to false")
        if self.before and self.after and self.before - self.after <= timedelta(days=1):
            raise ValueError(f"no day is after {self.after} and before {self.before}; widen the range")
        return self

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        if self.name == "birthday":
            told = profile.person.birthday
        else:
            told = date_in(field_of(profile, self.name) or "")
        if told is None:
            return False
        now = local_day(moment)
        turns = self._turns(told, now)
        if turns is not None:
            note_day(turns, moment)
        return self._passes(told, now)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return self._birthday_sql(query) if self.name == "birthday" else self._field_sql(query)

    @property
    def _dated(self) -> bool:
        """Compares with dates of its own, whatever day it is."""
        return self.before is not None or self.after is not None

    def _span(self, now: date) -> tuple[int, int]:
        """The first and the last day (since 1970) that pass when it is that day."""
        if self._dated:
            return (
                FIRST_DAY if self.after is None else days_since_1970(self.after) + 1,
                LAST_DAY if self.before is None else days_since_1970(self.before) - 1,
            )
        day = days_since_1970(now)
        return day - (self.last_days or 0), day + (self.next_days or 0)

    def _returns(self, told: date, now: date) -> list[int]:
        """The days (since 1970) that the date falls on, as far as they may pass now or turn within a year."""
        years = range(max(now.year - 1, told.year), now.year + 3) if self.recurring else ()
        return [days_since_1970(return_of(told, year)) for year in years] or [days_since_1970(told)]

    def _passes(self, told: date, now: date) -> bool:
        first, last = self._span(now)
        return any(first <= day <= last for day in self._returns(told, now))

    def _turns(self, told: date, now: date) -> int | None:
        """The next day (since 1970) whose beginning may change the answer."""
        if self._dated:
            return None
        comes = [day - (self.next_days or 0) for day in self._returns(told, now)]
        goes = [day + (self.last_days or 0) + 1 for day in self._returns(told, now)]
        return min((day for day in (*comes, *goes) if day > days_since_1970(now)), default=None)

    def _birthday_sql(self, query: Query) -> str:
        born, returns = query.column("birth_day"), query.column("birth_md")
        now = local_day(query.moment)
        first, last = self._span(now)
        for day, begins in () if self._dated else coming_days(query.moment):
            edges = (
                day + timedelta(days=self.next_days or 0),
                day - timedelta(days=(self.last_days or 0) + 1),
            )
            turning = (one for edge in edges for one in returning_on(edge))
            query.turn_at(begins, isin(returns, turning))
        if not self.recurring:
            return f"({born} BETWEEN {first} AND {last})"
        days = (
            now + timedelta(days=ahead) for ahead in range(-(self.last_days or 0), (self.next_days or 0) + 1)
        )
        falling = isin(returns, (one for day in days for one in returning_on(day)))
        return every([falling, f"{born} <= {last}"])

    def _field_sql(self, query: Query) -> str:
        now = local_day(query.moment)
        soon = days_since_1970(now) + LOOKS_AHEAD

        def passes(value: str) -> bool:
            told = date_in(value)
            return told is not None and self._passes(told, now)

        def turns(value: str) -> bool:
            told = date_in(value)
            day = self._turns(told, now) if told is not None else None
            return day is not None and day <= soon

        if not self._dated:
            _, begins = next(coming_days(query.moment))
            query.turn_at(begins, f"({fields_sql(query, self.name, turns)} > 0)")
        return f"({fields_sql(query, self.name, passes)} > 0)"
