"""The shelf: every segment of a shop with its rule, and a layout that knows them all."""

from datetime import timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.domain.errors import Conflict
from kairos.domain.moment import Flips
from kairos.domain.ready_made.registry import ready_made_segments
from kairos.domain.segment import Layout, Segment
from kairos.domain.shelf import ShopSegments, moment_for
from kairos.domain.shop import Shop
from kairos.domain.standing import Thresholds
from kairos.ports import Delete, Item, Items, Put
from kairos.services.segments.shelf import load_segments, note_full_pass
from tests.unit.criteria.people import NOW, order, profile
from tests.unit.recording.world import SHOP, FaultyItems

BUYERS = {"kind": "order_count", "at_least": 1}


class Shelf:
    """A shop's segments as somebody edits them."""

    def __init__(self) -> None:
        self.items = MemoryItems()
        self.version = 0

    def put(self, **rules: Any) -> ShopSegments:
        for name, rule in rules.items():
            self.version += 1
            told = Segment(id=name, name=name, rule=rule)
            self.items.write(Put(Item(keys.segment(SHOP.id, name), str(self.version), told.as_json())))
        return self.load()

    def delete(self, name: str) -> ShopSegments:
        self.items.write(Delete(keys.segment(SHOP.id, name)))
        return self.load()

    def load(self, items: Items | None = None, shop: Shop = SHOP) -> ShopSegments:
        return load_segments(items or self.items, shop, {})

    def versions(self, shop: Shop = SHOP) -> dict[str, str]:
        layout = self.load(shop=shop).layout
        return {one: layout.positions[at].rule_version for one, at in layout.current.items()}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_every_shop_has_the_ready_made_segments_and_its_own(shelf: Shelf) -> None:
    shelf.put(mine=BUYERS)
    found = load_segments(shelf.items, SHOP)
    assert found.segments.keys() == {*ready_made_segments(SHOP.levels), "mine"}
    assert found.broken == {}
    assert found.rules.keys() == found.segments.keys() == found.layout.current.keys()


def test_one_query_reads_it_and_nothing_is_written_once_the_layout_knows_it(shelf: Shelf) -> None:
    shelf.put(mine=BUYERS)
    note_full_pass(shelf.items, SHOP.id, 1, 0)
    calls: list[str] = []

    class Counted(FaultyItems):
        def __getattr__(self, name: str) -> Any:
            calls.append(name)
            return getattr(self.inner, name)

    shelf.load(Counted(shelf.items, lambda *_: None))
    assert calls == ["query"]


def test_what_a_warm_process_remembers_is_never_older_than_what_is_stored(shelf: Shelf) -> None:
    for number in range(1, 4):
        found = shelf.put(mine={"kind": "order_count", "at_least": number})
        (rule,) = found.rules.values()
        bought = profile(*[order(timedelta(days=day)) for day in range(number)])
        assert rule.matches(bought, moment_for(found, NOW))
        assert not rule.matches(profile(*bought.orders[1:]), moment_for(found, NOW))


def test_rules_come_after_those_that_they_ask_for(shelf: Shelf) -> None:
    def asks_for(other: str) -> dict[str, Any]:
        return {"not": {"kind": "in_segment", "segment": other}}

    found = shelf.put(aa=asks_for("bb"), bb=asks_for("cc"), cc=BUYERS)
    assert list(found.rules) == ["cc", "bb", "aa"]


@pytest.mark.parametrize(
    "rules",
    [
        {"aa": {"kind": "in_segment", "segment": "gone"}},
        {"aa": {"kind": "never_heard_of"}},
        {"aa": {"kind": "in_segment", "segment": "aa"}},
        {"aa": {"kind": "in_segment", "segment": "bb"}, "bb": {"kind": "in_segment", "segment": "aa"}},
        {"aa": {"kind": "entered_segment", "segment": "bb", "within": "P1D"}, "bb": {"kind": "nothing"}},
    ],
    ids=["asks for one that is gone", "unknown kind", "asks for itself", "a cycle", "asks for a broken one"],
)
def test_a_rule_that_cannot_be_answered_is_told_and_harms_no_other(shelf: Shelf, rules: Any) -> None:
    found = shelf.put(good=BUYERS, **rules)
    assert list(found.rules) == ["good"]
    assert found.broken.keys() == rules.keys()
    assert all(one.problem and one.remedy for one in found.broken.values())
    assert found.layout.current.keys() == {"good"}


