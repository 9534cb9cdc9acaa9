"""What the demo shop's customers do besides its history: carts, purchases, visits, and answers to mails.

All of it by chance from the seed; the shares are invented, as the shop is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kairos.domain.message import LedgerEntry
from kairos.services.feedback import Feedback, record
from kairos.services.unsubscribing import Token, withdraw
from local.demo_past.agenda import Agenda
from local.demo_past.services import Services
from local.demo_past.visits import STEPS, look_around, moments, shop, visitor_of
from local.demo_shop.catalogue import Product
from local.demo_shop.people import Person
from local.demo_shop.seeded import seeded
from local.demo_shop.shopify.cart import Checkout, Item, cart, checkout
from local.demo_shop.shopify.customer import customer_number
from local.demo_shop.shopify.order import Purchase, order
from local.demo_shop.shopify.telling import token_of
from local.demo_shop.webhook import Webhook

CARTS_A_YEAR, PURCHASES_A_YEAR = 3.0, 1.4
BOUGHT_AT_ONCE, BOUGHT_LATER = 0.35, 0.12
BOUNCED, COMPLAINED, UNSUBSCRIBED = 0.006, 0.0004, 0.012
OPENED, CLICKED, BOUGHT = 0.46, 0.34, {"abandoned_cart": 0.45, "second_order": 0.3, "win_back": 0.25}
CODE_USED = 0.35
_FIRST_ORDER = 5_000_000


class Customer(NamedTuple):
    """since: when their account was made."""

    person: Person
    subscribed: bool
    since: datetime

    @property
    def id(self) -> str:
        """The platform's."""
        return str(customer_number(self.person))


