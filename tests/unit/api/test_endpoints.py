"""Phones and browsers: registered with consent, one owner each, removed for good."""

from typing import Any

import pytest

from kairos import keys
from kairos.domain.channel_settings import PushSettings
from kairos.domain.consent import Channel, Consent
from kairos.domain.errors import NotFound, Refused
from kairos.services import endpoints
from kairos.services.customers import read_customer
from kairos.services.devices import MOST_ENDPOINTS, EndpointWish, register_device, remove_device
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.segments.standing import with_standing
from kairos.services.unsubscribing import Token, withdraw
from tests.unit.sending.devices import (
    BROWSER,
    BROWSER_KEYS,
    PHONE_ARN,
    has_device,
    registering,
    world_with_channels,
)
from tests.unit.sending.world import World

APP = "arn:aws:sns:eu-central-1:123456789012:app/GCM/lumen"
TOKEN = "t" * 64
BROWSER_WISH = {"channel": "web_push", "subscription": {"endpoint": BROWSER, "keys": BROWSER_KEYS}}


class Phones:
    """SNS, as far as phones are registered there."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []
        self.deleted: list[str] = []

    def create(self, application: str, token: str) -> str:
        self.made.append((application, token))
        return PHONE_ARN

    def delete(self, arn: str) -> None:
        self.deleted.append(arn)


def shop_world() -> World:
    return world_with_channels(push=PushSettings(android=APP))


def register(world: World, phones: Phones | None = None, **wish: Any) -> str:
    told = EndpointWish.model_validate(wish)
    return register_device(registering(world), phones or Phones(), "lumen", world.node, told)


def consent(world: World, channel: str, node: str) -> Consent:
    held = world.store.get(keys.consent("lumen", channel, node))
    return Consent.model_validate(held.body) if held else Consent()


def listed(world: World) -> list[str]:
    return [one["id"] for one in endpoints.endpoints_of(world.items, "lumen", [world.node])]


def test_a_phone_is_registered_with_the_platform_and_its_consent_kept_with_proof() -> None:
    world, phones = shop_world(), Phones()
    made = register(
        world, phones, channel="push", platform="android", token=TOKEN, source="app", wording="Tell me"
    )
    assert phones.made == [(APP, TOKEN)]
    assert listed(world) == [made]
    said = consent(world, "push", made).shop
    assert said is not None
    assert (said.state, said.source, said.wording) == ("granted", "app", "Tell me")


def test_registering_again_is_the_same_endpoint() -> None:
    world = shop_world()
    assert register(world, **BROWSER_WISH) == register(world, **BROWSER_WISH)
    assert len(listed(world)) == 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"channel": "push", "platform": "ios", "token": TOKEN}, "platform"),
        ({"channel": "push", "platform": "android"}, "token"),
        ({"channel": "push", "token": TOKEN}, "platform"),
        ({"channel": "web_push"}, "subscription"),
        ({**BROWSER_WISH, "at": "2027-01-01T00:00:00Z"}, "at"),
    ],
)
def test_what_is_missing_is_named(wish: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        register(shop_world(), **wish)
    assert refused.value.field == field


def test_nobody_has_more_devices_than_a_person_can() -> None:
    world = shop_world()
    for number in range(MOST_ENDPOINTS):
        has_device(world, "push", f"{PHONE_ARN}{number}")
    with pytest.raises(Refused, match="channel"):
        register(world, **BROWSER_WISH)


def test_a_device_that_somebody_else_takes_over_is_theirs_alone() -> None:
    world = shop_world()
    has_device(world, "push", PHONE_ARN)
    other = world.key.node("lumen", "email", "bea@example.com")
    at = world.clock.now()
    endpoints.register(registering(world), "lumen", other, "push", PHONE_ARN, {}, at, "page", None)
    assert listed(world) == []
    assert len(endpoints.endpoints_of(world.items, "lumen", [other])) == 1


@pytest.mark.parametrize(("by", "granted"), [("shop", False), ("person", True)])
def test_only_the_person_undoes_their_own_withdrawal(by: Any, granted: bool) -> None:
    world = shop_world()
    node = has_device(world, "push", PHONE_ARN)
    world.clock.advance(60)
    token = Token(shop="lumen", channel="push", address_node=node, message_id="0" * 32)
    withdraw(world.items, world.clock, token, "unsubscribe page")
    world.clock.advance(60)
    at = world.clock.now()
    endpoints.register(
        registering(world), "lumen", world.node, "push", PHONE_ARN, {}, at, "page", None, by=by
    )
    assert consent(world, "push", node).granted is granted


@pytest.mark.parametrize(("reason", "lifted"), [("gone", True), ("complained", False), ("bounced", False)])
def test_a_device_that_is_back_is_reached_again_unless_its_owner_complained(
    reason: str, lifted: bool
) -> None:
    world = shop_world()
    node = has_device(world, "push", PHONE_ARN)
    place = keys.suppression("lumen", "push", node)
    world.put(place, {"reason": reason})
    has_device(world, "push", PHONE_ARN)
    assert (world.store.get(place) is None) is lifted


def test_a_removed_phone_is_removed_from_the_platform_too() -> None:
    world, phones = shop_world(), Phones()
    made = register(world, phones, channel="push", platform="android", token=TOKEN)
    remove_device(registering(world), phones, "lumen", world.node, made)
    assert (listed(world), phones.deleted) == ([], [PHONE_ARN])
    assert not consent(world, "push", made).granted
    with pytest.raises(NotFound):
        remove_device(registering(world), phones, "lumen", world.node, made)


def test_removing_a_device_and_registering_it_again_does_not_undo_its_owners_withdrawal() -> None:
    world, phones = shop_world(), Phones()
    wish: dict[str, Any] = {"channel": "push", "platform": "android", "token": TOKEN}
    made = register(world, phones, **wish)
    token = Token(shop="lumen", channel="push", address_node=made, message_id="0" * 32)
    withdraw(world.items, world.clock, token, "unsubscribe page")
    remove_device(registering(world), phones, "lumen", world.node, made)
    assert PHONE_ARN not in world.dump()
    world.clock.advance(60)
    assert register(world, phones, **wish) == made
    assert not consent(world, "push", made).granted


def test_of_a_removed_device_no_consent_is_left() -> None:
    world = shop_world()
    node = has_device(world, "web_push", BROWSER, **BROWSER_KEYS)
    endpoints.unregister(registering(world), "lumen", world.node, node)
    assert world.store.get(keys.consent("lumen", "web_push", node)) is None


def test_of_an_erased_customer_no_device_is_left_here_or_with_the_platform() -> None:
    world, phones = shop_world(), Phones()
    has_device(world, "push", PHONE_ARN)
    has_device(world, "web_push", BROWSER, **BROWSER_KEYS)
    erase_customer(Erasing(world.items, _Objects(), "lumen", world.clock.now()), [world.node])
    assert BROWSER not in world.dump()
    for _ in range(2):
        endpoints.remove_orphans(world.items, phones)
    assert phones.deleted == [PHONE_ARN]
    assert PHONE_ARN not in world.dump()


class _Objects:
    def delete(self, _key: str) -> None:
        pass

    def put(self, *_: Any) -> None:
        pass

    def get(self, key: str) -> bytes:
        raise NotFound("object", key)


@pytest.mark.parametrize("suppressed", [False, True])
def test_rules_know_who_can_be_reached_by_a_notification(suppressed: bool) -> None:
    world = shop_world()
    node = has_device(world, "push", PHONE_ARN)
    channel: Channel = "push"
    if suppressed:
        world.put(keys.suppression("lumen", channel, node), {"reason": "gone"})
    known = read_customer(world.items, "lumen", world.node)
    assert known.profile is not None
    profile, _ = with_standing(world.items, world.shop, known, known.profile)
    assert (channel in profile.reachable) is not suppressed
    assert channel in profile.accepts
