"""Segments: named rules and fixed lists of customers."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from kairos.domain.value import Instant, Value, digest

SegmentId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}[a-z0-9]$")]
Cause = Literal["event", "time", "rule", "import", "threshold", "repair"]
"""Why a customer entered or left: something happened, mere time, an edited rule, an import of history, moved
thresholds, or a repair of what was wrong. Only the first two may start a scenario."""


class Segment(Value):
    """type: a rule, or a fixed list whose members were put there by hand.

    rule: as parse_rule reads it; of a fixed list {"kind": "on_list", "list": its id}. origin: "kairos" for
    the ready-made ones, which a shop copies and does not change; "scenario" for the ways into scenarios.
    """

    id: SegmentId
    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    type: Literal["rule", "list"] = "rule"
    rule: dict[str, Any]
    description: Annotated[str, StringConstraints(max_length=1000)] = ""
    origin: Literal["kairos", "shop", "scenario"] = "shop"
    updated_at: Instant | None = None

    @property
    def rule_version(self) -> str:
        """12 hex digits that change with the rule."""
        return digest(self.rule)[:12]


class Transition(Value):
    """A customer entered or left a segment. at: when it was noticed, by the one clock.

    of: what noticed it (a delivery's or a recompute's id), so that a repetition tells the same again.
    """

    segment: SegmentId
    entered: bool
    at: Instant
    cause: Cause
    of: str


class LayoutPosition(Value):
    """What one bit stands for. rule_version: of the rule with all that its meaning rests on (the rules that
    it refers to, the shop's calendar, currency and levels); or DELETED or UNREADABLE from there on."""

    segment: SegmentId
    rule_version: str


DELETED = ""
UNREADABLE = "unreadable"


class Layout(Value):
    """positions: grows only, so that a bit once written keeps its meaning: an edited rule gets a new one.

    evaluated: how many of them a full recompute of the whole shop has finished with; a bit beyond turns
    because of its rule. thresholds, catalogue: the version of the thresholds, and which state of the shop's
    products, that it was done with.
    """

    positions: tuple[LayoutPosition, ...] = Field(default=())
    evaluated: int = 0
    thresholds: int = 0
    catalogue: str = ""

    @cached_property
    def latest(self) -> Mapping[SegmentId, int]:
        """Each segment's last position, also of what is deleted or can't be read."""
        return {told.segment: position for position, told in enumerate(self.positions)}

    @cached_property
    def current(self) -> Mapping[SegmentId, int]:
        """Where the bit of each segment that can be evaluated lies now."""
        unfit = {DELETED, UNREADABLE}
        return {
            segment: position
            for segment, position in self.latest.items()
            if self.positions[position].rule_version not in unfit
        }

    @cached_property
    def _deleted_at(self) -> Mapping[SegmentId, int]:
        return {
            told.segment: position
            for position, told in enumerate(self.positions)
            if told.rule_version == DELETED
        }

    def lives(self, position: int) -> bool:
        """Whether a bit written there says something: its segment was not deleted, and is known here."""
        if position >= len(self.positions):
            return False
        return position > self._deleted_at.get(self.positions[position].segment, -1)

    @property
    def is_pending(self) -> bool:
        """Whether a full recompute is due, since a rule is new."""
        return any(position >= self.evaluated for position in self.current.values())

    def extended(self, versions: Mapping[SegmentId, str]) -> "Layout":
        """With a position for each segment whose rule it does not know, and a mark for each that is gone.

        versions: of the rules of all segments that there are. A segment made anew after its deletion, or
        set back to a former rule, gets a new position: the old bits are not to be taken for its own.
        """
        known = {segment: self.positions[at].rule_version for segment, at in self.latest.items()}
        wanted = [one for one in versions.items() if known.get(one[0]) != one[1]]
        wanted += [(one, DELETED) for one in known if one not in versions and known[one] != DELETED]
        if not wanted:
            return self
        more = tuple(LayoutPosition(segment=one, rule_version=version) for one, version in wanted)
        return Layout(
            positions=self.positions + more,
            evaluated=self.evaluated,
            thresholds=self.thresholds,
            catalogue=self.catalogue,
        )

    def passed(self, positions: int, thresholds: int, catalogue: str | None = None) -> "Layout":
        """After a full recompute by so many positions, the thresholds of this version, and these products
        (None: as before)."""
        return Layout(
            positions=self.positions,
            evaluated=max(self.evaluated, min(positions, len(self.positions))),
            thresholds=max(self.thresholds, thresholds),
            catalogue=self.catalogue if catalogue is None else catalogue,
        )
