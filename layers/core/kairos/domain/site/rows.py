"""Rows of what visitors did: all that the site's files hold, a visitor by a number made of the keyed hash."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, get_args

from kairos.domain.activity import OFF_SITE, Activity, ActivityKind
from kairos.domain.cart import CartSnapshot
from kairos.domain.codes import DEVICES, code_of
from kairos.domain.purchases import OrderFact
from kairos.domain.site.places import LONGEST, page_of
from kairos.domain.value import digest

PAGE, CATEGORY, PRODUCT = "page", "category", "product"
VIEWS = (PAGE, CATEGORY, PRODUCT)
CART_TOLD, ORDER = "cart_told", "order"

KINDS: tuple[str, ...] = (
    *VIEWS,
    *(one for one in get_args(ActivityKind) if one not in OFF_SITE and one not in VIEWS),
    CART_TOLD,
    ORDER,
)
"""By code, from 1. Of acts at one instant the lesser comes first: a page before the product that it shows."""

STAGES = ("seen", "started", "sent", "added", "removed", "cart", "contact", "shipping", "payment")
"""By code, from 1; 0 for none or any other."""

COUNTS = 1
"""The stage of an order that counts; 0 of one that was cancelled, or given back whole."""

UNKNOWN_VALUE = -1
"""A cart's or an order's value in another currency than the shop's."""

_HASH_DIGITS = 16


class Row(NamedTuple):
    """One thing. visitor: 64 bits of its node. at: milliseconds since 1970. id: 64 bits; visitor and id
    together name it, however often it is told. kind, stage, device: codes. target: of a view or form.

    seconds: visible time. value: minor units of the shop's currency. version: of tellings of the same thing
    the greatest counts, then the one of most seconds.
    """

    visitor: int
    at: int
    id: int
    kind: int
    target: str = ""
    stage: int = 0
    device: int = 0
    seconds: int = 0
    value: int = 0
    version: int = 0


class Gone(NamedTuple):
    """A visitor of whom nothing up to that instant (milliseconds since 1970) may stay."""

    visitor: int
    until: int


def visitor_number(node: str) -> int:
    """A visitor's node as a number. Nodes are keyed hashes: it leads to nobody without the key."""
    return int(node[1 : 1 + _HASH_DIGITS], 16)


def millis(at: datetime) -> int:
    """Milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def rows_of_acts(visitor: int, activities: Iterable[Activity]) -> Iterator[Row]:
    """What the visitor did; queries, events' names and fields are left out, since nothing counts them."""
    for one in activities:
        if one.kind in OFF_SITE:
            continue
        yield Row(
            visitor,
            millis(one.at),
            _number(one.id),
            code_of(KINDS, one.kind),
            _target(one),
            code_of(STAGES, one.stage) if one.stage in STAGES else 0,
            code_of(DEVICES, one.device),
            one.seconds or 0,
        )


def row_of_cart(visitor: int, cart: CartSnapshot, currency: str) -> Row:
    """What the visitor's cart came to, at its time. currency: the shop's."""
    at, is_known = millis(cart.updated_at), cart.currency in (None, currency)
    value = 0 if cart.deleted else cart.total if is_known else UNKNOWN_VALUE
    return Row(visitor, at, _number("cart", cart.cart_key, at), code_of(KINDS, CART_TOLD), value=value)


def row_of_order(visitor: int, order: OrderFact, currency: str, known_at: datetime) -> Row:
    """An order of whoever the visitor is. known_at: when this was read, by which later readings win."""
    return Row(
        visitor,
        millis(order.placed_at),
        _number("order", order.id),
        code_of(KINDS, ORDER),
        stage=COUNTS if order.counts else 0,
        value=order.revenue_without_tax if order.currency == currency else UNKNOWN_VALUE,
        version=millis(known_at),
    )


def _target(one: Activity) -> str:
    if one.kind == PAGE:
        return page_of(one.target or "/")
    return (one.target or "")[:LONGEST] if one.kind in (CATEGORY, PRODUCT, "form") else ""


def _number(*told: str | int) -> int:
    return int(digest(told)[:_HASH_DIGITS], 16)
