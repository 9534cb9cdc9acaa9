"""The layout: a bit once written keeps its meaning, whatever becomes of rules."""

from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.segment import DELETED, UNREADABLE, Layout

LOYAL = Layout().extended({"loyal": "v1"})


def told(layout: Layout) -> list[tuple[str, str]]:
    return [(one.segment, one.rule_version) for one in layout.positions]


def test_each_new_segment_gets_the_next_position() -> None:
    layout = LOYAL.extended({"loyal": "v1", "lost": "w1"})
    assert told(layout) == [("loyal", "v1"), ("lost", "w1")]
    assert layout.current == {"loyal": 0, "lost": 1}


def test_what_it_knows_already_changes_nothing() -> None:
    assert LOYAL.extended({"loyal": "v1"}) is LOYAL


def test_an_edited_rule_gets_a_position_of_its_own() -> None:
    assert LOYAL.extended({"loyal": "v2"}).current == {"loyal": 1}


def test_a_rule_set_back_to_what_it_was_gets_another_one_too() -> None:
    layout = LOYAL.extended({"loyal": "v2"}).extended({"loyal": "v1"})
    assert told(layout) == [("loyal", "v1"), ("loyal", "v2"), ("loyal", "v1")]
    assert layout.current == {"loyal": 2}


def test_bits_of_a_deleted_segment_say_nothing_any_more() -> None:
    layout = LOYAL.extended({})
    assert told(layout) == [("loyal", "v1"), ("loyal", DELETED)]
    assert layout.current == {}
    assert not layout.lives(0)


def test_a_segment_made_anew_does_not_inherit_the_members_of_the_deleted_one() -> None:
    layout = LOYAL.extended({}).extended({"loyal": "v1"})
    assert not layout.lives(0)
    assert layout.lives(2)
    assert layout.current == {"loyal": 2}


def test_members_of_a_segment_that_cannot_be_evaluated_stay() -> None:
    layout = LOYAL.extended({"loyal": UNREADABLE})
    assert layout.current == {}
    assert layout.lives(0)


def test_a_rule_that_can_be_evaluated_again_counts_as_a_new_one() -> None:
    passed = LOYAL.extended({"loyal": UNREADABLE}).passed(2, 0)
    layout = passed.extended({"loyal": "v1"})
    assert layout.current == {"loyal": 2}
    assert layout.is_pending


def test_a_full_recompute_is_due_until_it_has_seen_every_rule() -> None:
    assert LOYAL.is_pending
    assert not LOYAL.passed(1, 0).is_pending
    assert LOYAL.passed(1, 0).extended({"loyal": "v1", "lost": "w1"}).is_pending


def test_a_deletion_calls_for_no_recompute() -> None:
    assert not LOYAL.passed(1, 0).extended({}).is_pending


def test_a_recompute_that_ends_late_takes_nothing_back() -> None:
    later = LOYAL.extended({"loyal": "v2"}).passed(2, 7)
    assert later.passed(1, 3) == later
    assert later.passed(99, 8).evaluated == len(later.positions)


versions = st.dictionaries(st.sampled_from(["aa", "bb", "cc"]), st.sampled_from(["1", "2", UNREADABLE]))


@given(st.lists(versions, max_size=8))
def test_positions_only_grow_and_the_last_of_each_segment_is_as_it_was_told(history: list[dict]) -> None:
    layout = Layout()
    for wanted in history:
        before, layout = layout, layout.extended(wanted)
        assert layout.positions[: len(before.positions)] == before.positions
        assert layout.current.keys() == {one for one, version in wanted.items() if version != UNREADABLE}
        assert all(layout.positions[at].rule_version == wanted[one] for one, at in layout.current.items())
