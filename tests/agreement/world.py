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
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, cached_property
from importlib import import_module
from json import dumps
from pathlib import Path
from random import Random
from typing import Any, Literal

from pydantic import ValidationError

from kairos.domain.catalogue import Catalogue, ProductFact, folded
from kairos.domain.criteria.durations import before
from kairos.domain.criteria.numbers import CountTest, DecimalTest
from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.domain.criteria.times import TimeTest
from kairos.domain.moment import Flips, Moment
from kairos.domain.money import decimals
from kairos.domain.profile import Profile
from kairos.domain.shop import Sender, Shop
from kairos.domain.value import Value
from tests.agreement import vocabulary as words
from tests.agreement.chance import Chance, draw_instant, draw_now
from tests.agreement.figures import thresholds_of
from tests.agreement.levels import draw_levels
from tests.agreement.people import People

Json = dict[str, Any]
Happened = Literal[
    "orders",
    "carts",
    "acts",
    "engagement",
    "sent",
    "runs",
    "surveys",
    "memberships",
    "registered",
    "launched",
]

_ZONES = (
    *("UTC", "Europe/Berlin", "Europe/Zurich", "America/New_York", "America/St_Johns", "Asia/Kolkata"),
    *("Pacific/Auckland", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"),
)
_BOUNDS = ("at_least", "at_most", "more_than", "less_than", "equals")


class World(Chance):
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

    # Times

    @cached_property
    def times(self) -> Mapping[Happened, Sequence[datetime]]:
        """When things happened to any customer; at least one of each."""
        drawn: dict[Happened, list[datetime]] = {
            "orders": [one.placed_at for who in self.profiles for one in who.orders],
            "carts": [one.changed_at for who in self.profiles for one in who.carts],
            "acts": [one.at for who in self.profiles for one in who.acts],
            "engagement": [one.at for who in self.profiles for one in who.engagement],
            "sent": [one.sent_at for who in self.profiles for one in who.engagement],
            "runs": [one.started_at for who in self.profiles for one in who.runs],
            "surveys": [one.at for who in self.profiles for one in who.surveys],
            "memberships": [one.entered_at for who in self.profiles for one in who.memberships],
            "registered": [one.registered_at for one in self.profiles if one.registered_at],
            "launched": [one.launched_at for one in self.catalogue.products.values() if one.launched_at],
        }
        return {name: times or [self.now - timedelta(days=30)] for name, times in drawn.items()}

    def time_of(self, what: Happened | Sequence[datetime]) -> datetime:
        """When one such thing happened to some customer."""
        return self.one(self.times[what] if isinstance(what, str) else what)

    def duration_to(self, at: datetime) -> str:
        """A length of time whose beginning lies at, or a second beside, that instant; one second if ahead."""
        months = 0
        if self.likely(0.4):
            most = max((self.now - at).days // 31, 0)
            months = self.one((0, min(1, most), most, self.number(0, most)))
        begins = before(f"P{months}M", self.now, self.shop.zone)
        rest = int((begins - at).total_seconds()) + self.off()
        if rest < 0:
            begins, months = self.now, 0
            rest = int((begins - at).total_seconds()) + self.off()
        if months == 0:
            rest = max(rest, 1)
        return _duration(months, rest)

    def duration(self, what: Happened | Sequence[datetime] = "orders") -> str:
        """A length of time that reaches back to such a thing, or a usual one."""
        if self.likely(0.2):
            return self.one(("PT1S", "PT1H", "P1D", "P7D", "P30D", "P60D", "P1M", "P6M", "P1Y"))
        return self.duration_to(self.time_of(what))

    def time_test(self, what: Happened | Sequence[datetime] = "orders") -> Json:
        """Fields of a TimeTest (older_than, within, exactly_days_ago, between) beside such a thing."""
        drawn: dict[str, Callable[[], Any]] = {
            "older_than": lambda: self.duration(what),
            "within": lambda: self.duration(what),
            "exactly_days_ago": lambda: self.days_ago(what),
            "between": lambda: self.days_between(what),
        }
        kind = self.rng.random()
        if kind < 0.35:
            names: tuple[str, ...] = ("within",)
        elif kind < 0.65:
            names = ("older_than",)
        elif kind < 0.8:
            names = self.one((("exactly_days_ago",), ("between",)))
        else:
            names = self.some(tuple(drawn), 3, least=2)
        return self.possible(TimeTest, lambda: {name: drawn[name]() for name in names})

    def possible(self, model: type[Value], draw: Callable[[], Json]) -> Json:
        """What is drawn until it asks for a range that something can lie in."""
        while True:
            told = draw()
            try:
                model.model_validate_json(dumps(told))
            except ValidationError as wrong:
                if any(one["type"] != "value_error" for one in wrong.errors()):
                    raise
                continue
            return told

    def days_ago(self, what: Happened | Sequence[datetime]) -> int:
        """Calendar days from the shop's day of such a thing to today, or one beside it."""
        zone = self.shop.zone
        days = (self.now.astimezone(zone).date() - self.time_of(what).astimezone(zone).date()).days
        return max(days + self.one((-1, 0, 0, 1)), 0)

    def days_between(self, what: Happened | Sequence[datetime]) -> Json:
        """Fields of Days around such a thing."""
        first, last = sorted((self.day_of(what), self.day_of(what)))
        ends = self.one((("first_day",), ("last_day",), ("first_day", "last_day")))
        return {
            name: day.isoformat()
            for name, day in zip(("first_day", "last_day"), (first, last), strict=True)
            if name in ends
        }

    def day_of(self, what: Happened | Sequence[datetime]) -> date:
        """The shop's calendar day of such a thing, or one beside it."""
        return self.time_of(what).astimezone(self.shop.zone).date() + timedelta(days=self.off())

    # Numbers

    def values(self, of: Callable[[Profile], Iterable[int | Fraction]]) -> list[int | Fraction]:
        """The numbers of all customers; at least a 0."""
        return [value for who in self.profiles for value in of(who)] or [0]

    def count_test(self, values: Iterable[int | Fraction] = range(6)) -> Json:
        """Fields of a CountTest at or one beside one of the values."""
        listed = list(values) or [0]
        return self.possible(
            CountTest, lambda: {name: max(int(self.one(listed)) + self.off(), 0) for name in self._bounds()}
        )

    def decimal_test(self, values: Iterable[int | Fraction], places: int = 0) -> Json:
        """Fields of a DecimalTest at or one unit beside one of the values, which are in 10 ** -places."""
        listed = list(values) or [0]
        return self.possible(
            DecimalTest, lambda: {name: self._decimal(self.one(listed), places) for name in self._bounds()}
        )

    def money_test(self, values: Iterable[int | Fraction]) -> Json:
        """The same of amounts in minor units of the shop's currency."""
        return self.decimal_test(values, decimals(self.shop.currency))

    def _decimal(self, value: int | Fraction, places: int) -> str:
        exact = Fraction(value) / 10**places
        digits = self.one((places, places, 4))
        unit = Fraction(1, 10**digits)
        near = max(round(exact / unit) + self.off(), 0)
        text = (Decimal(near) / 10**digits).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        return f"{text:f}"

    def _bounds(self) -> tuple[str, ...]:
        return self.some(_BOUNDS, 1 if self.likely(0.7) else 2)

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


def _duration(months: int, seconds: int) -> str:
    days, seconds = divmod(seconds, 86_400)
    date_part = "".join(f"{number}{unit}" for number, unit in ((months, "M"), (days, "D")) if number)
    time_part = f"T{seconds}S" if seconds or not date_part else ""
    return f"P{date_part}{time_part}"


@cache
def kinds_of_rules() -> Mapping[str, Callable[[World], Json]]:
    """Kind -> what draws a criterion of it, gathered from the families' files."""
    gathered: dict[str, Callable[[World], Json]] = {}
    for file in sorted((Path(__file__).parent / "rules").glob("*.py")):
        if not file.stem.startswith("_"):
            gathered |= import_module(f"tests.agreement.rules.{file.stem}").KINDS
    return gathered
