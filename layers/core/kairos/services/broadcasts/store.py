"""Broadcasts in the store: made once, read, changed only as they were read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from kairos import keys
from kairos.domain.broadcast import Broadcast
from kairos.domain.campaign_content import CampaignContent
from kairos.domain.errors import Conflict, NotFound
from kairos.domain.value import Instant, Value
from kairos.ports import Item, Items, Put, Unchanged, Write

_TRIES = 16

_LISTED_FOR = timedelta(days=400 + 31)
"""At least as long as what was decided for members (services.sending.decisions), who may wait a while."""


class Held(NamedTuple):
    """A broadcast with the version that a change must find."""

    broadcast: Broadcast
    version: str

    def put(self, after: Broadcast) -> Put:
        """The write of what becomes of it, if nobody changed it meanwhile."""
        place = keys.broadcast(after.shop, after.id)
        return Put(Item(place, str(int(self.version) + 1), after.as_json()), Unchanged(self.version))

    def after(self, after: Broadcast) -> "Held":
        """What is held once that write was done."""
        return Held(after, str(int(self.version) + 1))


class Listed(Value):
    """A broadcast as its shop lists it. over: nothing becomes of it any more."""

    id: str
    scenario: str
    created_at: Instant
    over: bool = False


def load(items: Items, shop: str, broadcast: str) -> Held | None:
    """The broadcast, None where there is none."""
    item = items.get(keys.broadcast(shop, broadcast))
    return Held(Broadcast.model_validate(item.body), item.version) if item else None


def find(items: Items, shop: str, broadcast: str) -> Held:
    """The broadcast. Raises NotFound."""
    held = load(items, shop, broadcast)
    if held is None:
        raise NotFound("broadcast", broadcast)
    return held


def make(
    items: Items,
    wanted: Broadcast,
    content: Mapping[str, CampaignContent],
    customers: Sequence[str],
    also: Sequence[Write] = (),
) -> tuple[Broadcast, bool]:
    """Put it on record with all that belongs to it; answers it, and whether it is new.

    The one already on record where there is one of this id. also: writes of the same transaction. Raises
    Conflict where one of these did not hold.
    """
    shop, named = wanted.shop, wanted.id
    writes: list[Write] = [
        Put(Item(keys.broadcast(shop, named), "1", wanted.as_json()), Unchanged(None)),
        _listing(wanted),
        *also,
    ]
    if content:
        words = {language: one.as_json() for language, one in content.items()}
        writes.append(Put(Item(keys.broadcast_content(shop, named), "1", words)))
    if customers:
        body = {"customers": sorted(set(customers))}
        expires = int((_end(wanted) + _LISTED_FOR).timestamp())
        writes.append(Put(Item(keys.broadcast_customers(shop, named), "1", body, expires)))
    try:
        items.transact(writes)
    except Conflict:
        held = load(items, shop, named)
        if held is None:
            raise
        return held.broadcast, False
    return wanted, True


def change(items: Items, shop: str, broadcast: str, to: Callable[[Broadcast], Broadcast | None]) -> Broadcast:
    """Read, change, replace, and again where somebody else was faster; `to` answers None to leave it.

    Raises NotFound, and Conflict when it never comes to rest.
    """
    for _ in range(_TRIES):
        held = find(items, shop, broadcast)
        after = to(held.broadcast)
        if after is None or after == held.broadcast:
            return held.broadcast
        try:
            items.write(held.put(after))
        except Conflict:
            continue
        return after
    raise Conflict(f"Broadcast {broadcast} is being changed by others.")


def listed(items: Items, shop: str) -> list[Listed]:
    """The shop's broadcasts, the newest first."""
    held = items.query(keys.shop(shop).pk, keys.listed_broadcast(shop, "").sk)
    found = [Listed.model_validate(item.body) for item in held]
    return sorted(found, key=lambda one: (one.created_at, one.id), reverse=True)


def many(items: Items, shop: str, broadcasts: Sequence[str]) -> list[Broadcast]:
    """Those of them that there are, in this order."""
    found = items.get_many(keys.broadcast(shop, one) for one in broadcasts)
    places = [keys.broadcast(shop, one) for one in broadcasts]
    return [Broadcast.model_validate(found[place].body) for place in places if place in found]


def put_aside(items: Items, broadcast: Broadcast) -> None:
    """Note that nothing becomes of it any more, so that nobody looks for it at each tick."""
    items.write(_listing(broadcast, over=True))


def content_of(items: Items, shop: str, broadcast: str) -> dict[str, CampaignContent]:
    """What the shop wrote for it, by language."""
    item = items.get(keys.broadcast_content(shop, broadcast))
    return {name: CampaignContent.model_validate(told) for name, told in item.body.items()} if item else {}


def customers_of(items: Items, shop: str, broadcast: str) -> list[str]:
    """Whom the shop named one by one, sorted."""
    item = items.get(keys.broadcast_customers(shop, broadcast))
    return list(item.body["customers"]) if item else []


def _listing(of: Broadcast, over: bool = False) -> Put:
    told = Listed(id=of.id, scenario=of.scenario, created_at=of.created_at, over=over)
    expires = int((_end(of) + _LISTED_FOR).timestamp())
    return Put(Item(keys.listed_broadcast(of.shop, of.id), "1", told.as_json(), expires))


def _end(of: Broadcast) -> datetime:
    return max(of.at, of.created_at)
