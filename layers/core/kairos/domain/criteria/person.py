"""Criteria about the person: age, gender, language, and any other field of the profile."""

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kairos.domain.criteria.criterion import Comparison, CountTest, Criterion, Names, Text
from kairos.domain.moment import Moment
from kairos.domain.person import Gender
from kairos.domain.profile import Profile


def _on(born: date, year: int) -> date:
    """The date's return in a year; 29 February falls on 1 March where there is none."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _today(moment: Moment) -> date:
    return moment.now.astimezone(moment.shop.zone).date()


class Age(CountTest, Criterion):
    """Completed years today, in the shop's time zone."""

    kind: Literal["age"] = "age"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        born, today = profile.person.birthday, _today(moment)
        if born is None or born > today:
            return False
        return self.holds(today.year - born.year - (today < _on(born, today.year)))


class GenderIs(Criterion):
    """One of the genders named."""

    kind: Literal["gender"] = "gender"
    any_of: Annotated[tuple[Gender, ...], Field(min_length=1)]

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return profile.person.gender in self.any_of


class LanguageIs(Criterion):
    """One of the languages named: "de" takes every German, "de-CH" only the Swiss."""

    kind: Literal["language"] = "language"
    any_of: Names

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        spoken = (profile.person.language or "").casefold().replace("_", "-")
        wanted = [tag.casefold().replace("_", "-") for tag in self.any_of]
        return any(spoken == tag or spoken.startswith(f"{tag}-") for tag in wanted)


def _field(profile: Profile, name: str) -> str | None:
    """A field of the profile by name: its own ones first, then the extra ones; None where empty."""
    own = {
        "first_name": profile.person.first_name,
        "last_name": profile.person.last_name,
        "email": profile.email,
        "phone": profile.phone,
    }
    value = own[name] if name in own else profile.person.attributes.get(name)
    return (value or "").strip() or None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _order(value: str, bound: str) -> int | None:
    """-1, 0 or 1 as value is before, at or after bound, both numbers or both dates; None otherwise."""
    numbers = _number(value), _number(bound)
    if numbers[0] is not None and numbers[1] is not None:
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    dates = _date(value), _date(bound)
    if dates[0] is not None and dates[1] is not None and numbers == (None, None):
        return (dates[0] > dates[1]) - (dates[0] < dates[1])
    return None


class Attribute(Comparison, Criterion):
    """Any field of the profile, compared as text without regard to case; every field given must hold.

    greater, less: as numbers or ISO dates, strictly; a value that is neither is unknown.
    """

    comparing = ("equals", "any_of", "contains", "greater", "less", "exists")
    kind: Literal["attribute"] = "attribute"
    name: Text
    equals: Text | None = None
    any_of: Names | None = None
    contains: Text | None = None
    greater: Text | None = None
    less: Text | None = None
    exists: bool | None = None

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        others = [name for name in self.comparing if name != "exists" and getattr(self, name) is not None]
        if self.exists is False and others:
            raise ValueError(f"nothing that is missing compares; leave out exists or {', '.join(others)}")
        for bound in (self.greater, self.less):
            if bound is not None and _number(bound) is None and _date(bound) is None:
                raise ValueError(
                    f"{bound!r} is neither a number nor a date; use one such as '43' or '2026-03-31'"
                )
        return self

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        value = _field(profile, self.name)
        if value is None:
            return self.exists is False
        if self.exists is False:
            return False
        text = value.casefold()
        return (
            (self.equals is None or text == self.equals.casefold())
            and (self.any_of is None or text in [one.casefold() for one in self.any_of])
            and (self.contains is None or self.contains.casefold() in text)
            and (self.greater is None or _order(value, self.greater) == 1)
            and (self.less is None or _order(value, self.less) == -1)
        )


class DateField(Criterion):
    """A date on the profile ("birthday", or an extra field holding an ISO date) near today.

    recurring: its return in any year counts, else only the date itself. Days are calendar days in the
    shop's time zone: next_days 7 is today and the seven days after, last_days 7 today and the seven before.
    """

    kind: Literal["date_field"] = "date_field"
    name: Text
    recurring: bool = True
    today: Literal[True] | None = None
    next_days: Annotated[int, Field(ge=0, le=365)] | None = None
    last_days: Annotated[int, Field(ge=0, le=365)] | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        if sum(test is not None for test in (self.today, self.next_days, self.last_days)) != 1:
            raise ValueError("compares with none or several; set exactly one of today, next_days, last_days")
        return self

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        told = profile.person.birthday if self.name == "birthday" else _date(_field(profile, self.name) or "")
        if told is None:
            return False
        today = _today(moment)
        first = today - timedelta(days=self.last_days or 0)
        last = today + timedelta(days=self.next_days or 0)
        if not self.recurring:
            return first <= told <= last
        returns = (_on(told, year) for year in range(first.year, last.year + 1) if year >= told.year)
        return any(first <= day <= last for day in returns)
