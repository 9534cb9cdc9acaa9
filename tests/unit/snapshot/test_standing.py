"""Memberships as they stood, by the positions that segments have now; and figures that a pass depends on."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from kairos import keys
from kairos.domain.segment import DELETED, UNREADABLE, Layout, LayoutPosition
from kairos.domain.standing import Thresholds
from kairos.engine.manifest import NEVER
from kairos.engine.standing import by_current_positions, first_due, mask_of, masked, united
from tests.unit.recording.stories import ADA
from tests.unit.recording.world import SHOP, node
from tests.unit.snapshot.world import World


def layout(*told: str) -> Layout:
    """Of "segment version"."""
    pairs = [one.partition(" ") for one in told]
    return Layout(positions=tuple(LayoutPosition(segment=a, rule_version=b) for a, _, b in pairs))


def stood(given: Layout, words: tuple[int, ...], wide: int) -> tuple[int, ...]:
    """One customer's words by the current positions."""
    connection = duckdb.connect()
    columns = ", ".join(f"{word}::UBIGINT AS w{one}" for one, word in enumerate(words))
    relation = by_current_positions(f"(SELECT 1 AS customer, {columns}, 7 AS due)", len(words), given, wide)
    [row] = connection.execute(f"FROM {relation}").fetchall()
    assert (row[0], row[-1]) == (1, 7)
    return row[1:-1]


def test_a_bit_stays_where_nothing_was_edited() -> None:
    assert stood(layout("aa 1", "bb 1"), (0b10,), 1) == (0b10,)


def test_a_bit_moves_to_the_position_of_the_edited_rule() -> None:
    edited = layout("aa 1", "bb 1", "aa 2")
    assert stood(edited, (0b01,), 1) == (0b100,)
    assert stood(edited, (0b110,), 1) == (0b110,)


def test_a_bit_moves_into_another_word() -> None:
    many = layout(*(f"s{number} 1" for number in range(64)), "s63 2")
    assert stood(many, (1 << 63 | 1,), 2) == (1, 1)


def test_a_bit_of_a_deleted_segment_is_left_out_also_when_it_was_made_anew() -> None:
    assert stood(layout("aa 1", "bb 1", f"aa {DELETED}"), (0b11,), 1) == (0b10,)
    assert stood(layout("aa 1", f"aa {DELETED}", "aa 2"), (0b001,), 1) == (0,)


def test_a_bit_of_an_unreadable_segment_is_kept() -> None:
    assert stood(layout("aa 1", f"aa {UNREADABLE}"), (0b1,), 1) == (0b10,)


def test_words_that_were_never_written_are_empty() -> None:
    assert stood(layout("aa 1"), (1,), 3) == (1, 0, 0)


def test_masks_part_and_unite_words() -> None:
    connection = duckdb.connect()
    relation = "(SELECT 1 AS customer, 6::UBIGINT AS w0, 9 AS due)"
    mask = mask_of([1, 64], 2)
    assert mask == (2, 1)
    kept = masked(relation, (4,))
    found = masked(relation, (2,))
    both = united(found, kept, 1, 2)
    assert connection.execute(f"FROM {both}").fetchall() == [(1, 6, 0, 9)]


def test_the_first_who_is_due_is_found_and_nobody_never() -> None:
    connection = duckdb.connect()
    assert first_due(connection, "(SELECT 5 AS due UNION ALL SELECT 3)") == 3
    assert first_due(connection, "(SELECT 5 AS due WHERE false)") == NEVER


# ------------------------------------------------------------ thresholds


BEST: dict[str, Any] = {"best": {"kind": "rank", "by": "orders", "top": 50}}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A shop with a segment that compares customers with each other."""
    world = World(tmp_path, BEST)
    assert world.shelf().broken == {}
    world.tick()
    return world


def thresholds(world: World) -> Thresholds:
    held = world.items.get(keys.thresholds(SHOP.id))
    return Thresholds.model_validate(held.body if held else {})


def test_thresholds_are_counted_before_a_pass_and_tell_customers_apart(world: World) -> None:
    for number in range(4):
        for _ in range(number + 1):
            world.buy(f"buyer{number}@example.com")
    world.pump()
    world.wait(minutes=61)
    world.tick()
    world.tick()
    assert thresholds(world).of("orders").count == 4
    assert thresholds(world).of("orders").total == 10
    best = {one for one in world.said() if "best" in world.segments(one)}
    assert best == {node("email", f"buyer{number}@example.com") for number in (2, 3)}
    assert world.said() == world.facts_as_said()


def test_thresholds_that_move_start_no_scenario(world: World) -> None:
    others = [f"buyer{number}@example.com" for number in range(3)]
    for email in (ADA, ADA, *others):
        world.buy(email)
    world.pump()
    world.wait(minutes=61)
    world.tick()
    world.tick()
    ada = node("email", ADA)
    assert "best" in world.segments(ada)
    world.listen()
    for email in others * 5:
        world.buy(email)
    world.pump()
    world.wait(minutes=61)
    world.tick()
    world.tick()
    assert "best" not in world.segments(ada)
    assert ada not in {event.customer for event in world.heard()}
    left = [line for line in world.filed() if line["customer"] == ada and not line["entered"]]
    assert [(line["segment"], line["cause"]) for line in left] == [("best", "threshold")]


def test_thresholds_that_stay_keep_their_version(world: World) -> None:
    world.buy(ADA)
    world.pump()
    world.wait(minutes=61)
    world.tick()
    before = thresholds(world)
    world.wait(hours=24)
    world.tick()
    assert thresholds(world) == before
