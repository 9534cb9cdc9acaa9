"""A run: one execution of a scenario for one customer and one cause."""

from datetime import datetime, timedelta
from typing import Any, Literal

from kairos.domain.value import Instant, Value, digest

LONGEST_RUN = timedelta(days=366)
"""An execution lasts a year at most: a run that never said that it ended has died, and stands in no way."""


class Run(Value):
    """Registered before the execution starts; the registry decides, not the execution's name.

    settings: the scenario's settings as they were at the start. state: "registered" until the
    execution's start was confirmed, then "started"; "ended" with `reason`. entry: the way in, where the
    scenario has several. since: the instant from which its waits are reckoned, None for registered_at.
    ended_at: None of a run that goes on, and of old ones.
    """

    shop: str
    scenario: str
    cause: str
    customer: str
    registered_at: Instant
    state: Literal["registered", "started", "ended"] = "registered"
    reason: str | None = None
    settings: dict[str, Any]
    entry: str | None = None
    since: Instant | None = None
    ended_at: Instant | None = None

    @property
    def began(self) -> datetime:
        """From when its waits are reckoned."""
        return self.since or self.registered_at

    @property
    def id(self) -> str:
        """32 hex digits from shop, scenario and cause: a cause runs once."""
        return run_id(self.shop, self.scenario, self.cause)


def run_id(shop: str, scenario: str, cause: str) -> str:
    """The id of the one run that this cause may start."""
    return digest([shop, scenario, cause])[:32]