def test_an_edited_rule_is_a_new_one_for_those_that_ask_for_it_and_for_no_other(shelf: Shelf) -> None:
    asking = {"not": {"kind": "in_segment", "segment": "aa"}}
    shelf.put(aa=BUYERS, bb=asking, cc={"not": {"kind": "in_segment", "segment": "bb"}}, dd=BUYERS)
    before = shelf.versions()
    shelf.put(aa={"kind": "order_count", "at_least": 2})
    after = shelf.versions()
    assert {name for name in after if after[name] != before[name]} == {"aa", "bb", "cc"}


def test_another_name_is_no_other_rule(shelf: Shelf) -> None:
    before = shelf.put(aa=BUYERS).layout
    told = Segment(id="aa", name="Something else", description="quite", rule=BUYERS)
    shelf.items.write(Put(Item(keys.segment(SHOP.id, "aa"), "9", told.as_json())))
    assert shelf.load().layout == before


@pytest.mark.parametrize(
    "changed", [{"currency": "CHF"}, {"timezone": "Asia/Tokyo"}, {"levels": {"new_within": "P10D"}}]
)
def test_a_setting_by_which_rules_are_read_changes_what_they_say(
    shelf: Shelf, changed: dict[str, Any]
) -> None:
    shelf.put(aa=BUYERS)
    elsewhere = Shop.model_validate(SHOP.model_dump() | changed)
    assert shelf.versions() != shelf.versions(elsewhere)


def test_a_setting_of_another_kind_does_not(shelf: Shelf) -> None:
    shelf.put(aa=BUYERS)
    assert shelf.versions() == shelf.versions(
        SHOP.model_copy(update={"name": "Another", "free_shipping": True})
    )


def test_a_deleted_segment_leaves_no_members_to_one_made_anew(shelf: Shelf) -> None:
    shelf.put(aa=BUYERS)
    shelf.delete("aa")
    found = shelf.put(aa=BUYERS)
    assert found.layout.current == {"aa": 2}
    assert not found.layout.lives(0)


def test_two_who_extend_the_layout_at_once_agree(shelf: Shelf) -> None:
    shelf.put(aa=BUYERS)
    told = Segment(id="bb", name="bb", rule=BUYERS)
    shelf.items.write(Put(Item(keys.segment(SHOP.id, "bb"), "2", told.as_json())))

    def overtake(call: int, when: str) -> None:
        if (call, when) == (1, "before"):
            shelf.put(cc=BUYERS)

    found = shelf.load(FaultyItems(shelf.items, overtake, ("query", "write")))
    assert found.layout == shelf.load().layout
    assert found.layout.current.keys() == {"aa", "bb", "cc"}


def test_a_layout_that_never_comes_to_rest_is_told(shelf: Shelf) -> None:
    shelf.put(aa=BUYERS)

    def forget(call: int, when: str) -> None:
        if when == "before":
            shelf.items.write(Put(Item(keys.layout(SHOP.id), f"{call + 100}", Layout().as_json())))

    with pytest.raises(Conflict):
        shelf.load(FaultyItems(shelf.items, forget, ("query", "write")))


def test_rules_that_compare_customers_have_moved_while_thresholds_have(shelf: Shelf) -> None:
    shelf.put(best={"kind": "rank", "by": "revenue", "top": 10}, aa={"kind": "in_segment", "segment": "best"})
    assert shelf.put(bb=BUYERS).moved == set()
    told = Thresholds(version=3)
    shelf.items.write(Put(Item(keys.thresholds(SHOP.id), "1", told.as_json())))
    assert shelf.load().thresholds == told
    assert shelf.load().moved == {"best", "aa"}
    note_full_pass(shelf.items, SHOP.id, 3, 3)
    assert shelf.load().moved == set()


def test_what_a_rule_asks_for_includes_what_those_do_that_it_asks_for(shelf: Shelf) -> None:
    found = shelf.put(
        aa={"kind": "accepts_marketing", "channel": "email"},
        bb={"all": [{"kind": "in_segment", "segment": "aa"}, {"kind": "rank", "by": "orders", "top": 10}]},
        cc=BUYERS,
    )
    assert found.asked == {"aa": {"accepts"}, "bb": {"accepts", "thresholds"}, "cc": set()}
    assert found.asks == {"accepts", "thresholds"}
    assert found.beyond == {"aa", "bb"}


def test_the_moment_knows_the_rules_by_name(shelf: Shelf) -> None:
    found = shelf.put(aa=BUYERS, bb={"kind": "in_segment", "segment": "aa"})
    flips = Flips()
    moment = moment_for(found, NOW, flips=flips)
    assert (moment.now, moment.shop, moment.flips) == (NOW, SHOP, flips)
    assert found.rules["bb"].matches(profile(order()), moment)
    assert not found.rules["bb"].matches(profile(), moment)
