"""A shop with a few segments whose deliveries are recorded, and an engine that proposes; all in memory."""

import gzip
import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from kairos import keys
from kairos.adapters.memory import MemoryFiles
from kairos.domain.errors import Conflict
from kairos.domain.event import Event
from kairos.domain.judging import judge
from kairos.domain.membership import Membership, segments_of, transition
from kairos.domain.profile import Profile
from kairos.domain.segment import Cause, Segment, Transition
from kairos.domain.shelf import ShopSegments
from kairos.ports import Item, Put, Write
from kairos.services.customers import read_customer
from kairos.services.recording.record import Recorder
from kairos.services.segments.committing import Committed, Proposal, commit
from kairos.services.segments.evaluating import Evaluating, evaluate_customers
from kairos.services.segments.evaluation import Evaluated
from kairos.services.segments.shelf import load_segments, note_full_pass
from kairos.services.segments.standing import with_standing
from tests.unit.recording import world as recording
from tests.unit.recording.world import KEY, SHOP, START, FaultyItems

RULES: dict[str, Any] = {
    "buyers": {"kind": "order_count", "at_least": 1},
    "loyal": {"kind": "order_count", "at_least": 2},
    "lapsed": {"kind": "last_order", "older_than": "PT1H"},
    "subscribers": {"kind": "accepts_marketing", "channel": "email"},
    "quiet_buyers": {
        "all": [
            {"kind": "in_segment", "segment": "buyers"},
            {"not": {"kind": "in_segment", "segment": "subscribers"}},
        ]
    },
    "new_buyers": {"kind": "entered_segment", "segment": "buyers", "within": "P1D"},
}
load = partial(load_segments, ready_made={})


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START + timedelta(minutes=30)

    def now(self) -> datetime:
        return self.at

    def shown(self, real: datetime) -> datetime:
        return real

    def real_elapsed(self, since: datetime) -> timedelta:
        return self.at - since


class SingleCalls(FaultyItems):
    """Tells of each of many writes by itself."""

    def write_each(self, writes: Iterable[Write]) -> list[Write]:
        lost: list[Write] = []
        for write in writes:
            try:
                self.write(write)
            except Conflict:
                lost.append(write)
        return lost


