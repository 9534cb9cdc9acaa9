"""Reading one customer: which nodes they are, what is recorded for these, and the profile it adds up to.

Stored orders, carts and checkouts are kept as {"nodes": [...], "snapshot": {...}}: the identity nodes
that the snapshot names, strongest first, so that whoever reads needs no identity key. An item counts
for the one customer whose nodes hold the first of these. An order may be told twice, by webhooks and by
a file of history; the newest of its documents counts, and says whose it is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.activity import ActivityDay
from kairos.domain.answer import FormAnswer
from kairos.domain.cart import Cart, CartSnapshot, fold_cart, says_whose
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.folding import Recorded, fold_profile
from kairos.domain.identity import Identities, customer_id
from kairos.domain.order import Order, OrderSnapshot, Refund, RefundSnapshot, with_refunds
from kairos.domain.profile import Profile
from kairos.domain.support import SupportContact
from kairos.domain.visits import ActivityFact
from kairos.ports import Check, Item, Items, Key, Unchanged

_JOINED = 2
"""Nodes of which at least so many are one customer by a signed statement."""


class Component(NamedTuple):
    """Every node that is one customer, sorted. customer: their id, the least of the nodes.

    attached: of the nodes, the phone and visitor nodes that are there by a statement, and whether a
    signed source made it.
    """

    nodes: tuple[str, ...]
    customer: str
    attached: Mapping[str, bool]

    @property
    def is_anonymous(self) -> bool:
        """Nothing but a visitor id is known."""
        return all(node[0] == "v" for node in self.nodes)


class KnownCustomer(NamedTuple):
    """A customer and all that is kept for them, as it now stands.

    stored_profiles: the profile items found at their nodes, by node; read with the rest, in no order.
    held: everything found in the partitions of their nodes.
    """

    component: Component
    recorded: Recorded
    stored_profiles: Mapping[str, Item]
    held: Sequence[Item] = ()

    @property
    def profile(self) -> Profile | None:
        """What it adds up to; None if nothing is known."""
        return fold_profile(self.component.customer, self.component.nodes, self.recorded)


class OrderAndNodes(NamedTuple):
    """An order as it now stands, and the nodes that its newest telling names, strongest first."""

    order: Order
    nodes: tuple[str, ...]


class CartAndNodes(NamedTuple):
    """A cart as it now stands, and the nodes that name it: those of the telling that says whose it is."""

    cart: Cart
    nodes: tuple[str, ...]


def resolve(items: Items, shop: str, node: str) -> Component:
    """The customer that this node is or belongs to; a node never heard of is a customer of its own."""
    return _component(items, shop, lambda one, prefix: items.query(keys.node(shop, one), prefix), node)


def read_customer(items: Items, shop: str, node: str) -> KnownCustomer:
    """The customer that this node leads to, with all that is kept for them; each partition is read once."""
    partitions = _Partitions(items, shop)
    component = _component(items, shop, partitions.query, node)
    held = [item for one in component.nodes for item in partitions.query(one, "")]
    orders = read_orders(items, shop, _named(held, "order#"))
    carts = read_carts(items, shop, _named(held, "cart#"))
    days = [ActivityDay.model_validate(item.body) for item in held if item.key.sk.startswith("activity#")]
    contacts = [SupportContact.model_validate(one.body) for one in held if one.key.sk.startswith("support#")]
    recorded = Recorded(
        customers=[CustomerSnapshot.model_validate(item.body) for item in held if item.key.sk == "customer"],
        orders=[one.order for one in orders if _owned(one.nodes, component)],
        carts=[as_seen_by(component, one) for one in carts if _owned(one.nodes, component)],
        activity=[*(_activity_fact(day) for day in days), *(one.fact for one in contacts)],
        acts=[*(one for day in days for one in day.activities), *(one.act for one in contacts)],
        known_as=_known_as(held, shop, component),
        answers=[FormAnswer.model_validate(item.body) for item in held if item.key.sk.startswith("answer#")],
    )
    profiles = {
        one: item for one in component.nodes for item in partitions.query(one, keys.profile(shop, one).sk)
    }
    return KnownCustomer(component, recorded, profiles, held)


def not_erased(shop: str, known: KnownCustomer, nodes: Iterable[str]) -> list[Check]:
    """The part of a transaction that fails where one of these nodes was erased since they were read."""
    marks = {item.key: item.version for item in known.held if item.key.sk == "erased"}
    places = [keys.erasure(shop, node) for node in nodes]
    return [Check(place, Unchanged(marks.get(place))) for place in places]


def load_profile(items: Items, shop: str, node: str) -> Profile | None:
    """The profile of the customer that this node leads to, folded afresh; None if nothing is known."""
    return read_customer(items, shop, node).profile


def read_orders(items: Items, shop: str, order_ids: Iterable[str]) -> list[OrderAndNodes]:
    """Those of the orders that are known, by their newest telling, each with every refund known for it."""
    wanted = sorted(set(order_ids))
    docs = items.get_many(key for one in wanted for key in order_documents(shop, one))
    traces = items.get_many([keys.order_trace(shop, one) for one in wanted])
    refunds = items.get_many(
        keys.refund(shop, one, refund)
        for one in wanted
        if (trace := traces.get(keys.order_trace(shop, one)))
        for refund in trace.body.get("refunds", ())
    )
    separate: dict[str, list[Refund]] = {}
    for key, item in refunds.items():
        separate.setdefault(key.pk, []).append(RefundSnapshot.model_validate(item.body).refund)
    return [
        OrderAndNodes(_order(doc.body, separate.get(doc.key.pk, [])), tuple(doc.body["nodes"]))
        for one in wanted
        if (doc := newest_telling(docs.get(key) for key in order_documents(shop, one)))
    ]


def order_documents(shop: str, order_id: str) -> tuple[Key, Key]:
    """Where an order is told: by webhooks, and by a file of history."""
    return keys.order(shop, order_id), keys.imported_order(shop, order_id)


def newest_telling(told: Iterable[Item | None]) -> Item | None:
    """Of the documents of one order the newest; of equally old ones the webhooks', which tell more."""
    known = [one for one in told if one is not None]
    return max(known, key=lambda one: (told_at(one), one.key.sk == "order"), default=None)


