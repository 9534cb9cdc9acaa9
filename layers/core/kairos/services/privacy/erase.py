"""Erasing a customer (GDPR, article 17): nothing personal stays, and nothing of the past comes back.

Every step may be repeated. The markers come first and name all nodes, so that whoever resumes after a
crash still finds them when the links between them are gone already.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import batched
from typing import NamedTuple

from kairos import keys
from kairos.domain.cart import CartSnapshot
from kairos.domain.errors import Conflict
from kairos.domain.order import Amounts, OrderSnapshot
from kairos.domain.snapshot import version_of
from kairos.domain.value import digest
from kairos.ports import Delete, Item, Items, Objects, Put, Queue, Unchanged
from kairos.services.codes.redemption import code_pointers
from kairos.services.endpoints import erasing_writes
from kairos.services.privacy.belongings import Belongings, gather, is_order
from kairos.services.recording.storing import ROUNDS, agree
from kairos.services.runs import end_run
from kairos.services.segments.touching import Touched, tell_snapshot
from kairos.services.site.telling import forget_visitors

_CHANNELS = {"e": "email", "p": "sms"}
_DOCUMENTS = frozenset({"order", "imported", "cart", "checkout"})


class Erasing(NamedTuple):
    """What erasing needs. at: what is told of a time up to then must not come back. changed: where the
    snapshot is told who is gone; None where there is no snapshot."""

    items: Items
    objects: Objects
    shop: str
    at: datetime
    changed: Queue | None = None


def unfinished(items: Items, shop: str, nodes: Iterable[str]) -> set[str]:
    """The nodes of erasures that were begun at these and did not end."""
    marks = items.get_many(keys.erasure(shop, node) for node in nodes)
    return {node for mark in marks.values() for node in mark.body.get("nodes", ())}


def erase_customer(given: Erasing, nodes: Iterable[str], order_ids: Iterable[str] = ()) -> None:
    """Erase all that is kept at these nodes, and the orders named. Repeating or resuming it does no harm.

    Kept are: the markers, a suppression for each address by its keyed hash, tombstones of orders and
    carts without content, and the ledger's entries, which name no address but prove what was sent.
    """
    wanted = {*nodes}
    wanted |= unfinished(given.items, given.shop, wanted)
    for node in sorted(wanted):
        _mark(given, node, sorted(wanted))
    theirs = gather(given.items, given.shop, wanted, order_ids)
    for run in theirs.named("run#"):
        end_run(given.items, given.shop, run, "erased", given.at)
    _forget_codes(given, theirs)
    _forget_subscribers(given, theirs)
    _bury_documents(given, theirs)
    _forget_engagement(given, theirs)
    _forget_exports(given, theirs)
    _suppress(given, theirs)
    for item in theirs.held:
        if item.key.sk.startswith("endpoint#"):
            for write in erasing_writes(given.shop, item):
                given.items.write(write)
    for item in theirs.decisions:
        given.items.write(Delete(item.key))
    for item in theirs.held:
        if item.key.sk != "erased":
            given.items.write(Delete(item.key))
    if given.changed is not None:
        # Of visitors alone the snapshot knows nothing.
        gone = frozenset(node for node in wanted if node[0] != "v")
        tell_snapshot(given.changed, given.shop, Touched(customers=gone))
    forget_visitors(given.objects, given.shop, wanted, given.at)
    for some in batched(sorted(wanted), 100, strict=False):
        _close(given, some)


def export_object(shop: str, node: str, export: str) -> str:
    """Where an export lies in the bucket."""
    return f"exports/{shop}/{node}/{export}.json"


def _mark(given: Erasing, node: str, open_nodes: list[str]) -> None:
    """The marker that recording and sending look for. open_nodes: all that are erased with this one."""
    place = keys.erasure(given.shop, node)

    def marked(held: Item | None) -> Item | None:
        at = max(given.at, datetime.fromisoformat(held.body["at"])) if held else given.at
        body = {"at": at.astimezone(UTC).isoformat(), "nodes": open_nodes}
        return None if held and held.body == body else Item(place, "", body)

    agree(given.items, place, marked)


def _close(given: Erasing, nodes: Sequence[str]) -> None:
    """Note that nothing is left to erase; at all nodes at once, for whoever resumes may start at any."""
    for _ in range(ROUNDS):
        held = given.items.get_many(keys.erasure(given.shop, node) for node in nodes).values()
        closed = [
            Put(Item(one.key, str(int(one.version) + 1), {"at": one.body["at"]}), Unchanged(one.version))
            for one in held
        ]
        with suppress(Conflict):
            given.items.transact(closed)
            return
    raise Conflict("The markers of an erasure are being changed by others.")


def _bury_documents(given: Erasing, theirs: Belongings) -> None:
    """Orders, carts and checkouts become tombstones, so that no older telling brings them back.

    What a newer telling has superseded just goes: its tombstone would bury the newer one too.
    """
    for item in theirs.superseded:
        given.items.write(Delete(item.key))
    for item in (*theirs.orders, *theirs.carts):
        if item.key.sk in _DOCUMENTS:
            given.items.write(Put(_tombstone(item, given.at)))
        else:
            given.items.write(Delete(item.key))


def _tombstone(item: Item, at: datetime) -> Item:
    """The same document without content; as new as what it replaces, whatever clock that was told by."""
    told = item.body["snapshot"]
    time = max(at, datetime.fromisoformat(told["updated_at"]))
    empty: OrderSnapshot | CartSnapshot
    if is_order(item):
        amounts = Amounts(currency=told["amounts"]["currency"], total=0)
        empty = OrderSnapshot(id=told["id"], updated_at=time, placed_at=time, deleted=True, amounts=amounts)
    else:
        empty = CartSnapshot(kind=told["kind"], id=told["id"], updated_at=time, deleted=True)
    version = max(version_of(time, empty), item.version)
    return Item(item.key, version, {"nodes": [], "snapshot": empty.as_json()})


def _forget_codes(given: Erasing, theirs: Belongings) -> None:
    """Who held which code, and that an order named it; to be done while claims and orders still tell."""
    documents = [item for item in theirs.orders if is_order(item)]
    for item in documents:
        told = OrderSnapshot.model_validate(item.body["snapshot"])
        for pointer in code_pointers(given.shop, told):
            given.items.write(Delete(pointer.key))
    for item in theirs.held:
        if item.key.sk.startswith("code#"):
            given.items.write(Delete(keys.code_holder(given.shop, item.body["code"].casefold())))


def _forget_subscribers(given: Erasing, theirs: Belongings) -> None:
    places = (keys.subscriber(given.shop, record) for record in theirs.named("subscriber#"))
    for item in given.items.get_many(places).values():
        if item.body["node"] in theirs.nodes:
            given.items.write(Delete(item.key))


def _forget_engagement(given: Erasing, theirs: Belongings) -> None:
    for message in theirs.named("send#"):
        for event in given.items.query(keys.message(given.shop, message).pk, "event#"):
            given.items.write(Delete(event.key))


def _forget_exports(given: Erasing, theirs: Belongings) -> None:
    for item in theirs.held:
        if item.key.sk.startswith("export#"):
            node, export = item.key.pk.rpartition("#")[2], item.key.sk.removeprefix("export#")
            given.objects.delete(export_object(given.shop, node, export))


def _suppress(given: Erasing, theirs: Belongings) -> None:
    """No address is mailed again because an old list names it; who never comes back is never written to."""
    channels = {(node, _CHANNELS[node[0]]) for node in theirs.nodes if node[0] in _CHANNELS}
    consents = [item for item in theirs.addresses if item.key.sk.startswith("consent#")]
    channels |= {(item.key.pk.rpartition("#")[2], item.key.sk.partition("#")[2]) for item in consents}
    known = {item.key for item in theirs.addresses}
    body = {"reason": "erased", "at": given.at.astimezone(UTC).isoformat()}
    for node, channel in sorted(channels):
        place = keys.suppression(given.shop, channel, node)
        if place not in known:
            given.items.write(Put(Item(place, digest(body), body)))
    for item in consents:
        given.items.write(Delete(item.key))
