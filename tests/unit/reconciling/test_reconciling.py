"""What webhooks did not bring is found, recorded once, and counted; and nothing is asked for twice."""

from datetime import timedelta
from typing import Any

import pytest

from kairos.adapters.shop_apis.asking import TOKEN_REFUSED
from kairos.adapters.shop_apis.shopify_reading import ShopifyReader
from kairos.domain.reconciliation import LONGEST_WAIT, OVERLAP, REFUSED_TIMES, SETTLING
from kairos.ports import ChangedPage, ShopDocument
from kairos.services.privacy.erase_shop import ShopErasing, erase_shop
from kairos.services.reconciling.looking import look
from kairos.services.reconciling.showing import ask_again, show_reconciliation
from kairos.services.reconciling.ticking import tick
from tests.unit.api.shop_floor import CrashingItems, MemoryObjects
from tests.unit.reconciling.world import World

LOST = [("orders", "missing"), ("orders", "newer"), ("customers", "missing")]


def some_were_lost(world: World) -> None:
    """An order that came by webhook, one whose change did not, one that never did, a customer likewise."""
    world.change("orders", 1, told=True)
    world.change("orders", 2, told=True)
    world.record()
    world.change("orders", 2, financial_status="refunded")
    world.change("orders", 3)
    world.change("customers", 7, email="kim@example.com")


def test_what_was_lost_is_found_recorded_and_counted(world: World) -> None:
    some_were_lost(world)
    world.wait(hours=1)
    assert world.tick() == ["velo"]
    assert sorted(world.record()) == sorted([*LOST, ("orders", "known")])
    assert world.stored() == world.true()


