"""What rules ask of a customer beyond the stored profile, as it is found in the store."""

from datetime import timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.domain.catalogue import Catalogue
from kairos.domain.consent import ConsentStatement
from kairos.domain.message import LedgerEntry, Step
from kairos.domain.product import ProductSnapshot
from kairos.domain.profile import Profile
from kairos.domain.run import Run
from kairos.ports import Item, Put
from kairos.services.customers import read_customer
from kairos.services.runs import end_run, register
from kairos.services.segments.standing import EVERYTHING, products_of, with_standing
from tests.unit.recording.stories import ADA, PHONE, browsing, cart, checkout
from tests.unit.recording.world import BELL, SHOP, START, World, at, node, order, who

ADA_ID = node("email", ADA)


@pytest.fixture
def world() -> World:
    world = World()
    world.deliver(order("1", 1, identities=who(email=ADA, phone=PHONE)))
    return world


def standing(world: World, asks: Any = EVERYTHING) -> tuple[Profile, Catalogue]:
    known = read_customer(world.items, SHOP.id, ADA_ID)
    assert known.profile is not None
    return with_standing(world.items, SHOP, known, known.profile, asks)


def consent(channel: Any, address: str, state: Any = "granted") -> ConsentStatement:
    return ConsentStatement(channel=channel, address=address, state=state, stated_at=START, source="form")


def test_channels_are_accepted_whose_address_has_consented(world: World) -> None:
    said = (consent("email", ADA), consent("sms", PHONE, "withdrawn"))
    world.deliver(order("1", 1, identities=who(email=ADA, phone=PHONE), consents=said))
    assert standing(world)[0].accepts == ("email",)


def test_channels_reach_whose_address_is_known_and_not_suppressed(world: World) -> None:
    assert standing(world)[0].reachable == ("email", "sms")
    world.items.write(Put(Item(keys.suppression(SHOP.id, "email", ADA_ID), "1", {})))
    assert standing(world)[0].reachable == ("sms",)


def test_lists_are_those_that_any_of_their_nodes_was_put_on(world: World) -> None:
    for place, name in ((ADA_ID, "vips"), (node("phone", PHONE), "friends"), (ADA_ID, "friends")):
        world.items.write(Put(Item(keys.on_list(SHOP.id, place, name), "1", {})))
    assert standing(world)[0].lists == ("friends", "vips")


def test_runs_go_on_until_they_have_ended(world: World) -> None:
    told = {"shop": SHOP.id, "scenario": "abandoned_cart", "customer": ADA_ID, "settings": {}}
    runs = [Run.model_validate(told | {"cause": f"cart:{n}", "registered_at": at(n)}) for n in (2, 1)]
    for run in runs:
        register(world.items, run)
    end_run(world.items, SHOP.id, runs[1].id, "ordered", at(3))
    facts = standing(world)[0].runs
    assert [(one.started_at, one.ended_at) for one in facts] == [(at(1), at(3)), (at(2), None)]


def mail(world: World, step: str, state: str, *events: tuple[str, float]) -> None:
    told = Step(shop=SHOP.id, scenario="abandoned_cart", run="r", step=step)
    entry = LedgerEntry.model_validate(
        {
            "message_id": told.message_id,
            "step": told,
            "customer": ADA_ID,
            "channel": "email",
            "address_node": ADA_ID,
            "state": state,
            "reserved_at": at(1),
            "calling_at": at(2),
        }
    )
    items = [
        Item(keys.message(SHOP.id, told.message_id), "1", entry.as_json()),
        Item(keys.send_pointer(SHOP.id, ADA_ID, told.message_id), "1", {}),
    ]
    for number, (kind, minutes) in enumerate(events):
        body = {"kind": kind, "at": at(minutes).isoformat()}
        items.append(Item(keys.engagement(SHOP.id, told.message_id, str(number)), "1", body))
    for item in items:
        world.items.write(Put(item))


