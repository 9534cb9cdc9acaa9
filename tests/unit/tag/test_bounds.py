"""How much a visitor and a shop may send: the write key is public."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos.adapters.memory import MemoryItems
from kairos.domain.activity import MOST_PER_DAY, Activity, ActivityBatch, ActivityDay, add_activities
from kairos.domain.delivery import Delivery
from kairos.services.recording import floods
from kairos.services.recording.floods import SHARES, flooded
from kairos.services.token_buckets import TokenBuckets
from tests.unit.recording.world import World, at, node, who

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@settings(max_examples=50)
@given(st.lists(st.floats(0, 20), max_size=80))
def test_no_more_passes_than_was_there_and_came_since(pauses: list[float]) -> None:
    clock, passed = Seconds(), 0
    buckets = TokenBuckets(clock, rate=1, burst=5)
    for pause in pauses:
        clock.now += pause
        passed += buckets.take("ada")
    assert passed <= 5 + clock.now + 1e-6


def test_who_waits_may_go_on_and_nobody_waits_for_others() -> None:
    clock = Seconds()
    buckets = TokenBuckets(clock, rate=1, burst=2)
    assert [buckets.take("ada") for _ in range(3)] == [True, True, False]
    assert buckets.take("bob")
    clock.now = 1
    assert [buckets.take("ada"), buckets.take("ada")] == [True, False]


def test_many_names_are_not_remembered_for_ever() -> None:
    buckets = TokenBuckets(Seconds(), rate=1, burst=1, most_held=2)
    assert [buckets.take(name) for name in "aabc"] == [True, False, True, True]
    assert buckets.take("a")  # forgotten: it begins anew


def batch_of(shop: str, source: str = "activity") -> Delivery:
    told = {"shop": shop, "platform": source, "source": source, "headers": {}, "body": "", "received_at": NOW}
    return Delivery.model_validate(told)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> MemoryItems:
    """A store in whose shops eight batches an hour are plenty."""
    limit = floods._PER_SHARE._replace(most=1)
    monkeypatch.setattr(floods, "_PER_SHARE", limit)
    return MemoryItems()


def test_a_shop_over_its_limit_is_told_and_no_other(small: MemoryItems) -> None:
    for number in range(20 * SHARES):
        flooded(small, [(f"m{number}", batch_of("busy"))], NOW)
    told = [("x1", batch_of("busy")), ("x2", batch_of("calm"))]
    assert flooded(small, told, NOW) == {"busy"}
    assert flooded(small, [("x3", batch_of("busy"))], NOW + timedelta(hours=1)) == frozenset()


def test_webhooks_are_no_flood(small: MemoryItems) -> None:
    told = [(f"m{number}", batch_of("busy", "webhook")) for number in range(10)]
    for _ in range(3):
        assert flooded(small, told, NOW) == frozenset()


def test_a_full_day_takes_nothing_more_and_says_so() -> None:
    world = World()
    acts = tuple(Activity(id=f"a{number}", kind="page", at=at(0)) for number in range(MOST_PER_DAY))
    for some in (acts[:400], acts[400:]):
        assert (
            world.deliver(ActivityBatch(visitor="v1", updated_at=at(0), activities=some)).kind == "recorded"
        )
    late = ActivityBatch(
        visitor="v1", updated_at=at(9), activities=(Activity(id="b", kind="page", at=at(9)),)
    )
    outcome = world.deliver(late)
    assert (outcome.kind, outcome.reason) == ("dropped", "activity over the visitor's daily limit")


def test_who_says_who_they_are_is_heard_on_a_full_day_too() -> None:
    world = World()
    acts = tuple(Activity(id=f"a{number}", kind="page", at=at(0)) for number in range(MOST_PER_DAY))
    world.deliver(ActivityBatch(visitor="v1", updated_at=at(0), activities=acts))
    signed = who(email="ada@example.com", visitor="v1")
    late = (Activity(id="b", kind="page", at=at(9)),)
    told = ActivityBatch(
        visitor="v1", updated_at=at(9), activities=late, identities=signed, identified_at=at(9)
    )
    assert world.deliver(told).kind == "recorded"
    profile = world.profile("email", "ada@example.com")
    assert profile is not None
    assert node("visitor", "v1") in profile.nodes


@settings(max_examples=50)
@given(st.permutations([None, 3, 40, 41]), st.integers(1, 3))
def test_of_a_page_told_again_the_longest_time_counts(told: list[int | None], cut: int) -> None:
    acts = tuple(Activity(id="p", kind="page", at=at(0), seconds=one) for one in told)
    day = ActivityDay(day=at(0).date())
    for some in (acts[:cut], acts[cut:], acts[:1]):
        day = add_activities(day, some)
    assert [one.seconds for one in day.activities] == [41]
