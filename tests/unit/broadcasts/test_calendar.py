"""What the calendar and the catalogue start: each at its time, once, and nothing of the past."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kairos.adapters.memory import MemoryItems
from kairos.domain.broadcast import Broadcast, Form, Stage
from kairos.domain.event import Event
from kairos.domain.scenarios.campaign import CAMPAIGN
from kairos.services.broadcasts.deciding import decide_batch
from kairos.services.broadcasts.drafting import new_broadcast
from kairos.services.broadcasts.newsletters import prepare, show_prepared
from kairos.services.broadcasts.price_drops import start_price_drop
from kairos.services.broadcasts.store import change, content_of, listed, make, many
from kairos.services.broadcasts.ticking import Ticking, tick
from kairos.services.broadcasts.wishes import NewsletterContent
from kairos.services.scenarios import change_scenario
from tests.unit.broadcasts.world import MONDAY_NOON, SHOP, World

NEWS = NewsletterContent.model_validate({"content": {"en": {"heading": "How lamps are made"}}})
DAY = timedelta(days=1)


def switched_on_now(world: World, scenario: str, **settings: Any) -> None:
    told = {"enabled": True, "settings": settings}
    change_scenario(world.store, world.clock, SHOP, scenario, told, lambda _shop: None)


def ticked(world: World) -> None:
    def failed(_shop: str, what: str, error: Exception) -> None:
        raise AssertionError(what) from error

    tick(Ticking(world.executing, lambda _shop: world.catalogue, failed))


def made(world: World, scenario: str) -> list[Broadcast]:
    found = listed(world.store, SHOP.id)
    return many(world.store, SHOP.id, [one.id for one in found if one.scenario == scenario])


def at(world: World, text: str) -> None:
    world.clock.at = datetime.fromisoformat(text).astimezone(UTC)


# ---------------------------------------------------------------- newsletter


def test_a_newsletter_without_content_does_not_go() -> None:
    world = World(1)
    world.switch("newsletter")
    at(world, "2026-04-01T09:00+02:00")
    ticked(world)
    assert made(world, "newsletter") == []


def test_a_newsletter_goes_on_its_day_at_its_hour_by_the_shops_clock_and_once() -> None:
    world = World(1)
    world.switch("newsletter", day=15, hour=10)
    prepare(world.store, world.clock, SHOP.id, NEWS)
    at(world, "2026-04-15T09:59+02:00")
    ticked(world)
    assert made(world, "newsletter") == []
    at(world, "2026-04-15T10:00+02:00")
    ticked(world)
    ticked(world)
    [one] = made(world, "newsletter")
    assert content_of(world.store, SHOP.id, one.id)["en"].heading == "How lamps are made"
    assert list(world.machines.started.values()) == [
        ("newsletter", {"shop": SHOP.id, "broadcast": one.id, "execution": 1})
    ]


def test_what_was_prepared_goes_with_the_newsletter_and_the_next_month_needs_its_own() -> None:
    world = World(1)
    world.switch("newsletter")
    prepare(world.store, world.clock, SHOP.id, NEWS)
    at(world, "2026-04-01T09:10+02:00")
    ticked(world)
    assert show_prepared(world.store, SHOP.id)["content"] is None
    at(world, "2026-05-01T09:10+02:00")
    ticked(world)
    assert len(made(world, "newsletter")) == 1


def test_content_prepared_for_the_next_month_is_kept_until_then() -> None:
    world = World(1)
    world.switch("newsletter")
    for month in ("04", "05"):
        prepare(world.store, world.clock, SHOP.id, NEWS)
        at(world, f"2026-{month}-01T09:10+02:00")
        ticked(world)
        prepare(world.store, world.clock, SHOP.id, NEWS)
        ticked(world)
    assert len(made(world, "newsletter")) == 2


@pytest.mark.parametrize(("late", "goes"), [("2026-04-04T08:59+02:00", 1), ("2026-04-04T09:01+02:00", 0)])
def test_a_newsletter_goes_three_days_late_at_most(late: str, goes: int) -> None:
    world = World(1)
    world.switch("newsletter")
    prepare(world.store, world.clock, SHOP.id, NEWS)
    at(world, late)
    ticked(world)
    assert len(made(world, "newsletter")) == goes


def test_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    world = World(1)
    world.switch("newsletter", day=31)
    prepare(world.store, world.clock, SHOP.id, NEWS)
    at(world, "2026-04-30T09:00+02:00")
    ticked(world)
    assert len(made(world, "newsletter")) == 1


def test_what_is_prepared_after_the_day_is_for_the_next_month() -> None:
    world = World(1)
    world.switch("newsletter")
    at(world, "2026-04-02T08:00+02:00")
    prepare(world.store, world.clock, SHOP.id, NEWS)
    ticked(world)
    assert made(world, "newsletter") == []
    at(world, "2026-05-01T09:00+02:00")
    ticked(world)
    assert len(made(world, "newsletter")) == 1


def test_what_is_corrected_at_the_last_moment_keeps_its_turn() -> None:
    world = World(1)
    world.switch("newsletter")
    prepare(world.store, world.clock, SHOP.id, NEWS)
    at(world, "2026-04-01T09:05+02:00")
    prepare(world.store, world.clock, SHOP.id, NEWS)
    ticked(world)
    assert len(made(world, "newsletter")) == 1


def test_a_newsletter_whose_day_was_over_when_it_was_switched_on_waits_for_the_next() -> None:
    world = World(1)
    prepare(world.store, world.clock, SHOP.id, NEWS)
    at(world, "2026-04-02T08:00+02:00")
    switched_on_now(world, "newsletter")
    ticked(world)
    assert made(world, "newsletter") == []


# ---------------------------------------------------------------- season


def test_a_greeting_goes_three_days_before_to_those_who_keep_the_day_then() -> None:
    """Mother's Day 2026: 15 March in Great Britain and Ireland."""
    world = World(1)
    british = world.add(7, country="GB")
    world.add(8, country="IT")
    world.switch("season")
    at(world, "2026-03-12T08:59+01:00")
    ticked(world)
    assert made(world, "season") == []
    at(world, "2026-03-12T09:00+01:00")
    ticked(world)
    ticked(world)
    [one] = made(world, "season")
    assert (one.subject.occasion, one.subject.day) == ("mothers_day", "2026-03-15")
    assert one.subject.countries == ("GB", "IE")
    world.run_as(one, Form(step="greeting", stages=(Stage(audience="celebrating"),)))
    assert world.got == [british]


