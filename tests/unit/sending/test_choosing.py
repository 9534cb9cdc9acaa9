"""Choosing channel and moment: where, how often, what goes first, and when."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.domain.levels import Levels
from kairos.domain.scenarios import registry
from kairos.domain.sending_rules import Cap, SendingRules
from kairos.domain.shop import QuietHours
from tests.unit.sending.customers import (
    NEWSLETTER,
    another_run,
    bought,
    delivered,
    has_phone,
    lives,
    mailed,
    settle,
    shop_with,
    unconsented,
)
from tests.unit.sending.world import START, World

DAY = 86_400
HOUR = 3600
BOTH = ["email", "sms"]
NIGHT = QuietHours(start=time(21), end=time(8))


@pytest.fixture(autouse=True)
def _two_scenarios(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.SCENARIOS, "newsletter", NEWSLETTER)


def of_both_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Abandoned carts by SMS, too."""
    both = registry.SCENARIOS["abandoned_cart"]._replace(channels=("email", "sms"))
    monkeypatch.setitem(registry.SCENARIOS, "abandoned_cart", both)


def said(answer: Any) -> tuple[str, str, int]:
    return answer.decision, answer.reason, answer.wait_seconds


def at(world: World, *when: int) -> None:
    """UTC."""
    world.clock.at = datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]


def moved_to(world: World, *when: int) -> None:
    """The run begins then, and its cart was left long before."""
    at(world, *when)
    run = world.run.model_copy(update={"registered_at": world.clock.now()})
    world.put(keys.run(run.shop, run.id), run.as_json())


# Where


def test_the_steps_first_open_channel_is_taken() -> None:
    world = World()
    has_phone(world)
    assert world.ask(channels=["sms", "email"]).facts["channel"] == "sms"
    entry = world.entry()
    assert entry is not None
    assert entry.channel == "sms"


def test_a_channel_without_consent_is_passed_over_and_named() -> None:
    world = World()
    has_phone(world, "withdrawn")
    answer = world.ask(channels=["sms", "email"])
    assert (answer.facts["channel"], answer.facts["channel sms"]) == ("email", "no consent")


def test_a_channel_without_address_is_passed_over() -> None:
    world = World()
    assert world.ask(channels=["web_push", "email"]).facts["channel"] == "email"


def test_the_channel_on_which_they_answer_goes_before_the_steps_order() -> None:
    world = World()
    has_phone(world)
    mailed(world, timedelta(days=50), 1, "delivery", "click", channel="sms")
    assert world.ask(channels=["email", "sms"]).facts["channel"] == "sms"


def test_a_preferred_channel_that_is_closed_is_not_taken() -> None:
    world = World()
    has_phone(world, "withdrawn")
    mailed(world, timedelta(days=50), 1, "delivery", "click", channel="sms")
    assert world.ask(channels=["email", "sms"]).facts["channel"] == "email"


def test_a_preferred_channel_that_the_step_has_not_is_not_taken() -> None:
    world = World()
    has_phone(world)
    mailed(world, timedelta(days=50), 1, "delivery", "click", channel="sms")
    assert world.ask(channels=["email"]).facts["channel"] == "email"


def test_with_no_channel_of_the_step_but_another_of_the_scenario_open_the_step_is_skipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of_both_channels(monkeypatch)
    world = World()
    has_phone(world)
    world.consent("withdrawn")
    assert said(world.ask(channels=["email"])) == ("skip", "no consent", 0)
    assert world.run_now().state == "started"


def test_with_no_channel_of_the_scenario_open_the_run_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    of_both_channels(monkeypatch)
    world = World()
    world.consent("withdrawn")
    assert said(world.ask(channels=["email"])) == ("end", "no consent", 0)
    assert world.run_now().reason == "no consent"


def test_who_bought_may_be_mailed_where_the_shop_relies_on_soft_opt_in() -> None:
    world = World(shop_with(SendingRules(soft_opt_in=("DE",))))
    unconsented(world)
    lives(world, country="de")
    bought(world)
    assert world.ask().decision == "send"


