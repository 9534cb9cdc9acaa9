"""The cultural calendar: on which day each country celebrates what, and how that is called."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from kairos.domain.calendar_days import DayOfTheYear, days_in
from kairos.domain.campaign_content import Contents
from kairos.domain.pages import LanguageCode, Short
from kairos.domain.person import Address
from kairos.domain.places import Hemisphere, hemisphere_of
from kairos.domain.sending_rules import Country
from kairos.domain.value import Value

OccasionId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class DayRule(Value):
    """When some countries celebrate. countries: these; none: all of whom no rule before speaks.

    hemisphere: only where it is that half of the globe. unless: if the day falls on that one, `instead`.
    """

    day: DayOfTheYear
    countries: tuple[Country, ...] = ()
    hemisphere: Hemisphere | None = None
    unless: DayOfTheYear | None = None
    instead: DayOfTheYear | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.unless is None) != (self.instead is None):
            raise ValueError("unless and instead go together; send both or none")
        return self

    def concerns(self, country: str) -> bool:
        """Whether it speaks of the country."""
        if self.countries and country not in self.countries:
            return False
        return self.hemisphere is None or self.hemisphere == hemisphere_of(Address(country=country))

    def dates_in(self, year: int, country: str) -> tuple[date, ...]:
        """The days in that year, sorted; more than one where a holiday by the moon comes twice."""
        found = days_in(self.day, year, country)
        if self.unless is None or self.instead is None or found != days_in(self.unless, year, country):
            return found
        return days_in(self.instead, year, country)


class Occasion(Value):
    """names: by language, as written within a sentence ("la fête des Mères"). days: the first rule that
    concerns a country, and finds it a day, says when. content: what the shop wrote for it, in place of the
    words in the box."""

    id: OccasionId
    names: Annotated[dict[LanguageCode, Short], Field(min_length=1)]
    days: Annotated[tuple[DayRule, ...], Field(min_length=1, max_length=100)]
    content: Contents = Field(default_factory=dict)

    def dates_in(self, year: int, country: str) -> tuple[date, ...]:
        """When the country celebrates in that year, sorted; none where it does not."""
        found = (one.dates_in(year, country) for one in self.days if one.concerns(country))
        return next((days for days in found if days), ())

    def dates(self, year: int, countries: Iterable[str]) -> Mapping[date, tuple[str, ...]]:
        """The days of that year, each with the countries that celebrate then, sorted."""
        found: dict[date, list[str]] = defaultdict(list)
        for country in sorted(countries):
            for day in self.dates_in(year, country):
                found[day].append(country)
        return {day: tuple(some) for day, some in sorted(found.items())}
