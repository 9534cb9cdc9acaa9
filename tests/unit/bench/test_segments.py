"""The segments that the engine is measured with are rules that any shop could have."""

from kairos.domain.criteria.rule import parse_rule
from local.bench.segments import TEN, segments, ten


def test_every_segment_is_a_rule() -> None:
    for told in segments(200):
        parse_rule(told)


def test_the_first_fifty_are_always_the_same_and_the_others_their_like() -> None:
    assert segments(200)[:50] == segments(50)
    assert segments(200)[50:100] != segments(50)
    assert segments(200) == segments(200)


def test_the_ten_for_rivals_are_among_the_fifty() -> None:
    assert len(ten()) == len(TEN) == 10
    assert all(told in segments(50) for told in ten())
