"""How much activity a shop's pages may have recorded: the write key is public, so that anybody can post."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from kairos.domain.delivery import Delivery
from kairos.domain.errors import Conflict
from kairos.domain.value import digest
from kairos.ports import Items
from kairos.services.limits import Limit, allowed

SHARES = 8
"""Counters of one shop, of which each batch of the queue writes one: workers don't wait for each other."""

MOST_AN_HOUR = 400_000
"""Batches of activity that a shop has recorded in an hour: 111 a second, all through it."""

OVER_THE_LIMIT = "activity over the shop's hourly limit"
"""What is counted as dropped of the rest."""

_PER_SHARE = Limit("activity", MOST_AN_HOUR // SHARES, timedelta(hours=1))


def flooded(items: Items, told: Iterable[tuple[str, Delivery]], now: datetime) -> frozenset[str]:
    """The shops whose activity of this hour is enough. told: ids of messages, and what they hold. now: real
    time.

    Counted once for each batch of the queue and shop, so that it costs one write for up to ten batches.
    """
    of_activity = [(message, one.shop) for message, one in told if one.source == "activity"]
    counts = Counter(shop for _, shop in of_activity)
    over = set()
    for shop, many in counts.items():
        share = int(digest(sorted(message for message, _ in of_activity))[:8], 16) % SHARES
        with suppress(Conflict):  # who can't count lets pass: the limit is no promise to the last batch
            if not allowed(items, now, shop, _PER_SHARE, f"share-{share}", many):
                over.add(shop)
    return frozenset(over)
