"""What a delivery brought that nobody but reconciling asked for: noted before it is recorded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from kairos import keys
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.delivery import Delivery
from kairos.domain.identity import IdentityKey
from kairos.domain.order import OrderSnapshot
from kairos.domain.reconciliation import Found, Kind
from kairos.domain.segment import Cause
from kairos.domain.snapshot import Snapshot, sortable, version_of
from kairos.ports import Clock, Item, Items, Key, Put
from kairos.services.recording.documents import record_node
from kairos.services.sending.ledger import real_now

SOURCE = "reconciliation"
"""Of a delivery, see domain.delivery.Delivery."""

_ASKED_FOR = frozenset({SOURCE, "fetched"})

NOTED_FOR = timedelta(days=8)
"""Real time that it is remembered what was missing: a week is shown (services/reconciling/showing.py)."""

STARTS_NOTHING = timedelta(days=3)
"""What was so long ago when it is recorded is set right in the segments as a repair, which starts no
scenario; as long as the backlog guard of services/starting.py."""


class Noted(NamedTuple):
    """What reconciling found of one document."""

    kind: Kind
    found: Found


class Compared(NamedTuple):
    """What a delivery brings. noted: what was found; told: the snapshots that are to be recorded."""

    noted: tuple[Noted, ...]
    told: tuple[Snapshot, ...]


def compare(items: Items, shop: str, key: IdentityKey, told: Sequence[Snapshot], now: datetime) -> Compared:
    """What the snapshots bring, held against what is stored, before they are. now: real time.

    What was missing is noted first, so that a crash before it is stored counts it once all the same. What is
    known from another telling of the same time is left as it is: a webhook may tell more than a list does.
    The very same telling is recorded again: its worker may have died before all that follows from it.
    """
    places = [_place(shop, key, one) for one in told]
    held = items.versions(place.key for place in places if place)
    noted: list[Noted] = []
    kept: list[Snapshot] = []
    for one, place in zip(told, places, strict=True):
        if place is None:
            kept.append(one)
            continue
        found = _compared(held.get(place.key), sortable(one.updated_at))
        if found != "known":
            _note(items, shop, key, place, found, now)
        noted.append(Noted(place.kind, found))
        if found != "known" or held.get(place.key) == version_of(one.updated_at, one):
            kept.append(one)
    return Compared(tuple(noted), tuple(kept))


def _note(items: Items, shop: str, key: IdentityKey, place: "_Place", found: Found, now: datetime) -> None:
    name = key.node(shop, "platform_id", f"{place.kind}/{place.id}")
    mark = keys.found_by_reconciling(shop, now.date().isoformat(), place.kind, found, name)
    items.write(Put(Item(mark, "1", {}, int((now + NOTED_FOR).timestamp()))))


def cause_of(delivery: Delivery, told: Sequence[Snapshot], clock: Clock) -> Cause:
    """Why the segments of those change whom the delivery tells of.

    What was asked for may have changed since its webhook came; what a webhook tells is as old as it is, also
    where it is recorded again from the dead letters.
    """
    if delivery.source in _ASKED_FOR:
        late = clock.now() - max(one.updated_at for one in told)
    else:
        late = real_now(clock) - delivery.received_at
    return "repair" if late > STARTS_NOTHING else "event"


class _Place(NamedTuple):
    """Where a document is stored. id: the platform's."""

    kind: Kind
    id: str
    key: Key


def _place(shop: str, key: IdentityKey, told: Snapshot) -> _Place | None:
    match told:
        case OrderSnapshot():
            return _Place("orders", told.id, keys.order(shop, told.id))
        case CustomerSnapshot():
            node = record_node(shop, key, told)
            return _Place("customers", told.id, keys.customer_record(shop, node))
    return None


def _compared(held: str | None, told_at: str) -> Found:
    """By time alone: the same telling by another way may have another hash."""
    if held is None:
        return "missing"
    return "newer" if held.partition("#")[0] < told_at else "known"
