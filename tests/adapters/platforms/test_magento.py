"""Magento 2 and Adobe Commerce: each surprise of the platform, and what is made of it.

Bodies after developer.adobe.com/commerce: "Events reference", "Webhooks", and REST's order tutorial.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from kairos.domain.cart import CartSnapshot
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot
from kairos.domain.errors import NotConcerned, Unreadable
from kairos.domain.order import ALL_REFUNDS, OrderSnapshot
from kairos.domain.product import ProductSnapshot
from kairos.domain.shop import Shop
from tests.adapters.platforms.delivering import a_shop, magento

ITEM = {
    "item_id": "3",
    "order_id": "13",
    "product_id": "22",
    "product_type": "simple",
    "sku": "lamp-blue",
    "name": "Lamp",
    "qty_ordered": "2.0000",
    "base_price": "20.0000",
    "base_price_incl_tax": "24.0000",
    "base_row_total_incl_tax": "48.0000",
    "base_discount_amount": "5.0000",
    "price": "30.0000",
}
BILL = {
    "address_type": "billing",
    "city": "Bern",
    "country_id": "CH",
    "firstname": "Kim",
    "lastname": "Sample",
    "postcode": "3011",
    "street": ["Example Street 1", ""],
    "telephone": "044 668 18 00",
}
ORDER: dict[str, Any] = {
    "entity_id": "13",
    "increment_id": "000000013",
    "quote_id": "21",
    "state": "processing",
    "status": "processing",
    "base_currency_code": "EUR",
    "order_currency_code": "EUR",
    "base_grand_total": "51.0000",
    "grand_total": "51.0000",
    "base_tax_amount": "8.5000",
    "base_shipping_amount": "6.6700",
    "base_shipping_incl_tax": "8.0000",
    "base_discount_amount": "-5.0000",
    "coupon_code": "SPRING5",
    "customer_id": None,
    "customer_is_guest": 1,
    "customer_email": "Kim@Example.com",
    "created_at": "2026-02-28 10:00:00",
    "updated_at": "2026-02-28 10:30:00",
    "items": [ITEM],
    "addresses": [BILL],
}


def order(topic: str = "sales_order_save_after", shop: Shop | None = None, **changes: Any) -> OrderSnapshot:
    [told] = magento(topic, ORDER | changes, shop)
    assert isinstance(told, OrderSnapshot)
    return told


def event(value: dict[str, Any], kind: str = "com.adobe.commerce.observer.sales_order_save_after") -> Any:
    return {"event": {"type": kind, "data": {"value": value}}}


@pytest.mark.parametrize(
    "topic",
    [
        "order",
        "observer.sales_order_save_after",
        "com.adobe.commerce.observer.sales_order_place_after",
        "plugin.magento.sales.api.order_management.place",
    ],
)
def test_a_topic_may_be_told_with_or_without_what_it_begins_with(topic: str) -> None:
    assert order(topic).id == "13"


def test_an_event_tells_its_topic_itself_and_its_path_where_something_is_wrong() -> None:
    assert magento("", event(ORDER))[0] == order()
    assert magento("", event(ORDER)["event"])[0] == order()
    with pytest.raises(Unreadable) as told:
        magento("", event(ORDER | {"base_grand_total": "x"}))
    assert told.value.field == "event.data.value.base_grand_total"


def test_a_body_without_any_topic_is_refused_with_the_header_s_name() -> None:
    with pytest.raises(Unreadable) as told:
        magento("", ORDER)
    assert told.value.field == "x-kairos-topic"


def test_a_guest_is_known_by_the_email_alone() -> None:
    who = order().identities
    assert (who.platform_id, who.email, who.phone) == (None, "kim@example.com", "+41446681800")
    assert order(customer_id=7).identities.platform_id == "7"


def test_times_are_utc_and_told_without_offset() -> None:
    assert order().placed_at == datetime(2026, 2, 28, 10, 0, tzinfo=UTC)


def test_base_amounts_are_the_shop_s_and_a_negative_discount_is_one() -> None:
    told = order(order_currency_code="CHF", grand_total="48.4500", discount_amount="-4.7500")
    assert (told.amounts.currency, told.amounts.total, told.amounts.tax) == ("EUR", 5100, 850)
    assert (told.amounts.shipping, told.amounts.discount) == (800, 500)
    assert told.presentment
    assert (told.presentment.currency, told.presentment.total, told.presentment.discount) == (
        "CHF",
        4845,
        475,
    )
    assert order().presentment is None


def test_a_line_is_priced_with_tax_and_its_discount_is_off() -> None:
    [line] = order().lines
    assert (line.product_id, line.quantity, line.unit_price, line.total) == ("22", 2, 2400, 4300)


def test_the_chosen_simple_product_is_the_configurable_one_s_variant() -> None:
    parent = ITEM | {"item_id": 3, "product_id": 20, "product_type": "configurable"}
    child = ITEM | {"item_id": 4, "product_id": 22, "parent_item_id": 3, "base_row_total_incl_tax": 0}
    [line] = order(items=[parent, child]).lines
    assert (line.product_id, line.variant_id, line.total) == ("20", "22", 4300)


def test_the_parts_of_a_bundle_are_no_lines() -> None:
    parent = ITEM | {"item_id": 3, "product_type": "bundle"}
    parts = [ITEM | {"item_id": number, "parent_item_id": 3} for number in (4, 5)]
    [line] = order(items=[parent, *parts]).lines
    assert line.variant_id is None


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("new", "pending"),
        ("pending_payment", "pending"),
        ("payment_review", "pending"),
        ("holded", "pending"),
        ("processing", "paid"),
        ("complete", "paid"),
        ("closed", "refunded"),
        ("canceled", "cancelled"),
    ],
)
def test_the_state_decides_the_order_s_status(state: str, status: str) -> None:
    assert order(state=state, status=f"own_{state}").status == status


def test_without_a_state_the_status_of_that_name_decides() -> None:
    assert order(state=None, status="canceled").status == "cancelled"


def test_a_shop_s_own_status_goes_before_its_state() -> None:
    shop = a_shop(order_states={"lost_in_post": "failed"})
    assert order(shop=shop, status="lost_in_post").status == "failed"


def test_an_order_on_hold_after_payment_still_counts() -> None:
    assert order(state="holded", base_total_paid="51.0000").status == "paid"


@pytest.mark.parametrize("method", ["banktransfer", "checkmo", "cashondelivery", "Vorkasse"])
def test_a_new_order_with_a_manual_payment_awaits_transfer(method: str) -> None:
    shop = a_shop(transfer_gateways=("vorkasse",))
    assert order(shop=shop, state="new", payment={"method": method}).status == "awaiting_transfer"


def test_an_order_within_an_event_of_the_checkout_is_found() -> None:
    [told] = magento("checkout_submit_all_after", {"order": ORDER, "quote": {"items": []}})
    assert told == order()


def test_an_order_without_its_id_is_known_by_its_lines() -> None:
    assert order(entity_id=None).id == "13"
    with pytest.raises(Unreadable) as told:
        order(entity_id=None, items=[], addresses=[])
    assert told.value.field == "entity_id"


def test_in_rest_the_goods_address_stands_in_the_first_shipping_assignment() -> None:
    assigned = {"shipping": {"address": BILL | {"city": "Basel", "address_type": "shipping"}}}
    more = {"shipping_assignments": [assigned]}
    told = order(addresses=None, billing_address=BILL, extension_attributes=more)
    assert told.person.address
    assert (told.person.address.city, told.person.address.street) == ("Basel", "Example Street 1")
    assert told.person.first_name == "Kim"


def test_an_order_tells_the_sum_of_its_refunds_alone() -> None:
    [told] = order(base_total_refunded="12.0000").refunds
    assert (told.id, told.amount) == (ALL_REFUNDS, 1200)


def memo(**changes: Any) -> Any:
    body = {
        "entity_id": 2,
        "increment_id": "000000002",
        "order_id": 13,
        "state": 2,
        "base_currency_code": "EUR",
        "base_grand_total": "12.0000",
        "base_tax_amount": "2.0000",
        "created_at": "2026-02-28 12:00:00",
        "updated_at": "2026-02-28 12:00:00",
    }
    [told] = magento("sales_order_creditmemo_save_after", body | changes)
    return told


def test_a_credit_memo_is_known_by_its_number_whether_or_not_its_id_is_told() -> None:
    assert (memo().order_id, memo().refund.id, memo().refund.amount, memo().refund.tax) == (
        "13",
        "000000002",
        1200,
        200,
    )
    assert memo(entity_id=None) == memo()


def test_a_cancelled_credit_memo_gives_nothing_back() -> None:
    assert memo(state=3).refund.amount == 0


def customer(topic: str = "customer_save_commit_after", **changes: Any) -> CustomerSnapshot:
    body = {
        "id": 2,
        "group_id": 1,
        "email": "Kim@Example.com",
        "firstname": "Kim",
        "gender": 2,
        "dob": "1990-05-17",
        "created_at": "2026-01-31 01:18:13",
        "updated_at": "2026-02-28 01:18:13",
        "addresses": [
            {"city": "Basel", "country_id": "CH"},
            {"region": {"region": "Bern"}, "city": "Bern", "country_id": "CH", "default_billing": True},
        ],
    }
    [told] = magento(topic, body | changes)
    assert isinstance(told, CustomerSnapshot)
    return told


def test_a_customer_has_the_address_of_their_bills() -> None:
    told = customer()
    assert (told.id, told.identities.email, told.person.gender) == ("2", "kim@example.com", "female")
    assert told.person.address
    assert (told.person.address.city, told.person.address.province) == ("Bern", "Bern")


def test_a_subscription_is_a_consent_and_its_absence_says_nothing() -> None:
    assert [one.state for one in customer(extension_attributes={"is_subscribed": True}).consents] == [
        "granted"
    ]
    assert customer(extension_attributes={"is_subscribed": False}).consents == ()
    assert customer(extension_attributes=None).consents == ()


@pytest.mark.parametrize(("status", "states"), [(1, ["granted"]), ("3", ["withdrawn"]), (2, []), (4, [])])
def test_the_newsletter_s_own_event_tells_consent_and_withdrawal(status: Any, states: list[str]) -> None:
    body = {"subscriber_email": "kim@example.com", "subscriber_status": status, "customer_id": "0"}
    [told] = magento("newsletter_subscriber_save_after", body)
    assert isinstance(told, ConsentSnapshot)
    assert [one.state for one in told.consents] == states


def quote(**changes: Any) -> CartSnapshot:
    body = {
        "entity_id": "21",
        "is_active": True,
        "base_currency_code": "EUR",
        "currency": {"base_currency_code": "EUR", "quote_currency_code": "CHF", "base_to_quote_rate": "0.5"},
        "customer_email": "kim@example.com",
        "items": [
            {"item_id": 1, "sku": "lamp", "qty": 2, "name": "Lamp", "price": "12.00", "quote_id": "21"}
        ],
        "created_at": "2026-02-28 09:00:00",
        "updated_at": "2026-02-28 09:30:00",
    }
    [told] = magento("sales_quote_save_after", body | changes)
    assert isinstance(told, CartSnapshot)
    return told


def test_a_quote_s_prices_are_brought_to_the_shop_s_currency() -> None:
    told = quote()
    assert (told.currency, told.total, told.lines[0].unit_price) == ("EUR", 4800, 2400)
    assert (told.id, told.step) == ("21", "contact")


def test_a_quote_that_is_no_longer_active_was_ordered() -> None:
    assert quote().completed_at is None
    assert quote(is_active=False).completed_at == datetime(2026, 2, 28, 9, 30, tzinfo=UTC)


def product(**changes: Any) -> ProductSnapshot:
    body = {
        "entity_id": "3",
        "sku": "lamp",
        "name": "Lamp",
        "price": "24.000000",
        "status": "1",
        "visibility": "4",
        "url_key": "lamp",
        "image": "/l/a/lamp.jpg",
        "category_ids": ["4", "9"],
        "quantity_and_stock_status": {"is_in_stock": "1", "qty": "12"},
        "created_at": "2026-01-28 14:13:40",
        "updated_at": "2026-02-06 20:37:25",
    }
    [told] = magento("catalog_product_save_after", body | changes)
    assert isinstance(told, ProductSnapshot)
    return told


def test_a_product_of_an_event_and_of_rest_is_the_same() -> None:
    rest = {
        "id": 3,
        "sku": "lamp",
        "name": "Lamp",
        "price": 24,
        "status": 1,
        "visibility": 4,
        "created_at": "2026-01-28 14:13:40",
        "updated_at": "2026-02-06 20:37:25",
        "custom_attributes": [
            {"attribute_code": "url_key", "value": "lamp"},
            {"attribute_code": "image", "value": "/l/a/lamp.jpg"},
        ],
        "extension_attributes": {
            "category_links": [{"category_id": "4"}, {"category_id": "9"}],
            "stock_item": {"is_in_stock": True, "qty": 12},
        },
    }
    [told] = magento("product", rest)
    assert told == product()
    assert (told.url, told.image) == (
        "https://shop.example.com/lamp.html",
        "https://shop.example.com/media/catalog/product/l/a/lamp.jpg",
    )


@pytest.mark.parametrize(
    ("dates", "price"),
    [
        ({}, 1900),
        ({"special_from_date": "2026-02-01 00:00:00", "special_to_date": "2026-03-31 00:00:00"}, 1900),
        ({"special_to_date": "2026-02-01 00:00:00"}, 2400),
        ({"special_from_date": "2026-04-01 00:00:00"}, 2400),
    ],
)
def test_a_special_price_holds_within_its_dates(dates: dict[str, str], price: int) -> None:
    assert product(special_price="19.000000", **dates).price == price


@pytest.mark.parametrize(
    "changes", [{"status": "2"}, {"visibility": "1"}, {"quantity_and_stock_status": {"is_in_stock": "0"}}]
)
def test_a_product_that_can_not_be_bought_is_not_available(changes: dict[str, Any]) -> None:
    assert not product(**changes).available


@pytest.mark.parametrize(
    "topic", ["sales_order_invoice_save_after", "cataloginventory_stock_item_save_after"]
)
def test_other_events_are_not_concerned(topic: str) -> None:
    with pytest.raises(NotConcerned):
        magento(topic, b"not even JSON")
