"""Nobody's answer changes by time alone before it was noted to."""

import duckdb
import pytest

from kairos.domain.moment import Moment
from kairos.engine.plan import NEVER, Plan
from tests.agreement.check import draw_rules
from tests.agreement.readings import Partition
from tests.agreement.turning import closure_turns_unseen, engine_turns_unseen
from tests.agreement.world import World

WORLDS = range(500, 506)


def looked_into(seed: int) -> tuple[World, Partition]:
    world = World(seed, customers=30)
    world.draw_segments()
    return world, Partition(world, duckdb.connect(":memory:", config={"threads": 1}))


@pytest.mark.parametrize("seed", WORLDS)
def test_no_closures_answer_changes_before_the_turn_it_noted(seed: int) -> None:
    world, partition = looked_into(seed)

    assert closure_turns_unseen(world, partition, draw_rules(world, 600)) == []


@pytest.mark.parametrize("seed", WORLDS)
def test_no_answer_of_the_engine_changes_before_the_customer_is_due(seed: int) -> None:
    world, partition = looked_into(seed)

    assert engine_turns_unseen(world, partition, draw_rules(world, 60)) == []


def test_a_turn_that_is_not_noted_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Moment, "note", lambda _self, _at: None)
    world, partition = looked_into(700)

    assert closure_turns_unseen(world, partition, draw_rules(world, 200, ["order_count"]))


def test_a_turn_that_the_engine_does_not_gather_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plan, "_next_turn", lambda _plan, _of_rows: f"{NEVER}::UINTEGER")
    world, partition = looked_into(700)

    assert engine_turns_unseen(world, partition, draw_rules(world, 60, ["order_count"]))
