"""Cities by name and country: which one a name means, and where the index of them comes from."""

import runpy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kairos.domain import cities
from kairos.domain.cities import (
    INDEX_HEADER,
    City,
    capital_of,
    city_lines,
    find_city,
    folded_name,
    is_country,
)

SCRIPT = Path(__file__).resolve().parents[3] / "layers/dependencies/index_cities.py"


def told(name: str, country: str, population: int, *others: str, at: float = 1.5) -> dict[str, Any]:
    return {
        "geonameid": population,
        "name": name,
        "countrycode": country,
        "population": population,
        "latitude": at,
        "longitude": -at,
        "timezone": f"Zone/{country}",
        "admin1code": "01",
        "alternatenames": list(others),
    }


TOLD = (
    told("Frankfurt am Main", "DE", 650_000, "Frankfurt", "Francfort", "FRA", at=1.0),
    told("Frankfurt (Oder)", "DE", 57_000, "Frankfurt", "Frankfurt/Oder", at=2.0),
    told("Berlin", "DE", 3_400_000, "Berlino", "Берлин", at=3.0),
    told("Munich", "DE", 1_500_000, "München", "Muenchen", "Monaco di Baviera", at=4.0),
    told("Monaco di Baviera", "DE", 15_000, at=5.0),
    told("Sankt Wendel", "DE", 26_000, "St. Wendel", "---", at=6.0),
    told("Lüneburg", "DE", 70_000, at=7.0),
    told("Boston", "US", 650_000, at=8.0),
    told("Boston", "GB", 40_000, at=9.0),
    told("Boston", "US", 1_000, at=10.0),
)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the stored index lies; what was found in another one is forgotten before and after."""
    file = tmp_path / "index"
    lines = sorted(city_lines(TOLD, {"DE": "Berlin", "US": "Washington", "GB": ""}))
    file.write_bytes(INDEX_HEADER + "".join(lines).encode())
    monkeypatch.setattr(cities, "index_file", lambda: file)
    monkeypatch.setattr(cities, "_index", cache(cities._index.__wrapped__))
    find_city.cache_clear()
    capital_of.cache_clear()
    yield file
    find_city.cache_clear()
    capital_of.cache_clear()


def found_at(name: str, country: str = "DE") -> float | None:
    city = find_city(name, country)
    return city.latitude if city else None


@pytest.mark.usefixtures("index")
def test_a_city_is_found_with_its_place_and_its_people() -> None:
    assert find_city("Berlin", "DE") == City(latitude=3.0, longitude=-3.0, population=3_400_000)


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("Munich", 4.0),
        ("MÜNCHEN", 4.0),
        ("Munchen", 4.0),
        ("Muenchen", 4.0),
        (" münchen ", 4.0),
        ("80331 München", 4.0),
        ("München, Bayern", 4.0),
        ("München (Schwabing)", 4.0),
        ("Lueneburg", 7.0),
        ("St. Wendel", 6.0),
        ("St Wendel", 6.0),
        ("Frankfurt/Oder", 2.0),
        ("Frankfurt (Oder)", 2.0),
        ("Frankfurt a.M.", 1.0),
        ("Frankfurt a. M.", 1.0),
        ("БЕРЛИН", 3.0),
        ("Hamburg", None),
        ("", None),
        ("---", None),
        ("80331", None),
    ],
)
def test_a_city_is_found_as_shops_write_it(name: str, at: float | None) -> None:
    assert found_at(name) == at


@pytest.mark.usefixtures("index")
def test_of_two_cities_that_are_called_so_the_bigger_is_meant() -> None:
    assert found_at("Frankfurt") == 1.0
    assert found_at("Boston", "US") == 8.0


@pytest.mark.usefixtures("index")
def test_a_citys_own_name_goes_before_another_name_of_a_bigger_one() -> None:
    assert found_at("Monaco di Baviera") == 5.0


@pytest.mark.usefixtures("index")
def test_a_city_lies_in_its_own_country_alone() -> None:
    assert found_at("Boston", " gb ") == 9.0
    assert found_at("Boston", "DE") is None
    assert found_at("Boston", "") is None


@pytest.mark.usefixtures("index")
def test_a_capital_that_is_not_told_is_the_biggest_city() -> None:
    told_capitals = {country: capital_of(country) for country in ("DE", "US", "GB", "FR")}
    places = {country: city.latitude if city else None for country, city in told_capitals.items()}
    assert places == {"DE": 3.0, "US": 8.0, "GB": 9.0, "FR": None}


def test_an_index_of_another_form_is_made_anew(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    anew = "".join(sorted(city_lines([told("Bonn", "DE", 330_000, at=11.0)], {})))
    monkeypatch.setattr(cities, "made_index", lambda: INDEX_HEADER + anew.encode())
    index.write_bytes(b"cities 0\n" + index.read_bytes().removeprefix(INDEX_HEADER))

    assert found_at("Berlin") is None
    assert found_at("Bonn") == 11.0


def test_without_an_index_one_is_made(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = index.read_bytes()
    monkeypatch.setattr(cities, "made_index", lambda: made)
    index.unlink()

    assert found_at("Berlin") == 3.0


def test_the_build_stores_what_would_be_made(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cities, "made_index", lambda: b"made")

    runpy.run_path(str(SCRIPT), run_name="__main__")

    assert index.read_bytes() == b"made"


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Zürich", "zurich"),
        ("  SAINT-DENIS ", "saint denis"),
        ("Straße", "strasse"),
        ("L\u2019Aquila", "l aquila"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("Diyarbak\u0131r", "diyarbakir"),
        ("Ærø", "aero"),
        ("東京", "東京"),
        ("...", ""),
    ],
)
def test_names_are_compared_without_case_accents_and_punctuation(name: str, folded: str) -> None:
    assert folded_name(name) == folded


def test_countries_are_those_of_the_standard() -> None:
    assert is_country("GB")
    assert not is_country("UK")
    assert not is_country("gb")
    assert not is_country("ZZ")


@pytest.mark.parametrize(
    ("name", "country", "latitude", "longitude"),
    [
        ("Genf", "CH", 46.2, 6.1),
        ("Köln", "DE", 50.9, 7.0),
        ("Roma", "IT", 41.9, 12.5),
        ("Den Haag", "NL", 52.1, 4.3),
        ("Vienne", "AT", 48.2, 16.4),
        ("Paris", "US", 33.7, -95.6),
        ("Auckland", "NZ", -36.8, 174.8),
    ],
)
def test_the_real_cities_lie_where_maps_show_them(
    name: str, country: str, latitude: float, longitude: float
) -> None:
    city = find_city(name, country)

    assert city is not None
    assert (round(city.latitude, 1), round(city.longitude, 1)) == (latitude, longitude)
