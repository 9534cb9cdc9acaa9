"""How far from a point customers live."""

from math import asin, cos, pi, radians, sin, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.errors import Refused
from tests.unit.criteria.people import holds, living, living_at

EARTH_KM = 6371.0088
DEGREE_KM = pi * EARTH_KM / 180

latitudes = st.floats(-90, 90, allow_subnormal=False)
longitudes = st.floats(-180, 180, allow_subnormal=False)


def near(latitude: float, longitude: float, km: float) -> dict[str, Any]:
    return {"kind": "near", "latitude": latitude, "longitude": longitude, "km": km}


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ((10, 20), (11, 20), DEGREE_KM),
        ((0, 179.5), (0, -179.5), DEGREE_KM),
        ((89.5, 0), (89.5, 180), DEGREE_KM),
        ((0, 20), (90, -77), 90 * DEGREE_KM),
        ((60, 10), (60, 12), 2 * EARTH_KM * asin(cos(radians(60)) * sin(radians(1)))),
    ],
)
def test_a_distance_is_that_of_the_great_circle(
    one: tuple[float, float], other: tuple[float, float], apart: float
) -> None:
    metre = 0.001
    assert holds(near(*one, apart + metre), living_at(*other))
    assert not holds(near(*one, apart - metre), living_at(*other))


@given(latitudes, longitudes, latitudes, longitudes, st.floats(0.01, 20_000))
def test_any_distance_is_judged_as_the_haversine_does(
    lat: float, lon: float, lat_2: float, lon_2: float, km: float
) -> None:
    part = sin(radians(lat_2 - lat) / 2) ** 2
    part += cos(radians(lat)) * cos(radians(lat_2)) * sin(radians(lon_2 - lon) / 2) ** 2
    apart = 2 * EARTH_KM * asin(min(sqrt(part), 1))
    # Half a turn away, metres make no difference to the straight line that is compared.
    blurred = 0.001 + 0.0001 / max(cos(min(apart / EARTH_KM / 2, pi / 2)), 1e-6)
    if abs(apart - km) > blurred and (lat_2, lon_2) != (0, 0):
        assert holds(near(lat, lon, km), living_at(lat_2, lon_2)) is (apart < km)


def test_the_farthest_point_lies_within_half_the_globe() -> None:
    assert holds(near(45, 100, 20_016), living_at(-45, -80))
    assert not holds(near(45, 100, 20_000), living_at(-45, -80))


def test_who_lives_at_the_very_point_is_near_it() -> None:
    assert holds(near(47.3667, 8.55, 0.001), living_at(47.3667, 8.55))


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"latitude": 0.0, "longitude": 0.0},
        {"latitude": 47.0},
        {"longitude": 8.0},
        {"latitude": 91.0, "longitude": 8.0},
        {"latitude": 47.0, "longitude": 181.0},
        {"latitude": float("nan"), "longitude": 8.0},
        {"city": "Nowhere in particular", "country": "CH"},
        {"city": "Bern"},
        {"country": "CH"},
    ],
)
def test_who_lives_nobody_knows_where_is_near_nothing(address: dict[str, Any]) -> None:
    assert not holds(near(0, 0, 20_016), living(**address))


def test_without_coordinates_the_city_says_where() -> None:
    around_bern = near(46.948, 7.447, 5)
    assert holds(around_bern, living(city="Berne", country="ch"))
    assert holds(around_bern, living(city="Bern", country="CH", latitude=46.9))
    assert not holds(around_bern, living(city="Bern", country="DE"))


def test_coordinates_go_before_the_city() -> None:
    assert not holds(near(46.948, 7.447, 5), living_at(47.3667, 8.55, city="Bern", country="CH"))


def test_a_rule_may_name_a_city_for_its_centre() -> None:
    rule = {"kind": "near", "city": "München", "country": "DE", "km": 20}
    assert holds(rule, living_at(48.25, 11.65))
    assert not holds(rule, living_at(48.37, 10.9))


@pytest.mark.parametrize(
    ("rule", "field", "named"),
    [
        ({"kind": "near", "km": 10}, "rule", "latitude and longitude, or city and country"),
        ({"kind": "near", "km": 10, "latitude": 47}, "rule", "latitude and longitude"),
        ({"kind": "near", "km": 10, "city": "Bern"}, "rule", "city and country"),
        (near(47, 8, 10) | {"city": "Bern", "country": "CH"}, "rule", "either"),
        ({"kind": "near", "km": 10, "city": "Gsteigwiler", "country": "CH"}, "rule", "Gsteigwiler"),
        (near(91, 8, 10), "latitude", ""),
        (near(47, 181, 10), "longitude", ""),
        (near(47, 8, 0), "km", ""),
        (near(47, 8, 20_017), "km", ""),
        (near(47, 8, float("nan")), "km", ""),
    ],
)
def test_a_point_that_is_not_clear_is_refused_with_the_field_and_a_remedy(
    rule: dict[str, Any], field: str, named: str
) -> None:
    with pytest.raises(Refused) as refusal:
        parse_rule(rule)
    assert refusal.value.field == field
    assert named in str(refusal.value)
