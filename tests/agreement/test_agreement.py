"""A rule's two readings, closures and SQL, never differ in a single bit."""

from collections import Counter

from kairos.domain.criteria.registry import CRITERIA
from tests.agreement.check import RULES_PER_WORLD, check
from tests.agreement.world import kinds_of_rules

WORLDS = 26
RULES, PAIRS, TIMES = 2_000, 100_000, 50


def test_every_kind_has_a_generator() -> None:
    assert set(kinds_of_rules()) == set(CRITERIA)


def test_closures_and_the_engine_agree_bit_for_bit() -> None:
    pairs, kinds = check(range(WORLDS))

    assert WORLDS * RULES_PER_WORLD >= RULES
    assert pairs >= PAIRS
    assert {kind: times for kind, times in Counter(kinds).items() if times < TIMES} == {}
