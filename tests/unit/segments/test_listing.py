"""Segments are listed with their size and value, and say as of when and what is wrong."""

from typing import Any

import pytest

from kairos import keys
from kairos.domain.errors import NotFound, Refused
from kairos.domain.segment import Segment
from kairos.ports import Item, Put
from kairos.services.segments.listing import (
    NOT_COUNTED,
    Counted,
    count,
    find_segment,
    history,
    last_counted,
    list_segments,
    show_segment,
)
from tests.unit.segments.test_previewing import Room


@pytest.fixture
def room() -> Room:
    return Room()


def listed(room: Room, counted: Counted, language: str = "en") -> dict[str, dict[str, Any]]:
    told = list_segments(room.shelf(), counted, language)["segments"]
    return {one["id"]: one for one in told}


def test_each_is_listed_with_its_members_and_what_they_are_worth(room: Room) -> None:
    told = listed(room, count(room.shelf(), room.population))
    assert told["buyers"]["count"] == 3
    assert told["buyers"]["value"] == {
        "buyers": 3,
        "orders": 3,
        "revenue": "30.00",
        "revenue_per_member": "10.00",
        "average_basket": "10.00",
        "spending": {"least": "10.00", "median": "10.00", "most": "10.00"},
    }
    assert told["all"]["value"]["revenue_per_member"] == "7.50"
    assert told["buyers"]["as_of"] == "2026-11-01T12:00:00+00:00"


def test_a_segment_of_nobody_is_worth_nothing_and_no_average_is_made_up(room: Room) -> None:
    told = listed(room, count(room.shelf(), room.population))["loyal_customers"]
    assert told["count"] == 0
    assert told["value"]["revenue"] == "0.00"
    assert (told["value"]["revenue_per_member"], told["value"]["average_basket"]) == (None, None)
    assert told["value"]["spending"] == {"least": None, "median": None, "most": None}


def test_the_list_tells_of_how_many_and_which_templates_there_are(room: Room) -> None:
    told = list_segments(room.shelf(), count(room.shelf(), room.population), "en", ("Something.",))
    assert (told["of"], told["as_of"], told["warnings"]) == (4, "2026-11-01T12:00:00+00:00", ["Something."])
    assert {one["id"] for one in told["templates"]} >= {"near_the_shop", "local_customers"}
    assert all(one["parameters"] for one in told["templates"])


def test_ready_made_ones_come_first_and_in_the_language_asked_for(room: Room) -> None:
    told = list_segments(room.shelf(), NOT_COUNTED, "de")["segments"]
    origins = [one["origin"] for one in told]
    assert origins == sorted(origins)
    assert {one["name"] for one in told} >= {"Senioren", "Buyers"}


def test_one_segment_is_counted_alone(room: Room) -> None:
    assert set(count(room.shelf(), room.population, "buyers").figures) == {"buyers"}


def test_what_was_not_counted_says_so(room: Room) -> None:
    told = listed(room, NOT_COUNTED)["buyers"]
    assert (told["count"], told["value"], told["as_of"]) == (None, None, None)


def test_a_segment_that_can_not_be_evaluated_is_listed_with_the_reason(room: Room) -> None:
    lost = Segment(id="lost", name="Lost", rule={"kind": "in_segment", "segment": "gone"})
    room.floor.items.write(Put(Item(keys.segment("demo", "lost"), "1", lost.as_json())))
    told = listed(room, count(room.shelf(), room.population))
    assert told["lost"]["count"] is None
    assert "'gone'" in told["lost"]["warnings"][0]
    assert told["buyers"]["count"] == 3


def test_a_day_of_the_history_stands_in_where_nothing_is_counted_now(room: Room) -> None:
    assert last_counted(room.floor.items, "demo") == NOT_COUNTED
    for day, members in (("2026-10-30", 5), ("2026-10-31", 7)):
        keep_day(room, day, members)
    told = listed(room, last_counted(room.floor.items, "demo"))["buyers"]
    assert (told["count"], told["as_of"]) == (7, "2026-10-31T00:00:05+00:00")
    assert told["value"]["average_basket"] == "12.34"


def keep_day(room: Room, day: str, members: int) -> None:
    told = {"members": members, "buyers": 2, "orders": 3, "revenue": 3702, "basket": 1234}
    told |= {"spending_least": 1, "spending_median": 2, "spending_most": 3}
    body = {"at": f"{day}T00:00:05+00:00", "segments": {"buyers": told}}
    room.floor.items.write(Put(Item(keys.segment_day("demo", day), "1", body)))


def test_the_history_tells_size_and_value_day_by_day(room: Room) -> None:
    for day, members in (("2026-10-30", 5), ("2026-10-31", 7)):
        keep_day(room, day, members)
    told = history(room.floor.items, room.shelf(), "buyers")["days"]
    assert [(one["day"], one["count"]) for one in told] == [("2026-10-30", 5), ("2026-10-31", 7)]
    assert told[0]["value"]["revenue_per_member"] == "7.40"
    assert history(room.floor.items, room.shelf(), "all") == {"days": []}


def test_what_is_not_there_is_not_found_and_a_template_says_what_to_do(room: Room) -> None:
    with pytest.raises(NotFound):
        history(room.floor.items, room.shelf(), "gone")
    with pytest.raises(Refused, match="copy_of"):
        find_segment(room.shelf(), "near_the_shop")
    assert find_segment(room.shelf(), "buyers").name == "Buyers"


def test_a_segment_is_shown_with_its_rule(room: Room) -> None:
    shown = show_segment(room.shelf(), room.shelf().segments["buyers"], NOT_COUNTED)
    assert (shown["rule"], shown["type"]) == ({"kind": "order_count", "at_least": 1}, "rule")
