"""A broadcast from its first page to its end: everybody once, at its pace, in its order."""

from datetime import time, timedelta
from math import ceil

import pytest

from kairos import keys
from kairos.domain.broadcast import Batch, Broadcast, Form, Stage
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.identity import Identities
from kairos.domain.sending_rules import SendingRules
from kairos.domain.shop import QuietHours
from kairos.ports import Item, Put
from kairos.services.broadcasts.deciding import decide_batch
from kairos.services.broadcasts.paging import LONGEST_PAGE, PageRequest, Paging, take_page
from kairos.services.broadcasts.settings import settings_of
from kairos.services.broadcasts.store import change
from kairos.services.privacy.erase import Erasing, erase_customer
from tests.unit.broadcasts.world import CAMPAIGN, EVERYBODY, MONDAY_NOON, SHOP, NoObjects, World

LAUNCH = Form(
    step="launch", stages=(Stage(audience="trend_followers"), Stage(audience="everyone", after="head_start"))
)
DROP = Form(step="cheaper", stages=(Stage(audience="watching"),))


def test_every_member_gets_it_once_and_its_counts_say_so() -> None:
    world = World(60)
    done = world.run(world.campaign())
    assert world.got == sorted(world.node(number) for number in range(60))
    assert (done.state, done.reason, done.size) == ("done", "finished", 60)
    assert (done.counts.queued, done.counts.sent, done.counts.left_out) == (60, 60, {})


def test_nothing_of_the_queue_is_left_once_it_is_done() -> None:
    world = World(60)
    world.run(world.campaign())
    assert not [key for key in world.store.stored if key.sk.startswith(("batch#", "later#"))]


def test_pages_go_at_the_pace_and_last_ten_minutes_at_most() -> None:
    world = World(130)
    world.run(world.campaign(pace=6))  # 60 members in ten minutes
    assert world.waits[:3] == [600, 600, 100]
    assert len(world.got) == 130
    assert LONGEST_PAGE == 10


def test_a_planned_one_waits_for_its_time() -> None:
    world = World(2)
    at = MONDAY_NOON + timedelta(minutes=10)
    planned = world.campaign(at=at)
    told = world.page(planned)
    assert (told.decision, told.wait_seconds, world.got) == ("go", 600, [])
    world.clock.at = at
    world.run(planned)
    assert len(world.got) == 2


def test_who_comes_into_the_segment_behind_the_cursor_gets_nothing_and_ahead_of_it_does() -> None:
    world = World(50)
    broadcast = world.campaign(pace=3)  # 30 in a page
    world.page(broadcast)
    passed = world.now(broadcast).cursor
    added = [world.add(number) for number in range(50, 56)]
    done = world.run(broadcast)
    ahead = [one for one in added if one > passed]
    assert set(world.got) == {world.node(number) for number in range(50)} | set(ahead)
    assert done.counts.sent == len(world.got) == 50 + len(ahead)


def test_named_customers_need_no_snapshot() -> None:
    world = World(3)
    named = [world.node(0), world.node(2)]
    broadcast = world.begin("campaign", CAMPAIGN, audience={"customers": 2}, customers=named)
    world.open = lambda _shop: pytest.fail("opened")  # type: ignore[method-assign]
    world.run(broadcast)
    assert world.got == sorted(named)


def test_who_gets_a_campaign_twice_by_two_ids_gets_it_once() -> None:
    """The first is sent to; then both turn out to be one customer; then the second one's turn comes."""
    world = World(2)
    first, second = sorted(world.known)
    numbers = {world.node(number): number for number in range(2)}
    broadcast = world.begin("campaign", CAMPAIGN, audience={"customers": 2}, customers=[first, second])
    world.page(broadcast)
    held = world.batches.messages[:]
    world.batches.messages = []
    single(world, broadcast, first)
    both = Identities(email=world.email(numbers[first]), platform_id="77")
    same = Identities(email=world.email(numbers[second]), platform_id="77")
    world.record(
        CustomerSnapshot(id="77", updated_at=world.clock.now(), identities=both),
        CustomerSnapshot(id="77", updated_at=world.clock.now(), identities=same),
    )
    world.batches.messages = held
    done = world.run(broadcast)
    assert len(world.got) == 1
    assert done.counts.left_out == {"had it already": 1}


