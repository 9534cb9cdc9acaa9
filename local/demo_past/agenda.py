"""The clock of a past that is played, and what is still to happen in it."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any


class Agenda:
    """A clock (see ports.Clock) that leaps from one thing that happens to the next. at: what it shows."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._planned: list[tuple[datetime, int, Callable[[], Any]]] = []
        self._numbers = count()

    def now(self) -> datetime:
        """See ports.Clock."""
        return self.at

    def shown(self, real: datetime) -> datetime:
        """See ports.Clock."""
        return real

    def real_elapsed(self, since: datetime) -> timedelta:
        """See ports.Clock."""
        return self.at - since

    def plan(self, moment: datetime, act: Callable[..., Any], *given: Any) -> None:
        """Let something happen then."""
        one: tuple[datetime, int, Callable[[], Any]] = (moment, next(self._numbers), partial(act, *given))
        heapq.heappush(self._planned, one)

    def after(self, delay: timedelta, act: Callable[..., Any], *given: Any) -> None:
        """Let something happen so long from now."""
        self.plan(self.at + delay, act, *given)

    def run(self, until: datetime) -> None:
        """Let all happen that is planned before then; the rest stays undone."""
        while self._planned and self._planned[0][0] < until:
            moment, _, act = heapq.heappop(self._planned)
            self.at = max(self.at, moment)
            act()
        self.at = until