@pytest.mark.parametrize("missing", ["order", "country", "rule", "withdrawn"])
def test_soft_opt_in_needs_an_order_a_country_a_rule_and_no_withdrawal(missing: str) -> None:
    countries = () if missing == "rule" else ("DE",)
    world = World(shop_with(SendingRules(soft_opt_in=countries)))
    unconsented(world)
    lives(world, **({} if missing == "country" else {"country": "DE"}))
    if missing != "order":
        bought(world)
    if missing == "withdrawn":
        world.consent("withdrawn")
    assert world.ask().reason == "no consent"


def test_soft_opt_in_is_for_mails_alone() -> None:
    world = World(shop_with(SendingRules(soft_opt_in=("DE",))))
    has_phone(world, None)
    bought(world)
    record = keys.customer_record("lumen", world.node)
    told = world.store.stored[record].body
    told["person"]["address"] = {"country": "DE"}
    world.put(record, told)
    assert world.ask(channels=["sms"]).reason == "no consent"


def test_nobody_is_softly_consented_who_is_suppressed() -> None:
    world = World(shop_with(SendingRules(soft_opt_in=("DE",))))
    unconsented(world)
    lives(world, country="DE")
    bought(world)
    world.suppress()
    assert world.ask().reason == "suppressed"


# How often


def test_before_five_messages_arrived_there_is_no_cap() -> None:
    world = World(shop_with())
    delivered(world, number=3)
    mailed(world, timedelta(hours=1), 1)
    assert world.ask().decision == "send"


def test_from_five_on_a_moderate_gets_one_a_week() -> None:
    world = World(shop_with())
    delivered(world, number=4)
    mailed(world, timedelta(days=3), 1)
    assert said(world.ask()) == ("wait", "frequency cap", 4 * DAY)


def test_the_window_rolls_exactly() -> None:
    world = World(shop_with())
    delivered(world)
    mailed(world, timedelta(days=7) - timedelta(seconds=1), 1)
    assert said(world.ask()) == ("wait", "frequency cap", 1)
    world.clock.advance(1)
    assert world.ask().decision == "send"


def test_super_actives_get_four_a_week() -> None:
    world = World(shop_with())
    delivered(world, "open")
    for day in (6, 5, 4):
        mailed(world, timedelta(days=day), day, "delivery", "open")
    assert world.ask().facts["engagement"] == "super_active"
    world.clock.advance(HOUR)
    assert said(world.ask(step="next")) == ("wait", "earlier message first", HOUR)
    settle(world, str(world.entry().message_id), "sent")  # type: ignore[union-attr]
    assert said(world.ask(step="next")) == ("wait", "frequency cap", DAY - HOUR)


def test_sleeping_ones_get_one_a_month() -> None:
    world = World(shop_with())
    delivered(world, days=200)
    mailed(world, timedelta(days=20), 1)
    answer = world.ask()
    assert answer.facts["engagement"] == "sleeping"
    assert said(answer) == ("wait", "frequency cap", 10 * DAY)


@pytest.mark.parametrize(
    ("state", "decision"), [("refused", "send"), ("unknown", "wait"), ("reserved", "wait")]
)
def test_only_a_message_that_never_went_gives_its_place_back(state: str, decision: str) -> None:
    world = World(shop_with())
    delivered(world)
    mailed(world, timedelta(days=3), 1, state=state)
    assert world.ask().decision == decision


def test_an_erased_message_gives_its_place_back() -> None:
    world = World(shop_with())
    delivered(world)
    gone = mailed(world, timedelta(days=3), 1)
    del world.store.stored[keys.message("lumen", gone.message_id)]
    assert world.ask().decision == "send"


def test_messages_on_every_channel_count() -> None:
    world = World(shop_with())
    delivered(world)
    mailed(world, timedelta(days=3), 1, channel="sms")
    assert world.ask().reason == "frequency cap"


def test_what_was_sent_on_channels_that_report_little_counts_as_delivered() -> None:
    world = World(shop_with())
    has_phone(world)
    for day in range(5):
        mailed(world, timedelta(days=2 + day), day, "none", channel="sms")
    assert world.ask().reason == "frequency cap"


