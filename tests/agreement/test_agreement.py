"""A rule's two readings, closures and SQL, never differ in a single bit."""

import pytest

from kairos.domain.criteria.numbers import CountTest
from kairos.domain.criteria.registry import CRITERIA
from kairos.engine import encode
from tests.agreement.check import RULES_PER_WORLD, check
from tests.agreement.world import kinds_of_rules

WORLDS = 16
RULES, PAIRS, TIMES = 2_000, 100_000, 50
FEW_WORLDS = 3


def test_every_kind_has_a_generator() -> None:
    assert set(kinds_of_rules()) == set(CRITERIA)


@pytest.mark.parametrize("first", range(0, WORLDS, 2))
def test_closures_and_the_engine_agree_bit_for_bit(first: int) -> None:
    pairs, kinds = check([first, first + 1])

    assert pairs * WORLDS // 2 >= PAIRS
    assert {kind: kinds[kind] for kind in CRITERIA if kinds[kind] * WORLDS // 2 < TIMES} == {}


def test_enough_rules_are_compared() -> None:
    assert WORLDS * RULES_PER_WORLD >= RULES


def test_a_bound_taken_in_where_it_should_be_left_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = CountTest.count_sql
    monkeypatch.setattr(
        CountTest, "count_sql", lambda test, expression: right(test, expression).replace(" > ", " >= ")
    )

    with pytest.raises(AssertionError, match=r"the two readings differ[\s\S]*more_than"):
        check(range(FEW_WORLDS), ["order_count"])


def test_a_second_more_or_less_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = encode.seconds
    monkeypatch.setattr(encode, "seconds", lambda at: right(at) + 1 if at else 0)

    with pytest.raises(AssertionError, match=r"the two readings differ[\s\S]*\"window\""):
        check(range(FEW_WORLDS), ["order_count"])
