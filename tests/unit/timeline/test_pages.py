"""Pages of a timeline: every entry on exactly one of them, whatever comes to be known meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.errors import Refused
from kairos.domain.timeline import KINDS, Entry, Place, cursor_of, page_of, read_cursor, read_kinds

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
ADA, BOB = "c" + "a" * 26, "c" + "b" * 26


def entry(at: int, mark: str) -> Entry:
    return Entry(kind="order", id=mark, at=START + timedelta(seconds=at), what="placed")


# Few distinct seconds, so that many entries happen at the same one.
later = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 50)), max_size=6, unique_by=lambda one: one[1])
moments = st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(0, 6), max_size=25)


@given(moments, st.integers(1, 7), later)
def test_every_entry_is_on_exactly_one_page_whatever_comes_meanwhile(
    told: dict[str, int], most: int, meanwhile: list[tuple[int, int]]
) -> None:
    known = [entry(at, mark) for mark, at in told.items()]
    seen: list[Entry] = []
    place: Place | None = None
    more = list(meanwhile)
    for _ in range(100):
        page, place = page_of(known, place, most)
        assert len(page) <= most
        seen += page
        if place is None:
            break
        place = read_cursor(cursor_of(ADA, place), ADA)
        if more:
            at, number = more.pop()
            known.append(entry(at, f"new-{number}"))
    ids = [one.id for one in seen]
    assert len(ids) == len(set(ids)), "none twice"
    assert set(told) <= set(ids), "none left out"
    assert seen == sorted(seen, key=lambda one: (one.at, one.id), reverse=True)


def test_an_entry_that_is_told_twice_is_shown_once() -> None:
    assert page_of([entry(1, "a"), entry(1, "a")], None) == ([entry(1, "a")], None)


def test_the_last_page_leads_no_further() -> None:
    known = [entry(1, "a"), entry(2, "b")]
    assert page_of(known, None, 2) == ([known[1], known[0]], None)
    assert page_of(known, None, 1) == ([known[1]], Place(known[1].at, "b"))


@pytest.mark.parametrize(
    "text",
    ["x", "e30", "é", "A" * 4100, cursor_of(BOB, Place(START, "a")), cursor_of(ADA, Place(START, "a"))[:-2]],
)
def test_what_is_no_cursor_of_this_customer_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_cursor(text, ADA)
    assert refused.value.field == "cursor"


def test_without_a_cursor_it_begins() -> None:
    assert read_cursor(None, ADA) is None
    assert read_cursor("", ADA) is None


def test_kinds_are_all_unless_some_are_named() -> None:
    assert read_kinds(None) == KINDS
    assert set(read_kinds("message, order")) == {"order", "message"}


@pytest.mark.parametrize("text", ["orders", "order,messages", "ORDER"])
def test_an_unknown_kind_is_refused_with_the_nearest(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_kinds(text)
    assert refused.value.field == "kinds"
    assert "order" in refused.value.remedy or "message" in refused.value.remedy


def test_what_is_not_known_is_left_out() -> None:
    told: dict[str, Any] = {"order": "1", "number": None}
    shown = Entry(kind="order", id="a", at=START, what="placed", told=told).shown()
    assert shown == {"kind": "order", "id": "a", "at": START.isoformat(), "what": "placed", "order": "1"}
