"""Everything that is kept for one customer, by the nodes that they are."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kairos import keys
from kairos.domain.identity import Identities, IdentityKey, linking_nodes
from kairos.ports import Item, Items
from kairos.services.broadcasts.members import members_among
from kairos.services.customers import newest_telling, order_documents, read_cart, resolve


class Belongings(NamedTuple):
    """What is kept for one customer. held: all items in the partitions of the nodes.

    orders, carts: documents of orders, carts and checkouts, the customer's own alone, with their refunds and
    traces; the document by which they are known to be the customer's comes last. superseded: older
    documents of orders that are somebody else's by now. addresses: consents and suppressions. decisions: what
    was decided for their runs.
    """

    nodes: tuple[str, ...]
    held: Sequence[Item]
    orders: Sequence[Item]
    carts: Sequence[Item]
    addresses: Sequence[Item]
    superseded: Sequence[Item] = ()
    decisions: Sequence[Item] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing is kept, but perhaps the marker of an erasure."""
        left = [item for item in self.held if item.key.sk != "erased"]
        return not (left or self.orders or self.carts)

    def named(self, prefix: str) -> list[str]:
        """What the pointers with this prefix name, each once, sorted."""
        found = {item.key.sk for item in self.held if item.key.sk.startswith(prefix)}
        return sorted(sk.removeprefix(prefix) for sk in found)


def nodes_of(items: Items, shop: str, key: IdentityKey, identities: Identities) -> set[str]:
    """Every node of the customers whom these identities name.

    A phone counts where it belongs to the same customer or to nobody: it may have passed to another person.
    """
    strong = set(linking_nodes(identities, shop, key))
    nodes = strong.union(*(resolve(items, shop, node).nodes for node in strong))
    if identities.phone:
        phone = key.node(shop, "phone", identities.phone)
        theirs = set(resolve(items, shop, phone).nodes)
        if not strong or theirs & nodes or theirs == {phone}:
            nodes |= theirs | {phone}
    return nodes


def gather(items: Items, shop: str, nodes: Iterable[str], order_ids: Iterable[str] = ()) -> Belongings:
    """All that is kept for the customer that these nodes are. order_ids: theirs whoever they name."""
    known = tuple(sorted(set(nodes)))
    held = [item for node in known for item in items.query(keys.node(shop, node))]
    addresses = addresses_of(items, shop, known, held)
    found = Belongings(known, held, (), (), addresses)
    orders = [
        item
        for order in sorted({*found.named("order#"), *order_ids})
        for item in _order(items, shop, order, None if order in set(order_ids) else known)
    ]
    carts = [item for cart in found.named("cart#") for item in _cart(items, shop, cart, known)]
    older = [item for order in found.named("order#") for item in _superseded(items, shop, order, known)]
    decisions = _decisions(items, shop, found)
    return found._replace(orders=orders, carts=carts, superseded=older, decisions=decisions)


def addresses_of(items: Items, shop: str, nodes: Iterable[str], held: Iterable[Item]) -> list[Item]:
    """Consents and suppressions of the nodes, and of the devices that are named among the items held."""
    devices = {str(item.body["node"]) for item in held if item.key.sk.startswith("endpoint#")}
    reached = sorted({*nodes, *devices})
    return [item for node in reached for item in items.query(keys.consent(shop, "email", node).pk)]


def _decisions(items: Items, shop: str, of: Belongings) -> list[Item]:
    """What was decided for those of the runs that are still this customer's, and for them as members."""
    runs = items.get_many(keys.run(shop, one) for one in of.named("run#"))
    theirs = {key.pk for key, run in runs.items() if run.body["customer"] in of.nodes}
    theirs |= {keys.run(shop, one.run.id).pk for one in members_among(shop, of.held)}
    return [item for pk in sorted(theirs) for item in items.query(pk, "decision#")]


def _order(items: Items, shop: str, order: str, nodes: Sequence[str] | None) -> list[Item]:
    """The order's documents and refunds if it is these nodes' (None: whoever's it is)."""
    held = items.query(keys.order(shop, order).pk)
    newest = newest_telling(item for item in held if is_order(item))
    if newest is None or not (nodes is None or _first_of(newest) in nodes):
        return []
    return sorted(held, key=lambda item: (is_order(item), item is newest))


def _superseded(items: Items, shop: str, order: str, nodes: Sequence[str]) -> list[Item]:
    """A document of the order that names these nodes, where a newer one says that it is somebody else's."""
    told = [item for item in items.get_many(order_documents(shop, order)).values() if is_order(item)]
    newest = newest_telling(told)
    if newest is None or _first_of(newest) in nodes:
        return []
    return [item for item in told if item is not newest and _first_of(item) in nodes]


def is_order(item: Item) -> bool:
    """Whether it is a document of an order, by whomever it was told."""
    return item.key.sk in {"order", "imported"}


def _cart(items: Items, shop: str, cart: str, nodes: Sequence[str]) -> list[Item]:
    """What tells of the cart, if it is these nodes'; else what names these nodes."""
    held = items.query(keys.cart(shop, cart).pk)
    tokens = [i.key.sk.removeprefix("checkout#") for i in held if i.key.sk.startswith("checkout#")]
    told = held + [item for token in tokens for item in items.query(keys.checkout(shop, token).pk)]
    traces = [item for item in told if item.key.sk == "trace"]
    documents = sorted((item for item in told if item.key.sk in {"cart", "checkout"}), key=_weight)
    folded = read_cart(items, shop, cart)
    if folded is not None and folded.nodes and folded.nodes[0] in nodes:
        return traces + documents
    return [item for item in documents if _first_of(item) in nodes]


def _weight(document: Item) -> tuple[bool, bool, str]:
    """How much a document has to say about whose the cart is (see customers.read_cart)."""
    told = document.body["snapshot"]
    return not told.get("deleted", False), bool(document.body["nodes"]), document.version


def _first_of(document: Item) -> str | None:
    told: list[str] = document.body["nodes"]
    return told[0] if told else None
