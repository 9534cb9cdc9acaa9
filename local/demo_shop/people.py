"""Invented people: names put together from syllables, addresses that reach nobody."""

from random import Random
from typing import Literal, NamedTuple, get_args

Language = Literal["de", "fr", "it", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_WEIGHTS = (50, 24, 14, 12)
_WITH_PHONE = 0.4
# The thousand mobile numbers that Ofcom, the British regulator, keeps for fiction, and how many they are.
_FICTIONAL_PHONE = "+447700900"
_FICTIONAL_PHONES = 1000

_FIRST: dict[Language, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "de": (
        ("Al", "Ber", "Da", "El", "Ha", "Jo", "Li", "Mar", "Ro", "Wil"),
        ("bine", "len", "mund", "ra", "sa", "win"),
    ),
    "fr": (
        ("Ad", "Bé", "Clé", "Fa", "Gi", "Lu", "Mi", "No", "Syl", "Vi"),
        ("lie", "mence", "nette", "rien", "selle", "vane"),
    ),
    "it": (
        ("Al", "Be", "Cla", "Do", "Fio", "Gra", "Lo", "Mi", "Ro", "Sil"),
        ("della", "lina", "nato", "renzo", "rina", "ziano"),
    ),
    "en": (
        ("Ab", "Al", "Dar", "Ed", "Hol", "Jas", "Kim", "Lyn", "Ros", "Win"),
        ("bert", "ley", "lyn", "mond", "ny", "wood"),
    ),
}
_LAST: dict[Language, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "de": (
        ("Ahorn", "Birken", "Eichen", "Linden", "Moos", "Stein", "Tannen", "Ufer"),
        ("acher", "bühler", "egger", "hofer", "matter", "thaler"),
    ),
    "fr": (
        ("Beau", "Bel", "Clair", "Grand", "Haut", "Mont", "Rose", "Val"),
        ("champ", "fleur", "mont", "pré", "rivière", "vigne"),
    ),
    "it": (
        ("Bell", "Camp", "Fior", "Lago", "Mont", "Prat", "Ros", "Selv"),
        ("aldi", "anova", "elli", "etti", "ini", "otto"),
    ),
    "en": (
        ("Ash", "Brook", "Elm", "Hazel", "Maple", "Oak", "River", "Stone"),
        ("bury", "combe", "field", "ford", "ley", "well"),
    ),
}
_STREETS: dict[Language, tuple[str, ...]] = {
    "de": ("Lindenweg", "Seestrasse", "Mühlegasse", "Am Bach"),
    "fr": ("Rue du Lac", "Chemin des Vignes", "Place du Four", "Rue Haute"),
    "it": ("Via al Lago", "Via dei Tigli", "Piazza Vecchia", "Via Stretta"),
    "en": ("Mill Lane", "Station Road", "High Street", "Orchard Close"),
}


class Place(NamedTuple):
    """A town with the fields of a Shopify address. latitude, longitude: degrees."""

    city: str
    zip: str
    province: str
    province_code: str
    country: str
    country_code: str
    latitude: float
    longitude: float


_PLACES: dict[Language, tuple[Place, ...]] = {
    "de": (
        Place("Zürich", "8004", "Zürich", "ZH", "Switzerland", "CH", 47.3769, 8.5417),
        Place("Bern", "3011", "Bern", "BE", "Switzerland", "CH", 46.9480, 7.4474),
        Place("Konstanz", "78462", "Baden-Württemberg", "BW", "Germany", "DE", 47.6779, 9.1732),
        Place("Feldkirch", "6800", "Vorarlberg", "8", "Austria", "AT", 47.2372, 9.5983),
    ),
    "fr": (
        Place("Lausanne", "1003", "Vaud", "VD", "Switzerland", "CH", 46.5197, 6.6323),
        Place("Genève", "1201", "Genève", "GE", "Switzerland", "CH", 46.2044, 6.1432),
        Place("Annecy", "74000", "Auvergne-Rhône-Alpes", "ARA", "France", "FR", 45.8992, 6.1294),
    ),
    "it": (
        Place("Lugano", "6900", "Ticino", "TI", "Switzerland", "CH", 46.0037, 8.9511),
        Place("Como", "22100", "Como", "CO", "Italy", "IT", 45.8081, 9.0852),
    ),
    "en": (
        Place("Zug", "6300", "Zug", "ZG", "Switzerland", "CH", 47.1662, 8.5155),
        Place("Bristol", "BS1 4DJ", "England", "ENG", "United Kingdom", "GB", 51.4545, -2.5879),
    ),
}

_PLAIN = str.maketrans({"é": "e", "è": "e", "ä": "a", "ö": "o", "ü": "u"})


class Person(NamedTuple):
    """Somebody who does not exist. number: theirs alone; email: at example.com or example.org."""

    number: int
    language: Language
    first_name: str
    last_name: str
    email: str
    phone: str | None
    street: str
    place: Place

    @property
    def locale(self) -> str:
        """As Shopify tells it: "de", or "fr-CH" for those in Switzerland."""
        return f"{self.language}-CH" if self.place.country_code == "CH" else self.language


def make_person(random: Random, number: int, language: Language | None = None) -> Person:
    """The person of this number. The language is drawn unless it is given."""
    spoken = language or random.choices(LANGUAGES, _WEIGHTS)[0]
    first = "".join(random.choice(part) for part in _FIRST[spoken])
    last = "".join(random.choice(part) for part in _LAST[spoken])
    host = random.choice(("example.com", "example.org"))
    mailbox = f"{first}.{last}.{number}".lower().translate(_PLAIN)
    has_phone = random.random() < _WITH_PHONE and number < _FICTIONAL_PHONES
    phone = f"{_FICTIONAL_PHONE}{number:03d}" if has_phone else None
    street = f"{random.choice(_STREETS[spoken])} {random.randint(1, 80)}"
    return Person(
        number, spoken, first, last, f"{mailbox}@{host}", phone, street, random.choice(_PLACES[spoken])
    )
