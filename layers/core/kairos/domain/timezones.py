"""By which clock a person lives, as their address tells."""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kairos.domain.cities import find_city, folded_name, index_line, nearest_city
from kairos.domain.city_zones import ANY, ZONES_KEY
from kairos.domain.person import Address
from kairos.domain.places import country_of, degrees_told


def timezone_of(address: Address | None) -> ZoneInfo | None:
    """The time zone of the address; None where its country is not known.

    A country with one zone has that. Else the city's counts, unless the region lies in others (there are
    many Springfields); else that of the place nearest to the coordinates, of the region, of the country's
    biggest city.
    """
    country = country_of(address) if address else None
    if address is None or country is None:
        return None
    found = index_line(f"{country} {ANY}")
    if found is None:
        return None
    biggest, several = (int(figure) for figure in found.split("\t"))
    if several == 1:
        return _zone(biggest)
    region = _region_zones(address, country)
    city = find_city(address.city, country) if address.city else None
    if city is not None and city.zone is not None and (not region or city.zone in region):
        return _zone(city.zone)
    degrees = degrees_told(address)
    near = nearest_city(*degrees, country) if degrees else None
    if near is not None and near.zone is not None:
        return _zone(near.zone)
    return _zone(region[0] if region else biggest)


def _region_zones(address: Address, country: str) -> tuple[int, ...]:
    """Those of the region that the address names, by people; empty where it is not known."""
    for told in (address.province, address.region):
        folded = folded_name(told or "").removeprefix(f"{country.lower()} ")
        found = index_line(f"{country} {ANY}{folded}") if folded else None
        if found is not None:
            return tuple(int(number) for number in found.split(","))
    return ()


@lru_cache(512)
def _zone(number: int) -> ZoneInfo | None:
    names = (index_line(ZONES_KEY) or "").split(",")
    try:
        return ZoneInfo(names[number])
    except (ZoneInfoNotFoundError, IndexError, ValueError):
        return None
