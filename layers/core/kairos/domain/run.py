"""A run: one execution of a scenario for one customer and one cause."""

from typing import Any, Literal

from kairos.domain.value import Instant, Value, digest


class Run(Value):
    """Registered before the execution starts; the registry decides, not the execution's name.

    settings: the scenario's settings as they were at the start. state: "registered" until the
    execution's start was confirmed, then "started"; "ended" with `reason`.
    """

    shop: str
    scenario: str
    cause: str
    customer: str
    registered_at: Instant
    state: Literal["registered", "started", "ended"] = "registered"
    reason: str | None = None
    settings: dict[str, Any]

    @property
    def id(self) -> str:
        """32 hex digits from shop, scenario and cause: a cause runs once."""
        return run_id(self.shop, self.scenario, self.cause)


def run_id(shop: str, scenario: str, cause: str) -> str:
    """The id of the one run that this cause may start."""
    return digest([shop, scenario, cause])[:32]
