"""How many messages a customer got lately: one budget over all scenarios and channels.

Kept in the customer's `sends` item, {"count", "last_at", "places": [{"message_id", "at"}]}, which every
reservation changes under the condition that it is as it was read.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from kairos import keys
from kairos.domain.answer import Frequency
from kairos.domain.criteria.engagement import EngagementLevel
from kairos.domain.message import LedgerEntry
from kairos.domain.sending_rules import FEWER_BY, Cap, SendingRules
from kairos.domain.value import Instant, Value
from kairos.ports import Delete, Item, Items, Put, Unchanged, Write

_MOST_PLACES = 200
"""Of a customer without a cap; the item stays far below what one may weigh."""


class Place(Value):
    """One reserved message. at: when it was reserved."""

    message_id: str
    at: Instant


class Budget(NamedTuple):
    """What was reserved lately. held: the `sends` item at the customer's id; others: those of customers who
    have turned out to be the same one. places: what still counts, oldest first; entries: their messages.
    """

    held: Item | None
    others: tuple[Item, ...]
    places: tuple[Place, ...]
    entries: tuple[LedgerEntry, ...]

    def within(self, cap: Cap, now: datetime) -> list[datetime]:
        """When the messages were reserved that the cap's window holds, oldest first."""
        length = timedelta(seconds=cap.seconds)
        return [place.at for place in self.places if place.at + length > now]


def cap_of(rules: SendingRules, level: EngagementLevel | None, wanted: Frequency | None = None) -> Cap:
    """The level's cap; who was never mailed, and whose level is not known, is capped as moderate.

    wanted: "fewer" stretches the window, so that half as many go.
    """
    by_level = {"super_active": rules.super_active, "sleeping": rules.sleeping}
    cap = by_level.get(level or "", rules.moderate)
    return cap.stretched(FEWER_BY) if wanted == "fewer" else cap


def free_again_at(budget: Budget, cap: Cap, now: datetime) -> datetime | None:
    """When a message fits into the budget again; None where one does now."""
    taken = budget.within(cap, now)
    if len(taken) < cap.messages:
        return None
    return taken[len(taken) - cap.messages] + timedelta(seconds=cap.seconds)


def read_budget(items: Items, shop: str, customer: str, held: Iterable[Item]) -> Budget:
    """held: all in the partitions of the customer's nodes. Refused and erased messages count no more."""
    own_key = keys.sends(shop, customer)
    found = [item for item in held if item.key.sk == own_key.sk]
    places = {
        place.message_id: place
        for item in found
        for place in (Place.model_validate(told) for told in item.body.get("places", ()))
    }
    stored = items.get_many(keys.message(shop, one) for one in places)
    entries = [LedgerEntry.model_validate(item.body) for item in stored.values()]
    standing = {entry.message_id: entry for entry in entries if entry.state != "refused"}
    counting = sorted((places[one] for one in standing), key=lambda place: (place.at, place.message_id))
    return Budget(
        held=next((item for item in found if item.key == own_key), None),
        others=tuple(item for item in found if item.key != own_key),
        places=tuple(counting),
        entries=tuple(standing[place.message_id] for place in counting),
    )


def taken_writes(
    shop: str, customer: str, budget: Budget, rules: SendingRules, place: Place
) -> Sequence[Write]:
    """The part of a reservation that takes a place: it fails if anybody took one meanwhile."""
    held, since = budget.held, place.at - timedelta(seconds=rules.longest_window)
    kept = [*(one for one in budget.places if one.at > since), place][-_MOST_PLACES:]
    known = [item for item in (held, *budget.others) if item is not None]
    body = {
        "count": sum(item.body["count"] for item in known) + 1,
        "last_at": place.at.isoformat(),
        "places": [one.as_json() for one in kept],
    }
    version = str(int(held.version) + 1) if held else "1"
    return [
        Put(Item(keys.sends(shop, customer), version, body), Unchanged(held.version if held else None)),
        *(Delete(item.key, Unchanged(item.version)) for item in budget.others),
    ]
