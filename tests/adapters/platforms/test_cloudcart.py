"""CloudCart: each surprise of the platform, and what is made of it.

Bodies after the platform's own documentation (cloudcart/platform-wiki: "Webhooks — supported events &
payload", "Orders API — examples & testing", "Customers API", "Subscribers API", "Products API").
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot
from kairos.domain.errors import NotConcerned, Unreadable
from kairos.domain.order import OrderSnapshot
from kairos.domain.product import ProductSnapshot
from kairos.domain.shop import Shop
from tests.adapters.platforms.delivering import a_shop, cloudcart

ORDER: dict[str, Any] = {
    "store_id": 1,
    "id": 1042,
    "hash": "9f86d081884c7d65",
    "status": "pending",
    "created_at": "2026-02-28 10:00:00",
    "updated_at": "2026-02-28T10:30:00+02:00",
    "order_subtotal": 45.8,
    "order_total": 49.7,
    "currency": "EUR",
    "note_administrator": "",
    "customer": {"id": "87", "email": "Kim@Example.com", "first_name": "Kim", "marketing": "yes"},
    "products": [
        {"id": 5001, "product_id": 42, "variant_id": "101", "name": "Lamp", "sku": "", "quantity": 2,
         "price": 24.9, "order_price": 22.9}
    ],
    "discounts": [{"code": "SPRING5", "amount": 4}],
    "tax_vat": [{"name": "VAT 20%", "amount": 8.28}],
    "shipping": [{"provider": "econt", "order_amount": 3.9}],
    "shipping_address": {"country_iso2": "BG", "city_name": "Sofia", "phone": "02 492 2222"},
    "payment": {"provider": "stripe", "status": "requested"},
}  # fmt: skip


def order(shop: Shop | None = None, topic: str = "order.updated", **changes: Any) -> OrderSnapshot:
    [told] = cloudcart(topic, [ORDER | changes], shop)
    assert isinstance(told, OrderSnapshot)
    return told


def test_the_body_is_an_array_with_one_object_whose_ids_are_numbers_or_texts() -> None:
    told = order()
    assert (told.id, told.identities.platform_id) == ("1042", "87")
    assert (told.lines[0].product_id, told.lines[0].variant_id) == ("42", "101")


@pytest.mark.parametrize("body", [[], [ORDER, ORDER], ["order"], "order", None])
def test_any_other_array_is_refused(body: Any) -> None:
    with pytest.raises(Unreadable) as told:
        cloudcart("order.created", body)
    assert told.value.field == "body"


def test_empty_texts_are_missing_values() -> None:
    told = order()
    assert (told.lines[0].sku, told.identities.phone) == (None, "+35924922222")
    nobody = order(customer={"id": "", "email": ""}, shipping_address="")
    assert nobody.identities.is_empty


def test_amounts_of_an_order_are_in_major_units() -> None:
    told = order().amounts
    assert (told.currency, told.total, told.tax, told.shipping, told.discount) == ("EUR", 4970, 828, 390, 400)
    assert (order().lines[0].unit_price, order().lines[0].total) == (2490, 4580)
    assert order().codes == ("SPRING5",)


def test_amounts_of_the_older_shape_are_in_minor_units() -> None:
    body = {
        "type": "orders",
        "id": "1042",
        "attributes": {
            "status": "paid",
            "currency": "EUR",
            "total": 12990,
            "tax": 2165,
            "shipping_price": 590,
            "customer_id": 87,
            "customer_email": "kim@example.com",
            "customer_first_name": "Kim",
            "date_added": "2026-02-28 14:22:11",
            "products": [
                {"product_id": 42, "name": "Lamp", "quantity": 1, "price": 9990, "order_price": 9990}
            ],
        },
    }
    [told] = cloudcart("", [body])
    assert (told.amounts.total, told.amounts.tax, told.amounts.shipping) == (12990, 2165, 590)
    assert (told.identities.email, told.person.first_name, told.lines[0].total) == (
        "kim@example.com",
        "Kim",
        9990,
    )


def test_times_without_offset_are_the_shop_s_own() -> None:
    assert order().placed_at == datetime(2026, 2, 28, 9, 0, tzinfo=UTC)
    assert order().updated_at == datetime(2026, 2, 28, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("pending", "pending"),
        ("paid", "paid"),
        ("authorized", "paid"),
        ("fulfilled", "paid"),
        ("completed", "paid"),
        ("cancelled", "cancelled"),
        ("voided", "cancelled"),
        ("refunded", "refunded"),
        ("failed", "failed"),
        ("being_packed", "pending"),
    ],
)
def test_the_status_code_decides_the_order_s(code: str, status: str) -> None:
    assert order(status=code).status == status


def test_a_status_of_the_shop_s_own_is_mapped_or_counts_once_paid() -> None:
    assert (
        order(a_shop(order_states={"being_packed": "cancelled"}), status="being_packed").status == "cancelled"
    )
    assert order(status="being_packed", payment={"status": "completed"}).status == "paid"


@pytest.mark.parametrize("provider", ["cod", "bwt", "Vorkasse"])
def test_a_pending_order_with_a_manual_payment_awaits_transfer(provider: str) -> None:
    told = order(a_shop(transfer_gateways=("vorkasse",)), payment={"provider": provider})
    assert told.status == "awaiting_transfer"


def test_payments_that_were_given_back_are_refunds() -> None:
    payments = [
        {"id": 801, "status": "refunded", "amount": 10},
        {"id": 802, "status": "completed", "amount": 49.7},
    ]
    assert [(one.id, one.amount) for one in order(payments=payments).refunds] == [("801", 1000)]


def test_without_the_header_an_order_is_known_by_its_shape() -> None:
    assert order(topic="") == order()
    with pytest.raises(Unreadable) as told:
        cloudcart("", [{"id": 1, "name": "x"}])
    assert told.value.field == "x-kairos-topic"


def customer(topic: str = "customer.updated", **changes: Any) -> CustomerSnapshot:
    attributes = {
        "first_name": "Kim",
        "last_name": "",
        "email": "Kim@Example.com",
        "marketing": "no",
        "date_added": "2025-11-04 08:21:11",
        "updated_at": "2026-02-28 12:00:09",
        "group_id": 4,
    }
    [told] = cloudcart(topic, [{"type": "customers", "id": "87", "attributes": attributes | changes}])
    assert isinstance(told, CustomerSnapshot)
    return told


def test_a_customer_of_the_json_api_is_read() -> None:
    told = customer()
    assert (told.id, told.identities.email, told.person.last_name, told.group) == (
        "87",
        "kim@example.com",
        None,
        "4",
    )
    assert customer("") == told


@pytest.mark.parametrize(
    ("marketing", "states"),
    [("yes", ["granted"]), (1, ["granted"]), ("no", ["withdrawn"]), ("", []), (None, [])],
)
def test_marketing_is_the_consent(marketing: Any, states: list[str]) -> None:
    assert [one.state for one in customer(marketing=marketing).consents] == states


def test_a_subscriber_s_channels_tell_consent_by_address() -> None:
    body = {
        "id": 12345,
        "country": "BG",
        "customer_id": "",
        "channels": [
            {"channel": "Email", "channel_identifier": "Kim@Example.com", "marketing": 1},
            {"channel": "Phone", "channel_identifier": "02 492 2222", "marketing": 0},
            {"channel": "WebPush", "channel_identifier": "abc", "marketing": 1},
        ],
        "updated_at": "2026-02-28T09:12:44+00:00",
    }
    [told] = cloudcart("subscriber.updated", [body])
    assert isinstance(told, ConsentSnapshot)
    assert [(one.channel, one.address, one.state) for one in told.consents] == [
        ("email", "kim@example.com", "granted"),
        ("sms", "+35924922222", "withdrawn"),
    ]


def test_a_subscriber_without_channels_says_nothing() -> None:
    with pytest.raises(NotConcerned):
        cloudcart("subscriber.created", [{"id": 12345, "country": "BG"}])


def product(**changes: Any) -> ProductSnapshot:
    body = {
        "id": 42,
        "name": "Lamp",
        "url_handle": "lamp",
        "active": "yes",
        "draft": "no",
        "price_from": 2490,
        "category_id": "3",
        "vendor": {"name": "Lumen"},
        "updated_at": "2026-02-28 12:00:09",
    }
    [told] = cloudcart("product.updated", [body | changes])
    assert isinstance(told, ProductSnapshot)
    return told


def test_a_product_s_price_is_in_minor_units() -> None:
    told = product()
    assert (told.price, told.brand, told.category_ids) == (2490, "Lumen", ("3",))
    assert told.url == "https://shop.example.com/product/lamp"


@pytest.mark.parametrize(
    ("changes", "available"),
    [
        ({}, True),
        ({"active": "no"}, False),
        ({"draft": "yes"}, False),
        ({"tracking": "yes", "variants": [{"quantity": 0}]}, False),
        ({"tracking": "yes", "variants": [{"quantity": 0}], "continue_selling": "yes"}, True),
    ],
)
def test_a_product_is_available_if_it_can_be_bought(changes: dict[str, Any], available: bool) -> None:
    assert product(**changes).available is available


@pytest.mark.parametrize("topic", ["customer.deleted", "product.deleted", "category.deleted"])
def test_what_was_deleted_is_a_tombstone(topic: str) -> None:
    [told] = cloudcart(topic, [{"id": 42, "name": "x", "email": "kim@example.com"}])
    assert (told.id, told.deleted) == ("42", True)


@pytest.mark.parametrize("topic", ["vendor.updated", "discount.created", "subscriber.deleted"])
def test_vendors_discounts_and_lists_are_not_concerned(topic: str) -> None:
    with pytest.raises(NotConcerned):
        cloudcart(topic, [{"id": 1}])