def test_a_shop_tunes_its_caps() -> None:
    twice = Cap(messages=2, within="P1D")
    world = World(shop_with(SendingRules(moderate=twice, free_until_delivered=0, spread="PT0S")))
    mailed(world, timedelta(hours=20), 1)
    assert world.ask().decision == "send"
    settle(world, str(world.entry().message_id), "sent")  # type: ignore[union-attr]
    assert said(world.ask(step="next")) == ("wait", "frequency cap", 4 * HOUR)


def test_two_scenarios_that_decide_at_one_instant_cannot_both_take_the_last_place() -> None:
    world = World(shop_with(SendingRules(free_until_delivered=0, spread="PT0S", places_for_priority=0)))
    other = another_run(world)
    transact, answers = world.store.transact, []

    def racing(writes: Any) -> None:
        if not answers and any(
            getattr(write, "item", None) and write.item.key.sk == "sends" for write in writes
        ):
            answers.append(None)
            answers[0] = world.ask(run=other.id)
        transact(writes)

    world.store.transact = racing  # type: ignore[method-assign]
    late = world.ask()
    assert answers[0].decision == "send"  # type: ignore[union-attr]
    assert said(late) == ("wait", "frequency cap", 7 * DAY)
    assert len(world.queue.messages) == 1


def test_customers_who_turn_out_to_be_one_have_one_budget() -> None:
    world = World(shop_with(SendingRules(free_until_delivered=0, spread="PT0S")))
    twin = world.key.node("lumen", "platform_id", "7")
    mailed(world, timedelta(days=3), 1)
    held = world.store.stored.pop(keys.sends("lumen", world.node))
    world.put(keys.sends("lumen", twin), held.body)
    world.put(keys.link("lumen", world.node, twin), {})
    world.put(keys.link("lumen", twin, world.node), {})
    assert world.ask().reason == "frequency cap"
    world.clock.advance(4 * DAY)
    assert world.ask().decision == "send"
    left = [item.body["count"] for key, item in world.store.stored.items() if key.sk == "sends"]
    assert left == [2]


# What goes first


def test_a_lower_priority_leaves_the_last_place_to_a_run_under_way() -> None:
    world = World(shop_with())
    delivered(world)
    lower = another_run(world)
    world.put(keys.run_pointer("lumen", world.node, world.run.id), {"scenario": "abandoned_cart"})
    answer = world.ask(run=lower.id)
    assert said(answer) == ("wait", "higher priority first", 12 * HOUR)
    assert answer.facts["under_way"] == "abandoned_cart"


def test_a_higher_priority_leaves_nothing_to_a_lower_one() -> None:
    world = World(shop_with())
    delivered(world)
    another_run(world)
    world.put(keys.run_pointer("lumen", world.node, world.run.id), {"scenario": "abandoned_cart"})
    assert world.ask().decision == "send"


@pytest.mark.parametrize("gone", ["ended", "another customer's"])
def test_a_run_that_is_over_or_somebody_elses_goes_before_nothing(gone: str) -> None:
    world = World(shop_with())
    delivered(world)
    lower = another_run(world)
    world.put(keys.run_pointer("lumen", world.node, world.run.id), {"scenario": "abandoned_cart"})
    change = {"state": "ended"} if gone == "ended" else {"customer": "e" + "0" * 26}
    world.put(keys.run("lumen", world.run.id), world.run.model_copy(update=change).as_json())
    assert world.ask(run=lower.id).decision == "send"


def test_where_more_than_the_last_place_is_left_nothing_is_yielded() -> None:
    world = World(shop_with(SendingRules(moderate=Cap(messages=2, within="P7D"), spread="PT0S")))
    delivered(world)
    lower = another_run(world)
    world.put(keys.run_pointer("lumen", world.node, world.run.id), {"scenario": "abandoned_cart"})
    assert world.ask(run=lower.id).decision == "send"


def test_nobody_yields_for_longer_than_three_days() -> None:
    world = World(shop_with())
    delivered(world)
    lower = another_run(world)
    world.put(keys.run_pointer("lumen", world.node, world.run.id), {"scenario": "abandoned_cart"})
    waited = 0
    while (answer := world.ask(run=lower.id)).decision == "wait":
        assert answer.reason == "higher priority first"
        waited += answer.wait_seconds
        world.clock.advance(answer.wait_seconds)
    assert (answer.decision, waited) == ("send", 3 * DAY)


