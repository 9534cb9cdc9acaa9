"""Months of a shop's life: who registered, bought once or often, fell silent, cancelled, sent things back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from local.demo_shop.catalogue import CATEGORIES, Product
from local.demo_shop.people import Person, make_person
from local.demo_shop.seeded import seeded
from local.demo_shop.shopify.cart import Checkout, Item, cart, checkout
from local.demo_shop.shopify.customer import customer
from local.demo_shop.shopify.order import Purchase, order
from local.demo_shop.shopify.product import collection, product_body
from local.demo_shop.shopify.refund import refund
from local.demo_shop.shopify.telling import token_of
from local.demo_shop.webhook import Webhook

MONTHS = 14
QUIET_DAYS = 4
"""The last days before `now` hold no cart: one younger than three days would start its scenario."""

# Shares of customers, and of orders.
SUBSCRIBED, LEFT_A_CART = 0.7, 0.12
WITH_CODE, CANCELLED, RETURNED_WHOLE, RETURNED_IN_PART = 0.10, 0.03, 0.02, 0.03
FREE_SHIPPING_FROM = 100_00


class Kind(NamedTuple):
    """How some customers buy. orders: least and most; last: days ago of the last one, least and most."""

    name: str
    share: int
    orders: tuple[int, int]
    last: tuple[int, int]
    account: bool = True


KINDS = (
    Kind("loyal", 8, (4, 6), (18, 120)),
    Kind("repeat", 24, (2, 3), (18, 170)),
    Kind("just bought", 6, (1, 2), (1, 14)),
    Kind("once", 22, (1, 1), (20, 180)),
    Kind("lapsed", 20, (1, 2), (200, 400)),
    Kind("newcomer", 12, (0, 0), (5, 60)),
    Kind("guest", 8, (1, 1), (10, 300), account=False),
)


class Frame(NamedTuple):
    """What all customers share."""

    opened: datetime
    now: datetime
    catalogue: tuple[Product, ...]


def tell_history(
    seed: int, now: datetime, customers: int, catalogue: tuple[Product, ...], pictures_url: str
) -> list[Webhook]:
    """Every webhook that the shop sent before `now`, oldest first; the same for the same arguments."""
    opened = now - timedelta(days=MONTHS * 30.5)
    frame = Frame(opened, now, catalogue)
    webhooks = [Webhook("collections/create", collection(one, opened), opened) for one in CATEGORIES]
    webhooks += [
        Webhook("products/create", product_body(one, pictures_url, opened), opened) for one in catalogue
    ]
    for number in range(1, customers + 1):
        webhooks += _life(seeded(seed, "customer", number), number, frame)
    return sorted(webhooks, key=lambda one: (one.at, one.topic, one.raw))


def customer_of(random: Random, number: int) -> tuple[Kind, Person, bool]:
    """Who the customer of this number is, and whether they take newsletters. random: at its beginning."""
    kind = random.choices(KINDS, [one.share for one in KINDS])[0]
    return kind, make_person(random, number), random.random() < SUBSCRIBED


def _life(random: Random, number: int, frame: Frame) -> Iterator[Webhook]:
    """One customer's webhooks."""
    kind, person, subscribed = customer_of(random, number)
    placed = sorted(_order_times(random, kind, frame))
    registered = (placed[0] if placed else _days_ago(random, frame.now, kind.last)) - timedelta(minutes=20)
    if kind.account:
        yield Webhook("customers/create", customer(person, subscribed, registered, registered), registered)
    for place, at in enumerate(placed):
        bought = _purchase(random, frame.catalogue, person, at)
        bought = bought._replace(
            number=1000 + number * 10 + place, guest=not kind.account, customer_since=registered
        )
        yield Webhook("orders/create", order(bought, subscribed), at)
        yield from _aftermath(random, bought, subscribed, frame.now)
    if random.random() < LEFT_A_CART:
        yield from _old_cart(random, frame, person, subscribed, registered)


def _days_ago(random: Random, now: datetime, days: tuple[int, int]) -> datetime:
    return now - timedelta(days=random.uniform(*days))


def _order_times(random: Random, kind: Kind, frame: Frame) -> Iterator[datetime]:
    count = random.randint(*kind.orders)
    at = _days_ago(random, frame.now, kind.last)
    for _ in range(count):
        yield at
        at -= timedelta(days=random.uniform(25, 80))
        if at < frame.opened + timedelta(days=2):
            return


def _basket(random: Random, catalogue: tuple[Product, ...], most: int) -> list[Item]:
    products = random.sample(catalogue, random.randint(1, most))
    return [Item(one, random.choices((1, 2, 4), (80, 15, 5))[0]) for one in products]


def _purchase(random: Random, catalogue: tuple[Product, ...], person: Person, at: datetime) -> Purchase:
    items = _basket(random, catalogue, most=3)
    worth = sum(item.total for item in items)
    with_code = random.random() < WITH_CODE
    return Purchase(
        number=0,
        person=person,
        items=items,
        placed_at=at,
        told_at=at,
        shipping=0 if worth >= FREE_SHIPPING_FROM else 700,
        discount=worth // 10 if with_code else 0,
        code="MERCI10" if with_code else None,
    )


def _aftermath(random: Random, bought: Purchase, subscribed: bool, now: datetime) -> Iterator[Webhook]:
    """What became of an order: mostly nothing; some are cancelled, some given back in part or whole."""
    fate, at = random.random(), bought.placed_at + timedelta(days=random.uniform(0.2, 9))
    if at > now:
        return
    later = bought._replace(told_at=at)
    if fate < CANCELLED:
        yield Webhook("orders/cancelled", order(later, subscribed, cancelled_at=at), at)
    elif fate < CANCELLED + RETURNED_WHOLE + RETURNED_IN_PART:
        whole = fate < CANCELLED + RETURNED_WHOLE
        lines = dict(enumerate(item.quantity for item in bought.items)) if whole else {0: 1}
        back = refund(bought, lines, with_shipping=whole, at=at)
        yield Webhook("refunds/create", back, at)
        yield Webhook("orders/updated", order(later, subscribed, refunds=[back]), at)


def _old_cart(
    random: Random, frame: Frame, person: Person, subscribed: bool, since: datetime
) -> Iterator[Webhook]:
    """A cart left long ago."""
    latest = frame.now - timedelta(days=QUIET_DAYS)
    if since >= latest:
        return
    at = since + (latest - since) * random.random()
    token, items = token_of("old cart", person.email), _basket(random, frame.catalogue, most=2)
    yield Webhook("carts/create", cart(token, items, at, at), at)
    later = at + timedelta(minutes=3)
    left = Checkout(token, person, items, subscribed, later, later, since)
    yield Webhook("checkouts/create", checkout(left), later)
