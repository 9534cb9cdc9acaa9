"""The settings with which a broadcast was made, as this version reads them."""

from typing import Any

from kairos.domain.broadcast import Broadcast
from kairos.domain.errors import Refused
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios import registry


def scenario_of(broadcast: Broadcast) -> Scenario:
    """Its scenario. Raises NotFound for one that exists no more."""
    return registry.scenario(broadcast.scenario)


def settings_of(broadcast: Broadcast) -> Any:
    """Those of an older version are taken as far as they are understood; the others have their defaults."""
    scenario, told = scenario_of(broadcast), dict(broadcast.settings)
    while True:
        try:
            return scenario.read_settings(told)
        except Refused as wrong:
            name = wrong.field.removeprefix("settings.").partition(".")[0].partition("[")[0]
            if name not in told:
                return scenario.read_settings({})
            told.pop(name)
