"""Where a customer is, as criteria ask about it."""

from math import cos, radians, sin
from typing import Literal, NamedTuple

from kairos.domain.catalogue import folded
from kairos.domain.person import Person

SPHERE = 2**28
"""Units of the unit sphere's radius in which points are kept: 24 mm on the ground."""

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG)."""

Point = tuple[int, int, int]


class Place(NamedTuple):
    """country: ISO 3166-1 alpha-2; region, province, city: folded; point: on the unit sphere times SPHERE."""

    country: str | None = None
    region: str | None = None
    province: str | None = None
    city: str | None = None
    point: Point | None = None
    area: Literal["urban", "residential"] | None = None
    hemisphere: Literal["north", "south"] | None = None


def point_at(latitude: float, longitude: float) -> Point:
    """The point of these degrees."""
    lat, lon = radians(latitude), radians(longitude)
    return (
        round(cos(lat) * cos(lon) * SPHERE),
        round(cos(lat) * sin(lon) * SPHERE),
        round(sin(lat) * SPHERE),
    )


def locate(person: Person) -> Place:
    """The place that the person's address states."""
    address = person.address
    if address is None:
        return Place()
    known = address.latitude is not None and address.longitude is not None
    return Place(
        country=address.country.strip().upper() if address.country else None,
        region=folded(address.region) if address.region else None,
        province=folded(address.province) if address.province else None,
        city=folded(address.city) if address.city else None,
        point=point_at(address.latitude or 0, address.longitude or 0) if known else None,
        hemisphere=("south" if (address.latitude or 0) < 0 else "north") if known else None,
    )
