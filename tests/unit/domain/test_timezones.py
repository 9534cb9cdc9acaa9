"""By which clock somebody lives: from the address, as shops write it. Zones as maps show them."""

from typing import Any

import pytest

from kairos.domain.cities import city_lines
from kairos.domain.person import Address
from kairos.domain.timezones import timezone_of
from tests.unit.domain.test_cities import told


def zone(**address: Any) -> str | None:
    found = timezone_of(Address(**address))
    return found.key if found else None


@pytest.mark.parametrize(
    ("country", "expected"),
    [("CH", "Europe/Zurich"), ("de", "Europe/Berlin"), (" JP ", "Asia/Tokyo"), ("IN", "Asia/Kolkata")],
)
def test_a_country_with_one_zone_needs_no_city(country: str, expected: str) -> None:
    assert zone(country=country, city="Nowhere at all") == expected


@pytest.mark.parametrize(
    ("country", "city", "expected"),
    [
        ("US", "Honolulu", "Pacific/Honolulu"),
        ("US", "Phoenix", "America/Phoenix"),
        ("BR", "Manaus", "America/Manaus"),
        ("PT", "Funchal", "Atlantic/Madeira"),
        ("AU", "Perth", "Australia/Perth"),
        ("RU", "Владивосток", "Asia/Vladivostok"),
    ],
)
def test_in_a_country_with_several_the_city_decides(country: str, city: str, expected: str) -> None:
    assert zone(country=country, city=city) == expected


@pytest.mark.parametrize(
    ("country", "province", "expected"),
    [
        ("US", "CA", "America/Los_Angeles"),
        ("US", "US-TX", "America/Chicago"),
        ("US", "Hawaii", "Pacific/Honolulu"),
        ("CA", "Québec", "America/Toronto"),
        ("CA", "BC", "America/Vancouver"),
        ("AU", "WA", "Australia/Perth"),
        ("AU", "queensland", "Australia/Brisbane"),
    ],
)
def test_where_the_city_is_not_known_the_region_does(country: str, province: str, expected: str) -> None:
    assert zone(country=country, city="Nowhere at all", province=province) == expected
    assert zone(country=country, region=province) == expected


def test_of_two_cities_called_alike_the_one_in_the_region_is_meant() -> None:
    # The biggest Springfield lies in Missouri, by central time.
    assert zone(country="US", city="Springfield", province="MO") == "America/Chicago"
    assert zone(country="US", city="Springfield", province="MA") == "America/New_York"


def test_a_city_by_another_clock_than_most_of_its_region() -> None:
    assert zone(country="US", city="Pensacola", province="FL") == "America/Chicago"
    assert zone(country="US", city="Miami", province="FL") == "America/New_York"


def test_coordinates_tell_where_no_name_does() -> None:
    assert zone(country="US", latitude=21.3, longitude=-157.8) == "Pacific/Honolulu"
    assert zone(country="US", city="Nowhere at all", latitude=64.8, longitude=-147.7) == "America/Anchorage"


def test_a_country_alone_is_taken_by_its_biggest_city() -> None:
    assert zone(country="US") == "America/New_York"
    assert zone(country="ES", city="Nowhere at all") == "Europe/Madrid"


@pytest.mark.parametrize(
    "address", [{}, {"city": "Bern"}, {"country": ""}, {"country": "ZZ"}, {"country": "AQ"}]
)
def test_where_the_country_is_not_known_neither_is_the_zone(address: dict[str, Any]) -> None:
    assert zone(**address) is None


def test_no_address_has_no_zone() -> None:
    assert timezone_of(None) is None


def test_cities_of_a_country_with_one_zone_cost_the_index_nothing_more() -> None:
    east, west = (
        told(name, "US", people) | {"timezone": name} for name, people in (("East", 9), ("West", 8))
    )
    lines = city_lines([east, west, told("Bern", "CH", 7)], {})

    assert "CH bern\t1.5\t-1.5\t7\n" in lines
    assert "US east\t1.5\t-1.5\t9\t0\n" in lines
    assert "US west\t1.5\t-1.5\t8\t1\n" in lines
    assert "US *\t0\t2\n" in lines
    assert "CH *\t2\t1\n" in lines
