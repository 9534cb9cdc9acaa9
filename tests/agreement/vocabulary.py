"""The texts that invented customers bear: usual ones, and what is easily mistaken."""

from collections.abc import Mapping
from typing import NamedTuple


class Spot(NamedTuple):
    """A place and its coordinates in degrees."""

    country: str
    region: str
    province: str
    city: str
    latitude: float
    longitude: float


PLACES = (
    Spot("DE", "Bayern", "Oberbayern", "Munich", 48.1374, 11.5755),
    Spot("DE", "Berlin", "Berlin", "Berlin", 52.5244, 13.4105),
    Spot("CH", "Zürich", "Zürich", "Zürich", 47.3667, 8.55),
    Spot("CH", "Bern", "Oberland", "Gsteigwiler", 46.6558, 7.8737),
    Spot("FR", "Île-de-France", "Paris", "Paris", 48.8534, 2.3488),
    Spot("US", "Texas", "Lamar", "Paris", 33.6609, -95.5555),
    Spot("NZ", "Auckland", "Auckland", "Auckland", -36.8485, 174.7635),
    Spot("FJ", "Northern", "Taveuni", "Waiyevo", -16.7924, -179.9911),
    Spot("EC", "Pichincha", "Quito", "Quito", -0.2299, -78.525),
    Spot("GB", "", "", "Straße", 0.0, 0.0),
    Spot("XX", "Nowhere", "Nowhere", "Nowhere in particular", 90.0, 180.0),
)

FIRST_NAMES = ("Ada", "ada", "Straße", "İpek", "Ångström", " Bob ", "O'Neil", "", "  ", "1999", "Ada Ada")
LAST_NAMES = ("Weiß", "WEISS", "Müller", "mueller", "Łuk", "D", "50%", "a_b", "'; --")
LANGUAGES = ("de", "de-CH", "de_AT", "DE", "fr", "fr-CH", "en", "den", "", "zh-Hant-TW")
TAGS = ("VIP", "vip", " wholesale ", "newsletter", "sale", "Straße", "STRASSE")
GROUPS = ("Retail", "retail ", "B2B", "Straße", "staff")
SOURCES = ("shop", "in store", "Newsletter", "newsletter", "ad", "coupon giveaway")
LISTS = ("list-press", "list-friends", "list-winners", "list-empty")
CODES = ("WELCOME", "welcome", "FIVE-A", "SUMMER24", "Straße")
SCENARIOS = ("abandoned_cart", "win_back", "prospects", "newsletter")
MESSAGES = ("reminder", "code", "welcome", "last_call")
SEGMENTS = ("seg-1", "seg-2", "seg-3", "seg-4", "seg-gone")
CATEGORIES = ("shoes", "Boots", "sale", "Straße", "c-17")
BRANDS = ("Alpina", "alpina", "Nord", "Łódź")

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "shoe_size": ("42", "43", "43.0", "43,5", "44", " 43 ", "1e2", "NaN", "Infinity", "-1", "big", ""),
    "wedding": ("2020-02-29", "2001-12-31", "2001-12-31T23:59:00Z", "31.12.2001", "soon", ""),
    "member_since": ("2024-03-31", "2024-03-31 10:00", "20240331", "1999-01-01"),
    "colour": ("Red", "red", "RED wine", "Straße", "STRASSE", "_", "%"),
    "area": ("urban", "Wohngebiet", "centre-ville", " CAMPAGNA ", "on the moon", ""),
    "company": ("Example AG", "example ag", "Example", "43"),
}
DATES = ("wedding", "member_since")

PAGES = ("/", "/sale", "/Sale", "https://shop.example.com/sale?x=1", "/impressum")
TARGETS: Mapping[str, tuple[str, ...]] = {
    "category": (*CATEGORIES, "unknown category"),
    "search": ("boots", "Red boots", "50%"),
    "form": ("newsletter", "questionnaire", "landing"),
    "chat": ("site", "messenger"),
    "support": ("phone", "ticket"),
    "event": ("played", "Played", "donated", "support_contact"),
    "checkout_step": ("cart", "contact", "shipping", "payment"),
}
STAGES: Mapping[str, tuple[str | None, ...]] = {
    "form": ("seen", "started", "sent", None),
    "checkout_step": ("cart", "contact", "shipping", "payment", None),
    "cart": ("added", "removed", None),
    "support": ("question", "complaint", " Complaint", None),
}
FIELDS: Mapping[str, tuple[str, ...]] = {
    "amount": ("10", "9.99", "10.00", "1e1", "-5", "NaN", "many", "0.1", "0.2"),
    "level": ("gold", "Gold", "silver"),
    "day": ("2024-03-31", "2024-04-01"),
}
