"""Previews, impacts and members, as they are asked for and by whom."""

from typing import Any

import pytest

from kairos import keys
from kairos.domain.errors import NotFound, Refused
from kairos.domain.moment import Moment
from kairos.domain.persona import PersonaWish
from kairos.domain.segment_wish import NewSegment
from kairos.domain.shelf import ShopSegments
from kairos.ports import Item, Put
from kairos.services.customers import load_profile
from kairos.services.segments import members
from kairos.services.segments.contacts import Contacts
from kairos.services.segments.editing import Editing, create_segment
from kairos.services.segments.members import read_feed_page, read_members
from kairos.services.segments.personas import (
    delete_persona,
    list_personas,
    load_persona,
    put_persona,
    with_typical_values,
)
from kairos.services.segments.population import Population
from kairos.services.segments.previewing import SAMPLE, Previewing, impact, preview
from kairos.services.segments.shelf import load_segments
from tests.unit.api.shop_floor import KEY, SHOP, Floor, customer, order
from tests.unit.segments.crowd import crowd

BUYERS = {"kind": "order_count", "at_least": 1}
EVERYBODY = {"kind": "order_count", "at_least": 0}
NAMES = ("Ada", "Bob", "Cleo", "Dan")
BOUGHT = ("Ada", "Bob", "Cleo")


class Room:
    """The shop "demo" with four customers, three of whom bought; its segment "buyers"."""

    def __init__(self) -> None:
        self.floor = Floor()
        for number, name in enumerate(NAMES, start=1):
            self.floor.record(customer(name, number))
            if name in BOUGHT:
                self.floor.record(order(name, number))
        parts = Editing(self.floor.items, self.floor.objects, self.floor.clock, lambda _shop: None)
        create_segment(parts, SHOP, NewSegment(name="Buyers", rule=BUYERS))
        create_segment(parts, SHOP, NewSegment(name="All", rule=EVERYBODY))
        self.contacts = Contacts(self.floor.items, KEY, "demo")
        self.population = self.snapshot()

    def shelf(self) -> ShopSegments:
        return load_segments(self.floor.items, SHOP)

    def snapshot(self) -> Population:
        profiles = [load_profile(self.floor.items, "demo", node(name)) for name in NAMES]
        found = [one for one in profiles if one]
        moment = Moment(self.floor.clock.now(), SHOP, segments=self.shelf().rules)
        return crowd(moment, found[::2], found[1::2])

    def preview(self, rule: Any, masks: bool = False, segment: str | None = None) -> dict[str, Any]:
        ticks = iter((10.0, 10.125))
        parts = Previewing(self.contacts, lambda: next(ticks), masks)
        return preview(parts, self.shelf(), self.population, rule, segment)

    def members(self, cursor: str | None = None, limit: str | None = None, **asked: Any) -> dict[str, Any]:
        told = {"segment": "buyers", "masks": False} | asked
        return read_members(
            self.contacts, self.shelf(), self.population, told["segment"], cursor, limit, told["masks"]
        )


def node(name: str) -> str:
    return KEY.node("demo", "platform_id", str(NAMES.index(name) + 1))


def emails(found: list[dict[str, Any]]) -> set[str]:
    return {one["email"] for one in found}


ADDRESSES = {f"{name.lower()}@example.com" for name in BOUGHT}


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_preview_tells_how_many_of_how_many_some_of_them_and_how_long_it_took(room: Room) -> None:
    told = room.preview(BUYERS)
    assert (told["count"], told["of"], told["ms"]) == (3, 4, 125)
    assert emails(told["sample"]) == ADDRESSES
    assert told["as_of"] == "2026-11-01T12:00:00+00:00"


def test_a_preview_shows_only_some(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SAMPLE >= 3
    monkeypatch.setattr("kairos.services.segments.previewing.SAMPLE", 2)
    assert len(room.preview(BUYERS)["sample"]) == 2


def test_names_are_hidden_from_who_may_only_count(room: Room) -> None:
    [ada] = [one for one in room.preview(BUYERS, masks=True)["sample"] if one["id"] == node("Ada")]
    assert ada == {"id": node("Ada"), "email": "a…@example.com", "first_name": "Ada", "last_name": None}


def test_a_rule_may_ask_for_the_shops_segments_before_it_is_kept(room: Room) -> None:
    assert room.preview({"not": {"kind": "in_segment", "segment": "buyers"}})["count"] == 1
    assert room.preview({"kind": "in_segment", "segment": "one_time_buyers"})["count"] == 3


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"kind": "in_segment", "segment": "gone"}, "segment"),
        ({"kind": "order_cuont", "at_least": 1}, "kind"),
        ({"all": [{"kind": "order_count"}]}, "all[0]"),
        (None, "rule"),
    ],
)
def test_what_is_no_rule_is_refused(room: Room, rule: Any, field: str) -> None:
    with pytest.raises(Refused) as told:
        room.preview(rule)
    assert told.value.field == field


def test_a_preview_for_a_segment_knows_that_it_may_not_ask_for_itself(room: Room) -> None:
    with pytest.raises(Refused, match="itself"):
        room.preview({"kind": "in_segment", "segment": "buyers"}, segment="buyers")


