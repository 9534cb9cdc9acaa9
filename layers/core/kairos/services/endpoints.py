"""Phones and browsers of customers that take notifications: registered with consent, removed when gone."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, NamedTuple

from kairos import keys
from kairos.domain.consent import Channel, Consent, ConsentStatement, newest
from kairos.domain.errors import NotFound
from kairos.domain.identity import IdentityKey
from kairos.domain.value import digest
from kairos.ports import Clock, Delete, Item, Items, Key, PhoneEndpoints, Put, Queue, Unchanged, Write
from kairos.services.customers import resolve
from kairos.services.recording.consents import with_statement
from kairos.services.recording.storing import agree
from kairos.services.segments.touching import Touched, tell_snapshot
from kairos.services.sending.reaching import Address

GONE = "gone"
"""Why an address is suppressed that had ceased to exist; registered anew, it exists again."""

By = Literal["person", "shop"]
"""Whose word a consent is: the person's own on our pages, or the shop's, which undoes no withdrawal."""


class Registering(NamedTuple):
    """What registering needs. changed: takes customers to look at again."""

    items: Items
    key: IdentityKey
    clock: Clock
    changed: Queue


def register(
    parts: Registering,
    shop: str,
    node: str,
    channel: Channel,
    value: str,
    more: Mapping[str, str],
    at: datetime,
    source: str,
    wording: str | None,
    by: By = "person",
) -> str:
    """Register a phone or browser for the customer of `node`, who consents; answers the endpoint's id.

    channel: "push" or "web_push". value: ARN of the phone's endpoint, address of the browser's subscription.
    more: what else is needed to reach it ({"p256dh", "auth"} of a browser). at, source, wording: the
    consent's proof. Repeating it changes nothing but the proof. One device has one owner: the last to
    register it.
    """
    items, owner = parts.items, resolve(parts.items, shop, node).customer
    address = parts.key.node(shop, "visitor", value)
    _take_over(parts, shop, owner, channel, value, address)
    key = keys.endpoint(shop, owner, channel, address)
    body = {"channel": channel, "value": value, "node": address, "parts": dict(more)}
    held = items.get(key)
    registered_at = held.body["registered_at"] if held else at.astimezone(UTC).isoformat()
    items.write(Put(Item(key, "1", {**body, "registered_at": registered_at})))
    _revive(items, keys.suppression(shop, channel, address), by)
    said = ConsentStatement(
        channel=channel, address=value, state="granted", stated_at=at, source=source, wording=wording
    )
    place = keys.consent(shop, channel, address)
    agree(items, place, partial(_stated, place, said, by))
    tell_snapshot(parts.changed, shop, Touched(frozenset({owner})))
    return address


def unregister(parts: Registering, shop: str, node: str, address: str) -> str:
    """Remove the customer's endpoint of this id, with its consent; answers where it was. Raises NotFound.

    A withdrawal that the person made stays: else removing a device and registering it once more would undo
    it. It names the device by its keyed hash alone.
    """
    items, component = parts.items, resolve(parts.items, shop, node)
    found = [item for item in _endpoints(items, shop, component.nodes) if item.body["node"] == address]
    if not found:
        raise NotFound("endpoint", address[:40])
    for item in found:
        _forget_consent(items, keys.consent(shop, item.body["channel"], address), address)
        items.write(Delete(_owner(shop, item.body["value"])))
        items.write(Delete(item.key))
    tell_snapshot(parts.changed, shop, Touched(frozenset({component.customer})))
    return str(found[0].body["value"])


def forget(
    items: Items, clock: Clock, shop: str, channel: Channel, address: Address, nodes: Iterable[str]
) -> None:
    """The address has ceased to exist: never again there. nodes: all that its owner is."""
    body = {"reason": GONE, "at": clock.now().isoformat()}
    items.write(Put(Item(keys.suppression(shop, channel, address.node), digest(body), body)))
    for node in nodes:
        items.write(Delete(keys.endpoint(shop, node, channel, address.node)))
    items.write(Delete(_owner(shop, address.value)))


def forget_value(items: Items, clock: Clock, value: str) -> list[tuple[str, str]]:
    """Likewise, of whomever it is, in whichever shops; answers (shop, node of the owner) of each."""
    shops = [item.key.sk for item in items.query(keys.listed_shop("").pk)]
    found = items.get_many(_owner(shop, value) for shop in shops)
    forgotten = []
    for shop in shops:
        held = found.get(_owner(shop, value))
        if held is not None:
            told = held.body
            address = Address(value, told["address"], False, True, None, None, told["channel"])
            nodes = resolve(items, shop, told["node"]).nodes
            forget(items, clock, shop, told["channel"], address, {*nodes, told["node"]})
            forgotten.append((shop, str(told["node"])))
    return forgotten


def endpoints_of(items: Items, shop: str, nodes: Iterable[str]) -> list[dict[str, Any]]:
    """The customer's phones and browsers: {"id", "channel", "registered_at"}, oldest first."""
    told = [
        {"id": item.body["node"]} | {name: item.body[name] for name in ("channel", "registered_at")}
        for item in _endpoints(items, shop, nodes)
    ]
    return sorted(told, key=lambda one: (one["registered_at"], one["id"]))