def test_a_leap_days_greeting_comes_for_the_28th_in_other_years() -> None:
    world = World(1)
    leap = {"id": "leap_day", "names": {"en": "Leap Day"}, "days": [{"day": "02-29"}]}
    world.switch("season", occasions=[leap])
    at(world, "2027-02-25T09:00+01:00")
    ticked(world)
    [one] = made(world, "season")
    assert one.subject.day == "2027-02-28"


def test_a_day_that_is_over_is_not_greeted() -> None:
    world = World(1)
    only = {"id": "own_day", "names": {"en": "our day"}, "days": [{"day": "03-10"}]}
    world.switch("season", occasions=[only], days_before=0)
    at(world, "2026-03-11T09:30+01:00")
    ticked(world)
    assert made(world, "season") == []


def test_a_greeting_that_was_due_before_the_scenario_was_switched_on_does_not_go() -> None:
    world = World(1)
    only = {"id": "own_day", "names": {"en": "our day"}, "days": [{"day": "03-10"}]}
    at(world, "2026-03-07T09:01+01:00")
    switched_on_now(world, "season", occasions=[only])
    ticked(world)
    assert made(world, "season") == []


def test_what_a_shop_wrote_for_an_occasion_goes_with_it() -> None:
    world = World(1)
    own = {"id": "own_day", "names": {"en": "our day"}, "days": [{"day": "03-10"}]}
    world.switch("season", occasions=[own | {"content": {"en": {"heading": "Ten years of lamps"}}}])
    at(world, "2026-03-07T09:30+01:00")
    ticked(world)
    [one] = made(world, "season")
    assert content_of(world.store, SHOP.id, one.id)["en"].heading == "Ten years of lamps"