def test_a_later_step_waits_for_an_earlier_one_that_is_still_reserved() -> None:
    world = World(shop_with())
    first = world.ask(step="first")
    assert said(world.ask(step="second"))[:2] == ("wait", "earlier message first")
    settle(world, str(first.message_id), "sent")
    assert world.ask(step="second").decision == "send"


def test_an_earlier_step_that_is_never_handed_over_holds_the_later_one_for_a_day() -> None:
    world = World(shop_with())
    world.ask(step="first")
    waits = []
    while (answer := world.ask(step="second")).decision == "wait":
        waits.append(answer.wait_seconds)
        world.clock.advance(answer.wait_seconds)
    assert (answer.decision, sum(waits)) == ("send", DAY)
    assert len(waits) < 15


def test_a_later_step_waits_for_an_earlier_one_that_waits_for_its_moment() -> None:
    world = World(shop_with(FREE_OF_CAPS, quiet_hours=QuietHours(start=time(13), end=time(15))))
    first = world.ask(step="first")  # 13:00 in Zurich
    assert said(first) == ("wait", "quiet hours", 2 * HOUR)
    world.put(keys.shop("lumen"), shop_with(FREE_OF_CAPS).as_json())
    world.clock.advance(HOUR)
    held = world.ask(step="second")
    assert said(held) == ("wait", "earlier message first", HOUR + 60)
    world.clock.advance(HOUR)
    settle(world, str(world.ask(step="first").message_id), "sent")
    world.clock.advance(60)
    assert world.ask(step="second").decision == "send"


def test_an_earlier_step_whose_branch_died_holds_up_nothing_for_long() -> None:
    world = World(shop_with(FREE_OF_CAPS, quiet_hours=QuietHours(start=time(13), end=time(15))))
    world.ask(step="first")
    world.clock.advance(3 * HOUR)
    assert world.ask(step="second").decision == "send"


FREE_OF_CAPS = SendingRules(spread="PT0S", free_until_delivered=1000)


# When


def test_quiet_hours_are_those_where_the_customer_lives() -> None:
    world = World(shop_with(quiet_hours=NIGHT))
    lives(world, country="JP")
    assert said(world.ask()) == ("wait", "quiet hours", 11 * HOUR)  # 21:00 in Tokyo, 13:00 in Zurich


def test_a_shop_may_go_by_its_own_clock_for_all() -> None:
    world = World(shop_with(SendingRules(shop_zone_for_all=True), quiet_hours=NIGHT))
    lives(world, country="JP")
    assert world.ask().decision == "send"


@pytest.mark.parametrize("address", [{}, {"city": "Tokyo"}, {"country": "ZZ"}, {"country": "?", "city": "?"}])
def test_without_a_country_the_shops_clock_counts(address: dict[str, Any]) -> None:
    world = World(shop_with(quiet_hours=NIGHT))
    lives(world, **address)
    answer = world.ask()
    assert (answer.decision, answer.facts["time_zone"]) == ("send", "Europe/Zurich")


def test_nothing_on_public_holidays_if_the_shop_wants() -> None:
    world = World(shop_with(SendingRules(avoid_holidays=True, spread="PT0S"), quiet_hours=NIGHT))
    lives(world, country="CH")
    moved_to(world, 2026, 12, 25, 9)
    assert said(world.ask()) == ("wait", "public holiday", 22 * HOUR)  # the 26th, once the night is over


def test_who_lives_nowhere_known_has_the_holidays_of_the_shops_country() -> None:
    world = World(shop_with(SendingRules(avoid_holidays=True, country="CH")))
    moved_to(world, 2026, 12, 25, 9)
    assert world.ask().reason == "public holiday"


def test_holidays_are_workdays_unless_the_shop_asks() -> None:
    world = World(shop_with())
    lives(world, country="CH")
    moved_to(world, 2026, 12, 25, 9)
    assert world.ask().decision == "send"


def habit(world: World, hour: int, times: int = 3) -> None:
    """Messages of long ago, opened at that hour of Zurich's winter."""
    for day in range(times):
        opened = datetime(2026, 1, 10 + day, hour - 1, 30, tzinfo=UTC)
        entry = mailed(world, world.clock.now() - opened, 500 + day)
        body = {"kind": "open", "at": opened.isoformat()}
        world.put(keys.engagement("lumen", entry.message_id, "open"), body)