def test_finding_it_again_changes_and_counts_nothing(world: World) -> None:
    some_were_lost(world)
    world.wait(minutes=SETTLING.seconds // 60 + 1)
    world.tick()
    again = list(world.queue)
    world.record()
    before = dict(world.items.stored)
    world.queue = again
    assert {one for _, one in world.record()} == {"known"}
    assert world.items.stored == before


def test_the_years_before_the_shop_gave_access_are_not_asked_for(world: World) -> None:
    assert world.state().orders is not None
    connected = world.clock.time
    world.wait(hours=1)
    world.tick()
    asked = world.admin.requests[0].wanted
    assert asked["updated_at_min"] == f"{connected - OVERLAP - SETTLING:%Y-%m-%dT%H:%M:%SZ}"
    assert asked["updated_at_max"] == f"{world.clock.time - SETTLING:%Y-%m-%dT%H:%M:%SZ}"


def test_a_webhook_on_its_way_has_the_time_to_arrive(world: World) -> None:
    world.wait(hours=1)
    world.change("orders", 1)
    world.tick()
    assert world.queue == []


def test_a_shop_is_asked_as_often_as_it_says_and_a_quiet_one_twice_a_look(world: World) -> None:
    world.open("velo", reconcile_minutes=30)
    for _ in range(36):  # three hours of ticks
        world.wait(minutes=5)
        world.tick()
    assert 5 <= len(world.admin.requests) / 2 <= 7


def test_each_page_is_asked_for_once(world: World) -> None:
    for number in range(1, 11):
        world.change("orders", number)
    world.wait(hours=1)
    world.tick()
    told = [one for page in world.admin.pages for one in page]
    assert sorted(told, key=int) == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("mood", ["throttled", "outage", "page", "cut"])
def test_an_outage_in_the_midst_loses_nothing_and_repeats_no_page_that_was_read(
    world: World, mood: str
) -> None:
    for number in range(1, 11):
        world.change("orders", number)
    world.wait(hours=1)

    def fail_from_the_third(_asked: Any) -> None:
        if len(world.admin.requests) == 2:
            world.admin.moods = [mood] * 3

    world.admin.before = fail_from_the_third
    world.tick()
    assert len(world.queue) == 6
    assert show_reconciliation(world.items, world.clock, "velo")["state"] == "interrupted"
    for _ in range(12):
        world.wait(minutes=5)
        world.tick()
    told = [one for page in world.admin.pages for one in page]
    assert sorted(told[:10], key=int) == [str(number) for number in range(1, 11)]
    world.record()
    assert world.stored() == world.true()
    assert show_reconciliation(world.items, world.clock, "velo")["state"] == "up to date"


def test_an_outage_is_asked_about_less_and_less_often(world: World) -> None:
    world.admin.moods = ["outage"] * 1000
    waits = []
    for _ in range(8):
        world.clock.time = world.state().due_at or world.clock.time
        world.wait(minutes=6)
        world.tick()
        waits.append((world.state().due_at or world.clock.time) - world.clock.time)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
    assert world.refused == []


def test_a_token_that_was_withdrawn_is_told_with_its_remedy_and_not_asked_for_ever(world: World) -> None:
    world.admin.token = "another"
    world.change("orders", 1)
    for _ in range(60 * 24):
        world.wait(hours=1)
        world.tick()
    shown = show_reconciliation(world.items, world.clock, "velo")
    assert shown["state"] == "refused"
    assert shown["reason"].startswith(TOKEN_REFUSED)
    assert "secrets.api" in shown["remedy"]
    assert len(world.admin.requests) == REFUSED_TIMES + 1
    assert {shop for shop, _ in world.refused} == {"velo"}


def test_with_a_new_token_it_goes_on_where_it_stopped(world: World) -> None:
    world.admin.token = "another"
    world.change("orders", 1)
    world.wait(hours=2)
    world.tick()
    world.open("velo", token="another")
    world.tick()
    assert world.record() == [("orders", "missing")]


def test_who_asks_for_it_is_read_with_the_next_tick(world: World) -> None:
    world.wait(hours=1)
    world.tick()
    world.change("orders", 1)
    world.wait(minutes=6)
    assert world.tick() == []
    assert ask_again(world.items, world.clock, "velo")["next_at"] == world.clock.time.isoformat()
    assert world.tick() == ["velo"]
    assert len(world.queue) == 1


def test_one_shop_s_trouble_holds_up_no_other(world: World) -> None:
    world.open("aaa", token="withdrawn")
    world.open("bbb", api="http://127.0.0.1:9")
    world.open("zzz")
    world.change("orders", 1)
    world.wait(hours=1)
    assert world.tick() == ["aaa", "bbb", "velo", "zzz"]
    assert sorted(one.shop for one in world.queue) == ["velo", "zzz"]


def test_a_shop_at_which_the_function_was_ended_has_its_next_turn_after_the_others(world: World) -> None:
    world.open("zzz")
    world.change("orders", 1)
    world.wait(hours=1)

    class Ended(BaseException):
        """As Lambda ends a function: nothing more of it runs."""

    def end(shop: Any, document: ShopDocument) -> None:
        if shop.id == "velo":
            raise Ended
        world.enqueue(shop, document)

    with pytest.raises(Ended):
        tick(world.reconciling(end))
    assert tick(world.reconciling(end)) == ["zzz"]
    assert [one.shop for one in world.queue] == ["zzz"]
    world.wait(minutes=5)
    assert world.tick() == ["velo"]
    assert [one.shop for one in world.queue] == ["zzz", "velo"]


def test_what_fails_on_our_side_holds_up_no_other_shop_and_is_repeated(world: World) -> None:
    world.open("zzz")
    world.change("orders", 1)
    world.wait(hours=1)

    def full(shop: Any, document: ShopDocument) -> None:
        if shop.id == "velo":
            raise ConnectionError
        world.enqueue(shop, document)

    assert tick(world.reconciling(full)) == ["velo", "zzz"]
    assert [shop for shop, _ in world.errors] == ["velo"]
    world.tick()
    assert [one.shop for one in world.queue] == ["zzz", "velo"]


def test_a_shop_with_much_to_read_lets_others_pass(world: World) -> None:
    for number in range(1, 40):
        world.change("orders", number)
    world.open("zzz")
    world.wait(hours=1)
    world.pages_left = 8
    world.tick()
    assert "zzz" in {one.shop for one in world.queue}
    world.pages_left = None
    world.tick()
    world.queue = [one for one in world.queue if one.shop == "velo"]
    world.record()
    assert world.stored() == world.true()


def test_who_has_no_time_left_goes_on_with_the_next_tick(world: World) -> None:
    for number in range(1, 12):
        world.change("orders", number)
    world.wait(hours=1)
    for _ in range(8):
        world.pages_left = 2
        world.tick()
    told = [one for page in world.admin.pages for one in page]
    assert sorted(told, key=int) == [str(number) for number in range(1, 12)]


def test_a_cursor_that_has_grown_too_old_begins_its_stretch_anew(world: World) -> None:
    for number in range(1, 11):
        world.change("orders", number)
    world.wait(hours=1)

    def expire(_asked: Any) -> None:
        if len(world.admin.requests) == 2:
            world.admin.cursors += 1

    world.admin.before = expire
    world.tick()
    world.wait(minutes=6)
    world.tick()
    world.record()
    assert world.stored() == world.true()
    assert world.refused == []


@pytest.mark.parametrize("minutes", [-14, -3, 3, 14])
def test_a_shop_s_clock_may_differ_from_ours(world: World, minutes: int) -> None:
    world.skew = timedelta(minutes=minutes)
    for number in range(1, 40):
        world.change("orders", number)
        world.wait(minutes=7)
        world.tick()
    world.wait(hours=3)
    world.tick()
    world.wait(hours=3)
    world.tick()
    world.record()
    assert world.stored() == world.true()


def test_a_document_that_can_t_be_read_is_named_and_passed_by(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ChangedPage([], None, ["4711"])
    monkeypatch.setattr(ShopifyReader, "changed", lambda *_: page)
    world.wait(hours=1)
    world.tick()
    assert [(shop, told.reason) for shop, told in world.refused] == [
        ("velo", "answer too big: orders 4711"),
        ("velo", "answer too big: customers 4711"),
    ]
    assert show_reconciliation(world.items, world.clock, "velo")["state"] == "up to date"


def test_a_long_outage_is_made_good_day_by_day(world: World) -> None:
    world.wait(days=5)
    world.change("orders", 1)
    world.wait(hours=1)
    world.tick()
    until = [one.wanted["updated_at_max"] for one in world.admin.requests if one.kind == "orders"]
    assert len(until) == len(set(until)) == 6
    assert len(world.queue) == 1


def test_of_two_who_look_at_once_one_leaves_it_to_the_other(world: World) -> None:
    world.change("orders", 1)
    world.wait(hours=1)

    def another_passes(_asked: Any) -> None:
        world.admin.before = lambda _: None
        look(world.reconciling(), "velo")

    world.admin.before = another_passes
    world.tick()
    assert world.errors == []
    assert world.record() == [("orders", "missing"), ("orders", "known")]
    assert world.stored() == world.true()


def test_what_was_missing_is_shown_for_a_week(world: World) -> None:
    some_were_lost(world)
    world.wait(hours=1)
    world.tick()
    world.record()
    shown = show_reconciliation(world.items, world.clock, "velo")
    assert shown["state"] == "up to date"
    assert shown["reconciled_at"] == world.clock.time.isoformat()
    assert shown["found"] == {
        "days": 7,
        "orders": {"missing": 1, "newer": 1},
        "customers": {"missing": 1, "newer": 0},
        "more": False,
    }
    world.wait(days=7)
    assert show_reconciliation(world.items, world.clock, "velo")["found"]["orders"]["missing"] == 0


def test_a_shop_without_access_is_asked_nothing_and_says_how_to_give_it(world: World) -> None:
    world.open("zzz", api=None)
    world.wait(hours=1)
    world.tick()
    assert show_reconciliation(world.items, world.clock, "zzz")["state"] == "off"
    assert "secrets.api" in show_reconciliation(world.items, world.clock, "zzz")["remedy"]
    assert {one.shop for one in world.queue} <= {"velo"}
    assert world.refused == []


@pytest.mark.parametrize(("wrong", "state"), [("/elsewhere", "refused"), (":9", "interrupted")])
def test_once_its_address_is_mended_nothing_is_left_out(world: World, wrong: str, state: str) -> None:
    world.open("velo", api=world.admin.address + wrong if wrong[0] == "/" else "http://127.0.0.1" + wrong)
    world.change("orders", 1)
    for _ in range(72):
        world.wait(hours=1)
        world.tick()
    assert show_reconciliation(world.items, world.clock, "velo")["state"] == state
    world.wait(minutes=2)  # a shop that gave no answer is left alone for one
    world.open("velo")
    assert world.state().obstacle is None
    world.tick()
    assert world.record() == [("orders", "missing")]


@pytest.mark.parametrize("without", [{"api": None}, {"token": ""}])
def test_access_that_is_taken_and_given_again_goes_on_where_it_stopped(
    world: World, without: dict[str, Any]
) -> None:
    world.open("velo", **without)
    world.change("orders", 1)
    world.wait(days=3)
    world.tick()
    assert show_reconciliation(world.items, world.clock, "velo")["state"] == "off"
    world.open("velo")
    world.tick()
    assert world.record() == [("orders", "missing")]


def test_a_shop_that_gives_access_later_begins_then(world: World) -> None:
    world.open("zzz", api=None)
    world.tick()
    world.wait(days=30)
    world.open("zzz")
    assert world.state("zzz").connected_at == world.clock.time
    assert world.state("zzz").progress("orders").sure == world.clock.time - SETTLING


def test_an_erased_shop_leaves_nothing_of_it(world: World) -> None:
    some_were_lost(world)
    world.wait(hours=1)
    world.tick()
    world.record()
    items = CrashingItems()
    items.stored = world.items.stored
    objects: Any = MemoryObjects()
    sweep: Any = items
    erase_shop(ShopErasing(items, objects, world.secrets, sweep, lambda: 0.0), "velo")
    assert [key for key in items.stored if "reconciliation" in key.pk] == []
