"""Criteria about the person: age, gender and language. Other fields of the profile stand in fields.py."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from kairos.domain.codes import GENDERS, code_of
from kairos.domain.criteria.criterion import Criterion, Names
from kairos.domain.criteria.days import (
    FIRST_DAY,
    coming_days,
    days_since_1970,
    local_day,
    note_day,
    return_of,
)
from kairos.domain.criteria.numbers import CountTest
from kairos.domain.criteria.query import Query, isin
from kairos.domain.moment import Moment
from kairos.domain.person import Gender
from kairos.domain.profile import Profile


def _born_by(day: date, years: int) -> int:
    """Days since 1970 of the latest birth of which so many years are complete on that day."""
    if years >= day.year:
        return FIRST_DAY - 1
    try:
        return days_since_1970(day.replace(year=day.year - years))
    except ValueError:
        return days_since_1970(date(day.year - years, 2, 28))


class Age(CountTest, Criterion):
    """Completed years today, in the shop's time zone."""

    kind: Literal["age"] = "age"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        born, now = profile.person.birthday, local_day(moment)
        if born is None:
            return False
        if born > now:
            note_day(days_since_1970(born), moment)
            return False
        birthday = return_of(born, now.year)
        next_birthday = birthday if birthday > now else return_of(born, now.year + 1)
        note_day(days_since_1970(next_birthday), moment)
        return self.holds(now.year - born.year - (now < birthday))

    def sql(self, query: Query) -> str:
        """See Criterion."""
        born = query.column("birth_day")
        for day, begins in coming_days(query.moment):
            eve = day - timedelta(days=1)
            query.turn_at(begins, f"({self._born(born, eve)} <> {self._born(born, day)})")
        return self._born(born, local_day(query.moment))

    def _born(self, column: str, day: date) -> str:
        """SQL: when those were born whose age passes on that day. Who was born is known, and born already."""
        least = [one for one in (self.at_least, self.equals) if one is not None]
        least += [self.more_than + 1] if self.more_than is not None else []
        most = [one for one in (self.at_most, self.equals) if one is not None]
        most += [self.less_than - 1] if self.less_than is not None else []
        first = _born_by(day, min(most) + 1) + 1 if most else FIRST_DAY
        return f"({column} BETWEEN {first} AND {_born_by(day, max(least, default=0))})"


class GenderIs(Criterion):
    """One of the genders named."""

    kind: Literal["gender"] = "gender"
    any_of: Annotated[tuple[Gender, ...], Field(min_length=1)]

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return profile.person.gender in self.any_of

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return isin(query.column("gender"), (code_of(GENDERS, one) for one in self.any_of))


def _tag(language: str) -> str:
    return language.strip().casefold().replace("_", "-")


class LanguageIs(Criterion):
    """One of the languages named: "de" takes every German, "de-CH" only the Swiss."""

    kind: Literal["language"] = "language"
    any_of: Names

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self._spoken(profile.person.language or "")

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return isin(query.column("language"), query.codes("language", self._spoken))

    def _spoken(self, language: str) -> bool:
        spoken = _tag(language)
        return any(spoken == one or spoken.startswith(f"{one}-") for one in map(_tag, self.any_of))
