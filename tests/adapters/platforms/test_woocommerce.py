"""WooCommerce: each surprise of the platform, and what is made of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kairos.domain.customer import CustomerSnapshot
from kairos.domain.errors import NotConcerned, Unreadable
from kairos.domain.order import OrderSnapshot
from kairos.domain.product import ProductSnapshot
from kairos.domain.shop import Shop
from tests.adapters.platforms.delivering import RECEIVED, a_shop, woocommerce

BILLING = {"first_name": "Kim", "country": "CH", "city": "Bern", "email": "Kim@Example.com", "phone": ""}
LINE = {
    "name": "Lamp &ndash; blue",
    "product_id": 93,
    "variation_id": 0,
    "quantity": 2,
    "subtotal": "60.00",
    "subtotal_tax": "6.00",
    "total": "50.00",
    "total_tax": "5.00",
    "price": 25,
}


def order(topic: str = "order.updated", shop: Shop | None = None, **changes: Any) -> OrderSnapshot:
    body: dict[str, Any] = {
        "id": 727,
        "number": "727",
        "status": "processing",
        "currency": "EUR",
        "date_created": "2026-02-28T10:00:00",
        "date_created_gmt": "2026-02-28T09:00:00",
        "date_modified": "2026-02-28T10:30:00",
        "date_modified_gmt": "2026-02-28T09:30:00",
        "total": "65.00",
        "total_tax": "6.00",
        "shipping_total": "9.00",
        "shipping_tax": "1.00",
        "discount_total": "10.00",
        "discount_tax": "1.00",
        "customer_id": 25,
        "payment_method": "stripe",
        "billing": BILLING,
        "shipping": {"country": ""},
        "line_items": [LINE],
        "meta_data": [],
    }
    [told] = woocommerce(topic, body | changes, shop)
    assert isinstance(told, OrderSnapshot)
    return told


def test_gmt_dates_without_offset_are_utc() -> None:
    assert order().updated_at == datetime(2026, 2, 28, 9, 30, tzinfo=UTC)
    assert order().placed_at == datetime(2026, 2, 28, 9, 0, tzinfo=UTC)


def test_a_date_without_its_gmt_form_is_in_the_shop_s_time() -> None:
    told = order(date_modified_gmt=None, date_created_gmt="0000-00-00T00:00:00")
    assert told.updated_at == datetime(2026, 2, 28, 9, 30, tzinfo=UTC)
    assert told.placed_at == datetime(2026, 2, 28, 9, 0, tzinfo=UTC)


def test_dates_that_are_null_fall_back_on_the_next_best() -> None:
    never_changed = order(date_modified=None, date_modified_gmt=None)
    assert never_changed.updated_at == never_changed.placed_at
    nothing = dict.fromkeys(["date_modified", "date_modified_gmt", "date_created", "date_created_gmt"])
    assert order(**nothing).updated_at == RECEIVED


@pytest.mark.parametrize("guest", [0, "0", None])
def test_customer_0_is_a_guest_known_by_the_email_alone(guest: Any) -> None:
    who = order(customer_id=guest).identities
    assert (who.platform_id, who.email) == (None, "kim@example.com")


def test_a_guest_with_an_empty_email_is_nobody() -> None:
    assert order(customer_id=0, billing=BILLING | {"email": ""}).identities.is_empty
    assert order(customer_id=0, billing=[]).identities.is_empty


def test_a_national_phone_is_read_by_the_billing_country() -> None:
    assert order(billing=BILLING | {"phone": "044 668 18 00"}).identities.phone == "+41446681800"


def test_amounts_hold_tax_and_shipping() -> None:
    told = order().amounts
    assert (told.total, told.tax, told.shipping, told.discount) == (6500, 600, 1000, 1100)


def test_lines_are_priced_as_the_customer_saw_them() -> None:
    [without] = order(prices_include_tax=False).lines
    [with_tax] = order(prices_include_tax=True).lines
    assert (without.unit_price, without.total) == (3000, 5000)
    assert (with_tax.unit_price, with_tax.total) == (3300, 5500)


def test_entities_in_names_are_plain_text_and_variation_0_is_none() -> None:
    [line] = order().lines
    assert (line.title, line.product_id, line.variant_id) == ("Lamp \N{EN DASH} blue", "93", None)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("pending", "pending"),
        ("on-hold", "pending"),
        ("processing", "paid"),
        ("completed", "paid"),
        ("wc-completed", "paid"),
        ("cancelled", "cancelled"),
        ("refunded", "refunded"),
        ("failed", "failed"),
        ("checkout-draft", "draft"),
        ("being-packed", "pending"),
    ],
)
def test_the_status_decides_the_order_s(told: str, status: str) -> None:
    assert order(status=told).status == status


def test_a_status_of_the_shop_s_own_counts_once_paid() -> None:
    assert order(status="being-packed", date_paid_gmt="2026-02-28T09:10:00").status == "paid"


@pytest.mark.parametrize("method", ["bacs", "cheque", "cod", "Vorkasse"])
def test_an_order_on_hold_for_a_manual_payment_awaits_transfer(method: str) -> None:
    shop = a_shop(transfer_gateways=("vorkasse",))
    assert order(shop=shop, status="on-hold", payment_method=method).status == "awaiting_transfer"
    assert order(shop=shop, status="processing", payment_method=method).status == "paid"


def test_refunds_come_within_the_order_as_negative_totals() -> None:
    [told] = order(refunds=[{"id": 726, "reason": "", "total": "-10.00"}]).refunds
    assert (told.id, told.amount) == ("726", 1000)


def test_a_refund_by_itself_finds_its_order_by_the_link() -> None:
    body = {
        "id": 726,
        "amount": "10.00",
        "date_created_gmt": "2026-02-28T09:00:00",
        "_links": {"up": [{"href": "https://shop.example.com/wp-json/wc/v3/orders/723"}]},
    }
    [told] = woocommerce("refund.created", body)
    assert (told.order_id, told.refund.amount) == ("723", 1000)


def test_codes_are_those_of_the_coupon_lines() -> None:
    assert order(coupon_lines=[{"code": "spring5"}]).codes == ("spring5",)


@pytest.mark.parametrize("odd", [{"a": 1}, [1], 7, True, None, ""])
def test_meta_data_may_hold_anything(odd: Any) -> None:
    told = order(meta_data=[{"key": "x", "value": odd}, odd, {"key": "kairos_visitor", "value": "v-1"}])
    assert told.identities.visitor == "v-1"


def test_meta_data_names_cart_and_language() -> None:
    meta = [{"key": "kairos_cart", "value": "visitor:v-1"}, {"key": "wpml_language", "value": "fr"}]
    told = order(meta_data=meta)
    assert (told.cart_token, told.person.language) == ("visitor:v-1", "fr")
    assert order().person.language is None


SAID = {
    "granted": ["yes", "1", 1, True, "on"],
    "withdrawn": ["no", "0", 0, False],
    None: ["", None, "perhaps", {}, []],
}


@pytest.mark.parametrize(
    ("value", "state"), [(value, state) for state, values in SAID.items() for value in values]
)
def test_the_shop_s_field_means_consent(value: Any, state: str | None) -> None:
    shop = a_shop(consent_field="meta_data.newsletter")
    told = order(shop=shop, meta_data=[{"key": "newsletter", "value": value}]).consents
    assert [(one.address, one.state) for one in told] == ([("kim@example.com", state)] if state else [])


def test_consent_given_with_an_order_dates_from_the_order_not_from_its_last_change() -> None:
    shop = a_shop(consent_field="meta_data.newsletter")
    told = order(shop=shop, meta_data=[{"key": "newsletter", "value": "yes"}])
    assert told.consents[0].stated_at == told.placed_at


def test_consent_is_never_dated_after_the_order_that_tells_of_it() -> None:
    shop = a_shop(consent_field="newsletter")
    told = order(shop=shop, newsletter="yes", date_created_gmt="9999-01-01T00:00:00")
    assert told.consents[0].stated_at == told.updated_at


@pytest.mark.parametrize("field", ["newsletter", "extra.newsletter", "meta_data.my.newsletter"])
def test_the_consent_field_is_a_path(field: str) -> None:
    body = {
        "newsletter": True,
        "extra": {"newsletter": "yes"},
        "meta_data": [{"key": "my.newsletter", "value": "1"}],
    }
    assert [one.state for one in order(shop=a_shop(consent_field=field), **body).consents] == ["granted"]


def test_an_absent_consent_field_is_no_statement() -> None:
    assert order(shop=a_shop(consent_field="meta_data.newsletter")).consents == ()
    assert order(meta_data=[{"key": "newsletter", "value": "yes"}]).consents == ()


def test_a_deleted_order_is_a_tombstone_dated_by_its_receipt() -> None:
    [told] = woocommerce("order.deleted", {"id": 727})
    assert (told.id, told.deleted, told.updated_at) == ("727", True, RECEIVED)


def test_an_order_in_the_trash_is_deleted() -> None:
    assert order(status="trash").deleted


def test_a_restored_order_beats_its_deletion_though_its_date_is_older() -> None:
    [gone] = woocommerce("order.deleted", {"id": 727})
    restored = order("order.restored")
    assert not restored.deleted
    assert restored.updated_at >= gone.updated_at


def customer(shop: Shop | None = None, **changes: Any) -> CustomerSnapshot:
    body = {
        "id": 25,
        "date_created_gmt": "2026-01-01T08:00:00",
        "date_modified_gmt": None,
        "email": "Kim@Example.com",
        "first_name": "Kim",
        "role": "customer",
        "billing": BILLING | {"email": ""},
        "shipping": {},
        "meta_data": [],
    }
    [told] = woocommerce("customer.updated", body | changes, shop)
    assert isinstance(told, CustomerSnapshot)
    return told


def test_a_customer_who_never_changed_is_dated_by_registration() -> None:
    told = customer()
    assert told.updated_at == told.registered_at == datetime(2026, 1, 1, 8, tzinfo=UTC)
    assert (told.identities.platform_id, told.identities.email) == ("25", "kim@example.com")
    assert (told.group, told.person.first_name) == ("customer", "Kim")


def test_a_customer_without_email_goes_by_the_billing_address() -> None:
    assert customer(email="", billing=BILLING).identities.email == "kim@example.com"


def test_a_customer_s_consent_field_is_read() -> None:
    shop = a_shop(consent_field="meta_data.newsletter")
    meta = [{"key": "newsletter", "value": "no"}]
    assert [one.state for one in customer(shop, meta_data=meta).consents] == ["withdrawn"]


def test_a_deleted_customer_is_a_tombstone_that_names_its_id() -> None:
    [told] = woocommerce("customer.deleted", {"id": 25})
    assert (told.deleted, told.identities.platform_id) == (True, "25")


def product(**changes: Any) -> ProductSnapshot:
    body = {
        "id": 794,
        "name": "Lamp &amp; shade",
        "permalink": "https://shop.example.com/product/lamp/",
        "date_created_gmt": "2026-01-01T08:00:00",
        "date_modified_gmt": "2026-02-01T08:00:00",
        "type": "simple",
        "status": "publish",
        "price": "21.99",
        "manage_stock": True,
        "stock_quantity": 4,
        "stock_status": "instock",
        "parent_id": 0,
        "categories": [{"id": 9, "name": "Lamps &amp; more"}],
        "images": [{"src": "https://shop.example.com/lamp.jpg"}],
    }
    [told] = woocommerce("product.updated", body | changes)
    assert isinstance(told, ProductSnapshot)
    return told


def test_a_product_has_category_price_stock_image_and_link() -> None:
    told = product()
    assert (told.id, told.title, told.price, told.stock) == ("794", "Lamp & shade", 2199, 4)
    assert (told.category_ids, told.categories) == (("9",), ("Lamps & more",))
    assert (told.url, told.image) == (
        "https://shop.example.com/product/lamp/",
        "https://shop.example.com/lamp.jpg",
    )
    assert told.available


def test_a_product_may_have_no_price_and_uncounted_stock() -> None:
    told = product(price="", manage_stock=False, stock_quantity=None)
    assert (told.price, told.stock, told.available) == (None, None, True)


@pytest.mark.parametrize(
    ("noted", "days"), [("30", 30), (" 30 ", 30), ("0", None), ("3651", None), ("a month", None), ("", None)]
)
def test_a_products_meta_data_may_say_how_long_a_unit_lasts(noted: str, days: int | None) -> None:
    told = product(meta_data=[{"key": "kairos_days_per_unit", "value": noted}])
    assert told.days_per_unit == days


@pytest.mark.parametrize("changes", [{"status": "draft"}, {"stock_status": "outofstock"}])
def test_a_product_that_can_not_be_bought_is_not_available(changes: dict[str, Any]) -> None:
    assert not product(**changes).available


def test_deleted_and_trashed_products_are_tombstones() -> None:
    [gone] = woocommerce("product.deleted", {"id": 794})
    assert (gone.id, gone.deleted) == ("794", True)
    assert product(status="trash").deleted


@pytest.mark.parametrize("variation", [{"type": "variation"}, {"parent_id": 22}])
def test_a_variation_is_part_of_its_product(variation: dict[str, Any]) -> None:
    with pytest.raises(NotConcerned):
        product(**variation)


@pytest.mark.parametrize("topic", ["coupon.created", "coupon.deleted", "action.woocommerce_add_to_cart"])
def test_coupons_and_actions_are_not_concerned(topic: str) -> None:
    with pytest.raises(NotConcerned):
        woocommerce(topic, b"webhook_id=12")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"total": ""}, "total"),
        ({"id": 0}, "id"),
        ({"refunds": [{"id": 1, "total": "x"}]}, "refunds[0].total"),
    ],
)
def test_what_can_not_be_understood_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Unreadable) as told:
        order(**changes)
    assert told.value.field == field
