"""Segments are made, changed and deleted at once, and never so that another breaks."""

from collections.abc import Sequence
from typing import Any

import pytest

from kairos import keys
from kairos.domain.errors import Conflict, InUse, NotFound, Refused
from kairos.domain.feed import FeedWish
from kairos.domain.persona import PersonaWish
from kairos.domain.scenarios import registry
from kairos.domain.segment import Segment
from kairos.domain.segment_wish import NewSegment, SegmentEdit
from kairos.domain.shelf import ShopSegments
from kairos.ports import Check, Put, Write
from kairos.services.segments import editing
from kairos.services.segments.editing import Editing, change_segment, create_segment, delete_segment
from kairos.services.segments.feeds import find_feed, open_feed
from kairos.services.segments.personas import put_persona
from kairos.services.segments.shelf import load_segments
from kairos.services.segments.uses import uses_of
from tests.unit.api.shop_floor import SHOP, CrashingItems, Floor

BUYERS = {"kind": "order_count", "at_least": 1}
FANS = {"kind": "order_count", "at_least": 5}


class Shelf:
    """The shop "demo", whose segments are edited."""

    def __init__(self) -> None:
        self.floor = Floor()
        self.items = self.floor.items
        self.wanted: list[str] = []
        self.parts = Editing(self.items, self.floor.objects, self.floor.clock, self.wanted.append)

    def create(self, language: str = "en", **wish: Any) -> Segment:
        return create_segment(self.parts, SHOP, NewSegment.model_validate(wish), language)

    def change(self, segment: str, **edit: Any) -> Segment:
        return change_segment(self.parts, SHOP, segment, SegmentEdit.model_validate(edit))

    def delete(self, segment: str) -> None:
        delete_segment(self.parts, SHOP, segment)

    def load(self) -> ShopSegments:
        return load_segments(self.items, SHOP)

    def own(self) -> dict[str, Segment]:
        return {name: one for name, one in self.load().segments.items() if one.origin == "shop"}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_a_new_segment_is_there_and_is_asked_to_be_evaluated(shelf: Shelf) -> None:
    made = shelf.create(name="Fans of ours", rule=FANS)
    assert (made.id, made.type, made.origin) == ("fans_of_ours", "rule", "shop")
    assert shelf.own() == {"fans_of_ours": made}
    assert shelf.wanted == ["demo"]


def test_its_position_is_beyond_what_was_evaluated_so_that_it_turns_by_its_rule(shelf: Shelf) -> None:
    before = len(shelf.load().layout.positions)
    shelf.create(name="Fans", rule=FANS)
    assert shelf.load().layout.current["fans"] == before


def test_two_of_one_name_get_ids_of_their_own(shelf: Shelf) -> None:
    assert [shelf.create(name="Fans!", rule=FANS).id for _ in range(3)] == ["fans", "fans_2", "fans_3"]


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("Überraschte Käufer", "uberraschte_kaufer"),
        ("日本", "segment"),
        ("A", "segment_a"),
        ("x" * 120, "x" * 50),
    ],
)
def test_an_id_is_made_of_whatever_the_name_is(shelf: Shelf, name: str, segment: str) -> None:
    assert shelf.create(name=name, rule=FANS).id == segment


def test_an_id_may_be_chosen_unless_it_is_taken(shelf: Shelf) -> None:
    assert shelf.create(name="Fans", id="our-fans", rule=FANS).id == "our-fans"
    for taken in ("our-fans", "prospects", "near_the_shop", "preview"):
        with pytest.raises(Refused) as told:
            shelf.create(name="Fans", id=taken, rule=FANS)
        assert told.value.field == "id"


def test_the_id_of_a_deleted_segment_is_not_given_again(shelf: Shelf) -> None:
    shelf.create(name="VIPs", type="list")
    shelf.delete("vips")
    assert shelf.create(name="VIPs", type="list").id == "vips_2"
    with pytest.raises(Refused):
        shelf.create(name="VIPs", id="vips", type="list")


def test_a_fixed_list_asks_for_those_who_stand_on_it(shelf: Shelf) -> None:
    made = shelf.create(name="VIPs", type="list")
    assert (made.type, made.rule) == ("list", {"kind": "on_list", "list": "vips"})


