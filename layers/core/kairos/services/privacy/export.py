"""A machine-readable copy of all that is kept of one customer (GDPR, articles 15 and 20)."""

from collections.abc import Iterable, Sequence
from typing import Any

from kairos import keys
from kairos.domain.membership import Membership, segments_of, transition, united
from kairos.domain.segment import Layout
from kairos.ports import Clock, Item, Items
from kairos.services.broadcasts.members import members_among
from kairos.services.privacy.belongings import Belongings, addresses_of, gather
from kairos.services.runs import runs_of


def export_customer(
    items: Items, clock: Clock, shop: str, nodes: Iterable[str], order_ids: Iterable[str] = ()
) -> dict[str, Any]:
    """Everything by kind, JSON-ready; empty lists where nothing is kept. Amounts in minor units."""
    theirs = gather(items, shop, nodes, order_ids)
    runs = [*runs_of(items, shop, theirs.nodes), *(one.run for one in members_among(shop, theirs.held))]
    return {
        "shop": shop,
        "exported_at": clock.now().isoformat(),
        "identities": _bodies(theirs.held, "identity"),
        "profile": next(iter(_bodies(theirs.held, "profile")), None),
        "records": _bodies(theirs.held, "customer"),
        "orders": [item.body["snapshot"] for item in theirs.orders if item.key.sk == "order"],
        "imported_orders": [
            item.body["snapshot"]
            for item in (*theirs.orders, *theirs.superseded)
            if item.key.sk == "imported"
        ],
        "refunds": [item.body for item in theirs.orders if item.key.sk.startswith("refund#")],
        "carts": [item.body["snapshot"] for item in theirs.carts if item.key.sk == "cart"],
        "checkouts": [item.body["snapshot"] for item in theirs.carts if item.key.sk == "checkout"],
        "activity": _bodies(theirs.held, "activity#"),
        **_stated(theirs.addresses),
        "messages": messages_of(items, shop, theirs),
        "endpoints": _bodies(theirs.held, "endpoint#"),
        "codes": _bodies(theirs.held, "code#"),
        "points_redeemed": _bodies(theirs.held, "points#"),
        "support_contacts": _bodies(theirs.held, "support#"),
        "runs": [{"id": run.id, **run.as_json()} for run in runs],
        "decisions": [{"run": item.key.pk.rpartition("#")[2], **item.body} for item in theirs.decisions],
        "lists": theirs.named("list#"),
        "answers": _bodies(theirs.held, "answer#"),
        "sign_ups": _bodies(theirs.held, "signup"),
        **_segments(items, shop, theirs.held),
    }


def standing_of(items: Items, shop: str, nodes: Iterable[str]) -> dict[str, Any]:
    """Of the copy the consents, suppressions and segments alone, in a few reads: what a page asks for."""
    known = sorted(set(nodes))
    held = [one for node in known for one in items.query(keys.node(shop, node), "endpoint#")]
    memberships = items.get_many(keys.membership(shop, node) for node in known)
    return {
        **_stated(addresses_of(items, shop, known, held)),
        **_segments(items, shop, [memberships[key] for key in sorted(memberships)]),
    }


def _stated(addresses: Iterable[Item]) -> dict[str, Any]:
    told = list(addresses)
    return {
        "consents": [_with_channel(one) for one in told if one.key.sk.startswith("consent#")],
        "suppressions": [_with_channel(one) for one in told if one.key.sk.startswith("suppressed#")],
    }


def _segments(items: Items, shop: str, held: Sequence[Item]) -> dict[str, Any]:
    """The segments that the customer is in, and those entered and left of late."""
    stored = items.get(keys.layout(shop))
    layout = Layout.model_validate(stored.body if stored else {})
    theirs = united([Membership.model_validate(one) for one in _bodies(held, "membership")], layout)
    since = segments_of(theirs, layout)
    return {
        "segments": [{"segment": one, "entered_at": at.isoformat()} for one, at in sorted(since.items())],
        "segments_lately": [transition(one, layout).as_json() for one in theirs.recent],
    }


def messages_of(items: Items, shop: str, theirs: Belongings) -> list[dict[str, Any]]:
    """Every message ever decided for the customer, oldest first, with what was reported about it."""
    found = []
    for message in theirs.named("send#"):
        held = items.query(keys.message(shop, message).pk)
        entry = next((item.body for item in held if item.key.sk == "message"), None)
        if entry is not None:
            found.append({**entry, "events": _bodies(held, "event#")})
    return sorted(found, key=lambda one: (one["reserved_at"], one["message_id"]))


def _bodies(held: Sequence[Item], prefix: str) -> list[dict[str, Any]]:
    return [item.body for item in held if item.key.sk.startswith(prefix)]


def _with_channel(item: Item) -> dict[str, Any]:
    return {"channel": item.key.sk.partition("#")[2], **item.body}