# ---------------------------------------------------------------- launches


def of_old(world: World, number: int = 1) -> None:
    """Products that the shop has had for long."""
    for one in range(number):
        world.product(f"old{one}", published_at=world.clock.now() - 100 * DAY)


def test_a_launch_is_announced_when_it_has_come_and_once_for_ever() -> None:
    world = World(1)
    world.switch("launch_announcement")
    of_old(world)
    world.product("lamp", published_at=world.clock.now() + DAY)
    ticked(world)
    assert made(world, "launch_announcement") == []
    world.clock.at += DAY
    ticked(world)
    world.clock.at += DAY
    ticked(world)
    [one] = made(world, "launch_announcement")
    assert one.subject.product == "lamp"


def test_products_of_old_and_such_as_nobody_can_buy_are_no_launch() -> None:
    world = World(1)
    world.switch("launch_announcement")
    of_old(world, 9)
    world.product("old", published_at=world.clock.now() - 4 * DAY)
    world.product("gone", published_at=world.clock.now() - DAY, deleted=True)
    world.product("out", published_at=world.clock.now() - DAY, available=False)
    world.product("undated")
    ticked(world)
    assert made(world, "launch_announcement") == []


def test_a_shop_without_products_launches_none() -> None:
    world = World(1)
    world.switch("launch_announcement")
    ticked(world)
    assert made(world, "launch_announcement") == []


def test_products_launched_before_the_scenario_was_switched_on_are_not_announced() -> None:
    world = World(1)
    of_old(world, 9)
    for number in range(5):
        world.product(f"p{number}", published_at=world.clock.now() - 2 * DAY)
    switched_on_now(world, "launch_announcement")
    ticked(world)
    assert made(world, "launch_announcement") == []
    world.product("new", published_at=world.clock.now() + timedelta(hours=1))
    switched_on_now(world, "launch_announcement", most_a_week=5)
    world.clock.at += timedelta(hours=1)
    switched_on_now(world, "launch_announcement", most_a_week=4)
    ticked(world)
    assert [one.subject.product for one in made(world, "launch_announcement")] == ["new"]


def test_a_scenario_switched_off_and_on_again_starts_nothing_of_the_time_between() -> None:
    world = World(1)
    of_old(world, 2)
    switched_on_now(world, "launch_announcement")
    change_scenario(
        world.store, world.clock, SHOP, "launch_announcement", {"enabled": False}, lambda _shop: None
    )
    world.product("meanwhile", published_at=world.clock.now() + timedelta(hours=1))
    world.clock.at += timedelta(hours=2)
    switched_on_now(world, "launch_announcement")
    ticked(world)
    assert made(world, "launch_announcement") == []


def test_a_catalogue_that_was_just_brought_in_is_announced_not_at_all() -> None:
    """Of a new shop whose platform says of everything but a few that it was published now."""
    world = World(1)
    switched_on_now(world, "launch_announcement")
    world.clock.at += timedelta(hours=1)
    for number in range(10):
        world.product(f"p{number}", published_at=world.clock.now() - timedelta(minutes=number))
    of_old(world, 2)
    ticked(world)
    world.clock.at += DAY
    ticked(world)
    assert made(world, "launch_announcement") == []


def test_many_products_published_at_once_are_no_flood_of_news() -> None:
    world = World(1)
    world.switch("launch_announcement")
    of_old(world, 10)
    for number in range(10):
        world.product(f"p{number}", published_at=world.clock.now() - timedelta(hours=number + 1))
    ticked(world)
    ticked(world)
    assert {one.subject.product for one in made(world, "launch_announcement")} == {"p0", "p1", "p2"}