def test_a_copy_has_the_rule_and_what_it_is_not_given(shelf: Shelf) -> None:
    copy = shelf.create("de", copy_of="one_time_buyers")
    assert (copy.name, copy.rule) == ("Einmalkäufer", {"kind": "order_count", "equals": 1})
    assert (copy.id, copy.origin, copy.description) == (
        "einmalkaufer",
        "shop",
        "Have placed exactly one order.",
    )
    assert shelf.create(copy_of="einmalkaufer", name="Mine").rule == copy.rule


def test_a_template_is_copied_with_what_it_asks_for(shelf: Shelf) -> None:
    made = shelf.create(copy_of="local_customers", parameters={"countries": ["ch"]})
    assert made.rule == {"kind": "country", "any_of": ["CH"]}
    with pytest.raises(Refused) as told:
        shelf.create(copy_of="local_customers")
    assert told.value.field == "parameters.countries"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"copy_of": "millionaires"}, "copy_of"),
        ({"copy_of": "vips"}, "copy_of"),
        ({"copy_of": "prospects", "parameters": {"countries": ["CH"]}}, "parameters.countries"),
        ({"copy_of": "fans", "parameters": {"countries": ["CH"]}}, "parameters"),
        ({"name": "New", "rule": {"kind": "in_segment", "segment": "gone"}}, "segment"),
        ({"name": "New", "rule": {"kind": "nonsense"}}, "kind"),
    ],
)
def test_what_can_not_be_made_is_refused_with_the_field(
    shelf: Shelf, wish: dict[str, Any], field: str
) -> None:
    shelf.create(name="VIPs", type="list")
    shelf.create(name="Fans", rule=FANS)
    with pytest.raises(Refused) as told:
        shelf.create(**wish)
    assert told.value.field == field


def test_a_shop_has_only_so_many(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "MOST_SEGMENTS", 2)
    for _ in range(2):
        shelf.create(name="Fans", rule=FANS)
    with pytest.raises(Refused):
        shelf.create(name="Fans", rule=FANS)
    shelf.delete("fans_2")
    shelf.create(name="Fans", rule=FANS)


def test_a_new_rule_takes_effect_at_once(shelf: Shelf) -> None:
    shelf.create(name="Fans", rule=FANS)
    before = shelf.load().layout.current["fans"]
    shelf.change("fans", rule=BUYERS)
    assert shelf.load().segments["fans"].rule == BUYERS
    assert shelf.load().layout.current["fans"] > before
    assert shelf.wanted == ["demo", "demo"]


def test_a_new_name_needs_no_recompute(shelf: Shelf) -> None:
    shelf.create(name="Fans", rule=FANS)
    layout = shelf.load().layout
    changed = shelf.change("fans", name="Great fans", description="They love us.")
    assert (changed.name, changed.description, changed.rule) == ("Great fans", "They love us.", FANS)
    assert shelf.load().layout == layout
    assert shelf.wanted == ["demo"]


def test_a_changed_rule_changes_what_asks_for_it_too(shelf: Shelf) -> None:
    shelf.create(name="Fans", rule=FANS)
    shelf.create(name="Others", rule={"not": {"kind": "in_segment", "segment": "fans"}})
    before = shelf.load().layout.current["others"]
    shelf.change("fans", rule=BUYERS)
    assert shelf.load().layout.current["others"] > before


def test_ready_made_ones_stay_as_they_are(shelf: Shelf) -> None:
    for segment in ("prospects", "near_the_shop"):
        with pytest.raises(Refused, match="Copy it"):
            shelf.change(segment, rule=FANS)
        with pytest.raises(Refused, match="Copy it"):
            shelf.delete(segment)


def test_what_is_not_there_is_not_found(shelf: Shelf) -> None:
    with pytest.raises(NotFound):
        shelf.change("fans", rule=FANS)
    with pytest.raises(NotFound):
        shelf.delete("fans")


def test_a_fixed_list_gets_no_rule(shelf: Shelf) -> None:
    shelf.create(name="VIPs", type="list")
    with pytest.raises(Refused):
        shelf.change("vips", rule=FANS)
    assert shelf.change("vips", name="Best").name == "Best"


def test_a_cycle_is_refused_when_it_would_be_closed(shelf: Shelf) -> None:
    shelf.create(name="A one", id="a1", rule=FANS)
    shelf.create(name="B one", id="b1", rule={"kind": "in_segment", "segment": "a1"})
    with pytest.raises(Refused, match="a1 → b1 → a1"):
        shelf.change("a1", rule={"kind": "in_segment", "segment": "b1"})


