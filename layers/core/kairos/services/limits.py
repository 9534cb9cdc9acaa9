"""How often somebody may ask for something: counted by the hour or day, and forgotten afterwards."""

from datetime import datetime, timedelta
from typing import NamedTuple

from kairos import keys
from kairos.ports import Item, Items
from kairos.services.recording.storing import agree


class Limit(NamedTuple):
    """At most so many of a kind within each window of that length."""

    kind: str
    most: int
    window: timedelta


def allowed(items: Items, now: datetime, shop: str, limit: Limit, who: str, many: int = 1) -> bool:
    """Count so many more for `who`, and say whether they are within the limit. who: never in clear."""
    seconds = int(limit.window.total_seconds())
    number = int(now.timestamp()) // seconds
    place, over = keys.attempts(shop, limit.kind, who, str(number)), (number + 2) * seconds
    granted = False

    def counted(held: Item | None) -> Item | None:
        nonlocal granted
        count = held.body["count"] if held else 0
        granted = count < limit.most
        return Item(place, "", {"count": count + many}, over) if granted else None

    agree(items, place, counted)
    return granted