def erasing_writes(shop: str, endpoint: Item) -> list[Write]:
    """What the erasure of its owner takes beside this stored endpoint itself."""
    value = str(endpoint.body["value"])
    writes: list[Write] = [Delete(_owner(shop, value))]
    if endpoint.body["channel"] == "push":
        writes.append(Put(Item(keys.orphaned_endpoint(digest(value)), "1", {"arn": value})))
    return writes


def remove_orphans(items: Items, phones: PhoneEndpoints) -> None:
    """Remove from SNS the phones whose owners were erased. Repeating it does no harm."""
    for item in items.query(keys.orphaned_endpoint("").pk):
        phones.delete(item.body["arn"])
        items.write(Delete(item.key))


def _endpoints(items: Items, shop: str, nodes: Iterable[str]) -> list[Item]:
    return [item for node in nodes for item in items.query(keys.node(shop, node), "endpoint#")]


def _owner(shop: str, value: str) -> Key:
    return keys.endpoint_owner(shop, digest(value))


def _take_over(parts: Registering, shop: str, owner: str, channel: Channel, value: str, address: str) -> None:
    """Whoever used the device before is reached on it no more."""
    pointer = _owner(shop, value)
    held = parts.items.get(pointer)
    parts.items.write(Put(Item(pointer, "1", {"node": owner, "channel": channel, "address": address})))
    former = held.body["node"] if held else owner
    if former != owner:
        parts.items.write(Delete(keys.endpoint(shop, former, channel, address)))
        tell_snapshot(parts.changed, shop, Touched(frozenset({former})))


def _revive(items: Items, suppression: Key, by: By) -> None:
    """What had ceased to exist exists again; who was erased and comes back by themselves is known anew."""
    held = items.get(suppression)
    over = {GONE, "erased"} if by == "person" else {GONE}
    if held is not None and held.body.get("reason") in over:
        items.write(Delete(suppression))


def _forget_consent(items: Items, place: Key, address: str) -> None:
    """All but a withdrawal made with us."""

    def kept(held: Item | None) -> Item | None:
        ours = Consent.model_validate(held.body).ours if held else None
        if ours is None or ours.state != "withdrawn":
            return None
        return Item(place, "", Consent(ours=ours.model_copy(update={"address": address})).as_json())

    agree(items, place, kept)
    held = items.get(place)
    if held is not None and kept(held) is None:
        items.write(Delete(place, Unchanged(held.version)))


def _stated(place: Key, said: ConsentStatement, by: By, held: Item | None) -> Item | None:
    if by == "shop":
        merged = with_statement(held, said)
    else:
        known = Consent.model_validate(held.body) if held else Consent()
        changed = known.model_copy(update={"ours": newest(known.ours, said)})
        merged = None if changed == known else changed
    return Item(place, "", merged.as_json()) if merged else None
