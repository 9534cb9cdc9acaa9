"""Decides whether an event on the bus starts a scenario for a customer."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.starting import read_event, start_scenarios

_LOG = bootstrap.logger()
_STARTING = bootstrap.starting()
_COUNTS = bootstrap.counts()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """One event of record_events by EventBridge; answers {scenario: what came of it}.

    What can't be read or started now it raises: the event is delivered again, and the registry knows it.
    """
    told = read_event(event["detail-type"], event["detail"])
    results = start_scenarios(_STARTING, told)
    for scenario, result in results.items():
        _COUNTS.add("ScenarioStarts", scenario=scenario, reason=result)
        _LOG.info("Start decided", extra={"shop": told.shop, "scenario": scenario, "result": result})
    return dict(results)