def test_of_each_message_sent_the_first_event_of_each_kind_tells_what_became_of_it(world: World) -> None:
    mail(world, "reminder_1", "sent", ("send", 2), ("delivery", 3), ("open", 9), ("open", 5), ("click", 9))
    mail(world, "reminder_2", "sent", ("bounce", 4), ("complaint", 6), ("unsubscribe", 7))
    facts = standing(world)[0].engagement
    assert [(one.message, one.kind, one.at) for one in facts] == [
        ("reminder_1", "delivered", at(3)),
        ("reminder_2", "bounced", at(4)),
        ("reminder_1", "opened", at(5)),
        ("reminder_2", "complained", at(6)),
        ("reminder_2", "unsubscribed", at(7)),
        ("reminder_1", "clicked", at(9)),
    ]
    assert {(one.sent_at, one.scenario, one.channel) for one in facts} == {(at(2), "abandoned_cart", "email")}


@pytest.mark.parametrize("state", ["reserved", "calling", "refused", "unknown"])
def test_a_message_that_was_not_sent_tells_nothing(world: World, state: str) -> None:
    mail(world, "reminder_1", state, ("delivery", 3))
    assert standing(world)[0].engagement == ()


def test_habits_come_from_orders_and_messages_alike(world: World) -> None:
    for number in (2, 3):
        world.deliver(order(str(number), 1, placed_at=START + timedelta(days=7), identities=who(email=ADA)))
    mail(world, "reminder_1", "sent", ("open", 5))
    told = standing(world)[0]
    assert (told.preferred_channel, told.preferred_hour, told.preferred_weekday) == ("email", 12, 6)


def test_the_catalogue_holds_the_products_that_they_ordered_carted_or_saw(world: World) -> None:
    lamp = BELL.model_copy(update={"product_id": "8"})
    world.deliver(checkout(1, identities=who(email=ADA, visitor="v1"), lines=(lamp,)))
    seen = browsing(2).activities[0]
    acts = (seen.model_copy(update={"kind": "product", "target": "9"}), seen)
    world.deliver(browsing(3).model_copy(update={"activities": acts}))
    for number in ("7", "8", "9", "10"):
        told = ProductSnapshot(id=number, updated_at=START, brand=f"Brand {number} ", categories=("Bells",))
        world.deliver(told)
    profile, catalogue = standing(world)
    assert products_of(profile) == catalogue.products.keys() == {"7", "8", "9"}
    assert catalogue.chosen(brands=["brand 8"]) == {"8"}


def test_what_nobody_asks_for_is_not_read(world: World) -> None:
    world.deliver(cart(1, identities=who(email=ADA)))
    mail(world, "reminder_1", "sent", ("delivery", 3))
    read: list[Any] = []
    world.items.get_many = lambda keys: read.extend(keys) or {}  # type: ignore[method-assign]
    profile, _ = standing_of(world, frozenset())
    assert read == []
    assert profile.engagement == profile.reachable == profile.accepts == ()


def standing_of(world: World, asks: Any) -> tuple[Profile, Catalogue]:
    """As standing, but with what is read before it left as it was."""
    patched = world.items.get_many
    del world.items.get_many
    known = read_customer(world.items, SHOP.id, ADA_ID)
    world.items.get_many = patched  # type: ignore[method-assign]
    assert known.profile is not None
    return with_standing(world.items, SHOP, known, known.profile, asks)


def test_all_is_read_by_one_call_but_for_the_events_of_messages(world: World) -> None:
    mail(world, "reminder_1", "sent", ("delivery", 3))
    mail(world, "reminder_2", "reserved")
    known = read_customer(world.items, SHOP.id, ADA_ID)
    assert known.profile is not None
    calls: list[str] = []
    inner = {name: getattr(world.items, name) for name in ("get", "get_many", "query")}
    for name, method in inner.items():
        setattr(world.items, name, lambda *told, n=name, m=method: calls.append(n) or m(*told))
    with_standing(world.items, SHOP, known, known.profile)
    assert calls == ["get_many", "query"]