def test_a_deleted_segment_is_gone_with_its_feeds(shelf: Shelf) -> None:
    shelf.create(name="Fans", rule=FANS)
    token = open_feed(shelf.items, shelf.floor.clock, "demo", "fans", FeedWish(name="Tool")).token
    shelf.delete("fans")
    assert shelf.own() == {}
    assert "fans" not in shelf.load().layout.current
    assert find_feed(shelf.items, shelf.floor.clock, token) is None


def test_a_segment_that_others_ask_for_is_not_deleted(shelf: Shelf) -> None:
    shelf.create(name="Fans", rule=FANS)
    shelf.create(name="Others", rule={"not": {"kind": "in_segment", "segment": "fans"}})
    put_persona(
        shelf.items, shelf.floor.clock, shelf.load(), "anna", PersonaWish(name="Anna", segments=("fans",))
    )
    with pytest.raises(InUse) as told:
        shelf.delete("fans")
    assert told.value.users == ("the segment 'Others'", "the persona 'Anna'")
    assert "fans" in shelf.own()


def test_a_segment_that_a_scenario_names_is_not_deleted(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = next(iter(registry.SCENARIOS))
    naming = registry.SCENARIOS[name]._replace(segments=lambda _settings: ("fans",))
    monkeypatch.setitem(registry.SCENARIOS, name, naming)
    shelf.create(name="Fans", rule=FANS)
    with pytest.raises(InUse, match=naming.title):
        shelf.delete("fans")


def test_feeds_are_told_among_the_uses(shelf: Shelf) -> None:
    shelf.create(name="Fans", rule=FANS)
    feed = open_feed(shelf.items, shelf.floor.clock, "demo", "fans", FeedWish(name="Tool")).feed
    assert uses_of(shelf.items, "demo", "fans") == [("feed", feed.id, "Tool")]


class Meddling(CrashingItems):
    """Somebody else's edit comes between what is read and what is written, once."""

    between: Any = None

    def transact(self, writes: Sequence[Write | Check]) -> None:
        if self.between and any(
            isinstance(one, Put) and one.item.key.sk.startswith("segment#") for one in writes
        ):
            between, self.between = self.between, None
            between()
        super().transact(writes)


def test_two_edits_at_once_do_not_close_a_cycle_together(shelf: Shelf) -> None:
    shelf.create(name="A one", id="a1", rule=FANS)
    shelf.create(name="B one", id="b1", rule=FANS)
    items = Meddling()
    items.stored = shelf.items.stored
    items.between = lambda: shelf.change("b1", rule={"kind": "in_segment", "segment": "a1"})
    parts = shelf.parts._replace(items=items)
    edit = SegmentEdit(rule={"kind": "in_segment", "segment": "b1"})
    with pytest.raises(Refused, match="a1 → b1 → a1"):
        change_segment(parts, SHOP, "a1", edit)


def test_an_edit_that_is_always_overtaken_gives_up(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CrashingItems, "transact", _overtaken)
    with pytest.raises(Conflict):
        shelf.create(name="Fans", rule=FANS)


def _overtaken(_items: CrashingItems, _writes: Sequence[Write | Check]) -> None:
    raise Conflict("overtaken")


def test_one_shops_segments_are_none_of_anothers(shelf: Shelf) -> None:
    shelf.create(name="Fans", rule=FANS)
    other = SHOP.model_copy(update={"id": "other"})
    assert "fans" not in load_segments(shelf.items, other).segments
    with pytest.raises(NotFound):
        delete_segment(shelf.parts, other, "fans")
    assert shelf.items.get(keys.segment("demo", "fans"))


@pytest.mark.parametrize(
    "wish",
    [
        {"rule": FANS},
        {"name": "Fans"},
        {"name": "Fans", "rule": FANS, "copy_of": "prospects"},
        {"name": "Fans", "type": "list", "rule": FANS},
        {"name": "Fans", "rule": FANS, "parameters": {"a": 1}},
        {"name": "", "rule": FANS},
        {"name": "Fans", "rule": FANS, "id": "No spaces"},
        {"name": "Fans", "rule": FANS, "colour": "red"},
    ],
)
def test_a_wish_that_is_not_clear_is_refused(wish: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        NewSegment.model_validate(wish)
