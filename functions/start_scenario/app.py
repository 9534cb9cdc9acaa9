"""Decides whether an event on the bus starts a scenario for a customer."""

from typing import Any

from kairos import bootstrap
from kairos.services.starting import read_event, start_scenarios


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """event: an EventBridge event of record_events; answers {scenario: what came of it}, counted too."""
    told = read_event(event["detail-type"], event["detail"])
    results = start_scenarios(bootstrap.starting(), told)
    counts = bootstrap.counts()
    for scenario, result in results.items():
        counts.add("ScenarioStarts", scenario=scenario, result=result)
    return dict(results)
