"""Where a person lives, as criteria ask about it: by the address, else by the city and country it names."""

from math import cos, isfinite, pi, radians, sin
from typing import Literal, NamedTuple

from kairos.domain.cities import City, capital_of, find_city, folded_name
from kairos.domain.person import Address, Person

Area = Literal["urban", "residential"]
Hemisphere = Literal["north", "south"]
Point = tuple[int, int, int]

SPHERE = 2**28
"""Units of the unit sphere's radius in which points are kept: 24 mm on the ground."""

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG)."""

URBAN_PEOPLE = 100_000
"""A city of at least so many is urban; our own default."""

AREA_FIELD = "area"
"""The extra field of the profile that says urban or residential."""

_MOST_LATITUDE, _MOST_LONGITUDE = 90, 180
_URBAN = (
    *("urban", "city", "inner city", "city centre", "city center", "town", "downtown", "metropolitan"),
    *("städtisch", "stadt", "innenstadt", "stadtzentrum", "zentrum", "großstadt"),
    *("urbain", "urbaine", "ville", "centre-ville", "en ville", "zone urbaine"),
    *("urbano", "urbana", "città", "centro", "centro città", "in città", "zona urbana"),
)
# Who lives in the country is no more urban than in a suburb, and the address says the same of both.
_RESIDENTIAL = (
    *("residential", "suburban", "suburb", "suburbs", "outskirts", "rural", "countryside", "village"),
    *("wohngebiet", "wohngegend", "vorort", "vorstadt", "stadtrand", "ländlich", "land", "dorf"),
    *("résidentiel", "résidentielle", "zone résidentielle", "banlieue", "périurbain", "rural", "campagne"),
    *("residenziale", "zona residenziale", "periferia", "sobborgo", "rurale", "campagna", "paese"),
)
_AREA_WORDS: dict[str, Area] = {
    **{folded_name(word): "urban" for word in _URBAN},
    **{folded_name(word): "residential" for word in _RESIDENTIAL},
}


class Place(NamedTuple):
    """country: ISO 3166-1 alpha-2; region, province, city: folded; point: on the unit sphere times SPHERE."""

    country: str | None = None
    region: str | None = None
    province: str | None = None
    city: str | None = None
    point: Point | None = None
    area: Area | None = None
    hemisphere: Hemisphere | None = None


def point_at(latitude: float, longitude: float) -> Point:
    """The point of these degrees."""
    lat, lon = radians(latitude), radians(longitude)
    return (
        round(cos(lat) * cos(lon) * SPHERE),
        round(cos(lat) * sin(lon) * SPHERE),
        round(sin(lat) * SPHERE),
    )


def squared_chord(km: float) -> int:
    """The greatest squared distance, straight through the globe, of points so many kilometres apart on it.

    In squared units of SPHERE, cut to a whole number: whole squared distances compare with it exactly.
    """
    return int((2 * sin(min(km / EARTH_RADIUS_KM / 2, pi / 2)) * SPHERE) ** 2)


def locate(person: Person) -> Place:
    """The place that the person's address states."""
    address = person.address or Address()
    return Place(
        country=country_of(address),
        region=name_of(address.region),
        province=name_of(address.province),
        city=name_of(address.city),
        point=point_of(address),
        area=area_of(person),
        hemisphere=hemisphere_of(address),
    )


def country_of(address: Address) -> str | None:
    """The country's two letters, in capitals."""
    return (address.country or "").strip().upper() or None


def name_of(told: str | None) -> str | None:
    """The name of a region, province or city as it is compared."""
    return folded_name(told or "") or None


def point_of(address: Address) -> Point | None:
    """Where it lies: by its coordinates, else where its city does."""
    degrees = _degrees_of(address)
    return point_at(*degrees) if degrees else None


def hemisphere_of(address: Address) -> Hemisphere | None:
    """The half of the globe: by the coordinates, else by the city, else by the country's capital.

    The equator belongs to the north.
    """
    if degrees := _degrees_of(address):
        return "south" if degrees[0] < 0 else "north"
    capital = capital_of(address.country) if address.country else None
    return ("south" if capital.latitude < 0 else "north") if capital else None


def area_of(person: Person) -> Area | None:
    """Urban or residential: as the profile's own field says, else by how many people live in the city."""
    told = person.attributes.get(AREA_FIELD)
    if told and (said := _AREA_WORDS.get(folded_name(told))):
        return said
    city = _city_of(person.address) if person.address else None
    if city is None or city.population == 0:
        return None
    return "urban" if city.population >= URBAN_PEOPLE else "residential"


def _city_of(address: Address) -> City | None:
    return find_city(address.city, address.country) if address.city and address.country else None


def degrees_told(address: Address) -> tuple[float, float] | None:
    """Latitude and longitude as the address states them, None where they can't be true."""
    latitude, longitude = address.latitude, address.longitude
    if latitude is not None and longitude is not None and _lies_somewhere(latitude, longitude):
        return latitude, longitude
    return None


def _degrees_of(address: Address) -> tuple[float, float] | None:
    """Latitude and longitude."""
    if told := degrees_told(address):
        return told
    city = _city_of(address)
    return (city.latitude, city.longitude) if city else None


def _lies_somewhere(latitude: float, longitude: float) -> bool:
    # Nobody lives at 0, 0, in the sea off Ghana: it is what some shops send for not known.
    return (
        isfinite(latitude)
        and isfinite(longitude)
        and abs(latitude) <= _MOST_LATITUDE
        and abs(longitude) <= _MOST_LONGITUDE
        and (latitude, longitude) != (0, 0)
    )
