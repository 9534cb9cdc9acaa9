"""What recording tells the bus, of carts and orders as they now stand."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from kairos import keys
from kairos.domain.event import Event
from kairos.domain.profile import Profile
from kairos.domain.snapshot import version_of
from kairos.ports import Items
from kairos.services.customers import Component, as_seen_by, read_carts, read_orders, resolve

NOBODY: Mapping[str, Component] = MappingProxyType({})
Known = Mapping[str, Component]
"""Who some nodes are, as was read while folding; a customer's other id leads to the same customer."""


def cart_events(items: Items, shop: str, cart_keys: Iterable[str], known: Known = NOBODY) -> list[Event]:
    """CartChanged for those that are open and, by a signed source, a known customer's."""
    events = []
    for found in read_carts(items, shop, cart_keys):
        if not found.cart.is_open or not found.nodes:
            continue
        component = known.get(found.nodes[0]) or resolve(items, shop, found.nodes[0])
        cart = as_seen_by(component, found)
        if cart.identities.verified and not component.is_anonymous:
            events.append(
                Event(
                    name="CartChanged",
                    shop=shop,
                    customer=component.customer,
                    cause=f"cart:{cart.key}",
                    occurred_at=cart.changed_at,
                    version=version_of(cart.changed_at, cart),
                )
            )
    return events


def order_events(items: Items, shop: str, order_ids: Iterable[str], known: Known = NOBODY) -> list[Event]:
    """OrderRecorded for those that are somebody's."""
    return [
        Event(
            name="OrderRecorded",
            shop=shop,
            customer=(known.get(found.nodes[0]) or resolve(items, shop, found.nodes[0])).customer,
            cause=f"order:{found.order.snapshot.id}",
            occurred_at=found.order.snapshot.updated_at,
            version=version_of(found.order.snapshot.updated_at, found.order),
        )
        for found in read_orders(items, shop, order_ids)
        if found.nodes
    ]


def carts_proven(profiles: Iterable[Profile | None]) -> set[str]:
    """The keys of the carts without an order that are these customers' by a signed source.

    Whoever joins nodes is to tell of them: a visitor that a signed source gave to the one, and an unsigned
    claim to the other, is proven only by what joins them, and its cart may be told by nobody after that.
    """
    carts = [cart for profile in profiles if profile for cart in profile.carts]
    return {cart.key for cart in carts if cart.verified and not cart.ordered}


def carts_naming(items: Items, shop: str, nodes: Iterable[str]) -> set[str]:
    """The keys of the carts that ever named one of these phones or visitors."""
    return {
        item.key.sk.removeprefix("cart#")
        for node in nodes
        for item in items.query(keys.node(shop, node), "cart#")
    }
