"""What a segment is used by: other segments, scenarios, personas and feeds."""

from typing import Any, Literal, NamedTuple

from kairos import keys
from kairos.domain.persona import Persona
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.domain.segment import Segment
from kairos.domain.segment_graph import dependents
from kairos.ports import Items
from kairos.services.scenarios import read_standing

UseKind = Literal["segment", "scenario", "persona", "feed"]
KEEPING: frozenset[UseKind] = frozenset({"segment", "scenario", "persona"})
"""What keeps a segment from being deleted; feeds close with it."""


class Use(NamedTuple):
    """One thing that uses a segment. id: how the API names it; name: for people."""

    kind: UseKind
    id: str
    name: str

    def shown(self) -> dict[str, str]:
        """As the API answers it."""
        return self._asdict()


def uses_of(items: Items, shop: str, segment: str) -> list[Use]:
    """Everything that uses the segment, in the order of kinds above.

    A scenario uses those that its settings name (Scenario.segments), whether it is switched on or not.
    """
    own = read_own_segments(items, shop)
    asking = dependents({one.id: one.rule for one in own.values()}, segment)
    found = [Use("segment", one, own[one].name) for one in asking if one != segment]
    for scenario in SCENARIOS.values():
        settings = scenario.read_settings(read_standing(items, shop, scenario).settings)
        if segment in scenario.segments(settings):
            found.append(Use("scenario", scenario.name, scenario.title))
    for item in items.query(keys.shop(shop).pk, keys.persona(shop, "").sk):
        persona = Persona.model_validate(item.body)
        if segment in persona.segments:
            found.append(Use("persona", persona.id, persona.name))
    for item in items.query(keys.shop(shop).pk, keys.feed_pointer(shop, segment, "").sk):
        found.append(Use("feed", item.body["id"], item.body["name"]))
    return found


def read_own_segments(items: Items, shop: str) -> dict[str, Segment]:
    """The segments that the shop made, by id."""
    held = items.query(keys.shop(shop).pk, keys.segment(shop, "").sk)
    found = (Segment.model_validate(item.body) for item in held)
    return {one.id: one for one in found}


def used_by(items: Items, shop: str, segment: str) -> list[dict[str, Any]]:
    """uses_of as the API answers it."""
    return [one.shown() for one in uses_of(items, shop, segment)]
