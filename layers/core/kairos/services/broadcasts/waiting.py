"""Members for whom a better moment is waited for: kept by the minute of it, asked again in rounds."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from kairos import keys
from kairos.domain.broadcast import Broadcast
from kairos.domain.errors import Conflict
from kairos.domain.value import Instant, Value
from kairos.ports import Delete, Item, Items, Put, Unchanged

_KEPT_FOR = timedelta(days=400 + 31)
"""Beyond their moment; as long as the shop lists the broadcast, should it stay stopped."""

_FORM = "%Y-%m-%dT%H:%M"


class Since(Value):
    """Since when a member is asked: the stage, its beginning, when they were first queued for it.

    batch: the one that last put them off.
    """

    stage: int
    began_at: Instant
    queued_at: Instant
    batch: int


class Later(NamedTuple):
    """A member who waits, as kept."""

    customer: str
    since: Since
    item: Item


def wait_until(items: Items, of: Broadcast, customer: str, since: Since, at: datetime, now: datetime) -> None:
    """Keep that the member is to be asked again then. Repeated, it is kept once for each minute.

    The item's version is of the asking, so that who asks for an earlier moment's sake does not take it away.
    """
    place = keys.broadcast_later(of.shop, of.id, _minute_after(at), customer)
    expires = int((at + _KEPT_FOR).timestamp())
    items.write(Put(Item(place, now.astimezone(UTC).isoformat(), since.as_json(), expires)))


def due(items: Items, of: Broadcast, now: datetime, most: int) -> list[Later]:
    """Those whose moment has come, the earliest first."""
    found = items.query(keys.broadcast(of.shop, of.id).pk, "later#", limit=most)
    until = now.astimezone(UTC).strftime(_FORM)
    return [_later(one) for one in found if _minute(one) <= until]


def everybody(items: Items, of: Broadcast, most: int) -> list[Later]:
    """Some of all who wait, whether or not their moment has come."""
    return [_later(one) for one in items.query(keys.broadcast(of.shop, of.id).pk, "later#", limit=most)]


def first_due(items: Items, of: Broadcast) -> datetime | None:
    """The earliest moment that is waited for; None where nobody waits."""
    found = items.query(keys.broadcast(of.shop, of.id).pk, "later#", limit=1)
    return datetime.strptime(_minute(found[0]), _FORM).replace(tzinfo=UTC) if found else None


def forgetting(some: Sequence[Later]) -> list[Delete]:
    """The writes by which they wait no more, if nobody put them off to the same minute meanwhile."""
    return [Delete(one.item.key, Unchanged(one.item.version)) for one in some]


def forget(
    items: Items, of: Broadcast, customer: str, moments: Iterable[datetime], batch: int, but: datetime | None
) -> None:
    """Let go of what this very batch put off to these moments before it was repeated, and now answers anew.

    What an earlier batch put off is let go of as the later one is queued. but: the moment waited for now.
    """
    minutes = {_minute_after(at) for at in moments} - ({_minute_after(but)} if but else set())
    places = [keys.broadcast_later(of.shop, of.id, one, customer) for one in sorted(minutes)]
    for item in items.get_many(places).values() if places else ():
        if Since.model_validate(item.body).batch == batch:
            with suppress(Conflict):
                items.write(Delete(item.key, Unchanged(item.version)))


def _later(item: Item) -> Later:
    return Later(item.key.sk.split("#")[2], Since.model_validate(item.body), item)


def _minute_after(at: datetime) -> str:
    """The first full minute at which the moment has come."""
    told = at.astimezone(UTC)
    full = told.replace(second=0, microsecond=0)
    return (full if full == told else full + timedelta(minutes=1)).strftime(_FORM)


def _minute(item: Item) -> str:
    return item.key.sk.split("#")[1]