class World(recording.World):
    """settled: the shop's rules have been gone through once, so that a change is no longer due to them."""

    def __init__(self, rules: dict[str, Any] | None = None, settled: bool = True) -> None:
        super().__init__()
        self.files, self.clock = MemoryFiles(), Clock()
        self.old_news: set[str] = set()
        for segment, rule in (RULES if rules is None else rules).items():
            self.put_segment(segment, rule)
        if settled:
            self.settle()

    def put_segment(self, segment: str, rule: Any) -> None:
        told = Segment(id=segment, name=segment, rule=rule)
        self.items.write(Put(Item(keys.segment(SHOP.id, segment), "1", told.as_json())))

    def settle(self) -> ShopSegments:
        """As after a full recompute."""
        shelf = self.shelf()
        note_full_pass(self.items, SHOP.id, len(shelf.layout.positions), shelf.thresholds.version)
        return self.shelf()

    def shelf(self) -> ShopSegments:
        return load(self.items, SHOP)

    def recorder(self, items: Any, bus: Any) -> Recorder:
        def act_on(*told: Any) -> None:
            self.requests.append(told)

        return Recorder(items, bus, KEY, self.clock, self._read, act_on, self.erase, self.files, load)

    def parts(self, on_call: Callable[[int, str], None] | None = None) -> Evaluating:
        """What evaluating needs; on_call is told before and after each call of store, bus and bucket."""
        if on_call is None:
            return Evaluating(self.items, self.clock, self.bus, self.files, load)
        items = SingleCalls(self.items, on_call)

        def other(_: int, when: str) -> None:
            on_call(items.calls, when)

        bus, files = FaultyItems(self.bus, other), FaultyItems(self.files, other)
        return Evaluating(items, self.clock, bus, files, load)

    # ------------------------------------------------------------ the engine

    def engine(self) -> Callable[..., Committed]:
        """One pass over what is stored now. What it answers commits what it found."""
        shelf, at = self.shelf(), self.clock.now()
        found = []
        for held in list(self.items.stored.values()):
            if held.key.sk == "profile":
                facts, _ = self.facts(shelf, held.body["id"])
                matched = judge(*facts).matched
                found.append(Proposal(held.body["id"], held.version, words_of(matched, shelf)))

        def committed(
            of: str = "a pass", cause: Cause = "time", on_call: Callable[[int, str], None] | None = None
        ) -> Committed:
            return commit(self.parts(on_call), shelf, at, found, of, cause)

        return committed

    def engine_later(self, later: timedelta) -> Callable[..., Committed]:
        """One that sees what is stored now, but at a later time."""
        self.clock.at += later
        try:
            return self.engine()
        finally:
            self.clock.at -= later

    def facts(self, shelf: ShopSegments, node: str) -> tuple[Any, Membership]:
        """What `judge` takes, read afresh, and the stored membership."""
        known = read_customer(self.items, SHOP.id, node)
        assert known.profile is not None
        profile, catalogue = with_standing(self.items, SHOP, known, known.profile)
        held = self.membership(known.component.customer)
        before = segments_of(held, shelf.layout)
        return (shelf, profile, catalogue, before, self.clock.now()), held

    def evaluate(
        self,
        *customers: str,
        cause: Cause = "time",
        of: str = "a tick",
        on_call: Callable[[int, str], None] | None = None,
    ) -> list[Evaluated]:
        return evaluate_customers(self.parts(on_call), self.shelf(), customers, cause, of)

    # ------------------------------------------------------------ looking

    def membership(self, customer: str) -> Membership:
        held = self.items.get(keys.membership(SHOP.id, customer))
        return Membership.model_validate(held.body if held else {})

    def segments(self, customer: str) -> set[str]:
        return set(segments_of(self.membership(customer), self.shelf().layout))

    def memberships(self) -> dict[str, Membership]:
        """Every stored one, by the node where it lies."""
        return {
            key.pk.rpartition("#")[2]: Membership.model_validate(held.body)
            for key, held in self.items.stored.items()
            if key.sk == "membership"
        }

    def history(self) -> list[Transition]:
        """Every transition that the customers' memberships remember."""
        layout = self.shelf().layout
        return [transition(one, layout) for held in self.memberships().values() for one in held.recent]

    def listen(self) -> None:
        """From now on only what is new is heard."""
        self.old_news = set(self.bus.published)

    def heard(self) -> list[Event]:
        """What the bus was told of segments, each id once."""
        news = [event for key, event in self.bus.published.items() if key not in self.old_news]
        return [event for event in news if event.name in ("SegmentEntered", "SegmentLeft")]

    def moves(self) -> list[tuple[str, bool]]:
        """Segments entered and left, as the bus was told."""
        return sorted(
            (one.cause.removeprefix("segment:"), one.name == "SegmentEntered") for one in self.heard()
        )

    def filed(self) -> list[dict[str, Any]]:
        """The lines of every file of transitions."""
        texts = [gzip.decompress(body).decode() for body in self.files.stored.values()]
        return [json.loads(line) for text in texts for line in text.splitlines()]


def words_of(matched: Iterable[str], shelf: ShopSegments) -> tuple[int, ...]:
    """The words that the engine would compute."""
    words = [0] * -(-len(shelf.layout.positions) // 64)
    for segment in matched:
        position = shelf.layout.current[segment]
        words[position // 64] += 1 << position % 64
    return tuple(words)


def expected(profile: Profile, now: datetime) -> set[str]:
    """The segments of RULES that these facts mean, worked out by themselves; but who is new is a matter of
    what was known before."""
    orders = sorted(one.placed_at for one in profile.orders if one.counts)
    found = set()
    if orders:
        found.add("buyers")
        if now - orders[-1] >= timedelta(hours=1):
            found.add("lapsed")
        if "email" not in profile.accepts:
            found.add("quiet_buyers")
    if len(orders) > 1:
        found.add("loyal")
    if "email" in profile.accepts:
        found.add("subscribers")
    return found


def assert_true(world: World) -> None:
    """Each customer is in the segments that closures give on the final facts, and all of it was told."""
    shelf = world.shelf()
    customers = {key.pk.rpartition("#")[2] for key in world.items.stored if key.sk == "profile"}
    assert set(world.memberships()) <= customers
    for customer in customers:
        facts, held = world.facts(shelf, customer)
        matched = judge(*facts).matched
        assert set(segments_of(held, shelf.layout)) == matched
        assert matched - {"new_buyers"} == expected(facts[1], world.clock.now())
    history = world.history()
    assert len({(one.of, one.segment, one.entered, one.at) for one in history}) == len(history)
    told = {(event.version, event.cause, event.name) for event in world.bus.published.values()}
    for one in history:
        assert (one.of, f"segment:{one.segment}", "SegmentEntered" if one.entered else "SegmentLeft") in told
