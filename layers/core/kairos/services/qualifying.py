"""Who would already qualify for a scenario, counted on the snapshot, and whether others enter already."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.errors import NotReady
from kairos.domain.scenario import Scenario
from kairos.domain.scenario_entries import ways_in
from kairos.domain.scenarios.registry import scenario as registered
from kairos.domain.shelf import ShopSegments
from kairos.domain.shop import Shop
from kairos.services.results.standing import count_under_way, shown
from kairos.services.segments.populating import Populating
from kairos.services.segments.population import Population


class Stage(NamedTuple):
    """Those who stand at one way into a scenario. entry: its name."""

    entry: str
    customers: int

    def shown(self) -> dict[str, Any]:
        """As the API answers it."""
        return self._asdict()


def stages(population: Population, scenario: Scenario, settings: Any, shop: Shop) -> list[Stage]:
    """How many customers match each way in, now: nobody of them enters by themselves, see starting.BACKLOG.

    settings: as read.
    """
    rules = scenario.backlog_rules(scenario.completed(settings, shop))
    return [Stage(name, population.glimpse(parse_rule(rule), 1).members) for name, rule in rules.items()]


def is_watching(shelf: ShopSegments, scenario: Scenario) -> bool:
    """Whether customers enter by themselves: the ways in were evaluated for all once, since they are as they
    are now. Before that, whoever turns out to match belongs to the backlog."""
    current = shelf.layout.current
    positions = [current[way.segment] for way in ways_in(scenario) if way.segment in current]
    return bool(positions) and all(one < shelf.layout.evaluated for one in positions)


def counted(populating: Populating, shop: Shop, name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """{"watching", "running", "under_way", "backlog"}: whether customers enter by themselves already, runs
    under way and where they stand, and the backlog by way in.

    told: as services.scenarios shows it. None for what is not known before the snapshot is there.
    """
    one = registered(name)
    unknown = {"running": None, "under_way": None, "backlog": None}
    if one.is_broadcast:
        return {"watching": None, **unknown}
    shelf = populating.shelf(shop.id)
    watching = is_watching(shelf, one) if one.entries else bool(told["enabled"])
    try:
        population = populating.population(shelf)
        found = stages(population, one, one.recall_settings(told["settings"]), shop)
        standing = count_under_way(population.partitions, name)
    except NotReady:
        return {"watching": watching, **unknown}
    return {
        "watching": watching,
        "running": population.running(name),
        "under_way": shown(standing),
        "backlog": [each.shown() for each in found],
    }
