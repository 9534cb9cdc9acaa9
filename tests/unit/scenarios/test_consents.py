"""Criteria that ask for consent see that of the address which messages go to."""

from kairos.domain.consent import ConsentStatement
from kairos.domain.identity import Identities
from kairos.services.consents import with_consents
from kairos.services.customers import load_profile
from kairos.services.recording.consents import record_consents
from tests.unit.scenarios.shopfront import BUYER, KEY, NOON, Shopfront


def _accepts(shop: Shopfront) -> tuple[str, ...]:
    profile = load_profile(shop.items, "shoes", shop.nodes()[0])
    assert profile is not None
    return with_consents(shop.items, "shoes", profile).accepts


def _say(shop: Shopfront, state: str, address: str = str(BUYER.email), channel: str = "email") -> None:
    told = {"channel": channel, "address": address, "state": state, "stated_at": NOON, "source": "form"}
    record_consents(shop.items, "shoes", KEY, [ConsentStatement.model_validate(told)])


def test_without_a_statement_nothing_is_accepted() -> None:
    shop = Shopfront()
    shop.cart()
    assert _accepts(shop) == ()


def test_a_granted_address_is_and_a_withdrawn_one_is_not() -> None:
    shop = Shopfront()
    shop.cart()
    _say(shop, "granted")
    assert _accepts(shop) == ("email",)
    _say(shop, "withdrawn")
    assert _accepts(shop) == ()


def test_consent_for_a_former_address_does_not_count() -> None:
    shop = Shopfront()
    shop.cart(who=Identities(platform_id="17", email="former@example.org"), days=2)
    shop.cart(key="k2")
    _say(shop, "granted", "former@example.org")
    assert _accepts(shop) == ()


def test_a_phone_accepts_text_messages() -> None:
    shop = Shopfront()
    shop.cart(who=BUYER.model_copy(update={"phone": "+491701234567"}))
    _say(shop, "granted", "+491701234567", "sms")
    assert _accepts(shop) == ("sms",)


def test_consent_to_messages_is_none_to_advertising() -> None:
    shop = Shopfront()
    shop.cart()
    _say(shop, "granted")
    assert "advertising" not in _accepts(shop)
    _say(shop, "granted", channel="advertising")
    assert _accepts(shop) == ("advertising", "email")


def test_advertising_refused_for_one_address_is_refused_for_the_person() -> None:
    shop = Shopfront()
    shop.cart(who=BUYER.model_copy(update={"phone": "+491701234567"}))
    _say(shop, "granted", channel="advertising")
    _say(shop, "withdrawn", "+491701234567", "advertising")
    assert _accepts(shop) == ()


def test_a_messenger_subscriber_is_known_by_the_shops_own_id() -> None:
    shop = Shopfront()
    shop.cart()
    _say(shop, "granted", str(BUYER.platform_id), "messenger")
    assert _accepts(shop) == ("messenger",)
