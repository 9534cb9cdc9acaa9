"""Whether webhooks wait in the queue, so that facts about customers may be behind."""

from datetime import datetime, timedelta

from kairos import keys
from kairos.ports import Clock, Items

TOO_LONG = timedelta(minutes=2)
"""Real time in the queue above which facts are not trusted (the promise made to scenarios)."""

STILL_TRUE_FOR = timedelta(minutes=1)
"""Real time after which an observed lag is no longer believed: while it lasts, it is told every 10 s."""


def is_behind(items: Items, clock: Clock) -> bool:
    """True while recording runs more than TOO_LONG behind the shops.

    Reads {"lag_seconds": float, "seen_at": real instant, ISO 8601}; recording writes it when it sees a lag.
    """
    item = items.get(keys.backlog())
    if item is None or item.body["lag_seconds"] <= TOO_LONG.total_seconds():
        return False
    return clock.real_elapsed(datetime.fromisoformat(item.body["seen_at"])) < STILL_TRUE_FOR
