"""The demo shop's catalogue: a few dozen household things in six categories, named in four languages."""

from random import Random
from typing import NamedTuple

from local.demo_shop.people import Language
from local.demo_shop.pictures import Shape


class Category(NamedTuple):
    """handle: as in the category's address; title: in the shop's own language, German."""

    number: int
    handle: str
    title: str


class Product(NamedTuple):
    """price: minor units, tax included. titles: by language, in which Shopify shows a checkout."""

    number: int
    handle: str
    titles: dict[Language, str]
    category: Category
    price: int
    stock: int
    shape: Shape
    hue: int
    grams: int

    @property
    def title(self) -> str:
        """In the shop's own language."""
        return self.titles["de"]

    @property
    def picture(self) -> str:
        """The file's name."""
        return f"{self.handle}.png"


CATEGORIES = tuple(
    Category(number, handle, title)
    for number, (handle, title) in enumerate(
        (
            ("tisch", "Gedeckter Tisch"),
            ("kaffee-und-tee", "Kaffee & Tee"),
            ("textilien", "Textilien"),
            ("licht", "Licht"),
            ("garten", "Garten"),
            ("schreiben", "Schreiben"),
        ),
        start=1,
    )
)

_Names = tuple[str, str, str, str]
# German, French, Italian, English; category; price in francs; shape; weight in grams
_KINDS: tuple[tuple[_Names, int, int, Shape, int], ...] = (
    (("Tasse", "Tasse", "Tazza", "Mug"), 0, 24, "cup", 320),
    (("Schale", "Bol", "Ciotola", "Bowl"), 0, 29, "bowl", 480),
    (("Teller", "Assiette", "Piatto", "Plate"), 0, 32, "plate", 610),
    (("Karaffe", "Carafe", "Caraffa", "Carafe"), 0, 46, "bottle", 900),
    (("Espressobohnen", "Espresso en grains", "Espresso in grani", "Espresso Beans"), 1, 15, "bag", 500),
    (("Filterkaffee", "Café filtre", "Caffè filtro", "Filter Coffee"), 1, 17, "bag", 500),
    (("Kräutertee", "Tisane", "Tisana", "Herbal Tea"), 1, 12, "bag", 120),
    (("Wolldecke", "Plaid en laine", "Coperta di lana", "Wool Blanket"), 2, 149, "cloth", 1400),
    (("Kissen", "Coussin", "Cuscino", "Cushion"), 2, 59, "cushion", 700),
    (("Leintuch", "Torchon en lin", "Strofinaccio di lino", "Linen Towel"), 2, 19, "cloth", 180),
    (("Tischleuchte", "Lampe de table", "Lampada da tavolo", "Table Lamp"), 3, 129, "lamp", 1900),
    (("Kerze", "Bougie", "Candela", "Candle"), 3, 21, "candle", 400),
    (("Laterne", "Lanterne", "Lanterna", "Lantern"), 3, 64, "candle", 1100),
    (("Blumentopf", "Pot de fleurs", "Vaso da fiori", "Plant Pot"), 4, 38, "pot", 1600),
    (("Giesskanne", "Arrosoir", "Annaffiatoio", "Watering Can"), 4, 44, "bottle", 1000),
    (("Notizbuch", "Carnet", "Taccuino", "Notebook"), 5, 22, "book", 300),
    (("Wochenplaner", "Agenda", "Agenda settimanale", "Week Planner"), 5, 27, "book", 350),
    (("Stiftebecher", "Pot à crayons", "Portapenne", "Pen Cup"), 5, 26, "cup", 350),
)
_SOLD_OUT_EVERY = 9
_LINES = ("Alba", "Brisa", "Corva", "Delta", "Erla", "Fjara", "Gelo", "Hasel", "Isla")


def make_catalogue(random: Random) -> tuple[Product, ...]:
    """Two products of every kind, 36 in all; every ninth is sold out."""
    products = []
    for number in range(2 * len(_KINDS)):
        names, category, francs, shape, grams = _KINDS[number // 2]
        line = _LINES[(number * 4 + number // 2) % len(_LINES)]
        titles: dict[Language, str] = {
            "de": f"{names[0]} {line}",
            "fr": f"{names[1]} {line}",
            "it": f"{names[2]} {line}",
            "en": f"{names[3]} {line}",
        }
        price = francs * 100 + (random.choice((0, 0, 200, 500)) if number % 2 else 0)
        stock = 0 if number % _SOLD_OUT_EVERY == _SOLD_OUT_EVERY - 1 else random.randint(4, 60)
        handle = f"{names[0]}-{line}".lower().replace("ä", "ae").replace("ü", "ue")
        products.append(
            Product(
                number + 1,
                handle,
                titles,
                CATEGORIES[category],
                price,
                stock,
                shape,
                number * 47 % 360,
                grams,
            )
        )
    return tuple(products)
