"""The documents: what each kind of snapshot leaves in the store, and whom and what it touches."""

from collections.abc import Iterable
from typing import NamedTuple

from kairos import keys
from kairos.domain.cart import CartSnapshot
from kairos.domain.customer import CustomerSnapshot, completed_record
from kairos.domain.identity import IdentityKey, folded_email
from kairos.domain.order import OrderSnapshot, RefundSnapshot, completed
from kairos.domain.product import CategorySnapshot, ProductSnapshot
from kairos.domain.snapshot import version_of
from kairos.ports import Items, Key
from kairos.services.codes.redemption import code_pointers
from kairos.services.recording.prices import note_price
from kairos.services.recording.storing import fact, put_newer, remember, write_missing


class Touched(NamedTuple):
    """What is to be folded and told: nodes whose customers changed, carts and orders that may have."""

    nodes: frozenset[str] = frozenset()
    carts: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()

    def and_(self, other: "Touched") -> "Touched":
        """Both."""
        return Touched(self.nodes | other.nodes, self.carts | other.carts, self.orders | other.orders)


def store_order(items: Items, shop: str, told: OrderSnapshot, nodes: tuple[str, ...]) -> Touched:
    """The order, the pointers to it, and the marks that its cart and checkout became an order.

    A draft is none yet: some platforms make one for everybody who begins to pay, and the marks stay for good.
    """
    is_ordered = told.status != "draft"
    version = version_of(told.updated_at, told)
    told = _completed(items, shop, told)
    wanted = [fact(keys.order_pointer(shop, node, told.id)) for node in nodes[:1]]
    wanted += code_pointers(shop, told)
    if told.cart_token and is_ordered:
        wanted.append(fact(keys.cart_ordered(shop, told.cart_token, told.id)))
    if told.checkout_token and is_ordered:
        wanted.append(fact(keys.checkout_ordered(shop, told.checkout_token, told.id)))
    write_missing(items, wanted)
    remember(items, keys.order_trace(shop, told.id), nodes=nodes[:1])
    body = {"nodes": list(nodes), "snapshot": told.as_json()}
    put_newer(items, keys.order(shop, told.id), version, body)
    carts = frozenset({told.cart_token} if told.cart_token else ())
    if told.checkout_token:
        carts |= _traced(items, keys.checkout_trace(shop, told.checkout_token), "carts")
    owners = owners_of_orders(items, shop, [told.id]) | owners_of_carts(items, shop, carts)
    return Touched(owners | frozenset(nodes), carts, frozenset({told.id}))


def _completed(items: Items, shop: str, told: OrderSnapshot) -> OrderSnapshot:
    """An order told in part, with what is known from before. Its version stays that of the telling."""
    held = items.get(keys.order(shop, told.id)) if told.in_part else None
    return completed(told, OrderSnapshot.model_validate(held.body["snapshot"])) if held else told


def store_refund(items: Items, shop: str, told: RefundSnapshot) -> Touched:
    """A refund by itself; the order that it belongs to may come later."""
    remember(items, keys.order_trace(shop, told.order_id), refunds=[told.refund.id])
    key = keys.refund(shop, told.order_id, told.refund.id)
    put_newer(items, key, version_of(told.updated_at, told), told.as_json())
    owners = owners_of_orders(items, shop, [told.order_id])
    return Touched(nodes=owners, orders=frozenset({told.order_id}))


def store_cart(items: Items, shop: str, told: CartSnapshot, nodes: tuple[str, ...]) -> Touched:
    """A cart, or a checkout and its mark in the cart that it came from."""
    wanted = [fact(keys.cart_pointer(shop, node, told.cart_key)) for node in nodes]
    if told.kind == "checkout":
        wanted.append(fact(keys.cart_checkout(shop, told.cart_key, told.id)))
        remember(items, keys.checkout_trace(shop, told.id), carts=[told.cart_key])
    write_missing(items, wanted)
    remember(items, keys.cart_trace(shop, told.cart_key), nodes=nodes)
    key = keys.cart(shop, told.id) if told.kind == "cart" else keys.checkout(shop, told.id)
    body = {"nodes": list(nodes), "snapshot": told.as_json()}
    put_newer(items, key, version_of(told.updated_at, told), body)
    carts = frozenset({told.cart_key})
    if told.kind == "checkout":
        carts |= _traced(items, keys.checkout_trace(shop, told.id), "carts")
    return Touched(owners_of_carts(items, shop, carts) | frozenset(nodes), carts)


def store_customer(
    items: Items, shop: str, key: IdentityKey, told: CustomerSnapshot, nodes: tuple[str, ...]
) -> Touched:
    """The platform's record of the customer."""
    node = record_node(shop, key, told)
    place, version = keys.customer_record(shop, node), version_of(told.updated_at, told)
    if told.in_part and (held := items.get(place)):
        told = completed_record(told, CustomerSnapshot.model_validate(held.body))
    put_newer(items, place, version, told.as_json())
    return Touched(nodes=frozenset({node, *nodes}))


def store_product(items: Items, shop: str, told: ProductSnapshot) -> Touched:
    """The product, and the way to it from each of its categories."""
    write_missing(
        items, [fact(keys.category_product(shop, one, told.id)) for one in dict.fromkeys(told.category_ids)]
    )
    put_newer(items, keys.product(shop, told.id), version_of(told.updated_at, told), told.as_json())
    note_price(items, shop, told)
    return Touched()


def store_category(items: Items, shop: str, told: CategorySnapshot) -> Touched:
    """The category."""
    put_newer(items, keys.category(shop, told.id), version_of(told.updated_at, told), told.as_json())
    return Touched()


def owners_of_orders(items: Items, shop: str, order_ids: Iterable[str]) -> frozenset[str]:
    """Every node that one of these orders ever named; to be read after the document, like _traced."""
    wanted = list(order_ids)
    places = [(keys.order_trace(shop, one), keys.imported_order(shop, one)) for one in wanted]
    held = items.get_many(key for both in places for key in both)
    traced = {node for trace, _ in places if trace in held for node in held[trace].body.get("nodes", ())}
    return frozenset(traced.union(*(held[one].body["nodes"][:1] for _, one in places if one in held)))


def owners_of_carts(items: Items, shop: str, cart_keys: Iterable[str]) -> frozenset[str]:
    """Every node that one of these carts ever named."""
    traces = items.get_many(keys.cart_trace(shop, one) for one in cart_keys)
    return frozenset(node for trace in traces.values() for node in trace.body.get("nodes", ()))


def _traced(items: Items, trace: Key, name: str) -> frozenset[str]:
    """What the trace names by now.

    To be read after the document was written: whoever's telling this one replaced had left its trace
    before, and so this one folds for whom that one folded too early.
    """
    held = items.get(trace)
    return frozenset(held.body.get(name, ()) if held else ())


def record_node(shop: str, key: IdentityKey, told: CustomerSnapshot) -> str:
    """Where the record is kept: at its platform id, else its e-mail; a deletion may state neither."""
    if told.identities.platform_id:
        return key.node(shop, "platform_id", told.identities.platform_id)
    email = told.identities.email or folded_email(told.id)
    return key.node(shop, "email", email) if email else key.node(shop, "platform_id", told.id)