def test_at_the_hour_at_which_they_open_their_mail() -> None:
    world = World(shop_with())
    habit(world, 19)
    assert said(world.ask(at_preferred_hour=True)) == ("wait", "preferred hour", 6 * HOUR)


def test_at_that_very_hour_at_once() -> None:
    world = World(shop_with())
    habit(world, 19)
    moved_to(world, 2026, 11, 21, 18, 59)
    assert world.ask(at_preferred_hour=True).decision == "send"


@pytest.mark.parametrize("why", ["not asked", "switched off", "thin"])
def test_the_hour_is_not_waited_for_unless_known_asked_for_and_wanted(why: str) -> None:
    world = World(shop_with(SendingRules(preferred_hour=why != "switched off")))
    habit(world, 19, times=2 if why == "thin" else 3)
    assert world.ask(at_preferred_hour=why != "not asked").decision == "send"


def test_the_shops_usual_hour_is_for_those_whose_own_is_not_known() -> None:
    world = World(shop_with(SendingRules(usual_hour=16, spread="PT0S")))
    assert said(world.ask(at_preferred_hour=True)) == ("wait", "preferred hour", 3 * HOUR)


def test_the_hour_is_waited_for_once() -> None:
    world = World(shop_with(SendingRules(usual_hour=16, spread="PT0S")))
    world.ask(at_preferred_hour=True)
    world.clock.advance(5 * HOUR)  # asked again late, the hour is over
    assert world.ask(at_preferred_hour=True).decision == "send"


def test_an_hour_within_quiet_hours_is_not_waited_for() -> None:
    world = World(shop_with(SendingRules(usual_hour=23, spread="PT0S"), quiet_hours=NIGHT))
    assert world.ask(at_preferred_hour=True).decision == "send"


def test_the_hour_never_makes_a_message_too_late() -> None:
    world = World(shop_with(SendingRules(usual_hour=16, spread="PT0S")))
    assert world.ask(at_preferred_hour=True, not_after=2 * HOUR).decision == "send"


# Too late


def test_after_its_time_a_step_is_skipped() -> None:
    world = World(shop_with())
    world.clock.advance(HOUR + 1)
    assert said(world.ask(not_after=HOUR)) == ("skip", "too late", 0)


def test_at_its_very_last_moment_it_is_sent() -> None:
    world = World(shop_with())
    world.clock.advance(HOUR)
    assert world.ask(not_after=HOUR).decision == "send"


def test_what_could_only_go_too_late_is_skipped_at_once() -> None:
    world = World(shop_with())
    delivered(world)
    mailed(world, timedelta(days=3), 1)
    assert said(world.ask(not_after=4 * DAY - 1)) == ("skip", "too late", 0)
    assert said(world.ask(not_after=4 * DAY, step="other")) == ("wait", "frequency cap", 4 * DAY)


def test_a_cart_that_changed_may_make_a_step_too_late() -> None:
    world = World(shop_with())
    assert world.ask(quiet_for=6 * HOUR, not_after=HOUR - 1).reason == "too late"
    assert world.ask(quiet_for=6 * HOUR, not_after=HOUR, step="other").reason == "cart changed lately"


def test_a_step_with_a_code_waits_beyond_its_time() -> None:
    world = World(shop_with())
    world.upload_codes("A1")
    delivered(world)
    mailed(world, timedelta(days=3), 1)
    assert said(world.ask(not_after=HOUR, code={"pool": "pool"})) == ("wait", "frequency cap", 4 * DAY)


def test_a_step_without_the_code_that_it_may_have_is_sent_without() -> None:
    world = World(shop_with())
    assert world.ask(code={"pool": "pool", "optional": True}).decision == "send"
    entry = world.entry()
    assert entry is not None
    assert (entry.code, entry.code_wish) == (None, None)