def test_the_impact_of_a_change_is_told_before_it_is_made(room: Room) -> None:
    told = impact(room.shelf(), room.population, "all", BUYERS)
    assert (told["enter"], told["leave"], told["running"]) == (0, 1, {})
    assert impact(room.shelf(), room.population, "buyers", EVERYBODY)["enter"] == 1
    with pytest.raises(NotFound):
        impact(room.shelf(), room.population, "gone", BUYERS)


@pytest.mark.parametrize("limit", ["1", "2", "3", "500", None])
def test_pages_of_members_name_each_once(room: Room, limit: str | None) -> None:
    found, page = [], room.members(limit=limit)
    found += page["members"]
    while page["cursor"]:
        page = room.members(page["cursor"], limit)
        found += page["members"]
    assert [one["id"] for one in found] == sorted(map(node, BOUGHT))
    assert emails(found) == ADDRESSES


def test_members_are_named_as_they_are_now(room: Room) -> None:
    room.floor.record(customer("Adele", 1, room.floor.clock.now()))
    [ada] = [one for one in room.members()["members"] if one["id"] == node("Ada")]
    assert (ada["first_name"], ada["email"]) == ("Adele", "adele@example.com")


def test_who_was_erased_is_named_no_more_though_the_snapshot_still_counts_them(room: Room) -> None:
    room.floor.erase(
        "demo", [node("Ada"), KEY.node("demo", "email", "ada@example.com")], room.floor.clock.now()
    )
    assert emails(room.members()["members"]) == ADDRESSES - {"ada@example.com"}
    assert emails(room.preview(BUYERS)["sample"]) == ADDRESSES - {"ada@example.com"}
    rows, _ = read_feed_page(room.contacts, room.shelf(), room.population, "buyers", None)
    assert emails(rows) == ADDRESSES - {"ada@example.com"}


def test_members_may_be_masked(room: Room) -> None:
    assert "ada@example.com" not in str(room.members(masks=True))


@pytest.mark.parametrize("limit", ["0", "501", "-1", "many", "", "0x1", "9" * 5000])
def test_a_page_has_a_size_that_can_be_read(room: Room, limit: str) -> None:
    with pytest.raises(Refused) as told:
        room.members(limit=limit)
    assert told.value.field == "limit"


def test_a_cursor_of_another_segment_is_refused(room: Room) -> None:
    cursor = room.members(limit="1")["cursor"]
    with pytest.raises(Refused):
        room.members(cursor, segment="all")
    with pytest.raises(NotFound):
        room.members(segment="gone")


def test_a_feed_names_who_consented_to_mail_and_may_hold_shorter_pages(room: Room) -> None:
    address = KEY.node("demo", "email", "bob@example.com")
    room.floor.items.write(Put(Item(keys.suppression("demo", "email", address), "1", {"reason": "bounced"})))
    found, cursor = read_feed_page(room.contacts, room.shelf(), room.population, "all", None, 2)
    while cursor:
        rows, cursor = read_feed_page(room.contacts, room.shelf(), room.population, "all", cursor, 2)
        found += rows
    assert emails(found) == {"ada@example.com", "cleo@example.com", "dan@example.com"}
    assert all(set(one) == {"email", "first_name", "last_name"} for one in found)
    assert members.FEED_PAGE > 1000


def persona(room: Room, **wish: Any) -> dict[str, Any]:
    made = put_persona(
        room.floor.items,
        room.floor.clock,
        room.shelf(),
        "anna",
        PersonaWish.model_validate({"name": "Anna", "segments": ["buyers"]} | wish),
    )
    return with_typical_values(room.floor.items, room.shelf(), room.population, made)


def test_a_persona_is_filled_with_what_its_customers_do(room: Room) -> None:
    product = {"id": "1", "title": "Mug", "updated_at": "2026-01-01T00:00:00Z"}
    room.floor.items.write(Put(Item(keys.product("demo", "1"), "1", product)))
    told = persona(room)["typical"]
    assert (told["members"], told["of"], told["share"]) == (3, 4, 75.0)
    assert (told["average_basket"], told["average_age"]) == ("10.00", None)
    assert (told["days_between_orders"], told["next_order"]) == (None, None)
    assert told["next_products"] == [{"id": "1", "title": "Mug", "buyers": 3}]


def test_a_persona_bundles_all_or_any_of_its_segments(room: Room) -> None:
    assert persona(room, segments=["buyers", "prospects"])["typical"]["members"] == 0
    assert persona(room, segments=["buyers", "prospects"], match="any")["typical"]["members"] == 4


def test_a_persona_of_nobody_has_no_values(room: Room) -> None:
    told = persona(room, segments=["biggest_spenders"])["typical"]
    assert (told["members"], told["share"], told["average_basket"], told["next_products"]) == (
        0,
        0.0,
        None,
        [],
    )


def test_a_persona_is_kept_listed_and_deleted(room: Room) -> None:
    persona(room)
    persona(room, name="Anna the second")
    items = room.floor.items
    assert [(one.id, one.name) for one in list_personas(items, "demo")] == [("anna", "Anna the second")]
    assert load_persona(items, "demo", "anna").segments == ("buyers",)
    delete_persona(items, "demo", "anna")
    for gone in (load_persona, delete_persona):
        with pytest.raises(NotFound):
            gone(items, "demo", "anna")
    assert list_personas(items, "other") == []


def test_a_persona_of_a_segment_that_is_not_there_is_refused(room: Room) -> None:
    with pytest.raises(Refused) as told:
        persona(room, segments=["buyers", "gone"])
    assert told.value.field == "segments[1]"
