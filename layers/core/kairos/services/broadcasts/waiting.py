"""Members for whom a better moment is waited for: kept by the minute of it, asked again in rounds."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from kairos import keys
from kairos.domain.broadcast import Broadcast
from kairos.ports import Delete, Item, Items, Put, Unchanged

_FORM = "%Y-%m-%dT%H:%M"


class Later(NamedTuple):
    """A member who waits, as kept."""

    customer: str
    item: Item


def wait_until(items: Items, of: Broadcast, customer: str, at: datetime, now: datetime) -> None:
    """Keep that the member is to be asked again then. Repeated, it is kept once for each minute.

    The item's version is of the asking, so that who asks for an earlier moment's sake does not take it away.
    """
    place = keys.broadcast_later(of.shop, of.id, _minute_after(at), customer)
    items.write(Put(Item(place, now.astimezone(UTC).isoformat(), {})))


def due(items: Items, of: Broadcast, now: datetime, most: int) -> list[Later]:
    """Those whose moment has come, the earliest first."""
    found = items.query(keys.broadcast(of.shop, of.id).pk, "later#", limit=most)
    until = now.astimezone(UTC).strftime(_FORM)
    return [Later(_customer(one), one) for one in found if _minute(one) <= until]


def first_due(items: Items, of: Broadcast) -> datetime | None:
    """The earliest moment that is waited for; None where nobody waits."""
    found = items.query(keys.broadcast(of.shop, of.id).pk, "later#", limit=1)
    return datetime.strptime(_minute(found[0]), _FORM).replace(tzinfo=UTC) if found else None


def forgetting(some: Sequence[Later]) -> list[Delete]:
    """The writes by which they wait no more, if nobody put them off to the same minute meanwhile."""
    return [Delete(one.item.key, Unchanged(one.item.version)) for one in some]


def _minute_after(at: datetime) -> str:
    """The first full minute at which the moment has come."""
    told = at.astimezone(UTC)
    full = told.replace(second=0, microsecond=0)
    return (full if full == told else full + timedelta(minutes=1)).strftime(_FORM)


def _minute(item: Item) -> str:
    return item.key.sk.split("#")[1]


def _customer(item: Item) -> str:
    return item.key.sk.split("#")[2]
