"""Where customers live, by their address."""

from typing import Any

import pytest

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.errors import Refused
from kairos.domain.person import Address
from tests.unit.criteria.people import holds, living, person, profile


def test_a_country_is_two_letters_in_any_case() -> None:
    rule = {"kind": "country", "any_of": ["de", "CH"]}
    assert holds(rule, living(country="DE"))
    assert holds(rule, living(country=" ch "))
    assert not holds(rule, living(country="AT"))
    assert not holds(rule, living(city="Berlin"))
    assert not holds(rule, profile())


@pytest.mark.parametrize("kind", ["region", "province", "city"])
def test_names_of_places_are_compared_without_case_accents_and_punctuation(kind: str) -> None:
    rule = {"kind": kind, "any_of": ["Saint-Étienne", "ZÜRICH"]}
    for told in ("saint etienne", "SAINT-ÉTIENNE", "Zurich", " Zürich "):
        assert holds(rule, living(**{kind: told}))
    for told in ("Saint", "Zürich Nord", ""):
        assert not holds(rule, living(**{kind: told}))
    assert not holds(rule, profile())


def test_region_province_and_city_each_ask_for_their_own_part_of_the_address() -> None:
    told = living(region="Bern", province="Oberland", city="Thun")
    found = {
        (kind, name)
        for kind in ("region", "province", "city")
        for name in ("Bern", "Oberland", "Thun")
        if holds({"kind": kind, "any_of": [name]}, told)
    }
    assert found == {("region", "Bern"), ("province", "Oberland"), ("city", "Thun")}


@pytest.mark.parametrize(
    ("told", "area"),
    [
        ("urban", "urban"),
        (" Residential ", "residential"),
        ("Städtisch", "urban"),
        ("INNENSTADT", "urban"),
        ("Wohngebiet", "residential"),
        ("centre ville", "urban"),
        ("Résidentiel", "residential"),
        ("residentiel", "residential"),
        ("Città", "urban"),
        ("periferia", "residential"),
        ("ländlich", "residential"),
        ("on the moon", None),
    ],
)
def test_an_area_is_what_the_profile_says_in_four_languages(told: str, area: str | None) -> None:
    of = person(attributes={"area": told})
    matching = {one for one in ("urban", "residential") if holds({"kind": "area", "any_of": [one]}, of)}
    assert matching == ({area} if area else set())


@pytest.mark.parametrize(
    ("address", "area"),
    [
        ({"city": "Bern", "country": "CH"}, "urban"),
        ({"city": "Thun", "country": "CH"}, "residential"),
        ({"city": "Gsteigwiler", "country": "CH"}, None),
        ({"city": "Bern"}, None),
        ({"latitude": 46.948, "longitude": 7.447}, None),
    ],
)
def test_where_the_profile_does_not_say_the_citys_people_do(
    address: dict[str, Any], area: str | None
) -> None:
    told = living(**address)
    matching = {one for one in ("urban", "residential") if holds({"kind": "area", "any_of": [one]}, told)}
    assert matching == ({area} if area else set())


def test_what_the_profile_says_of_its_area_goes_before_the_address() -> None:
    bern = Address(city="Bern", country="CH")
    assert holds(
        {"kind": "area", "any_of": ["residential"]}, person(address=bern, attributes={"area": "Vorort"})
    )
    assert holds({"kind": "area", "any_of": ["urban"]}, person(address=bern, attributes={"area": "?"}))


@pytest.mark.parametrize(
    ("address", "hemisphere"),
    [
        ({"latitude": 0.0, "longitude": 30.0}, "north"),
        ({"latitude": -0.0001, "longitude": 30.0}, "south"),
        ({"city": "Auckland", "country": "NZ"}, "south"),
        ({"city": "Belém", "country": "BR"}, "south"),
        ({"city": "Macapá", "country": "BR"}, "north"),
        ({"country": "BR"}, "south"),
        ({"country": "br", "city": "Nowhere in particular"}, "south"),
        ({"country": "SE"}, "north"),
        ({"country": "XX"}, None),
        ({"city": "Auckland"}, None),
        ({}, None),
    ],
)
def test_a_hemisphere_is_told_by_coordinates_else_city_else_capital(
    address: dict[str, Any], hemisphere: str | None
) -> None:
    told = living(**address)
    matching = {one for one in ("north", "south") if holds({"kind": "hemisphere", "any_of": [one]}, told)}
    assert matching == ({hemisphere} if hemisphere else set())


@pytest.mark.parametrize(
    ("rule", "field", "named"),
    [
        ({"kind": "country", "any_of": ["UK"]}, "any_of[0]", "UK"),
        ({"kind": "country", "any_of": ["Germany"]}, "any_of[0]", "Germany"),
        ({"kind": "country", "any_of": []}, "any_of", ""),
        ({"kind": "city", "any_of": ["..."]}, "any_of[0]", "..."),
        ({"kind": "area", "any_of": ["rural"]}, "any_of[0]", "urban"),
        ({"kind": "hemisphere", "any_of": ["east"]}, "any_of[0]", "north"),
    ],
)
def test_what_is_nowhere_is_refused_with_the_field_and_a_remedy(
    rule: dict[str, Any], field: str, named: str
) -> None:
    with pytest.raises(Refused) as refusal:
        parse_rule(rule)
    assert refusal.value.field == field
    assert named in f"{refusal.value.problem} {refusal.value.remedy}"
    assert refusal.value.remedy
