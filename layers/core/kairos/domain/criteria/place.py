"""Criteria about where the customer lives."""

from abc import abstractmethod
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from kairos.domain.cities import folded_name, is_country
from kairos.domain.codes import AREAS, HEMISPHERES, code_of
from kairos.domain.criteria.criterion import Criterion, Text
from kairos.domain.criteria.query import Query, isin
from kairos.domain.moment import Moment
from kairos.domain.person import Address
from kairos.domain.places import (
    Area,
    Hemisphere,
    area_of,
    country_of,
    hemisphere_of,
    name_of,
)
from kairos.domain.profile import Profile

_NO_ADDRESS = Address()


def _country(told: str) -> str:
    code = told.strip().upper()
    if not is_country(code):
        raise ValueError(f"{told!r} is no country; use its two letters of ISO 3166-1, such as 'DE' or 'GB'")
    return code


def _name(told: str) -> str:
    if not folded_name(told):
        raise ValueError(f"{told!r} names no place; use letters or digits")
    return told


Country = Annotated[str, Field(max_length=64), AfterValidator(_country)]
Names = Annotated[tuple[Annotated[Text, AfterValidator(_name)], ...], Field(min_length=1, max_length=1000)]


def address_of(profile: Profile) -> Address:
    """Where they live; an empty one where that is not known."""
    return profile.person.address or _NO_ADDRESS


class CountryIs(Criterion):
    """Lives in one of the countries."""

    kind: Literal["country"] = "country"
    any_of: Annotated[tuple[Country, ...], Field(min_length=1, max_length=300)]

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return country_of(address_of(profile)) in self.any_of

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return isin(query.column("country"), query.codes("country", self.any_of.__contains__))


class _Named(Criterion):
    """A part of the address that goes by one of these names, without regard to case, accents, punctuation."""

    any_of: Names

    @abstractmethod
    def told(self, address: Address) -> str | None:
        """What the address says."""

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return name_of(self.told(address_of(profile))) in self.wanted

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return isin(query.column(self.kind), query.codes(self.kind, self.wanted.__contains__))

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The names as they are compared."""
        return frozenset(map(folded_name, self.any_of))


class RegionIs(_Named):
    """Lives in one of the regions."""

    kind: Literal["region"] = "region"

    def told(self, address: Address) -> str | None:
        """See _Named."""
        return address.region


class ProvinceIs(_Named):
    """Lives in one of the provinces, states or departments."""

    kind: Literal["province"] = "province"

    def told(self, address: Address) -> str | None:
        """See _Named."""
        return address.province


class CityIs(_Named):
    """Lives in one of the cities."""

    kind: Literal["city"] = "city"

    def told(self, address: Address) -> str | None:
        """See _Named."""
        return address.city


class AreaIs(Criterion):
    """Lives in such an area, see places.area_of."""

    kind: Literal["area"] = "area"
    any_of: Annotated[tuple[Area, ...], Field(min_length=1)]

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return area_of(profile.person) in self.any_of

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return isin(query.column("area"), (code_of(AREAS, one) for one in self.any_of))


class HemisphereIs(Criterion):
    """Lives on that half of the globe, see places.hemisphere_of."""

    kind: Literal["hemisphere"] = "hemisphere"
    any_of: Annotated[tuple[Hemisphere, ...], Field(min_length=1)]

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return hemisphere_of(address_of(profile)) in self.any_of

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return isin(query.column("hemisphere"), (code_of(HEMISPHERES, one) for one in self.any_of))