def told_at(document: Item) -> str:
    """The time at which its source stated it, as text that sorts (see domain.snapshot.version_of)."""
    return document.version.partition("#")[0]


def read_carts(items: Items, shop: str, cart_keys: Iterable[str]) -> list[CartAndNodes]:
    """Those of the carts that are known, each folded from all that tells of it, by key."""
    found = [read_cart(items, shop, one) for one in sorted(set(cart_keys))]
    return [one for one in found if one is not None]


def read_cart(items: Items, shop: str, cart_key: str) -> CartAndNodes | None:
    """The cart, folded from its snapshot, its checkouts and the orders that came of any; None if unknown."""
    held = items.query(keys.cart(shop, cart_key).pk)
    told = [item.body for item in held if item.key.sk == "cart"]
    ordered = bool(_named(held, "order#"))
    for token in _named(held, "checkout#"):
        checkout = items.query(keys.checkout(shop, token).pk)
        current = [item.body for item in checkout if item.key.sk == "checkout"]
        told += [body for body in current if _snapshot(body).cart_key == cart_key]
        ordered = ordered or bool(_named(checkout, "order#"))
    cart = fold_cart(cart_key, [_snapshot(body) for body in told], ordered)
    return CartAndNodes(cart, _nodes_of(told)) if cart else None


def as_seen_by(component: Component, found: CartAndNodes) -> Cart:
    """The cart with `identities.verified` telling whether a signed source says that it is this customer's.

    Either the telling itself was signed and names more than a visitor, or a signed statement attached
    the visitor or phone that it names.
    """
    named = found.cart.identities.verified and bool(found.nodes) and found.nodes[0][0] != "v"
    attached = any(component.attached.get(node, False) for node in found.nodes)
    identities = found.cart.identities.model_copy(update={"verified": named or attached})
    return found.cart.model_copy(update={"identities": identities})


