"""Whatever PrestaShop, Magento or CloudCart may post: snapshots, or one of two errors; nothing else."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos.adapters.platforms.platform import PLATFORMS, read_delivery
from kairos.domain.errors import NotConcerned, Unreadable
from tests.adapters.platforms.delivering import StandingClock, a_shop, delivery
from tests.adapters.platforms.test_arbitrary import JSON, changed, paths

NOW = "2026-02-28 10:00:00"
ADDRESS = {"country": "CH", "country_id": "CH", "city": "Bern", "street": ["x"], "phone": "044 668 18 00"}
PERSON = {
    "id": 4,
    "email": "kim@example.com",
    "newsletter": "1",
    "newsletter_date_add": NOW,
    "marketing": "yes",
}
LINE = {
    "item_id": 1, "parent_item_id": 2, "product_id": 3, "quantity": "1.5", "product_quantity": 1, "qty": 1,
    "price": "1.00", "qty_ordered": 1, "order_id": 6, "quote_id": 7,
}  # fmt: skip
THING: dict[str, Any] = {
    **PERSON,
    "entity_id": 6,
    "id_order": 6,
    "order_id": 6,
    "increment_id": "6",
    "date_upd": NOW,
    "updated_at": NOW,
    "conversion_rate": "1.25",
    "currency": "EUR",
    "base_currency_code": "EUR",
    "order_currency_code": "CHF",
    "grand_total": "1.00",
    "base_grand_total": "1.00",
    "base_total_refunded": "1",
    "total_paid": "1.00",
    "order_total": 1.5,
    "current_state": "2",
    "state": {"paid": "0", "template": "cheque"},
    "status": "paid",
    "subscriber_email": "kim@example.com",
    "customer": PERSON,
    "delivery_address": ADDRESS,
    "billing_address": ADDRESS,
    "addresses": [ADDRESS],
    "items": [LINE],
    "products": [LINE],
    "associations": {"order_rows": [LINE], "cart_rows": [LINE], "categories": [{"id": 2}]},
    "order_slips": [{"id": 3, "amount": "1"}],
    "payments": [{"id": 5, "status": "refunded", "amount": 1}],
    "channels": [{"channel": "Email", "channel_identifier": "kim@example.com", "marketing": 1}],
    "extension_attributes": {"is_subscribed": True, "stock_item": {"qty": 1}, "shipping_assignments": [{}]},
    "custom_attributes": [{"attribute_code": "special_price", "value": "1.00"}],
    "name": [{"id": "1", "value": "Lamp"}],
}
WRAPPERS: dict[str, Any] = {
    "prestashop": lambda topic, told: {"event": topic, topic.split(".")[0]: told},
    "magento": lambda topic, told: {"event": {"type": f"observer.{topic}", "data": {"value": told}}},
    "cloudcart": lambda _topic, told: [told],
}
ADDRESSES = [(platform, topic) for platform in WRAPPERS for topic in PLATFORMS[platform].topics]
SHOP = a_shop(order_states={"2": "paid", "paid": "failed"}, transfer_gateways=("bank",))


def read(platform: str, topic: str, body: Any) -> None:
    headers = {"x-kairos-topic": topic} if platform == "cloudcart" else {}
    with contextlib.suppress(Unreadable, NotConcerned):
        for told in read_delivery(delivery(platform, body, headers), SHOP, StandingClock()):
            told.model_dump_json()


@pytest.mark.parametrize(("platform", "topic"), ADDRESSES)
def test_a_thing_that_has_every_field_is_read(platform: str, topic: str) -> None:
    thing = THING | ({"state": "processing"} if platform == "magento" else {})
    headers = {"x-kairos-topic": topic} if platform == "cloudcart" else {}
    assert read_delivery(delivery(platform, WRAPPERS[platform](topic, thing), headers), SHOP, StandingClock())


@settings(max_examples=150)
@given(st.sampled_from(ADDRESSES), st.sampled_from(paths(THING)), JSON)
def test_a_thing_with_any_part_replaced_is_read_or_refused_in_our_words(
    address: tuple[str, str], path: tuple[Any, ...], value: Any
) -> None:
    platform, topic = address
    read(platform, topic, WRAPPERS[platform](topic, changed(THING, path, value)))


@given(st.sampled_from(ADDRESSES), JSON)
def test_arbitrary_json_is_read_or_refused_in_our_words(address: tuple[str, str], body: Any) -> None:
    read(*address, body)
