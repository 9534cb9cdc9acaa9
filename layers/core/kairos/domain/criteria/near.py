"""The criterion about how far from a point the customer lives."""

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kairos.domain.cities import find_city
from kairos.domain.criteria.criterion import Criterion, Text
from kairos.domain.criteria.place import Country, address_of
from kairos.domain.criteria.query import Query
from kairos.domain.moment import Moment
from kairos.domain.places import Point, point_at, point_of, squared_chord
from kairos.domain.profile import Profile


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
        point = point_of(address_of(profile))
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
