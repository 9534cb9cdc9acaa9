"""Telling scenarios that webhooks queue, so that they wait rather than act on old facts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from kairos import keys
from kairos.ports import Clock, Delete, Item, Items, Put

WORTH_TELLING = timedelta(seconds=60)
"""Real time in the queue from which it is told; scenarios wait above two minutes."""

EVERY = timedelta(seconds=10)
"""Real time between two tellings: one item for the whole deployment must not become a hot one."""


class LagWatch:
    """Lives as long as the process. Who never told a lag writes nothing; an old telling loses its force."""

    def __init__(self, items: Items, clock: Clock) -> None:
        self._items = items
        self._clock = clock
        self._told_at: datetime | None = None

    def observe(self, sent: Sequence[datetime], now: datetime) -> None:
        """sent: real times at which messages delivered for the first time were queued. now: real time."""
        if not sent:
            return
        lag = max(self._clock.real_elapsed(one) for one in sent)
        if lag <= WORTH_TELLING:
            if self._told_at is not None:
                self._items.write(Delete(keys.backlog()))
            self._told_at = None
        elif self._told_at is None or now - self._told_at >= EVERY:
            seen_at = now.isoformat()
            body = {"lag_seconds": round(lag.total_seconds(), 1), "seen_at": seen_at}
            self._items.write(Put(Item(keys.backlog(), seen_at, body)))
            self._told_at = now
