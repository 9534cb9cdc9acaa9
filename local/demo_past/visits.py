"""Visits of the demo shop's site, as the script tag tells them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import NamedTuple, get_args

from kairos.domain.activity import Activity, ActivityBatch, ActivityKind, Device
from kairos.domain.cart import CartSnapshot
from kairos.domain.identity import Identities
from kairos.domain.order import Line
from local.demo_shop.catalogue import CATEGORIES, Product
from local.demo_shop.shopify.product import product_number
from local.demo_shop.shopify.telling import CURRENCY, SHOP_URL, ZONE, token_of

STEPS = ("cart", "contact", "shipping", "payment")
_ONWARDS = 0.78
"""Share of those at a step of the checkout who go on to the next."""
_HOURS = (1, 1, 0, 0, 0, 1, 3, 6, 7, 7, 8, 9, 11, 9, 7, 7, 8, 9, 11, 14, 17, 16, 10, 4)
_WEEKDAYS = (10, 9, 9, 9, 8, 11, 14)
_DEVICES = (54, 6, 16, 20, 4)
_LANDINGS = (("/", 40), ("/ratgeber/geschenke", 14), ("/neuheiten", 12), ("", 34))
_PAGES = ("/versand", "/ueber-uns", "/ratgeber/geschenke", "/neuheiten")


class Visitor(NamedTuple):
    """A browser. customer: platform's id of whose it is, where that is known."""

    id: str
    device: Device
    customer: str | None = None


def visitor_of(random: Random, name: object, customer: str | None = None) -> Visitor:
    """The browser of this name."""
    return Visitor(token_of("visitor", name), random.choices(get_args(Device), _DEVICES)[0], customer)


def moments(random: Random, since: datetime, until: datetime, a_day: float) -> Iterator[datetime]:
    """When visits begin, as people are at their leisure: evenings rather than nights, Sundays rather than
    Fridays."""
    day, mean = since.astimezone(ZONE).date(), sum(_WEEKDAYS) / len(_WEEKDAYS)
    while day <= until.astimezone(ZONE).date():
        for _ in range(round(random.gauss(1, 0.2) * a_day * _WEEKDAYS[day.weekday()] / mean)):
            hour = random.choices(range(24), _HOURS)[0]
            at = datetime.combine(day, time(hour, random.randrange(60), random.randrange(60)), ZONE)
            if since <= at < until:
                yield at
        day += timedelta(days=1)


def look_around(
    random: Random, visitor: Visitor, begins: datetime, catalogue: Sequence[Product]
) -> ActivityBatch:
    """A visit like most: some look at one page, some at several things, some begin to buy."""
    visit = _Visit(random, visitor, begins)
    visit.land(catalogue)
    if random.random() < 0.42:
        return visit.told(None)
    for _ in range(random.randint(1, 4)):
        visit.look_further(catalogue)
    if random.random() < 0.2:
        visit.sign_up()
    return visit.told(visit.buy(random.choice(catalogue)) if random.random() < 0.22 else None)


def shop(
    random: Random, visitor: Visitor, begins: datetime, products: Sequence[Product], steps: int
) -> ActivityBatch:
    """A visit in which these come into the cart. steps: of STEPS, how many are reached."""
    visit = _Visit(random, visitor, begins)
    visit.land(products)
    for one in products:
        visit.product(one)
        visit.do("cart", str(product_number(one)), stage="added")
    visit.check_out(steps)
    return visit.told(None)


class _Visit:
    def __init__(self, random: Random, visitor: Visitor, begins: datetime) -> None:
        self._random, self._visitor, self._at = random, visitor, begins
        self._begins = begins
        self._acts: list[Activity] = []

    def do(
        self, kind: ActivityKind, target: str, stage: str | None = None, seconds: int | None = None
    ) -> None:
        at = self._at
        name = token_of("act", self._visitor.id, at.isoformat(), kind, target, stage)
        self._acts.append(
            Activity(
                id=name[:16], kind=kind, at=at, target=target, stage=stage, seconds=seconds,
                device=self._visitor.device,
            )
        )  # fmt: skip
        self._at += timedelta(seconds=seconds or self._random.randint(3, 20))

    def page(self, path: str) -> None:
        self.do("page", f"{SHOP_URL}{path}", seconds=int(self._random.expovariate(1 / 35)) + 3)

    def product(self, one: Product) -> None:
        """The tag tells the page and the product that it shows at once."""
        at = self._at
        self.page(f"/products/{one.handle}")
        self._at, leaves = at + timedelta(milliseconds=200), self._at
        self.do("product", str(product_number(one)))
        self._at = leaves

    def land(self, products: Sequence[Product]) -> None:
        path = self._random.choices([one for one, _ in _LANDINGS], [share for _, share in _LANDINGS])[0]
        if path:
            self.page(path)
        else:
            self.product(self._random.choice(products))

    def look_further(self, catalogue: Sequence[Product]) -> None:
        match self._random.choices(("category", "product", "page"), (30, 55, 15))[0]:
            case "category":
                self.page(f"/collections/{self._random.choice(CATEGORIES).handle}")
            case "product":
                self.product(self._random.choice(catalogue[:12]))
            case _:
                self.page(self._random.choice(_PAGES))

    def sign_up(self) -> None:
        self.do("form", "newsletter", stage="seen")
        if self._random.random() < 0.4:
            self.do("form", "newsletter", stage="started")
            if self._random.random() < 0.6:
                self.do("form", "newsletter", stage="sent")

    def buy(self, one: Product) -> CartSnapshot:
        """Into the cart, and some way on; who orders is told by the shop, and so nobody here."""
        self.do("cart", str(product_number(one)), stage="added")
        steps = 1
        while steps < len(STEPS) and self._random.random() < _ONWARDS:
            steps += 1
        self.check_out(steps)
        line = Line(
            product_id=str(product_number(one)), title=one.title, quantity=1, unit_price=one.price,
            total=one.price,
        )  # fmt: skip
        return CartSnapshot(
            id=token_of("visitor's cart", self._visitor.id, self._begins.isoformat()), updated_at=self._at,
            currency=CURRENCY, total=one.price, lines=(line,), step="cart",
        )  # fmt: skip

    def check_out(self, steps: int) -> None:
        self.page("/cart")
        for step in STEPS[1:steps]:
            self.do("checkout_step", step)

    def told(self, cart: CartSnapshot | None) -> ActivityBatch:
        who = self._visitor
        known = Identities(visitor=who.id, platform_id=who.customer, verified=who.customer is not None)
        return ActivityBatch(
            visitor=who.id,
            updated_at=self._at,
            activities=tuple(self._acts),
            cart=cart,
            identities=known,
            identified_at=self._begins if who.customer else None,
        )
