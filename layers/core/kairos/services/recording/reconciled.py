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
from kairos.domain.snapshot import Snapshot, sortable
from kairos.ports import Clock, Item, Items, Key, Put
from kairos.services.recording.documents import record_node

SOURCE = "reconciliation"
"""Of a delivery, see domain.delivery.Delivery."""

NOTED_FOR = timedelta(days=8)
"""Real time that it is remembered what was missing: a week is shown (services/reconciling/showing.py)."""

STARTS_NOTHING = timedelta(days=3)
"""What was so long ago when it is found is set right in the segments as a repair, which starts no scenario;
as long as the backlog guard of services/starting.py."""


class Noted(NamedTuple):
    """What reconciling found of one document."""

    kind: Kind
    found: Found


def note_found(
    items: Items, shop: str, key: IdentityKey, told: Sequence[Snapshot], now: datetime
) -> tuple[Noted, ...]:
    """What the snapshots bring, held against what is stored; to be asked before they are. now: real time.

    What was missing is noted first, so that a crash before it is stored counts it once all the same.
    """
    places = [(one, place) for one in told if (place := _place(shop, key, one))]
    held = items.versions(place.key for _, place in places)
    noted = []
    for one, place in places:
        found = _compared(held.get(place.key), sortable(one.updated_at))
        if found != "known":
            name = key.node(shop, "platform_id", f"{place.kind}/{place.id}")
            mark = keys.found_by_reconciling(shop, now.date().isoformat(), place.kind, found, name)
            items.write(Put(Item(mark, "1", {}, int((now + NOTED_FOR).timestamp()))))
        noted.append(Noted(place.kind, found))
    return tuple(noted)


def cause_of(delivery: Delivery, told: Sequence[Snapshot], clock: Clock) -> Cause:
    """Why the segments of those change whom the delivery tells of."""
    if delivery.source != SOURCE:
        return "event"
    latest = max(one.updated_at for one in told)
    return "repair" if clock.now() - latest > STARTS_NOTHING else "event"


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
