"""Random criteria about where customers live."""

from collections.abc import Callable
from math import asin, cos, pi, radians, sin, sqrt

from kairos.domain.codes import AREAS, HEMISPHERES
from kairos.domain.person import Address
from tests.agreement import vocabulary as words
from tests.agreement.world import Json, World

_COUNTRIES = tuple(dict.fromkeys(spot.country for spot in words.PLACES if spot.country != "XX"))
_RADIUS_KM = 6371.0088
_FARTHEST = pi * _RADIUS_KM
_STEP = 1 / 2**28 * _RADIUS_KM  # what a point kept moves by, in kilometres
_KNOWN_CITIES = (
    ("München", "DE"),
    ("MUNICH", "de"),
    ("Zuerich", "CH"),
    ("Paris", "FR"),
    ("Paris", "US"),
    ("Quito", "EC"),
    ("Suva", "FJ"),
)


def country(world: World) -> Json:
    return {"kind": "country", "any_of": [world.spelt(one) for one in world.some(_COUNTRIES, 3)]}


def _names(kind: str) -> Callable[[World], Json]:
    def draw(world: World) -> Json:
        told = [getattr(spot, kind) for spot in words.PLACES]
        held = [getattr(one.person.address, kind) or "" for one in world.profiles if one.person.address]
        return {"kind": kind, "any_of": world.texts((*told, *held, "Elsewhere", "zurich", "strasse"))}

    return draw


def _degrees(world: World) -> tuple[float, float]:
    """Where some customer is, as far as coordinates say; else a known place."""
    held = [one.person.address for one in world.profiles if one.person.address]
    known = [_told(one) for one in held if one.latitude is not None and one.longitude is not None]
    spot = world.one(words.PLACES)
    return world.one(known) if known and world.likely(0.7) else (spot.latitude, spot.longitude)


def _told(address: Address) -> tuple[float, float]:
    return address.latitude or 0.0, address.longitude or 0.0


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two places, by the haversine."""
    (lat, lon), (lat_2, lon_2) = (tuple(map(radians, degrees)) for degrees in (one, other))
    part = sin((lat_2 - lat) / 2) ** 2 + cos(lat) * cos(lat_2) * sin((lon_2 - lon) / 2) ** 2
    return 2 * _RADIUS_KM * asin(min(sqrt(part), 1))


def near(world: World) -> Json:
    latitude, longitude = _degrees(world)
    centre = min(max(latitude, -90), 90), min(max(longitude, -180), 180)
    km = _apart(centre, _degrees(world)) + world.off() * world.one((_STEP, 0.001, 1))
    told = {"kind": "near", "km": world.one((min(max(km, _STEP), _FARTHEST), 1, 50, 1000, _FARTHEST))}
    if world.likely(0.3):
        city, state = world.one(_KNOWN_CITIES)
        return told | {"city": city, "country": state}
    return told | {"latitude": centre[0], "longitude": centre[1]}


def area(world: World) -> Json:
    return {"kind": "area", "any_of": list(world.some(AREAS, 1 if world.likely(0.8) else 2))}


def hemisphere(world: World) -> Json:
    return {"kind": "hemisphere", "any_of": list(world.some(HEMISPHERES, 1 if world.likely(0.8) else 2))}


KINDS = {
    "country": country,
    "region": _names("region"),
    "province": _names("province"),
    "city": _names("city"),
    "near": near,
    "area": area,
    "hemisphere": hemisphere,
}
