"""The secrets of a shop's channels: made or taken, kept, never shown."""

import json
from typing import Any

import pytest

from kairos.adapters.memory import MemoryItems
from kairos.adapters.web_push_encryption import new_private_key, public_key_of
from kairos.domain.errors import Refused
from kairos.services.shops import PutResult, ShopWish, put_shop
from tests.unit.api.fakes import DEPLOYMENT_OWNER, MemorySecrets, shop_body

WEB_PUSH = {"web_push": {"contact": "mailto:shop@example.com"}}
WEBHOOK = {"webhook": {"url": "https://hooks.example.com/in"}}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Desk:
    """Puts the same shop again and again."""

    def __init__(self) -> None:
        self.items, self.vault = MemoryItems(), MemorySecrets()

    def put(self, channels: dict[str, Any], **secrets: Any) -> PutResult:
        told = shop_body(channels=channels)
        told["secrets"] = {**told.get("secrets", {}), **secrets}
        return put_shop(self.items, self.vault, DEPLOYMENT_OWNER, ShopWish.model_validate(told))

    def public_key(self, channels: dict[str, Any], **secrets: Any) -> Any:
        return self.put(channels, **secrets).shown["channels"]["web_push"]["public_key"]


def test_a_shops_keys_for_web_push_are_made_once_and_stay() -> None:
    desk = Desk()
    first = desk.public_key(WEB_PUSH)
    assert first == public_key_of(desk.vault.held["demo"]["vapid"])
    assert desk.public_key(WEB_PUSH) == first
    desk.put({})
    assert desk.public_key(WEB_PUSH) == first


def test_keys_that_browsers_know_from_elsewhere_are_taken_over() -> None:
    private = new_private_key()
    assert Desk().public_key(WEB_PUSH, vapid=private) == public_key_of(private)


def test_what_a_caller_says_the_public_key_was_is_not_believed() -> None:
    desk = Desk()
    first = desk.public_key(WEB_PUSH)
    lying = {"web_push": WEB_PUSH["web_push"] | {"public_key": "mine"}}
    assert desk.public_key(lying) == first


def test_no_secret_is_shown() -> None:
    desk = Desk()
    shown = json.dumps(desk.put(WEB_PUSH | WEBHOOK, outgoing_webhook=SECRET).shown)
    assert desk.vault.held["demo"]["vapid"] not in shown
    assert SECRET not in shown


def test_a_webhook_without_a_secret_is_refused_and_with_one_kept() -> None:
    desk = Desk()
    with pytest.raises(Refused, match=r"secrets\.outgoing_webhook"):
        desk.put(WEBHOOK)
    desk.put(WEBHOOK, outgoing_webhook=SECRET)
    desk.put(WEBHOOK)
    assert desk.vault.held["demo"]["outgoing_webhook"] == SECRET


@pytest.mark.parametrize("secret", ["whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_?"])
def test_a_secret_of_another_form_is_refused(secret: str) -> None:
    with pytest.raises(Refused, match=r"secrets\.outgoing_webhook"):
        Desk().put(WEBHOOK, outgoing_webhook=secret)


def test_a_private_key_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match=r"secrets\.vapid"):
        Desk().put(WEB_PUSH, vapid="AAAA")


@pytest.mark.parametrize(
    "channels",
    [
        {"webhook": {"url": "http://hooks.example.com/in"}},
        {"webhook": {"url": "https://user:word@hooks.example.com/in"}},
        {"web_push": {"contact": "shop@example.com"}},
        {"sms": {"sender_id": "12345"}},
        {"sms": {"sender_id": "Twelve-chars"}},
        {"sms": {"max_price": "cheap"}},
        {"sms": {"most_segments": 0}},
        {"push": {"ios": "arn:aws:sns:eu-central-1:123456789012:topic"}},
        {"fax": {}},
    ],
)
def test_settings_that_no_provider_would_take_are_refused(channels: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Desk().put(channels, outgoing_webhook=SECRET)