def _belongs_to(items: Items, shop: str, node: str) -> str:
    """The node that a phone or visitor node leads to in the end; a visitor may lead to a phone."""
    while node[0] in "pv" and (item := items.get(keys.attached_to(shop, node))):
        node = item.body["node"]
    return node


Query = Callable[[str, str], list[Item]]
"""The items of a node whose sort key starts with a prefix."""


class _Partitions:
    """The partitions of nodes, each read whole and once."""

    def __init__(self, items: Items, shop: str) -> None:
        self._items = items
        self._shop = shop
        self._read: dict[str, list[Item]] = {}

    def query(self, node: str, prefix: str) -> list[Item]:
        """See Query."""
        if node not in self._read:
            self._read[node] = self._items.query(keys.node(self._shop, node))
        return [item for item in self._read[node] if item.key.sk.startswith(prefix)]


def _component(items: Items, shop: str, query: Query, node: str) -> Component:
    linked = _linked(query, _belongs_to(items, shop, node))
    attached = _attached(items, shop, query, linked)
    nodes = tuple(sorted(linked | attached.keys()))
    return Component(nodes, customer_id(nodes), attached)


def _linked(query: Query, start: str) -> set[str]:
    seen, frontier = {start}, [start]
    while frontier:
        found = _named(query(frontier.pop(), "link#"), "link#")
        frontier += [node for node in found if node not in seen]
        seen.update(found)
    return seen


def _attached(items: Items, shop: str, query: Query, linked: set[str]) -> dict[str, bool]:
    """The phones and visitors whose newest statement leads to these nodes; visitors also by a phone."""
    attached: dict[str, bool] = {}
    frontier = sorted(linked)
    while frontier:
        ever = {
            (other, node)
            for node in frontier
            if node[0] != "v"
            for other in _named(query(node, "attachment#"), "attachment#")
        }
        held = items.get_many(keys.attached_to(shop, other) for other, _ in ever)
        frontier = []
        for other, node in sorted(ever):
            item = held.get(keys.attached_to(shop, other))
            if item is not None and item.body["node"] == node:
                proven = item.body["verified"] or item.body.get("signed") in linked
                attached[other] = proven and attached.get(node, True)
                frontier.append(other)
    return attached


def _named(held: Iterable[Item], prefix: str) -> list[str]:
    return [item.key.sk.removeprefix(prefix) for item in held if item.key.sk.startswith(prefix)]


def _order(body: Mapping[str, Any], separate: Sequence[Refund]) -> Order:
    return with_refunds(OrderSnapshot.model_validate(body["snapshot"]), tuple(separate))


def _snapshot(body: Mapping[str, Any]) -> CartSnapshot:
    return CartSnapshot.model_validate(body["snapshot"])


def _nodes_of(told: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The nodes of the telling that decides whose cart it is."""
    named = [(_snapshot(body), tuple(body["nodes"])) for body in told if body["nodes"]]
    decisive = says_whose([snapshot for snapshot, _ in named])
    return next((nodes for snapshot, nodes in named if snapshot == decisive), ())


def _known_as(held: Iterable[Item], shop: str, component: Component) -> Identities:
    """What the nodes stand for, if a signed source joined them; the least of each kind."""
    joined = [node for node in component.nodes if component.attached.get(node, True)]
    if len(joined) < _JOINED:
        return Identities()
    wanted = {keys.identity(shop, node) for node in joined}
    told = sorted((item.body["kind"], item.body["value"]) for item in held if item.key in wanted)
    return Identities(**dict(reversed(told)))


def _owned(nodes: Sequence[str], component: Component) -> bool:
    return bool(nodes) and nodes[0] in component.nodes


def _activity_fact(day: ActivityDay) -> ActivityFact:
    kinds: dict[str, int] = {}
    for one in day.activities:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    return ActivityFact(day=day.day.isoformat(), kinds=dict(sorted(kinds.items())))
