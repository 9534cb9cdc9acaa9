"""A broadcast as it begins: with its scenario's settings as they stand."""

from collections.abc import Mapping
from typing import Any

from kairos.domain.broadcast import Broadcast
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios.broadcast_settings import BroadcastSettings
from kairos.services.broadcasts.settings import understood
from kairos.services.broadcasts.starting import Executing
from kairos.services.scenarios import read_standing

_CALENDAR = frozenset({"occasions"})
"""What its own subject says already, and far longer."""


def new_broadcast(
    given: Executing,
    shop: str,
    scenario: Scenario,
    broadcast: str,
    settings: Mapping[str, Any],
    pace: int | None = None,
) -> Broadcast:
    """A broadcast due now, with the scenario's settings as they stand and these. Raises Refused."""
    standing, now = read_standing(given.items, shop, scenario), given.clock.now()
    told = understood(scenario, standing.settings).model_dump(mode="json", exclude_none=True)
    read = scenario.read_settings({**told, **settings})
    usual = read.pace if isinstance(read, BroadcastSettings) else BroadcastSettings().pace
    return Broadcast(
        id=broadcast,
        shop=shop,
        scenario=scenario.name,
        settings=read.model_dump(mode="json", exclude_none=True, exclude=_CALENDAR),
        holdout_percent=standing.holdout_percent,
        pace=pace or usual,
        created_at=now,
        at=now,
    )
