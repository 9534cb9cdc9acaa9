"""Criteria about where the customer lives."""

from abc import abstractmethod
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from kairos.domain.cities import find_city, folded_name, is_country
from kairos.domain.codes import AREAS, HEMISPHERES, code_of
from kairos.domain.criteria.criterion import Criterion, Text
from kairos.domain.criteria.query import Query, isin
from kairos.domain.moment import Moment
from kairos.domain.person import Address
from kairos.domain.places import (
    Area,
    Hemisphere,
    Point,
    area_of,
    country_of,
    hemisphere_of,
    name_of,
    point_at,
    point_of,
    squared_chord,
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


def _address(profile: Profile) -> Address:
    return profile.person.address or _NO_ADDRESS


class CountryIs(Criterion):
    """Lives in one of the countries."""

    kind: Literal["country"] = "country"
    any_of: Annotated[tuple[Country, ...], Field(min_length=1, max_length=300)]

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return country_of(_address(profile)) in self.any_of

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
        return name_of(self.told(_address(profile))) in self.wanted

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


class Near(Criterion):
    """Lives within so many kilometres, by great circle, of a point or of a city's centre.

    latitude, longitude: degrees. city, country: looked up when the rule is read.
    """

    kind: Literal["near"] = "near"
    km: Annotated[float, Field(gt=0, le=20_016, allow_inf_nan=False)]
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    city: Text | None = None
    country: Country | None = None

    @model_validator(mode="after")
    def _knows_where(self) -> Self:
        given = {
            name for name in ("latitude", "longitude", "city", "country") if getattr(self, name) is not None
        }
        if given not in ({"latitude", "longitude"}, {"city", "country"}):
            raise ValueError("near what is not clear; set either latitude and longitude, or city and country")
        if self.city is not None and find_city(self.city, self.country or "") is None:
            raise ValueError(
                f"no city of 15,000 people or more is known as {self.city!r} in {self.country};"
                " correct its name, or set latitude and longitude"
            )
        return self

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        point = point_of(_address(profile))
        if point is None:
            return False
        return sum((one - other) ** 2 for one, other in zip(point, self.centre, strict=True)) <= self.reach

    def sql(self, query: Query) -> str:
        """See Criterion."""
        columns = [query.column(name) for name in ("x", "y", "z")]
        known = " OR ".join(f"{column} <> 0" for column in columns)
        apart = [f"({column}::BIGINT - ({at}))" for column, at in zip(columns, self.centre, strict=True)]
        return f"(({known}) AND {' + '.join(f'{one} * {one}' for one in apart)} <= {self.reach})"

    @cached_property
    def centre(self) -> Point:
        """The point in the middle."""
        city = find_city(self.city, self.country) if self.city and self.country else None
        if city is not None:
            return point_at(city.latitude, city.longitude)
        return point_at(self.latitude or 0, self.longitude or 0)

    @cached_property
    def reach(self) -> int:
        """The greatest squared distance that passes, see squared_chord."""
        return squared_chord(self.km)


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
        return hemisphere_of(_address(profile)) in self.any_of

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return isin(query.column("hemisphere"), (code_of(HEMISPHERES, one) for one in self.any_of))