def test_nothing_is_deferred_for_ever() -> None:
    world = World(shop_with())
    delivered(world)
    for number in range(40):
        mailed(world, timedelta(days=1), number)
        answer = world.ask()
        if answer.decision != "wait":
            break
        world.clock.advance(answer.wait_seconds)
    assert said(answer) == ("skip", "waited too long", 0)
    assert timedelta(days=60) <= world.clock.now() - START < timedelta(days=70)


def test_a_campaign_offers_no_code_to_who_buys_at_the_full_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.SCENARIOS, "campaign", NEWSLETTER._replace(name="campaign"))
    world = World(shop_with(levels=Levels(full_price_orders=1)))
    world.upload_codes("A1")
    bought(world)
    run = another_run(world, "campaign").id
    assert said(world.ask(run=run, code={"pool": "pool"})) == ("skip", "buys without codes", 0)
    assert world.ask(run=run, step="other", code={"pool": "pool", "optional": True}).decision == "send"
    entry = world.entry("other")
    assert entry is not None
    assert entry.code is None


# Spread, and the clock


def test_waits_are_spread_by_the_message_and_asking_again_changes_nothing() -> None:
    world = World(
        shop_with(SendingRules(spread="PT15M"), quiet_hours=QuietHours(start=time(13), end=time(15)))
    )
    waits = {step: world.ask(step=step).wait_seconds for step in ("a", "b", "c", "d")}
    assert len(set(waits.values())) == 4
    assert all(2 * HOUR <= wait < 2 * HOUR + 900 for wait in waits.values())
    again = World(world.shop)
    assert {step: again.ask(step=step).wait_seconds for step in reversed(waits)} == waits


def test_nothing_is_spread_into_the_next_quiet_hours() -> None:
    hours = QuietHours(start=time(8, 1), end=time(8))  # one minute a day
    world = World(shop_with(SendingRules(spread="PT6H"), quiet_hours=hours))
    left = 19 * HOUR
    for step in ("a", "b", "c"):
        assert left <= world.ask(step=step).wait_seconds <= left + 60


def test_a_clock_that_goes_back_sends_nothing_twice_and_waits_no_negative_time() -> None:
    world = World(shop_with(SendingRules(free_until_delivered=0, spread="PT0S")))
    first = world.ask()
    world.clock.advance(-HOUR)
    assert world.ask().message_id == first.message_id
    assert len([key for key in world.store.stored if key.sk == "message"]) == 1
    settle(world, str(first.message_id), "sent")
    assert said(world.ask(step="next")) == ("wait", "frequency cap", 7 * DAY + HOUR)


# Missing facts


def test_a_customer_of_whom_nothing_else_is_known_is_decided_on() -> None:
    rules = SendingRules(avoid_holidays=True, free_until_delivered=0)
    world = World(shop_with(rules, quiet_hours=NIGHT))
    world.record_customer(first_name=None, language=None)
    assert world.ask(at_preferred_hour=True, channels=["push", "sms", "email"]).decision == "send"


def test_who_is_erased_between_decision_and_call_gets_nothing() -> None:
    world = World(shop_with())
    assert world.ask().decision == "send"
    world.erase()
    for key in [key for key in world.store.stored if key.pk == keys.node("lumen", world.node)]:
        if key.sk != "erased":
            del world.store.stored[key]
    world.deliver_all()
    entry = world.entry()
    assert entry is not None
    assert (entry.state, entry.reason) == ("refused", "erased")
    assert world.provider.calls == []


@pytest.mark.parametrize(("minutes", "state"), [(14, "sent"), (16, "refused")])
def test_what_was_held_up_is_not_delivered_at_night(minutes: int, state: str) -> None:
    world = World(shop_with(quiet_hours=NIGHT))
    moved_to(world, 2026, 11, 21, 19, 59)
    assert world.ask().decision == "send"
    world.clock.advance(60 * minutes)
    world.deliver_once()
    entry = world.entry()
    assert entry is not None
    assert (entry.state, entry.reason) == (state, "quiet hours" if state == "refused" else None)


def test_what_was_held_up_by_day_is_delivered() -> None:
    world = World(shop_with(quiet_hours=NIGHT))
    assert world.ask().decision == "send"
    world.clock.advance(3 * HOUR)
    world.deliver_once()
    entry = world.entry()
    assert entry is not None
    assert entry.state == "sent"