def single(world: World, broadcast: Broadcast, customer: str) -> None:
    """Only this member of the batch is decided for before its worker dies."""
    now = world.clock.now()
    batch = Batch(members=(customer,), began_at=now, queued_at=now)
    place = keys.broadcast_batch(broadcast.shop, broadcast.id, 99)
    world.store.write(Put(Item(place, "v", batch.as_json())))
    assert decide_batch(world.deciding, broadcast.shop, broadcast.id, 99) == "done"
    world.store.stored.pop(place)


def test_no_one_is_mailed_without_consent_or_after_a_withdrawal_or_an_erasure() -> None:
    world = World(4)
    broadcast = world.campaign()
    world.page(broadcast)
    world.consent(1, "withdrawn")
    erase_customer(Erasing(world.store, NoObjects(), SHOP.id, world.clock.now()), [world.node(2)])
    done = world.run(broadcast)
    assert world.got == sorted([world.node(0), world.node(3)])
    assert done.counts.left_out == {"no consent": 1, "erased": 1}
    assert world.decided(broadcast, 1) == [("ended", "no consent")]
    assert world.decided(broadcast, 2) == []


def test_who_is_in_quiet_hours_is_asked_again_when_they_end() -> None:
    """Noon in UTC is 13:00 in Berlin."""
    hours = QuietHours(start=time(12), end=time(15))
    world = World(3, SHOP.model_copy(update={"quiet_hours": hours}))
    done = world.run(world.campaign())
    assert {entry.reserved_at for entry in world.entries} >= {MONDAY_NOON + timedelta(hours=2)}
    assert all(entry.reserved_at >= MONDAY_NOON + timedelta(hours=2) for entry in world.entries)
    assert len(world.got) == 3
    assert (done.counts.sent, done.counts.waiting) == (3, 0)


def test_rounds_for_those_who_wait_come_at_most_once_an_hour() -> None:
    hours = QuietHours(start=time(12), end=time(15))
    spread = SendingRules(spread="PT3H")
    world = World(40, SHOP.model_copy(update={"quiet_hours": hours, "sending": spread}))
    done = world.run(world.campaign())
    assert len(world.got) == done.counts.sent == 40
    asked = world.reasons.count("members were queued") - ceil(40 / 2000)
    assert asked <= 5  # three hours of spread, and the hours between


def test_who_would_wait_beyond_the_end_is_left_out_as_too_late() -> None:
    """One message a week, the last one a moment ago, after enough delivered: six more days, of three."""
    capped = SendingRules(spread="PT0S", free_until_delivered=0)
    world = World(2, SHOP.model_copy(update={"sending": capped}))
    world.run(world.campaign())
    second = world.campaign()
    done = world.run(second)
    assert done.counts.left_out == {"too late": 2}
    assert world.decided(second, 0) == [("skipped", "too late")]


def test_the_holdout_gets_nothing_and_is_counted() -> None:
    world = World(40)
    world.switch("campaign", holdout=50)
    broadcast = world.campaign()
    done = world.run(broadcast)
    held = [number for number in range(40) if world.decided(broadcast, number) == [("ended", "holdout")]]
    assert 5 < len(held) < 35
    assert done.counts.holdout == len(held)
    assert set(world.got).isdisjoint(world.node(number) for number in held)
    assert len(world.got) + len(held) == 40


def test_who_was_mailed_once_is_never_held_out_of_the_same_scenario_later() -> None:
    world = World(20)
    world.run(world.campaign())
    world.switch("campaign", holdout=50)
    done = world.run(world.campaign())
    assert (done.counts.sent, done.counts.holdout) == (20, 0)


# ---------------------------------------------------------------- audiences one after the other


def test_trend_followers_hear_of_a_launch_a_day_before_the_others() -> None:
    world = launched()
    broadcast = world.begin("launch_announcement", LAUNCH, subject={"product": "lamp"})
    done = world.run(broadcast)
    first = [entry for entry in world.entries if entry.reserved_at < MONDAY_NOON + timedelta(hours=23)]
    rest = [entry for entry in world.entries if entry.reserved_at >= MONDAY_NOON + timedelta(days=1)]
    assert [entry.customer for entry in first] == [world.node(1)]
    assert sorted(entry.customer for entry in rest) == sorted([world.node(0), world.node(2)])
    assert (done.counts.sent, done.counts.earlier) == (3, 1)


