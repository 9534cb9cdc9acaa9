"""Segments: named rules and fixed lists of customers."""

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
    the ready-made ones, which a shop copies and does not change.
    """

    id: SegmentId
    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    type: Literal["rule", "list"] = "rule"
    rule: dict[str, Any]
    description: Annotated[str, StringConstraints(max_length=1000)] = ""
    origin: Literal["kairos", "shop"] = "shop"
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
    """What one bit stands for."""

    segment: SegmentId
    rule_version: str


class Layout(Value):
    """positions: grows only, so that a bit once written keeps its meaning. evaluated: how many of them a full
    recompute of the whole shop has finished with; a bit beyond turns because of its rule."""

    positions: tuple[LayoutPosition, ...] = Field(default=())
    evaluated: int = 0