class People:
    """customers: by the product's id of each."""

    def __init__(
        self,
        seed: int,
        agenda: Agenda,
        catalogue: Sequence[Product],
        customers: Mapping[str, Customer],
        visits_a_day: float,
    ) -> None:
        self._chance, self._agenda = seeded(seed, "past"), agenda
        self._catalogue = tuple(one for one in catalogue if one.stock)
        self._customers, self._visits_a_day = customers, visits_a_day
        self._carts: dict[str, tuple[str, tuple[Item, ...]]] = {}
        self._orders = 0
        self.services: Services

    def plan(self, carts_since: datetime, visits_since: datetime, until: datetime) -> None:
        """Who does what when. Visits are told from visits_since on."""
        self._visits_since = visits_since
        for one in self._customers.values():
            begins = max(one.since + timedelta(days=1), carts_since)
            for at in self._now_and_then(begins, until, CARTS_A_YEAR):
                self._agenda.plan(at, self._fill_cart, one)
            for at in self._now_and_then(begins, until, PURCHASES_A_YEAR):
                self._agenda.plan(at, self._buy, one)
        for number, at in enumerate(moments(self._chance, visits_since, until, self._visits_a_day)):
            self._agenda.plan(
                at, self._visit, number // 2 if self._chance.random() < 0.4 else f"new {number}"
            )

    def _now_and_then(self, begins: datetime, until: datetime, a_year: float) -> list[datetime]:
        times, at = list[datetime](), begins
        while (at := at + timedelta(days=self._chance.expovariate(a_year / 365))) < until:
            times.append(at)
        return times

    def _visit(self, name: object) -> None:
        random = seeded(1, "visit", name, self._agenda.at.isoformat())
        visitor = visitor_of(seeded(1, "visitor", name), name)
        self.services.act(look_around(random, visitor, self._agenda.at, self._catalogue))

    def _fill_cart(self, one: Customer) -> None:
        """Who says who they are leaves the cart, or orders at once, or some hours later."""
        chance, at = self._chance, self._agenda.at
        items = tuple(
            Item(product, chance.choices((1, 2), (85, 15))[0])
            for product in chance.sample(self._catalogue, chance.randint(1, 3))
        )
        token = token_of("past cart", one.person.email, at.isoformat())
        at_once = chance.random() < BOUGHT_AT_ONCE
        self._act(one, items, len(STEPS) if at_once else chance.randint(2, len(STEPS)))
        self.services.post(Webhook("carts/create", cart(token, items, at, at), at))
        later = at + timedelta(minutes=3)
        left = Checkout(token, one.person, items, one.subscribed, later, later, one.since)
        self._agenda.plan(later, self._post, "checkouts/create", checkout(left))
        self._carts[one.id] = (token, items)
        if at_once or chance.random() < BOUGHT_LATER:
            wait = timedelta(minutes=chance.randint(6, 25) if at_once else chance.randint(300, 2_400))
            self._agenda.after(wait, self._order, one, items, token)

    def _buy(self, one: Customer) -> None:
        items = tuple(
            Item(product) for product in self._chance.sample(self._catalogue, self._chance.randint(1, 3))
        )
        self._act(one, items, len(STEPS))
        self._agenda.after(timedelta(minutes=self._chance.randint(4, 20)), self._order, one, items)

    def _act(self, one: Customer, items: Sequence[Item], steps: int) -> None:
        if self._agenda.at >= self._visits_since:
            visitor = visitor_of(seeded(1, "visitor", one.id), one.id, one.id)
            told = shop(self._chance, visitor, self._agenda.at, [item.product for item in items], steps)
            self.services.act(told)

    def _order(
        self, one: Customer, items: Sequence[Item], token: str | None = None, code: str | None = None
    ) -> None:
        if token and self._carts.get(one.id, ("",))[0] == token:
            del self._carts[one.id]
        at, worth = self._agenda.at, sum(item.total for item in items)
        self._orders += 1
        bought = Purchase(
            _FIRST_ORDER + self._orders, one.person, items, placed_at=at, told_at=at,
            shipping=0 if worth >= 100_00 else 700, discount=worth // 20 if code else 0, code=code,
            cart_token=token, checkout_token=token_of("checkout", token) if token else None,
            customer_since=one.since,
        )  # fmt: skip
        self._post("orders/create", order(bought, one.subscribed))

    def _post(self, topic: str, body: Any) -> None:
        self.services.post(Webhook(topic, body, self._agenda.at))

    # ------------------------------------------------------------ messages

    def got(self, entry: LedgerEntry) -> None:
        """A message was handed over: it arrives or not, and is read or not."""
        chance, minute = self._chance, timedelta(minutes=1)
        if entry.channel != "email":
            self._agenda.after(minute, self._report, entry, "delivery")
            return
        if chance.random() < BOUNCED:
            self._agenda.after(minute, self._report, entry, "bounce")
            return
        self._agenda.after(minute, self._report, entry, "delivery")
        if chance.random() < COMPLAINED:
            self._agenda.after(2 * minute, self._report, entry, "complaint")
        if chance.random() < OPENED:
            opened = timedelta(minutes=chance.randint(4, 1_500))
            self._agenda.after(opened, self._report, entry, "open")
            if chance.random() < UNSUBSCRIBED:
                self._agenda.after(opened + minute, self._unsubscribe, entry)
            elif chance.random() < CLICKED:
                self._agenda.after(opened + minute, self._click, entry)

    def _click(self, entry: LedgerEntry) -> None:
        self._report(entry, "click")
        one = self._customers.get(entry.customer)
        buys = CODE_USED if entry.code else BOUGHT.get(entry.step.scenario, 0.05)
        if one is None or self._chance.random() >= buys:
            return
        token, items = self._carts.get(one.id, (None, ()))
        items = items or tuple(Item(product) for product in self._chance.sample(self._catalogue, 2))
        wait = timedelta(minutes=self._chance.randint(3, 40))
        self._agenda.after(wait, self._order, one, items, token, entry.code)

    def _report(self, entry: LedgerEntry, kind: Any) -> None:
        told = Feedback(
            shop=entry.step.shop, message_id=entry.message_id, provider_id=None, kind=kind,
            at=self._agenda.at, permanent=kind == "bounce",
        )  # fmt: skip
        record(self.services.feedbacks, told)

    def _unsubscribe(self, entry: LedgerEntry) -> None:
        token = Token(
            shop=entry.step.shop, channel=entry.channel, address_node=entry.address_node,
            message_id=entry.message_id,
        )  # fmt: skip
        withdraw(self.services.items, self._agenda, token, "unsubscribe page")
