"""Which segments a customer is in: one small item per customer, read against the shop's layout."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from pydantic import Field

from kairos.domain.segment import Cause, Layout, SegmentId, Transition
from kairos.domain.value import Value

WORD = 64
"""Segments in one word of a bit set."""

REMEMBERED = timedelta(days=1)
"""How long a transition stays in the membership: longer than a delivery is repeated."""

MOST_REMEMBERED = 50

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Turned(NamedTuple):
    """A transition as the membership keeps it. position: of the layout; at: microseconds since 1970."""

    position: int
    entered: bool
    at: int
    cause: Cause
    of: str


class Membership(Value):
    """known: how many positions of the layout had been decided when it was last written.

    entered: the positions whose bit is set, with the second since 1970 at which the customer entered.
    recent: the latest transitions, oldest first.
    """

    known: int = 0
    entered: Mapping[int, int] = Field(default_factory=dict)
    recent: tuple[Turned, ...] = ()

    def turned_since(self, at: datetime) -> bool:
        """Whether the customer entered or left a segment after that."""
        return bool(self.recent) and self.recent[-1].at > _microseconds(at)

    def words(self, layout: Layout) -> tuple[int, ...]:
        """The bit set as 64-bit words, the layout's first position being the lowest bit of the first.

        Each segment's bit lies at its current position, whatever position it was written at.
        """
        words = [0] * -(-len(layout.positions) // WORD)
        for segment in segments_of(self, layout):
            position = layout.latest[segment]
            words[position // WORD] |= 1 << position % WORD
        return tuple(words)


class Finding(NamedTuple):
    """What was found out about one customer.

    judged: the segments that were looked at; all others stay as they are. matched: those of them that the
    customer is in. known: positions of the layout that count as decided with this. moved: segments whose
    rules compare with thresholds that have changed since all customers were last compared with them.
    cause: as the occasion was, "event", "time", "import" or "repair". of: who noticed it, see Transition.
    """

    judged: Collection[SegmentId]
    matched: Collection[SegmentId]
    known: int
    at: datetime
    cause: Cause
    of: str
    moved: Collection[SegmentId] = ()


def segments_of(held: Membership, layout: Layout) -> dict[SegmentId, datetime]:
    """The segments that the customer is in, and since when."""
    return {
        layout.positions[position].segment: _EPOCH + timedelta(seconds=since)
        for position, since in held.entered.items()
        if layout.lives(position)
    }


def matched_by(words: Sequence[int], layout: Layout) -> frozenset[SegmentId]:
    """The segments whose current bit is set in these words."""
    return frozenset(
        segment
        for segment, position in layout.current.items()
        if position // WORD < len(words) and words[position // WORD] >> position % WORD & 1
    )


def next_membership(
    old: Membership, layout: Layout, found: Finding
) -> tuple[Membership | None, tuple[Transition, ...]]:
    """The membership that follows and the transitions to it; None where nothing changed."""
    before = segments_of(old, layout)
    changed = sorted(one for one in found.judged if (one in before) != (one in found.matched))
    if not changed:
        return None, ()
    second, instant = _seconds(found.at), _microseconds(found.at)
    turned = tuple(
        Turned(
            layout.current[one],
            one in found.matched,
            instant,
            _cause(one, old.known, layout, found),
            found.of,
        )
        for one in changed
    )
    entered = {
        position: since
        for position, since in old.entered.items()
        if layout.lives(position) and layout.positions[position].segment not in found.judged
    }
    for one in found.judged:
        if one in found.matched:
            entered[layout.current[one]] = _seconds(before[one]) if one in before else second
    after = Membership(
        known=max(old.known, found.known),
        entered=dict(sorted(entered.items())),
        recent=_remembered((*old.recent, *turned), found.at),
    )
    return after, tuple(transition(one, layout) for one in turned)


def _cause(segment: SegmentId, known: int, layout: Layout, found: Finding) -> Cause:
    """The occasion's own word, unless the rule is new to shop and customer alike, or thresholds moved."""
    if found.cause in ("import", "repair"):
        return found.cause
    if layout.current[segment] >= max(layout.evaluated, known):
        return "rule"
    return "threshold" if segment in found.moved else found.cause


def transition(turned: Turned, layout: Layout) -> Transition:
    """The transition that the membership keeps so briefly."""
    return Transition(
        segment=layout.positions[turned.position].segment,
        entered=turned.entered,
        at=_EPOCH + turned.at * _MICROSECOND,
        cause=turned.cause,
        of=turned.of,
    )


def transitions_of(held: Membership, layout: Layout, marks: Collection[str]) -> tuple[Transition, ...]:
    """Those of the recent transitions that one of these occasions made. marks: what `of` begins with, up to
    the dot."""
    return tuple(transition(one, layout) for one in held.recent if one.of.partition(".")[0] in marks)


def united(held: Sequence[Membership], layout: Layout) -> Membership:
    """What several customers were in who turn out to be one: every segment, since the earliest time."""
    entered: dict[SegmentId, tuple[int, int]] = {}
    for one in held:
        for position, since in one.entered.items():
            if layout.lives(position):
                segment = layout.positions[position].segment
                place, earliest = entered.get(segment, (position, since))
                entered[segment] = (max(place, position), min(earliest, since))
    return Membership(
        known=min((one.known for one in held), default=0),
        entered=dict(sorted(entered.values())),
        recent=tuple(sorted({turned for one in held for turned in one.recent}, key=_order)),
    )


def _order(turned: Turned) -> tuple[int, int, str]:
    return turned.at, turned.position, turned.of


def _remembered(turned: Iterable[Turned], at: datetime) -> tuple[Turned, ...]:
    since = _microseconds(at - REMEMBERED)
    return tuple(one for one in turned if one.at > since)[-MOST_REMEMBERED:]


def _seconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(seconds=1)


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def as_body(held: Membership) -> dict[str, Any]:
    """The membership as it is stored."""
    return {
        "known": held.known,
        "entered": {str(position): since for position, since in held.entered.items()},
        "recent": [list(one) for one in held.recent],
    }
