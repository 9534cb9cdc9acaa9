"""A shop full of customers, drawn from a seed, and rules that ask about what these customers really have.

Each family's file in tests/agreement/rules/ offers `KINDS: dict[str, Callable[[World], dict]]`: kind ->
a function that draws one criterion of it as JSON. Its thresholds shall lie at or just beside a value of a
customer: the methods below see to that.

    def last_order(world: World) -> dict[str, Any]:
        return {"kind": "last_order", **world.time_test("orders")}

    KINDS = {"last_order": last_order}

tests/agreement/fuzz.py tries one's own kinds alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from random import Random

from kairos.domain.catalogue import Catalogue, ProductFact, folded
from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.domain.moment import Flips, Moment
from kairos.domain.shop import Sender, Shop
from tests.agreement import vocabulary as words
from tests.agreement.chance import draw_instant, draw_now
from tests.agreement.comparisons import Comparisons, Json
from tests.agreement.figures import thresholds_of
from tests.agreement.levels import draw_levels
from tests.agreement.people import People

_ZONES = (
    *("UTC", "Europe/Berlin", "Europe/Zurich", "America/New_York", "America/St_Johns", "Asia/Kolkata"),
    *("Pacific/Auckland", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"),
)


class World(Comparisons):
    """rng, shop, now, profiles, catalogue, thresholds, segments: drawn from the seed, and from it alone.

    product_ids: what customers may have bought or seen; some stand in no catalogue.
    told_segments: the rules of `segments` as JSON, by segment id.
    """

    def __init__(self, seed: int, customers: int = 50) -> None:
        super().__init__(Random(seed))  # noqa: S311 - a seed that can be repeated is wanted
        self.seed = seed
        self.shop = Shop(
            id="drawn",
            name="Drawn",
            platform="generic",
            currency=self.one(("EUR", "EUR", "CHF", "JPY", "KWD")),
            timezone=self.one(_ZONES),
            sender=Sender(email="hello@example.com", name="Drawn"),
            levels=draw_levels(self),
        )
        self.now = draw_now(self, self.shop.zone)
        self.product_ids = (*(f"p{number}" for number in range(12)), "P1", "elsewhere-1", "Straße")
        self.catalogue = Catalogue({one.id: one for one in map(self._product, self.product_ids[:13])})
        people = People(self, self.now, self.shop.zone, self.shop.currency, self.product_ids)
        self.profiles = tuple(people.profile(number) for number in range(customers))
        self.thresholds = thresholds_of(self.profiles, self.shop.currency, self.product_ids[:8])
        self.told_segments: dict[str, Json] = {}
        self.segments: dict[str, Rule] = {}
        self._decks: dict[tuple[str, ...], list[str]] = {}

    def draw_segments(self) -> None:
        """Give the shop its segments, each of which may only ask for those before it."""
        for segment in words.SEGMENTS[:-1]:
            told = self.rule(self.one((1, 2, 4))) if self.segments else {"kind": "order_count", "at_least": 1}
            self.told_segments[segment] = told
            self.segments[segment] = parse_rule(told)

    def _product(self, product: str) -> ProductFact:
        return ProductFact(
            id=product,
            categories=tuple(sorted({folded(name) for name in self.some(words.CATEGORIES, 2, least=0)})),
            brand=self.maybe(0.8, lambda: folded(self.one(words.BRANDS))),
            price=self.maybe(0.8, lambda: self.number(100, 50_000)),
            launched_at=self.maybe(0.7, lambda: draw_instant(self, self.now, self.shop.zone)),
            unit_seconds=self.maybe(0.5, lambda: self.one((86_400, 7 * 86_400, self.number(3600, 10**7)))),
        )

    # Asking

    def moment(self, now: datetime | None = None, flips: Flips | None = None) -> Moment:
        """The moment that rules are read at. flips: gathers turns."""
        return Moment(
            now=now or self.now,
            shop=self.shop,
            thresholds=self.thresholds,
            catalogue=self.catalogue,
            segments=self.segments,
            flips=flips,
        )

    def rule(self, criteria: int = 1, kinds: Sequence[str] = ()) -> Json:
        """A tree over so many criteria of these kinds, else of any; all kinds come up equally often."""
        if criteria <= 1:
            kind = self._deal(tuple(kinds))
            told = kinds_of_rules()[kind](self)
            return {"not": told} if self.likely(0.15) else told
        left = self.number(1, criteria - 1)
        parts = [self.rule(left, kinds), self.rule(criteria - left, kinds)]
        joined = {self.one(("all", "any")): parts}
        return {"not": joined} if self.likely(0.1) else joined

    def _deal(self, kinds: tuple[str, ...]) -> str:
        deck = self._decks.setdefault(kinds, [])
        if not deck:
            deck += kinds or kinds_of_rules()
            self.rng.shuffle(deck)
        return deck.pop()

    # Names

    def products(self, most: int = 3) -> list[str]:
        """Ids of products, perhaps of one that nobody knows."""
        return list(self.some((*self.product_ids, "unknown"), most))

    def categories(self, most: int = 2) -> list[str]:
        """Names of categories, as they stand or in another spelling."""
        return self.texts((*words.CATEGORIES, "unknown"), most)

    def brands(self, most: int = 2) -> list[str]:
        """Names of brands, as they stand or in another spelling."""
        return self.texts((*words.BRANDS, "unknown"), most)

    def chosen(self, most: int = 3) -> Json:
        """One or two of the fields products, categories, brands."""
        drawn = {"products": self.products, "categories": self.categories, "brands": self.brands}
        return {name: drawn[name](most) for name in self.some(tuple(drawn), 1 if self.likely(0.7) else 2)}

    def texts(self, among: Iterable[str], most: int = 3) -> list[str]:
        """Some of these texts, none empty, as they stand or in another spelling."""
        kept = [text for text in dict.fromkeys(among) if text.strip()]
        return [self.spelt(text) for text in self.some(kept, most)]

    def spelt(self, text: str) -> str:
        """The text as it stands, in another case, or with blanks around."""
        return self.one((str, str, str.upper, str.lower, str.swapcase, lambda one: f" {one} "))(text)

    def part_of(self, text: str) -> str:
        """Some neighbouring letters of a text that is not empty."""
        start = self.number(0, len(text) - 1)
        return text[start : self.number(start + 1, len(text))]

    def segment(self) -> str:
        """The id of a segment that may be asked for here."""
        return self.one(tuple(self.segments) or words.SEGMENTS[:1])


@cache
def kinds_of_rules() -> Mapping[str, Callable[[World], Json]]:
    """Kind -> what draws a criterion of it, gathered from the families' files."""
    gathered: dict[str, Callable[[World], Json]] = {}
    for file in sorted((Path(__file__).parent / "rules").glob("*.py")):
        if not file.stem.startswith("_"):
            gathered |= import_module(f"tests.agreement.rules.{file.stem}").KINDS
    return gathered
