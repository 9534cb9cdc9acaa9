"""A subscriber's record that the shop deletes takes its consent with it, whoever it was of."""

import pytest

from kairos import keys
from kairos.domain.consent import Consent, ConsentStatement
from kairos.domain.customer import ConsentSnapshot
from tests.unit.recording.stories import ADA, BOB
from tests.unit.recording.world import SHOP, START, World, at, node, who


@pytest.fixture
def world() -> World:
    return World()


def subscribed(hour: int, record: str = "5", email: str = ADA) -> ConsentSnapshot:
    said = ConsentStatement(
        channel="email", address=email, state="granted", stated_at=at(hour), source="bigcommerce subscriber"
    )
    return ConsentSnapshot(updated_at=at(hour), identities=who(email=email), consents=(said,), record=record)


def deleted(hour: int, record: str = "5") -> ConsentSnapshot:
    return ConsentSnapshot(updated_at=at(hour), record=record, gone=True)


def accepts(world: World, email: str = ADA) -> bool:
    held = world.items.get(keys.consent(SHOP.id, "email", node("email", email)))
    return held is not None and Consent.model_validate(held.body).granted


@pytest.mark.parametrize("again", [1, 2])
def test_a_deleted_subscriber_consents_no_longer(world: World, again: int) -> None:
    world.deliver(subscribed(1))
    world.deliver(subscribed(1, "6", BOB))
    for _ in range(again):
        world.deliver(deleted(2))
    world.deliver(subscribed(1))
    assert (accepts(world), accepts(world, BOB)) == (False, True)


def test_who_subscribes_again_after_that_consents_again(world: World) -> None:
    world.deliver(subscribed(1))
    world.deliver(subscribed(3, "7"))
    world.deliver(deleted(2))
    assert accepts(world)


def test_a_record_whose_address_changed_is_the_new_one_s(world: World) -> None:
    world.deliver(subscribed(2, email=BOB))
    world.deliver(subscribed(1))
    world.deliver(deleted(3))
    assert (accepts(world), accepts(world, BOB)) == (True, False)


def test_the_deletion_of_a_record_that_nobody_knows_is_dropped(world: World) -> None:
    before = dict(world.items.stored)
    assert world.deliver(deleted(1)).kind == "dropped"
    assert world.items.stored == before


def test_an_erasure_takes_the_record_and_leaves_those_of_others(world: World) -> None:
    world.deliver(subscribed(1))
    world.deliver(subscribed(1, "6"))
    world.deliver(subscribed(2, "6", BOB))
    world.erase(SHOP.id, [node("email", ADA)], START)
    assert not [item for item in world.items.stored.values() if ADA in str(item.body)]
    assert world.items.get(keys.subscriber(SHOP.id, "5")) is None
    world.deliver(deleted(3, "6"))
    assert not accepts(world, BOB)