# ---------------------------------------------------------------- price drops


CHEAPER = Form(step="cheaper", stages=(Stage(audience="watching"),))


def dropped(
    world: World, old: int = 1000, new: int = 800, version: str = "v", product: str = "lamp"
) -> Event:
    world.product(product, new)
    return Event(
        name="PriceDropped",
        shop=SHOP.id,
        cause=f"product:{product}",
        occurred_at=world.clock.now(),
        version=version,
        old_price=old,
        new_price=new,
    )


def test_a_price_drop_is_told_once_however_often_the_event_comes() -> None:
    world = World(1)
    world.switch("price_drop")
    event = dropped(world)
    assert start_price_drop(world.executing, event) == "started"
    assert start_price_drop(world.executing, event) == "started before"
    [one] = made(world, "price_drop")
    assert (one.subject.product, one.subject.old_price) == ("lamp", 1000)
    assert len(world.machines.started) == 1


@pytest.mark.parametrize(
    ("new", "came"), [(900, "started"), (901, "drop too small"), (1100, "drop too small")]
)
def test_ten_per_cent_is_the_least_drop(new: int, came: str) -> None:
    world = World(1)
    world.switch("price_drop")
    assert start_price_drop(world.executing, dropped(world, new=new)) == came


def test_one_product_is_told_of_once_in_seven_days() -> None:
    world = World(1)
    world.switch("price_drop")
    assert start_price_drop(world.executing, dropped(world, version="1")) == "started"
    world.clock.at += 6 * DAY
    later = dropped(world, 800, 600, "2")
    assert start_price_drop(world.executing, later) == "too soon after the last"
    world.clock.at += DAY
    assert start_price_drop(world.executing, dropped(world, 600, 400, "3")) == "started"


def test_a_drop_of_long_ago_of_a_product_gone_or_with_the_scenario_off_starts_nothing() -> None:
    world = World(1)
    event = dropped(world)
    assert start_price_drop(world.executing, event) == "switched off"
    world.switch("price_drop")
    world.clock.at += timedelta(minutes=1)
    world.product("lamp", 800, available=False)
    assert start_price_drop(world.executing, event) == "product gone"
    world.clock.at += 4 * DAY
    assert start_price_drop(world.executing, event) == "too old"


def test_a_price_that_rises_nearly_to_what_it_was_ends_the_broadcast() -> None:
    """From 10 to 8 and to 9.50: nobody else is told of so small a drop."""
    world = World(1)
    world.cart(0, "lamp")
    world.switch("price_drop")
    start_price_drop(world.executing, dropped(world))
    [one] = made(world, "price_drop")
    world.clock.at += timedelta(minutes=1)
    world.product("lamp", 950)
    world.run_as(one, CHEAPER)
    assert (world.now(one).reason, world.got) == ("price risen", [])


def sale(world: World, *products: str) -> list[Broadcast]:
    """All get cheaper at once; their broadcasts, which have not gone yet."""
    for product in products:
        assert start_price_drop(world.executing, dropped(world, product=product)) == "started"
    return made(world, "price_drop")


def test_of_many_products_that_get_cheaper_a_customer_is_told_of_one() -> None:
    world = World(2)
    world.cart(0, "lamp", "shade", "bulb")
    world.cart(1, "bulb")
    world.switch("price_drop")
    for one in sale(world, "lamp", "shade", "bulb"):
        world.run_as(one, CHEAPER)
    assert world.got == sorted(world.node(number) for number in range(2))
    left_out = [one.counts.left_out for one in made(world, "price_drop")]
    assert sum(one.get("had one lately", 0) for one in left_out) == 2


