"""The ways into scenarios as segments: evaluated with all others, shown to nobody as one of the shop's."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kairos.domain.errors import Refused
from kairos.domain.scenario import Entry, Scenario
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.domain.segment import Segment, SegmentId

ENTRY_SEGMENTS = "kairos-"
"""How their ids begin; no segment of a shop's own does."""


class WayIn(NamedTuple):
    """One entry of one scenario."""

    scenario: Scenario
    name: str

    @property
    def entry(self) -> Entry:
        """What it is."""
        return self.scenario.entries[self.name]

    @property
    def segment(self) -> SegmentId:
        """The id of its segment."""
        return f"{ENTRY_SEGMENTS}{self.scenario.name}-{self.name}"


def ways_in(scenario: Scenario) -> Iterator[WayIn]:
    """All of the scenario's."""
    return (WayIn(scenario, name) for name in scenario.entries)


def way_in_of(segment: SegmentId) -> WayIn | None:
    """The entry whose segment that is; None for any other segment."""
    scenario, _, name = segment.removeprefix(ENTRY_SEGMENTS).partition("-")
    known = SCENARIOS.get(scenario) if segment.startswith(ENTRY_SEGMENTS) else None
    return WayIn(known, name) if known and name in known.entries else None


def entry_segments(switched_on: Mapping[str, Mapping[str, Any]]) -> dict[SegmentId, Segment]:
    """The segments of all entries of these scenarios (name -> settings), as far as the settings make sense.

    Settings of an older version, which are refused now, leave a scenario without entries.
    """
    return {
        way.segment: Segment(
            id=way.segment,
            name=f"{way.scenario.title}: {way.name}",
            rule=rule,
            origin="scenario",
        )
        for name, settings in switched_on.items()
        if name in SCENARIOS
        for way in ways_in(SCENARIOS[name])
        for rule in [_rule(way, settings)]
        if rule is not None
    }


def _rule(way: WayIn, settings: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        return way.entry.rule(way.scenario.read_settings(settings))
    except Refused:
        return None
