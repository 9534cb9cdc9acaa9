"""What a customer's membership becomes, and why it is said to."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.membership import (
    MOST_REMEMBERED,
    REMEMBERED,
    Finding,
    Membership,
    as_body,
    matched_by,
    next_membership,
    segments_of,
    transitions_of,
    united,
)
from kairos.domain.segment import Cause, Layout

NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC)
LAYOUT = Layout().extended({"buyers": "v1", "loyal": "v1", "lost": "v1"}).passed(3, 0)


def find(
    *matched: str, layout: Layout = LAYOUT, at: datetime = NOON, cause: Cause = "event", **more
) -> Finding:
    known = len(layout.positions)
    told = {"judged": set(layout.current), "known": known, "of": "a.1", **more}
    return Finding(matched=set(matched), at=at, cause=cause, **told)


def after(held: Membership, found: Finding, layout: Layout = LAYOUT) -> Membership:
    changed, _ = next_membership(held, layout, found)
    assert changed is not None
    return changed


BUYER = after(Membership(), find("buyers"))


def test_a_customer_enters_what_matches() -> None:
    held, told = next_membership(Membership(), LAYOUT, find("buyers", "loyal"))
    assert held is not None
    assert segments_of(held, LAYOUT).keys() == {"buyers", "loyal"}
    assert [(one.segment, one.entered, one.at) for one in told] == [
        ("buyers", True, NOON),
        ("loyal", True, NOON),
    ]


def test_and_leaves_what_does_not_any_more() -> None:
    held, told = next_membership(BUYER, LAYOUT, find("lost"))
    assert held is not None
    assert segments_of(held, LAYOUT).keys() == {"lost"}
    assert {(one.segment, one.entered) for one in told} == {("buyers", False), ("lost", True)}


def test_where_nothing_turns_there_is_nothing_to_write_or_tell() -> None:
    assert next_membership(BUYER, LAYOUT, find("buyers")) == (None, ())
    assert next_membership(Membership(), LAYOUT, find()) == (None, ())


def test_who_stays_in_a_segment_is_in_it_since_they_entered() -> None:
    held = after(BUYER, find("buyers", "loyal", at=NOON + timedelta(days=1)))
    assert segments_of(held, LAYOUT) == {
        "buyers": NOON.replace(microsecond=0),
        "loyal": NOON.replace(microsecond=0) + timedelta(days=1),
    }


def test_what_was_not_looked_at_stays_as_it_is() -> None:
    held = after(BUYER, find("loyal", judged={"loyal", "lost"}))
    assert segments_of(held, LAYOUT).keys() == {"buyers", "loyal"}


EDITED = LAYOUT.extended({"buyers": "v1", "loyal": "v2", "lost": "v1"})
LOYAL = after(Membership(), find("buyers", "loyal"))


def test_members_under_a_former_rule_are_members_until_the_new_one_was_looked_at() -> None:
    assert segments_of(LOYAL, EDITED).keys() == {"buyers", "loyal"}


def test_nothing_is_written_for_whom_an_edited_rule_changes_nothing() -> None:
    assert next_membership(LOYAL, EDITED, find("buyers", "loyal", layout=EDITED)) == (None, ())
    assert next_membership(BUYER, EDITED, find("buyers", layout=EDITED)) == (None, ())


def test_whom_an_edited_rule_moves_left_or_entered_because_of_the_rule() -> None:
    _, told = next_membership(LOYAL, EDITED, find("buyers", layout=EDITED))
    assert [(one.segment, one.entered, one.cause) for one in told] == [("loyal", False, "rule")]
    _, told = next_membership(BUYER, EDITED, find("buyers", "loyal", layout=EDITED, cause="time"))
    assert [(one.segment, one.entered, one.cause) for one in told] == [("loyal", True, "rule")]


def test_once_a_recompute_has_seen_the_rule_changes_are_due_to_what_happens() -> None:
    seen = EDITED.passed(len(EDITED.positions), 0)
    _, told = next_membership(BUYER, seen, find("buyers", "loyal", layout=seen))
    assert [one.cause for one in told] == ["event"]


def test_so_they_are_for_a_customer_who_was_judged_by_the_new_rule_already() -> None:
    judged = after(BUYER, find("buyers", "lost", layout=EDITED), EDITED)
    _, told = next_membership(judged, EDITED, find("buyers", "lost", "loyal", layout=EDITED))
    assert [one.cause for one in told] == ["event"]


@pytest.mark.parametrize("cause", ["event", "time"])
def test_moved_thresholds_are_the_cause_for_rules_that_compare_with_them(cause: Cause) -> None:
    _, told = next_membership(Membership(), LAYOUT, find("buyers", "loyal", cause=cause, moved={"loyal"}))
    assert {one.segment: one.cause for one in told} == {"buyers": cause, "loyal": "threshold"}


@pytest.mark.parametrize("cause", ["import", "repair"])
def test_an_import_or_a_repair_is_the_cause_of_all_that_it_moves(cause: Cause) -> None:
    found = find("buyers", "loyal", layout=EDITED, cause=cause, moved={"buyers"})
    _, told = next_membership(Membership(), EDITED, found)
    assert {one.cause for one in told} == {cause}


def test_whoever_was_in_a_deleted_segment_is_not_in_one_made_anew() -> None:
    anew = LAYOUT.extended({"loyal": "v1", "lost": "v1"}).extended(
        {"buyers": "v1", "loyal": "v1", "lost": "v1"}
    )
    assert segments_of(BUYER, anew) == {}
    held, told = next_membership(BUYER, anew, find("buyers", layout=anew))
    assert held is not None
    assert segments_of(held, anew).keys() == {"buyers"}
    assert [one.cause for one in told] == ["rule"]


def test_transitions_are_remembered_for_a_day() -> None:
    at = NOON + REMEMBERED - timedelta(seconds=1)
    assert len(after(BUYER, find("buyers", "loyal", at=at)).recent) == 2
    at = NOON + REMEMBERED
    assert [one.position for one in after(BUYER, find("buyers", "loyal", at=at)).recent] == [1]


def test_at_most_fifty_are_remembered_the_latest() -> None:
    held = Membership()
    for minute in range(MOST_REMEMBERED + 5):
        matched = ("buyers",) if minute % 2 == 0 else ()
        held = after(held, find(*matched, at=NOON + timedelta(minutes=minute), of=f"a.{minute}"))
    assert [one.of for one in held.recent] == [f"a.{minute}" for minute in range(5, MOST_REMEMBERED + 5)]


def test_an_occasion_finds_the_transitions_that_it_made() -> None:
    held = after(BUYER, find("buyers", "loyal", of="b.2"))
    assert [one.segment for one in transitions_of(held, LAYOUT, {"b"})] == ["loyal"]
    assert transitions_of(held, LAYOUT, {"c"}) == ()


def test_customers_who_are_one_are_in_what_either_was_in_since_the_earlier_time() -> None:
    later = NOON + timedelta(hours=1)
    other = after(Membership(), find("buyers", "lost", at=later, of="b.1"))
    one = united([other, BUYER], LAYOUT)
    assert segments_of(one, LAYOUT) == {
        "buyers": NOON.replace(microsecond=0),
        "lost": later.replace(microsecond=0),
    }
    assert [turned.of for turned in one.recent] == ["a.1", "b.1", "b.1"]


def test_nobody_yet_was_in_nothing() -> None:
    assert united([], LAYOUT) == Membership()


def test_an_edited_rule_counts_as_looked_at_only_if_it_was_for_both() -> None:
    judged = after(BUYER, find("buyers", "lost", layout=EDITED), EDITED)
    both = united([judged, BUYER], EDITED)
    _, told = next_membership(both, EDITED, find("buyers", "lost", "loyal", layout=EDITED))
    assert [one.cause for one in told] == ["rule"]


names = [f"segment{number:03}" for number in range(130)]
WIDE = Layout().extended(dict.fromkeys(names, "v1"))


@given(st.sets(st.sampled_from(names)))
def test_words_hold_64_segments_each_and_read_back_as_they_were(matched: set[str]) -> None:
    held = after(Membership(), find(*matched, "segment000", layout=WIDE), WIDE)
    words = held.words(WIDE)
    assert len(words) == 3
    assert all(0 <= word < 2**64 for word in words)
    assert matched_by(words, WIDE) == matched | {"segment000"}
    bits = "".join(f"{word:064b}"[::-1] for word in words)
    assert {names[at] for at, bit in enumerate(bits) if bit == "1"} == matched | {"segment000"}


def test_the_word_of_an_edited_rule_is_that_of_its_new_position() -> None:
    assert LOYAL.words(EDITED) == (0b1001,)
    assert matched_by((0b1011,), EDITED) == {"buyers", "loyal"}


some = st.sampled_from(["buyers", "loyal", "lost", "new"])
edits = st.dictionaries(some, st.sampled_from(["v1", "v2"]))
steps = st.lists(st.tuples(edits, st.sets(some)), min_size=1, max_size=12)


@given(steps)
def test_whatever_is_edited_and_deleted_the_membership_is_what_was_last_found(history) -> None:
    """Against the plainest model there is: a set of names, from which deleted segments vanish."""
    layout, held, model = Layout(), Membership(), dict[str, datetime]()
    for number, (wanted, matching) in enumerate(history):
        layout = layout.extended(wanted)
        model = {one: since for one, since in model.items() if one in wanted}
        at = NOON + timedelta(minutes=number)
        matched = matching & wanted.keys()
        found = find(*matched, layout=layout, at=at, of=f"a.{number}")
        changed, told = next_membership(held, layout, found)
        assert {(one.segment, one.entered) for one in told} == {
            (one, one in matched) for one in matched ^ model.keys()
        }
        model = {one: model.get(one, at.replace(microsecond=0)) for one in matched}
        held = Membership.model_validate(json.loads(json.dumps(as_body(changed or held))))
        assert segments_of(held, layout) == model
