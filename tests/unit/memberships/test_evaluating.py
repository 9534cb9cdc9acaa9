"""Right after recording: who enters and leaves, what is written and what is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kairos import keys
from kairos.domain.consent import ConsentStatement
from kairos.domain.customer import ConsentSnapshot
from kairos.domain.membership import segments_of
from kairos.domain.segment import Cause
from kairos.ports import Put
from kairos.services.customers import load_profile
from kairos.services.segments.evaluating import evaluate_customers
from tests.unit.memberships.world import World
from tests.unit.recording.stories import ADA, BOB, PHONE, browsing
from tests.unit.recording.world import SHOP, START, at, node, order, who

ADA_ID, BOB_ID = node("email", ADA), node("email", BOB)
ADA_BUYS = order("1", 1, identities=who(email=ADA))
ADA_BUYS_AGAIN = order("2", 2, identities=who(email=ADA))


@pytest.fixture
def world() -> World:
    return World()


def membership_writes(world: World, delivery) -> int:
    """How often a membership is put while this is recorded."""
    before, puts = world.items.write, []

    def write(one):
        puts.append(one)
        before(one)

    world.items.write = write
    transact = world.items.transact

    def together(writes):
        puts.extend(writes)
        transact(writes)

    world.items.transact = together
    world.deliver(delivery)
    del world.items.write, world.items.transact
    # A single write of MemoryItems is a transaction of one.
    return len({id(one) for one in puts if isinstance(one, Put) and one.item.key.sk == "membership"})


def test_an_order_moves_its_customer_at_once(world: World) -> None:
    world.deliver(ADA_BUYS)
    assert world.segments(ADA_ID) == {"buyers", "quiet_buyers", "new_buyers"}
    world.deliver(ADA_BUYS_AGAIN)
    assert "loyal" in world.segments(ADA_ID)


def test_the_bus_is_told_of_each_segment_entered_and_left(world: World) -> None:
    world.deliver(ADA_BUYS)
    world.deliver(order("1", 3, "cancelled", identities=who(email=ADA)))
    both = ("buyers", "new_buyers", "quiet_buyers")
    assert world.moves() == sorted([(one, entered) for one in both for entered in (False, True)])
    assert {event.customer for event in world.heard()} == {ADA_ID}


def test_a_membership_is_one_write_however_many_segments_turn(world: World) -> None:
    assert membership_writes(world, ADA_BUYS) == 1


def test_what_turns_nothing_writes_no_membership(world: World) -> None:
    world.deliver(ADA_BUYS)
    world.deliver(ADA_BUYS_AGAIN)
    assert membership_writes(world, order("3", 3, identities=who(email=ADA))) == 0
    assert membership_writes(world, browsing(4)) == 0


def test_the_same_delivery_again_tells_the_same_under_the_same_ids(world: World) -> None:
    world.deliver(ADA_BUYS)
    told, stored = dict(world.bus.published), dict(world.items.stored)
    heard: list[str] = []
    world.bus.publish = lambda events: heard.extend(event.id for event in events)
    world.deliver(ADA_BUYS)
    assert set(heard) == set(told)
    assert world.items.stored == stored


def test_another_delivery_tells_nothing_of_what_was_told_before(world: World) -> None:
    world.deliver(ADA_BUYS)
    heard: list[str] = []
    world.bus.publish = lambda events: heard.extend(event.name for event in events)
    world.deliver(ADA_BUYS_AGAIN)
    assert sorted(heard) == ["OrderRecorded", "SegmentEntered"]


def test_who_stays_is_in_a_segment_since_they_entered(world: World) -> None:
    world.deliver(ADA_BUYS)
    entered = world.clock.at
    world.clock.at += timedelta(minutes=5)
    world.deliver(ADA_BUYS_AGAIN)
    since = segments_of(world.membership(ADA_ID), world.shelf().layout)
    assert since["buyers"] == entered
    assert since["loyal"] == world.clock.at


def test_consent_moves_segments_though_the_profile_stays_as_it_is(world: World) -> None:
    world.deliver(ADA_BUYS)
    said = ConsentStatement(channel="email", address=ADA, state="granted", stated_at=START, source="form")
    world.deliver(order("1", 1, identities=who(email=ADA), consents=(said,)))
    assert world.segments(ADA_ID) == {"buyers", "subscribers", "new_buyers"}


def test_consent_moves_whoever_the_address_is_also_where_the_delivery_names_nobody(world: World) -> None:
    world.deliver(ADA_BUYS)
    said = ConsentStatement(channel="email", address=ADA, state="granted", stated_at=START, source="form")
    world.deliver(ConsentSnapshot(updated_at=at(2), consents=(said,)))
    assert "subscribers" in world.segments(ADA_ID)


def test_a_visitor_whom_nobody_knows_is_in_no_segment(world: World) -> None:
    world.put_segment("everybody", {"not": {"kind": "order_count", "at_least": 1}})
    world.deliver(browsing(0))
    assert world.memberships() == {}
    assert world.heard() == []


def test_time_turns_segments_and_says_so(world: World) -> None:
    world.deliver(ADA_BUYS)
    (found,) = world.evaluate(ADA_ID)
    assert found.due == START + timedelta(hours=1)
    world.clock.at = found.due
    world.evaluate(ADA_ID)
    (told,) = [one for one in world.history() if one.segment == "lapsed"]
    assert (told.entered, told.cause, told.at) == (True, "time", world.clock.at)
    assert ("lapsed", True) in world.moves()


def test_a_second_before_it_is_due_nothing_has_turned(world: World) -> None:
    world.deliver(ADA_BUYS)
    world.clock.at = START + timedelta(minutes=59, seconds=59)
    (found,) = world.evaluate(ADA_ID)
    assert found.transitions == ()
    assert found.due == START + timedelta(hours=1)


def test_who_is_told_of_comes_with_all_that_rows_are_made_of(world: World) -> None:
    world.deliver(ADA_BUYS)
    (found,) = world.evaluate(ADA_ID)
    held = world.items.get(keys.profile(SHOP.id, ADA_ID))
    assert held is not None
    assert (found.customer, found.version) == (ADA_ID, held.version)
    assert found.profile == load_profile(world.items, SHOP.id, ADA_ID)
    assert set(segments_of(found.membership, world.shelf().layout)) == world.segments(ADA_ID)


def test_who_asks_for_more_than_the_rules_do_is_told_more(world: World) -> None:
    world.deliver(ADA_BUYS)
    parts, shelf = world.parts(), world.shelf()
    for asks, reachable in ((None, ()), ({"reachable"}, ("email",))):
        (found,) = evaluate_customers(parts, shelf, [ADA_ID], "time", "a tick", asks)
        assert found.profile is not None
        assert found.profile.reachable == reachable


def test_evaluating_puts_the_profile_of_whom_only_an_import_has_told(world: World) -> None:
    world.deliver(ADA_BUYS)
    del world.items.stored[keys.profile(SHOP.id, ADA_ID)]
    (found,) = world.evaluate(ADA_ID, cause="import")
    held = world.items.get(keys.profile(SHOP.id, ADA_ID))
    assert held is not None
    assert found.version == held.version


@pytest.mark.parametrize("cause", ["import", "repair"])
def test_an_import_or_a_repair_tells_the_bus_once_and_starts_nothing(world: World, cause: Cause) -> None:
    world.deliver(ADA_BUYS)
    world.deliver(order("3", 1, identities=who(email=BOB)))
    world.bus.published.clear()
    world.clock.at += timedelta(hours=2)
    world.evaluate(ADA_ID, BOB_ID, cause=cause, of="an import")
    (told,) = world.bus.published.values()
    assert told.name == "SegmentsRecomputed"
    lines = [(one["customer"], one["segment"], one["entered"], one["cause"]) for one in world.filed()]
    assert sorted(lines) == sorted((one, "lapsed", True, cause) for one in (ADA_ID, BOB_ID))


def test_a_new_rule_moves_nobody_into_a_scenario(world: World) -> None:
    world.deliver(ADA_BUYS)
    world.bus.published.clear()
    world.put_segment("patient", {"kind": "order_count", "at_most": 3})
    world.deliver(ADA_BUYS_AGAIN)
    assert world.moves() == [("loyal", True)]
    assert [(one["segment"], one["cause"]) for one in world.filed()] == [("patient", "rule")]


def test_an_edited_rule_that_others_ask_for_is_new_to_them_too(world: World) -> None:
    world.deliver(ADA_BUYS)
    world.bus.published.clear()
    world.put_segment("buyers", {"kind": "order_count", "at_least": 2})
    world.deliver(browsing(1, identities=who(email=ADA), identified_at=at(1)))
    assert world.moves() == []
    left = {(one["segment"], one["entered"], one["cause"]) for one in world.filed()}
    assert left == {(one, False, "rule") for one in ("buyers", "quiet_buyers", "new_buyers")}


def test_another_time_zone_of_the_shop_makes_every_rule_a_new_one(world: World) -> None:
    before = world.shelf().layout
    elsewhere = SHOP.model_copy(update={"timezone": "Asia/Tokyo"})
    world.items.stored[keys.shop(SHOP.id)] = world.items.stored[keys.shop(SHOP.id)]._replace(
        body=elsewhere.as_json()
    )
    world.deliver(ADA_BUYS)
    assert {one["cause"] for one in world.filed()} == {"rule"}
    assert len(before.positions) == 6


def test_two_customers_who_are_one_have_one_membership(world: World) -> None:
    world.deliver(ADA_BUYS)
    entered = world.clock.at
    world.clock.at += timedelta(minutes=5)
    world.deliver(order("2", 2, identities=who(platform_id="c1")))
    world.bus.published.clear()
    world.deliver(order("3", 3, "cancelled", identities=who(platform_id="c1", email=ADA)))
    (customer,) = world.memberships()
    assert customer == node("platform_id", "c1")
    since = segments_of(world.membership(customer), world.shelf().layout)
    assert since.keys() == {"buyers", "loyal", "quiet_buyers", "new_buyers"}
    assert since["buyers"] == entered
    assert world.moves() == [("loyal", True)]


def test_a_phone_that_passes_to_another_customer_takes_no_membership_along(world: World) -> None:
    world.deliver(order("1", 1, identities=who(phone=PHONE)))
    (phone,) = world.memberships()
    world.deliver(order("2", 2, identities=who(email=ADA, phone=PHONE)))
    assert set(world.memberships()) == {ADA_ID}
    assert phone == node("phone", PHONE)
    world.deliver(order("3", 3, identities=who(email=BOB, phone=PHONE)))
    assert set(world.memberships()) == {ADA_ID, BOB_ID}


def test_whoever_has_no_orders_left_and_nothing_else_is_nobody(world: World) -> None:
    world.deliver(ADA_BUYS)
    world.bus.published.clear()
    world.deliver(order("1", 5, deleted=True, identities=who(email=ADA)))
    assert world.memberships() == {}
    assert world.heard() == []


def test_erasure_takes_the_membership_and_no_commit_brings_it_back(world: World) -> None:
    world.deliver(ADA_BUYS)
    world.clock.at += timedelta(hours=2)
    commit = world.engine()
    world.erase(SHOP.id, [ADA_ID], world.clock.at)
    commit()
    world.evaluate(ADA_ID)
    assert world.memberships() == {}
    assert world.items.query(keys.node(SHOP.id, ADA_ID), "profile") == []


def test_a_shelf_read_before_somebody_was_judged_by_a_newer_rule_is_read_again(world: World) -> None:
    old = world.shelf()
    world.put_segment("loyal", {"kind": "order_count", "at_least": 1})
    world.deliver(ADA_BUYS)
    assert "loyal" in world.segments(ADA_ID)
    (found,) = evaluate_customers(world.parts(), old, [ADA_ID], "time", "a tick")
    assert found.transitions == ()
    assert "loyal" in world.segments(ADA_ID)


class Broken:
    """A rule that nobody can answer."""

    def matches(self, *_told: object) -> bool:
        raise ZeroDivisionError


def test_a_rule_that_fails_keeps_nothing_else_from_being_recorded(world: World) -> None:
    world.deliver(ADA_BUYS)
    shelf = world.shelf()
    rules = {one: Broken() if one == "buyers" else rule for one, rule in shelf.rules.items()}
    recorder = world.recorder(world.items, world.bus)
    recorder = recorder._replace(load=lambda *_: replace(shelf, rules=rules))
    outcome = recorder.record(world.delivery([order("2", 2, identities=who(email=ADA))]))
    assert outcome.kind == "recorded"
    assert "loyal" in world.segments(ADA_ID)
    assert len(load_profile(world.items, SHOP.id, ADA_ID).orders) == 2
    asking = {"quiet_buyers": "Refused", "new_buyers": "Refused"}
    assert outcome.done.failed == {"buyers": "ZeroDivisionError", **asking}


def test_and_whoever_was_in_its_segment_stays(world: World) -> None:
    world.deliver(ADA_BUYS)
    shelf = world.shelf()
    rules = {one: Broken() if one == "buyers" else rule for one, rule in shelf.rules.items()}
    world.listen()
    (found,) = evaluate_customers(world.parts(), replace(shelf, rules=rules), [ADA_ID], "time", "a tick")
    assert world.segments(ADA_ID) == {"buyers", "quiet_buyers", "new_buyers"}
    assert found.failed.keys() == {"buyers", "quiet_buyers", "new_buyers"}
    assert world.heard() == []
