"""Who would already qualify for a scenario, counted on the snapshot, and whether others enter already."""

from typing import Any, NamedTuple

from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.domain.scenario import Scenario
from kairos.domain.scenario_entries import ways_in
from kairos.domain.shelf import ShopSegments
from kairos.domain.shop import Shop
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

    settings: as read. Who would enter by leaving a segment is nobody's backlog.
    """
    rules = entry_rules(scenario, settings, shop)
    return [Stage(name, population.glimpse(rule, 0).members) for name, rule in rules.items()]


def is_watching(shelf: ShopSegments, scenario: Scenario) -> bool:
    """Whether customers enter by themselves: the ways in were evaluated for all once, since they are as they
    are now. Before that, whoever turns out to match belongs to the backlog."""
    current = shelf.layout.current
    positions = [current[way.segment] for way in ways_in(scenario) if way.segment in current]
    return bool(positions) and all(one < shelf.layout.evaluated for one in positions)


def entry_rules(scenario: Scenario, settings: Any, shop: Shop) -> dict[str, Rule]:
    """The rules of the ways in at which customers stand, as far as the settings leave them any meaning."""
    complete = scenario.completed(settings, shop)
    told = {name: one.rule(complete) for name, one in scenario.entries.items() if not one.on_leaving}
    return {name: parse_rule(rule) for name, rule in told.items() if rule is not None}
