"""The words of the invented shop that the engine is measured on: its dictionaries, catalogue and cities."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

from kairos.domain.catalogue import Catalogue, ProductFact
from kairos.domain.codes import GENDERS
from kairos.domain.shop import Sender, Shop

NOW = datetime(2026, 11, 1, tzinfo=UTC)
"""When the shop is looked at; all its facts lie before."""

PRODUCTS, CATEGORIES, BRANDS = 2_000, 40, 100
TAGS = tuple(f"tag-{number}" for number in range(12))
FIRST_NAMES, LAST_NAMES = 500, 5_000
LANGUAGES = ("de", "fr", "it", "en", "nl", "pl", "de-CH", "de-AT")
SHOE_SIZES = tuple(str(size) for size in range(34, 49))

SHOP = Shop(
    id="bench-shop",
    name="Bench Shop",
    platform="generic",
    currency="EUR",
    timezone="Europe/Berlin",
    sender=Sender(email="hello@example.com", name="Bench Shop"),
)


class City(NamedTuple):
    """weight: its share of the customers, relative to the others. Degrees."""

    country: str
    name: str
    latitude: float
    longitude: float
    weight: int


CITIES = (
    City("DE", "berlin", 52.524, 13.41, 12),
    City("DE", "hamburg", 53.575, 10.015, 8),
    City("DE", "munchen", 48.137, 11.575, 9),
    City("DE", "koln", 50.933, 6.95, 6),
    City("DE", "frankfurt am main", 50.116, 8.684, 6),
    City("DE", "leipzig", 51.34, 12.371, 5),
    City("AT", "wien", 48.208, 16.372, 8),
    City("AT", "graz", 47.067, 15.45, 3),
    City("CH", "zurich", 47.367, 8.55, 7),
    City("CH", "bern", 46.948, 7.447, 3),
    City("FR", "paris", 48.853, 2.349, 9),
    City("FR", "lyon", 45.748, 4.847, 4),
    City("IT", "milano", 45.464, 9.19, 5),
    City("IT", "roma", 41.892, 12.511, 4),
    City("NL", "amsterdam", 52.374, 4.89, 4),
    City("BE", "bruxelles", 50.85, 4.349, 3),
    City("PL", "warszawa", 52.23, 21.012, 2),
    City("US", "new york", 40.714, -74.006, 2),
)


def _tag_sets() -> list[tuple[str, ...] | None]:
    """Sets of up to three tags, those of few first; code 0 is none."""
    sets: list[tuple[str, ...] | None] = [None]
    sets += [(tag,) for tag in TAGS]
    sets += [(one, other) for one in TAGS for other in TAGS if one < other]
    return sets


FIRST_BIRTHDAY, BIRTHDAYS = -9_500, 23_000
"""Days since 1970, and how many different ones there are."""

_FIELDS: Mapping[str, Sequence[str]] = {
    "shoe_size": SHOE_SIZES,
    "first_name": tuple(f"first-{number}" for number in range(FIRST_NAMES)),
    "last_name": tuple(f"last-{number}" for number in range(LAST_NAMES)),
    "gender": GENDERS,
    "language": LANGUAGES,
    "birthday": tuple(
        (date(1970, 1, 1) + timedelta(days=FIRST_BIRTHDAY + day)).isoformat() for day in range(BIRTHDAYS)
    ),
}

FIELDS: Mapping[str, int] = dict(
    zip(_FIELDS, accumulate((len(values) for values in _FIELDS.values()), initial=0), strict=False)
)
"""A field's first word has the code that follows this one."""


def email(customer: int) -> str:
    """The address of a partition's customer."""
    return f"c{customer}@example.com"


@cache
def dictionaries(customers: int = 0) -> Mapping[str, Sequence[Any]]:
    """Words by dictionary, code 0 being None; with the e-mail addresses of so many customers."""
    codes = [(f"CODE-{number:03d}",) for number in range(120)]
    attributes = [(name, value) for name, values in _FIELDS.items() for value in values]
    return {
        "language": [None, *LANGUAGES],
        "country": [None, *dict.fromkeys(city.country for city in CITIES)],
        "region": [None],
        "province": [None],
        "city": [None, *(city.name for city in CITIES)],
        "customer_group": [None, "retail", "wholesale", "staff"],
        "acquisition": [None, "shop", "ad", "newsletter", "in store", "coupon giveaway", "social"],
        "tags": _tag_sets(),
        "lists": [None, ("press",), ("friends",)],
        "attribute": [None, *attributes],
        "contact": [None, *(("email", email(customer)) for customer in range(customers))],
        "codes": [None, *codes],
        "product": [None, *(f"product-{number}" for number in range(1, PRODUCTS + 1))],
        "target": [None, *(f"product-{number}" for number in range(1, PRODUCTS + 1)), *_pages()],
        "stage": [None, "seen", "started", "sent", "contact", "shipping", "payment"],
        "fields": [None],
        "scenario": [None, "abandoned_cart", "win_back", "prospects", "newsletter"],
        "message": [None, "reminder", "code", "welcome", "issue"],
        "segment": [None, *(f"segment-{number}" for number in range(50))],
    }


def _pages() -> list[str]:
    return [f"/page/{number}" for number in range(200)]


@cache
def catalogue() -> Catalogue:
    """Products, spread over categories and brands."""
    return Catalogue(
        {
            f"product-{number}": ProductFact(
                id=f"product-{number}",
                categories=(f"category-{number * 7 % CATEGORIES}",),
                brand=f"brand-{number * 13 % BRANDS}",
                price=price(number),
                launched_at=datetime.fromtimestamp(NOW.timestamp() - number % 900 * 86_400, UTC),
                unit_seconds=30 * 86_400 if number % 5 == 0 else None,
            )
            for number in range(1, PRODUCTS + 1)
        }
    )


def price(product: int) -> int:
    """Cents for one, tax included; local.bench.shops says the same in SQL."""
    return 500 + product * 7919 % 9500
