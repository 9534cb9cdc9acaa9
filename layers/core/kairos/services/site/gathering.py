"""What a delivery tells of the site: what visitors did, what their carts came to, what they ordered."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from kairos.domain.activity import ActivityBatch
from kairos.domain.cart import CartSnapshot
from kairos.domain.identity import IdentityKey, IdentityKind
from kairos.domain.purchases import OrderFact
from kairos.domain.shop import Shop
from kairos.domain.site.rows import Row, row_of_cart, row_of_order, rows_of_acts, visitor_number
from kairos.domain.snapshot import Snapshot
from kairos.services.segments.evaluation import Evaluated

AROUND = timedelta(days=1)
"""How far an order may lie from what a customer does for it to be told with that: their clocks differ."""

_VISITOR = "v"
_NAMING: tuple[IdentityKind, ...] = ("platform_id", "email", "visitor")


def rows_of(
    shop: Shop,
    key: IdentityKey,
    told: Sequence[Snapshot],
    orders: frozenset[str],
    found: Mapping[str, Evaluated],
    at: datetime,
    joined: bool,
) -> tuple[Row, ...]:
    """What these snapshots tell of the site.

    orders: ids of those that they may have changed. found: whom they concern, as read at `at`. joined: they
    say that a visitor is somebody, or that customers are one; then all that these ordered is told anew.
    """
    rows: list[Row] = []
    for one in told:
        if isinstance(one, ActivityBatch):
            visitor = visitor_number(key.node(shop.id, "visitor", one.visitor))
            rows += rows_of_acts(visitor, one.activities)
            if one.cart is not None:
                rows.append(row_of_cart(visitor, one.cart, shop.currency))
        elif isinstance(one, CartSnapshot):
            rows += [
                row_of_cart(each, one, shop.currency) for each in _visitors_naming(one, shop, key, found)
            ]
    active = [act.at for one in told if isinstance(one, ActivityBatch) for act in one.activities]
    for customer in {one.customer: one for one in found.values()}.values():
        visitors = _visitors_of(customer)
        if customer.profile is None or not visitors:
            continue
        oldest = at - timedelta(days=shop.site_kept_days)
        for order in customer.profile.orders:
            is_new = order.id in orders or (joined and order.placed_at >= oldest)
            if is_new or _is_around(order, active):
                rows += [row_of_order(one, order, shop.currency, at) for one in visitors]
    return tuple(rows)


def _visitors_of(customer: Evaluated) -> list[int]:
    return [visitor_number(node) for node in customer.component.nodes if node[0] == _VISITOR]


def _visitors_naming(
    cart: CartSnapshot, shop: Shop, key: IdentityKey, found: Mapping[str, Evaluated]
) -> list[int]:
    """The browsers of whom a platform says that it is their cart."""
    named = {key.node(shop.id, kind, value) for kind in _NAMING if (value := getattr(cart.identities, kind))}
    theirs = {one.customer: one for one in found.values() if named & {*one.component.nodes}}
    return [visitor for one in theirs.values() for visitor in _visitors_of(one)]


def _is_around(order: OrderFact, active: Sequence[datetime]) -> bool:
    return bool(active) and min(active) - AROUND <= order.placed_at <= max(active) + AROUND
