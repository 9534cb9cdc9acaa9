"""What example messages are about, in the languages of the texts in the box. Nothing of it is for sale."""

from typing import NamedTuple


class ExampleWords(NamedTuple):
    """products: ten titles. occasion: a day as its reader calls it. text: two paragraphs of a campaign.

    articles: titles and texts of a newsletter.
    """

    products: tuple[str, ...]
    occasion: str
    heading: str
    text: str
    button: str
    articles: tuple[tuple[str, str], ...]


_ENGLISH = ExampleWords(
    products=(
        "Linen cushion",
        "Beeswax candle",
        "Cotton blanket",
        "Stoneware bowl",
        "Oak tray",
        "Glass vase",
        "Wool rug",
        "Ash stool",
        "Table lamp",
        "Wall clock",
    ),
    occasion="Easter",
    heading="New from our workshop",
    text="For months we have tried out new colours.\n\nNow they are here: sage, clay and midnight blue.",
    button="See the colours",
    articles=(
        ("How linen is made", "From the field to the loom: we visited those who weave our cushions."),
        ("Caring for candles", "Let the surface melt to its edge the first time, and a candle burns evenly."),
    ),
)

EXAMPLES: dict[str, ExampleWords] = {
    "de": ExampleWords(
        products=(
            "Kissen aus Leinen",
            "Kerze aus Bienenwachs",
            "Decke aus Baumwolle",
            "Schale aus Steinzeug",
            "Tablett aus Eiche",
            "Vase aus Glas",
            "Teppich aus Wolle",
            "Hocker aus Esche",
            "Leuchte aus Messing",
            "Wanduhr aus Nussbaum",
        ),
        occasion="Ostern",
        heading="Neues aus unserer Werkstatt",
        text="Monatelang haben wir neue Farben ausprobiert.\n\nNun sind sie da: Salbei, Ton und Nachtblau.",
        button="Farben ansehen",
        articles=(
            ("Wie Leinen entsteht", "Vom Feld zum Webstuhl: Wir waren bei denen, die unsere Kissen weben."),
            (
                "So brennen Kerzen schön",
                "Beim ersten Mal bis zum Rand schmelzen lassen, dann brennt sie gleichmässig ab.",
            ),
        ),
    ),
    "en": _ENGLISH,
    "fr": ExampleWords(
        products=(
            "Coussin en lin",
            "Bougie en cire naturelle",
            "Plaid en coton",
            "Bol en grès",
            "Plateau en chêne",
            "Vase en verre",
            "Tapis en laine",
            "Tabouret en bois",
            "Lampe en laiton",
            "Horloge en noyer",
        ),
        occasion="Pâques",
        heading="Du nouveau dans notre atelier",
        text="Pendant des mois, nous avons testé des couleurs.\n\nLes voici : sauge, argile et bleu nuit.",
        button="Voir les couleurs",
        articles=(
            (
                "Comment naît le lin",
                "Du champ au métier à tisser : nous avons rendu visite à celles et ceux qui tissent.",
            ),
            (
                "Prendre soin de ses bougies",
                "La première fois, laissez fondre toute la surface : la bougie brûlera bien droit.",
            ),
        ),
    ),
    "it": ExampleWords(
        products=(
            "Cuscino di lino",
            "Candela di cera naturale",
            "Coperta di cotone",
            "Ciotola di gres",
            "Vassoio di rovere",
            "Vaso di vetro",
            "Tappeto di lana",
            "Sgabello di frassino",
            "Lampada di ottone",
            "Orologio di noce",
        ),
        occasion="Pasqua",
        heading="Novità dal nostro laboratorio",
        text="Per mesi abbiamo provato nuovi colori.\n\nEccoli: salvia, argilla e blu notte.",
        button="Guarda i colori",
        articles=(
            ("Come nasce il lino", "Dal campo al telaio: siamo stati da chi tesse i nostri cuscini."),
            (
                "La cura delle candele",
                "La prima volta lascia sciogliere la cera fino al bordo: poi brucia in modo uniforme.",
            ),
        ),
    ),
}


def example_words(language: str) -> ExampleWords:
    """In that language, else in English."""
    return EXAMPLES.get(language, _ENGLISH)