def launched() -> World:
    world = World(3)
    world.switch("launch_announcement")
    world.product("lamp")
    for number, product in enumerate(("old-1", "old-2")):
        at = MONDAY_NOON - timedelta(days=60 + number)
        world.product(product, published_at=at)
        world.order(1, product, at + timedelta(days=1))
    return world


def test_a_launch_whose_product_is_deleted_before_the_others_turn_ends() -> None:
    world = launched()
    broadcast = world.begin("launch_announcement", LAUNCH, subject={"product": "lamp"})
    world.page(broadcast)
    world.decide()
    world.clock.at += timedelta(hours=1)
    world.product("lamp", deleted=True)
    done = world.run(broadcast)
    assert (done.state, done.reason) == ("done", "product gone")
    assert world.got == [world.node(1)]


def test_a_price_that_rises_again_ends_the_news_of_its_drop() -> None:
    world = World(3)
    world.switch("price_drop")
    world.product("lamp", 800)
    broadcast = world.begin("price_drop", DROP, subject={"product": "lamp", "old_price": 1000})
    world.clock.at += timedelta(minutes=1)
    world.product("lamp", 1000)
    assert world.run(broadcast).reason == "price risen"


# ---------------------------------------------------------------- what goes wrong on the way


def test_a_segment_deleted_meanwhile_ends_the_broadcast() -> None:
    world = World(50)
    world.segment("some", EVERYBODY)
    broadcast = world.campaign("some", pace=3)
    world.page(broadcast)
    world.decide()
    world.forget_segment("some")
    done = world.run(broadcast)
    assert (done.state, done.reason, len(world.got)) == ("done", "segment deleted", 30)


def test_a_scenario_switched_off_ends_its_broadcast() -> None:
    world = launched()
    broadcast = world.begin("launch_announcement", LAUNCH, subject={"product": "lamp"})
    world.page(broadcast)
    world.switch("launch_announcement", on=False)
    assert world.run(broadcast).reason == "switched off"
    assert world.got == []


def test_settings_of_an_older_version_are_taken_as_far_as_they_are_understood() -> None:
    world = World(2)
    broadcast = world.campaign()
    older = {"ends_after": "P5D", "gone_since": 3, "code_valid": "for ever"}
    change(world.store, SHOP.id, broadcast.id, lambda held: held.model_copy(update={"settings": older}))
    assert settings_of(world.now(broadcast)).ends_after == "P5D"
    assert settings_of(world.now(broadcast)).code_valid == "P7D"
    assert world.run(broadcast).counts.sent == 2


def test_while_webhooks_queue_nobody_is_paged() -> None:
    world = World(2)
    broadcast = world.campaign()
    body = {"lag_seconds": 300, "seen_at": world.clock.now().isoformat()}
    world.store.write(Put(Item(keys.backlog(), "1", body)))
    assert world.page(broadcast).reason == "webhooks are queued"
    assert world.batches.messages == []


def test_a_broadcast_erased_with_its_shop_ends_its_execution() -> None:
    world = World(2)
    broadcast = world.campaign()
    asked = PageRequest(shop=SHOP.id, broadcast="b" + "0" * 26, execution=1, form=CAMPAIGN)
    told = take_page(Paging(world.items, world.clock, world.open, world.batches), asked)
    assert (told.decision, told.reason) == ("end", "unknown")
    world.store.stored.pop(keys.shop(SHOP.id))
    assert world.page(broadcast).reason == "shop unknown"


def test_batches_lost_in_the_queue_are_queued_again() -> None:
    world = World(30)
    broadcast = world.campaign()
    world.page(broadcast)
    world.batches.messages.clear()
    done = world.run(broadcast)
    assert len(world.got) == done.counts.sent == 30


@pytest.mark.parametrize("twice", [2, 3])
def test_batches_delivered_again_and_again_change_nothing(twice: int) -> None:
    world = World(30)
    broadcast = world.campaign()
    world.page(broadcast)
    world.batches.messages *= twice
    done = world.run(broadcast)
    assert len(world.got) == done.counts.sent == 30


def test_a_batch_for_which_time_does_not_suffice_is_delivered_again() -> None:
    world = World(10)
    broadcast = world.campaign()
    world.page(broadcast)
    left = iter([True, True, True, False])
    told = decide_batch(world.deciding, SHOP.id, broadcast.id, 0, lambda: next(left))
    assert (told, len(world.got)) == ("again", 3)
    world.run(broadcast)
    assert len(world.got) == 10
