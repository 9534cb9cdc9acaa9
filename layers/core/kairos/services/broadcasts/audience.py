"""Whom a stage of a broadcast concerns, page by page, as the snapshot knows them."""

from collections.abc import Callable
from typing import NamedTuple

from kairos.domain.broadcast import ENTRY, TOLD, Broadcast, Stage
from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.domain.errors import NotFound, Refused
from kairos.domain.shelf import ShopSegments
from kairos.ports import Items
from kairos.services.broadcasts.settings import scenario_of, settings_of
from kairos.services.broadcasts.store import customers_of
from kairos.services.segments.population import Population
from kairos.services.segments.previewing import rule_of


class Opened(NamedTuple):
    """A shop's segments and customers."""

    shelf: ShopSegments
    population: Population


Open = Callable[[str], Opened]
"""Opens a shop by its id. Raises NotFound, NotReady, SnapshotBroken."""


class NobodyToFind(Exception):
    """The audience can't be found any more. The text is the reason with which the broadcast ends."""


def members(
    items: Items, opened: Callable[[], Opened], of: Broadcast, stage: Stage, after: str, most: int
) -> list[str]:
    """Ids of the next members, sorted, after that one ("": the first). Raises NobodyToFind."""
    if stage.audience == TOLD and of.audience.segment is None:
        named = [one for one in customers_of(items, of.shop, of.id) if one > after]
        return named[:most]
    found = opened()
    return found.population.members(rule_for(found.shelf, of, stage), after, most)


def size(items: Items, opened: Callable[[], Opened], of: Broadcast, stage: Stage) -> int:
    """How many there are. Raises NobodyToFind."""
    if stage.audience == TOLD and of.audience.segment is None:
        return len(customers_of(items, of.shop, of.id))
    found = opened()
    return found.population.glimpse(rule_for(found.shelf, of, stage), 1).members


def rule_for(shelf: ShopSegments, of: Broadcast, stage: Stage) -> Rule:
    """The rule that finds the stage's audience. Raises NobodyToFind."""
    if stage.audience == TOLD:
        try:
            return rule_of(shelf, of.audience.segment or "")
        except (NotFound, Refused):
            raise NobodyToFind("segment deleted") from None
    scenario, settings = scenario_of(of), settings_of(of)
    if stage.audience.startswith(ENTRY):
        entry = scenario.entries.get(stage.audience.removeprefix(ENTRY))
        told = entry.rule(settings) if entry else None
    else:
        audience = scenario.audiences.get(stage.audience)
        told = audience(settings, of.subject) if audience else None
    if told is None:
        raise NobodyToFind("no such audience")
    return parse_rule(told)
