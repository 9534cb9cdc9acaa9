"""Browsers that ask for notifications on the shop's own site."""

import pytest

from kairos import keys
from kairos.domain.activity import BrowserPush
from kairos.domain.consent import Consent
from kairos.services.devices import MOST_ENDPOINTS
from kairos.services.endpoints import endpoints_of
from kairos.services.recording.browsers import SOURCE, register_browser
from kairos.services.unsubscribing import Token, withdraw
from tests.unit.sending.devices import BROWSER, BROWSER_KEYS, has_device, registering, world_with_channels
from tests.unit.sending.world import START, World

PUSH = BrowserPush(endpoint=BROWSER, **BROWSER_KEYS, at=START, wording="Tell me of my cart")


@pytest.fixture
def world() -> World:
    return world_with_channels()


def consent_of(world: World, address: str):
    return Consent.model_validate(world.store.stored[keys.consent("lumen", "web_push", address)].body)


def listed(world: World):
    return endpoints_of(world.items, "lumen", [world.node])


def test_it_is_registered_with_the_words_that_were_read(world: World) -> None:
    register_browser(registering(world), world.shop, world.node, PUSH)
    [one] = listed(world)
    said = consent_of(world, one["id"]).shop
    assert (said.state, said.source, said.wording) == ("granted", SOURCE, "Tell me of my cart")


def test_asking_twice_changes_nothing(world: World) -> None:
    for _ in range(2):
        register_browser(registering(world), world.shop, world.node, PUSH)
    assert len(listed(world)) == 1


def test_a_withdrawal_made_with_us_stands(world: World) -> None:
    register_browser(registering(world), world.shop, world.node, PUSH)
    [one] = listed(world)
    token = Token(shop="lumen", channel="web_push", address_node=one["id"], message_id="m")
    withdraw(world.items, world.clock, token, "unsubscribe page")
    world.clock.advance(60)
    again = PUSH.model_copy(update={"at": world.clock.now()})
    register_browser(registering(world), world.shop, world.node, again)
    assert not consent_of(world, one["id"]).granted


def test_a_shop_without_web_push_takes_none() -> None:
    world = World()
    register_browser(registering(world), world.shop, world.node, PUSH)
    assert listed(world) == []


def test_more_than_a_person_has_are_not_taken(world: World) -> None:
    for number in range(MOST_ENDPOINTS):
        has_device(world, "web_push", f"https://push.example.com/{number}", **BROWSER_KEYS)
    register_browser(registering(world), world.shop, world.node, PUSH)
    assert len(listed(world)) == MOST_ENDPOINTS
