"""One pass gives every customer's words, and what changed is found by comparing two."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.engine.facts import NEVER
from kairos.engine.passing import (
    differences,
    due_customers,
    memberships,
    next_due,
    words_for,
    write_memberships,
)
from kairos.engine.sources import relation_of
from tests.agreement.check import draw_rules
from tests.agreement.world import World
from tests.unit.engine.shops import Opened, opened


@pytest.fixture
def world() -> World:
    drawn = World(21, customers=40)
    drawn.draw_segments()
    return drawn


@pytest.fixture
def partition(world: World) -> Iterator[Opened]:
    with opened(world.profiles, world.shop) as told:
        yield told


def words_by_customer(partition: Opened, query: str) -> dict[int, tuple[int, ...]]:
    found = partition.connection.execute(query).fetchall()
    return {customer: tuple(words) for customer, *words, _due in found}


def expected(world: World, rules: list[Rule | None]) -> dict[int, tuple[int, ...]]:
    bits = {
        number: sum(rule.matches(who, world.moment()) << at for at, rule in enumerate(rules) if rule)
        for number, who in enumerate(world.profiles)
    }
    wide = words_for(len(rules))
    return {
        number: tuple(told >> 64 * word & (2**64 - 1) for word in range(wide))
        for number, told in bits.items()
    }


@pytest.mark.parametrize("positions", [0, 1, 8, 63, 64, 65, 130])
def test_every_customer_gets_a_bit_for_each_position(world: World, partition: Opened, positions: int) -> None:
    rules: list[Rule | None] = [parse_rule(one) for one in draw_rules(world, positions)]

    assert words_by_customer(partition, memberships(partition, rules, world.moment())) == expected(
        world, rules
    )


def test_a_position_without_a_segment_holds_nobody_and_moves_no_other(
    world: World, partition: Opened
) -> None:
    everybody = parse_rule({"kind": "order_count", "at_least": 0})
    found = words_by_customer(partition, memberships(partition, [everybody, None, everybody], world.moment()))

    assert set(found.values()) == {(0b101,)}


def test_some_customers_alone_get_what_all_would(world: World, partition: Opened) -> None:
    rules: list[Rule | None] = [parse_rule(one) for one in draw_rules(world, 20)]
    whole = words_by_customer(partition, memberships(partition, rules, world.moment()))
    some = words_by_customer(partition, memberships(partition, rules, world.moment(), among=[3, 17, 3]))

    assert some == {number: whole[number] for number in (3, 17)}
    assert words_by_customer(partition, memberships(partition, rules, world.moment(), among=[])) == {}


def test_what_is_written_is_what_is_computed(world: World, partition: Opened, tmp_path: Path) -> None:
    rules: list[Rule | None] = [parse_rule(one) for one in draw_rules(world, 70)]
    file = str(tmp_path / "it's.parquet")
    write_memberships(partition, rules, world.moment(), file)
    kinds = partition.connection.execute(f"DESCRIBE FROM {relation_of(file)}").fetchall()

    assert words_by_customer(partition, f"FROM {relation_of(file)}") == expected(world, rules)
    assert [(row[0], row[1]) for row in kinds] == [
        ("customer", "UINTEGER"),
        ("w0", "UBIGINT"),
        ("w1", "UBIGINT"),
        ("due", "UINTEGER"),
    ]


def test_only_those_who_stand_otherwise_differ(partition: Opened) -> None:
    high = 2**63
    make = "CREATE TABLE {} AS SELECT * FROM (VALUES {}) t(customer, w0, w1, due)"
    old = [(1, 5, 0, 9), (2, 5, high, 9), (3, 0, 0, 9), (5, 1, 1, 9)]
    new = [(1, 5, 0, 7), (2, 5, high + 1, 7), (3, 4, 0, 7), (4, 0, 0, 7), (6, 0, high, 7)]
    for name, rows in (("old", old), ("new", new)):
        typed = ", ".join(
            f"({one}::UINTEGER, {w0}::UBIGINT, {w1}::UBIGINT, {due})" for one, w0, w1, due in rows
        )
        partition.connection.execute(make.format(name, typed))

    assert differences(partition, "old", "new", words=2) == [
        (2, (5, high), (5, high + 1), 7),
        (3, (0, 0), (4, 0), 7),
        (6, (0, 0), (0, high), 7),
    ]


def test_who_is_due_is_told_by_the_last_pass(partition: Opened) -> None:
    table = "CREATE TABLE last_pass AS SELECT * FROM (VALUES (1, 50), (2, 60), (3, 61)) t(customer, due)"
    partition.connection.execute(table)
    at_rest = partition._replace(sources={**partition.sources, "membership": "last_pass"})

    assert due_customers(at_rest, 49) == []
    assert due_customers(at_rest, 60) == [1, 2]
    assert next_due(at_rest) == 50


def test_of_rules_that_time_never_turns_nobody_is_due(world: World, partition: Opened) -> None:
    lasting = parse_rule({"kind": "order_count", "at_least": 2})
    rows = partition.connection.execute(memberships(partition, [lasting], world.moment())).fetchall()

    assert {due for _, _, due in rows} == {NEVER}
