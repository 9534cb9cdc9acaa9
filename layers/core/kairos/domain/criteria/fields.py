"""Fields of the profile by their name, its own and whatever the shop or a form adds, and what they hold."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Literal, Self

from pydantic import model_validator

from kairos.domain.criteria.criterion import Comparison, Criterion, Names, Text
from kairos.domain.criteria.days import date_in
from kairos.domain.criteria.query import Query, isin
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile


def field_of(profile: Profile, name: str) -> str | None:
    """A field of the profile by name: its own ones first, then the extra ones; None where empty."""
    own = {
        "first_name": profile.person.first_name,
        "last_name": profile.person.last_name,
        "email": profile.email,
        "phone": profile.phone,
    }
    value = own[name] if name in own else profile.person.attributes.get(name)
    return (value or "").strip() or None


def fields_sql(query: Query, name: str, passes: Callable[[str], bool]) -> str:
    """How many fields of that name (one or none) have such a value, as SQL."""
    codes = query.codes("attribute", lambda pair: pair[0] == name and passes(pair[1]))
    return query.feature("attributes", "count(*)", isin("attribute", codes))


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _order(value: str, bound: str) -> int | None:
    """-1, 0 or 1 as value is before, at or after bound, both numbers or both dates; None otherwise."""
    numbers = _number(value), _number(bound)
    if numbers[0] is not None and numbers[1] is not None:
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    dates = date_in(value), date_in(bound)
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
            if bound is not None and _number(bound) is None and date_in(bound) is None:
                raise ValueError(
                    f"{bound!r} is neither a number nor a date; use one such as '43' or '2026-03-31'"
                )
        return self

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        value = field_of(profile, self.name)
        if self.exists is False:
            return value is None
        return value is not None and self._passes(value)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        found = fields_sql(query, self.name, self._passes)
        return f"({found} = 0)" if self.exists is False else f"({found} > 0)"

    @cached_property
    def folded_any(self) -> frozenset[str] | None:
        """The texts of any_of as they are compared."""
        return None if self.any_of is None else frozenset(_folded(one) for one in self.any_of)

    def _passes(self, value: str) -> bool:
        """Whether a value that is there passes what compares values."""
        text = _folded(value)
        return (
            (self.equals is None or text == _folded(self.equals))
            and (self.folded_any is None or text in self.folded_any)
            and (self.contains is None or self.contains.casefold() in text)
            and (self.greater is None or _order(value, self.greater) == 1)
            and (self.less is None or _order(value, self.less) == -1)
        )


def _folded(text: str) -> str:
    return text.strip().casefold()
