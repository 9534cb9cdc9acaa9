"""The settings with which a broadcast was made, as this version reads them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from kairos.domain.broadcast import Broadcast
from kairos.domain.criteria.durations import exact_seconds
from kairos.domain.errors import Refused
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios import registry


def scenario_of(broadcast: Broadcast) -> Scenario:
    """Its scenario. Raises NotFound for one that exists no more."""
    return registry.scenario(broadcast.scenario)


def settings_of(broadcast: Broadcast) -> Any:
    """Those of an older version are taken as far as they are understood; the others have their defaults."""
    return understood(scenario_of(broadcast), broadcast.settings)


def understood(scenario: Scenario, settings: Mapping[str, Any]) -> Any:
    """The settings as far as this version understands them."""
    told = dict(settings)
    while True:
        try:
            return scenario.read_settings(told)
        except Refused as wrong:
            name = wrong.field.removeprefix("settings.").partition(".")[0].partition("[")[0]
            if name not in told:
                return scenario.read_settings({})
            told.pop(name)


def ends_at(of: Broadcast, queued_at: datetime) -> datetime | None:
    """When members first queued then are left out as too late; None for those who begin runs.

    What was stopped and resumed gives them the whole time anew.
    """
    lasts = getattr(settings_of(of), "ends_after", None)
    return _since(of, queued_at) + timedelta(seconds=exact_seconds(lasts)) if lasts is not None else None


def gives_up_at(of: Broadcast, queued_at: datetime) -> datetime:
    """When deciding for members is given up that fails each time: as above, of runs after three days."""
    return ends_at(of, queued_at) or _since(of, queued_at) + timedelta(days=3)


def _since(of: Broadcast, queued_at: datetime) -> datetime:
    return max(queued_at, of.resumed_at) if of.resumed_at else queued_at