@pytest.mark.parametrize(("days", "mails"), [(6, 1), (8, 2)])
def test_a_customer_is_told_of_another_product_when_the_pause_is_over(days: int, mails: int) -> None:
    world = World(1)
    world.cart(0, "lamp", "shade")
    world.switch("price_drop")
    world.run_as(sale(world, "lamp")[0], CHEAPER)
    world.clock.at = MONDAY_NOON + days * DAY
    [later] = [one for one in sale(world, "shade") if one.subject.product == "shade"]
    world.run_as(later, CHEAPER)
    assert len(world.got) == mails


def test_two_prices_decided_for_at_once_reach_a_customer_once() -> None:
    """The second one's facts were read before the first one's message was reserved."""
    world = World(1)
    world.cart(0, "lamp", "shade")
    world.switch("price_drop")
    first, second = sale(world, "lamp", "shade")
    for one in (first, second):
        change(world.store, SHOP.id, one.id, lambda held: held.model_copy(update={"form": CHEAPER}))
        world.page(one)
    raced: list[None] = []
    plain, other = world.items, world.batches.messages.pop()

    class Racing(MemoryItems):
        def __init__(self) -> None:
            self.stored = world.store.stored

        def transact(self, writes: Any) -> None:
            if not raced:
                raced.append(None)
                world.items = plain
                decide_batch(world.deciding, other["shop"], other["broadcast"], other["batch"])
            plain.transact(writes)

    world.items = Racing()
    world.decide()
    assert raced
    assert len(world.got) == 1


def test_a_cart_left_long_ago_watches_no_price() -> None:
    world = World(1)
    world.cart(0, "lamp")
    world.clock.at += 31 * DAY
    world.switch("price_drop")
    world.run_as(sale(world, "lamp")[0], CHEAPER)
    assert world.got == []


def test_a_sale_of_the_whole_shop_starts_ten_broadcasts_a_day() -> None:
    world = World(1)
    world.switch("price_drop")
    sale(world, *(f"p{number}" for number in range(10)))
    assert start_price_drop(world.executing, dropped(world, product="p10")) == "too many today"
    assert start_price_drop(world.executing, dropped(world, product="p9")) == "started before"
    assert len(world.machines.started) == 10
    world.clock.at += DAY
    assert start_price_drop(world.executing, dropped(world, product="p10", version="2")) == "started"


# ---------------------------------------------------------------- the tick itself


def test_a_planned_campaign_starts_when_its_time_has_come() -> None:
    world = World(1)
    planned = world.campaign(at=world.clock.now() + timedelta(hours=1))
    ticked(world)
    assert world.machines.started == {}
    world.clock.at += timedelta(minutes=46)
    ticked(world)
    assert [*world.machines.started] == [f"{planned.id}-1"]


def test_a_campaign_planned_for_longer_ago_than_three_days_never_starts() -> None:
    world = World(1)
    wanted = new_broadcast(world.executing, SHOP.id, CAMPAIGN, "b" + "1" * 26, {})
    make(world.store, wanted, {}, ())
    world.clock.at += 4 * DAY
    ticked(world)
    assert (world.now(wanted).state, world.now(wanted).reason) == ("done", "too old")
    assert world.machines.started == {}


def test_one_shops_trouble_keeps_no_other_scenario_from_starting() -> None:
    world = World(1)
    world.switch("newsletter")
    world.switch("launch_announcement")
    prepare(world.store, world.clock, SHOP.id, NEWS)
    at(world, "2026-04-01T09:10+02:00")
    told: list[tuple[str, str]] = []

    def broken(_shop: str) -> Any:
        raise RuntimeError

    tick(Ticking(world.executing, broken, lambda shop, what, _error: told.append((shop, what))))
    assert told == [(SHOP.id, "launch_announcement")]
    assert len(made(world, "newsletter")) == 1


def test_settings_of_an_older_version_keep_nothing_from_starting() -> None:
    world = World(1)
    world.switch("newsletter", day=1, gone_since=3)
    prepare(world.store, world.clock, SHOP.id, NEWS)
    at(world, "2026-04-01T09:10+02:00")
    ticked(world)
    assert len(made(world, "newsletter")) == 1
