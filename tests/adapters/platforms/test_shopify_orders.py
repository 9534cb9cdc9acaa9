"""Shopify orders and refunds: each surprise of the platform, and what is made of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kairos.domain.errors import NotConcerned, Unreadable
from kairos.domain.order import OrderSnapshot, RefundSnapshot, with_refunds
from tests.adapters.platforms.delivering import RECEIVED, a_shop, shopify


def both(shop: str, shown: str, shown_currency: str = "CHF") -> dict[str, Any]:
    return {
        "shop_money": {"amount": shop, "currency_code": "EUR"},
        "presentment_money": {"amount": shown, "currency_code": shown_currency},
    }


def an_order(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": 820982911946154508,
        "name": "#1001",
        "created_at": "2026-02-28T09:00:00+01:00",
        "processed_at": "2026-02-28T09:00:00+01:00",
        "updated_at": "2026-02-28T10:00:00+01:00",
        "currency": "EUR",
        "total_price": "59.80",
        "total_tax": "9.55",
        "total_discounts": "5.00",
        "financial_status": "paid",
        "email": "Kim@Example.com",
        "customer": {"id": 9007199254740993, "email": "kim@example.com", "first_name": "Kim"},
        "line_items": [{"id": 1, "product_id": 7, "title": "Lamp", "price": "29.90", "quantity": 2}],
    }
    return told | changes


def order(**changes: Any) -> OrderSnapshot:
    [told] = shopify("orders/updated", an_order(**changes))
    assert isinstance(told, OrderSnapshot)
    return told


@pytest.mark.parametrize(
    "topic", ["create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled", "edited"]
)
def test_every_topic_with_a_whole_order_tells_the_same_snapshot(topic: str) -> None:
    assert shopify(f"orders/{topic}", an_order()) == [order()]


def test_ids_beyond_two_to_the_53rd_stay_exact_and_are_text() -> None:
    told = order()
    assert told.id == "820982911946154508"
    assert told.identities.platform_id == "9007199254740993"


def test_an_order_is_dated_and_placed_by_shopify_s_own_times() -> None:
    assert order().updated_at == datetime(2026, 2, 28, 9, tzinfo=UTC)
    assert order().placed_at == datetime(2026, 2, 28, 8, tzinfo=UTC)


def test_email_is_folded_and_the_customer_s_own_goes_before_the_one_typed_for_the_order() -> None:
    assert order(email="OTHER@example.com").identities.email == "kim@example.com"
    assert order(customer=None).identities.email == "kim@example.com"
    assert order(customer=None, email=None, contact_email="c@example.com").identities.email == "c@example.com"


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_an_order_without_customer_email_and_phone_is_nobody_s(nothing: Any) -> None:
    told = order(customer=nothing, email=nothing, phone=nothing, shipping_address=[], billing_address=nothing)
    assert told.identities.is_empty
    absent = {k: v for k, v in an_order().items() if k not in ("customer", "email")}
    assert shopify("orders/create", absent)[0].identities.is_empty


def test_an_empty_list_stands_for_no_shipping_address() -> None:
    assert order(shipping_address=[]).person.address is None


@pytest.mark.parametrize("latitude", [47.37, "47.37"])
def test_an_address_keeps_its_coordinates_told_as_number_or_text(latitude: Any) -> None:
    where = {"country_code": "CH", "city": "Zürich", "zip": "8001", "latitude": latitude, "longitude": None}
    address = order(shipping_address=where).person.address
    assert address is not None
    assert (address.country, address.latitude, address.longitude) == ("CH", 47.37, None)


def test_odd_coordinates_do_not_cost_the_order() -> None:
    address = order(shipping_address={"city": "Bern", "latitude": "n/a", "longitude": "999"}).person.address
    assert address is not None
    assert (address.latitude, address.longitude) == (None, None)


def test_a_national_phone_is_read_by_the_country_of_the_billing_address() -> None:
    told = order(phone=None, billing_address={"phone": "044 668 18 00", "country_code": "CH"})
    assert told.identities.phone == "+41446681800"


def test_the_phone_of_the_shipping_address_may_be_somebody_else_s() -> None:
    there = {"phone": "+41446681800", "country_code": "CH"}
    assert order(shipping_address=there).identities.phone is None


def test_a_phone_that_can_not_be_read_is_left_out() -> None:
    assert order(phone="555").identities.phone is None
    assert order(phone="044 668 18 00", billing_address=None).identities.phone is None


def test_line_properties_may_be_a_list_or_an_object() -> None:
    for properties in ([{"name": "a", "value": "b"}], {"a": "b"}, [], {}, None):
        line = {"product_id": 7, "price": "29.90", "quantity": 2, "properties": properties}
        assert order(line_items=[line]).lines[0].total == 5980


def test_discounts_are_off_a_line_s_total() -> None:
    off = [{"amount": "3.00"}, {"amount": "2.00"}]
    line = {"price": "29.90", "quantity": 2, "discount_allocations": off, "total_discount": "3.00"}
    assert order(line_items=[line]).lines[0].total == 5480
    assert order(line_items=[line | {"discount_allocations": []}]).lines[0].total == 5680


def test_money_of_shop_and_customer_are_kept_apart() -> None:
    told = order(
        presentment_currency="CHF",
        total_price_set=both("59.80", "56.20"),
        total_tax_set=both("9.55", "8.97"),
        total_shipping_price_set=both("4.90", "4.60"),
    )
    assert (told.amounts.currency, told.amounts.total, told.amounts.tax) == ("EUR", 5980, 955)
    assert told.presentment is not None
    assert (told.presentment.currency, told.presentment.total, told.presentment.shipping) == (
        "CHF",
        5620,
        460,
    )


def test_an_order_in_the_shop_s_currency_tells_no_presentment() -> None:
    assert order(presentment_currency="EUR").presentment is None


def test_a_currency_without_decimals_has_whole_units() -> None:
    line = {"price": "150000", "quantity": 2}
    told = order(currency="VND", total_price="300000", total_tax="27273", line_items=[line])
    assert (told.amounts.total, told.lines[0].total) == (300000, 300000)


def test_refunds_are_taken_off_what_was_ordered_not_off_the_current_total() -> None:
    refund = {
        "id": 5,
        "created_at": "2026-02-28T09:30:00Z",
        "transactions": [{"kind": "refund", "amount": "20.00"}],
    }
    told = order(current_total_price="39.80", refunds=[refund], financial_status="partially_refunded")
    assert with_refunds(told, ()).revenue == 3980


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("paid", "paid"),
        ("authorized", "paid"),
        ("partially_paid", "paid"),
        ("partially_refunded", "paid"),
        ("refunded", "refunded"),
        ("voided", "cancelled"),
        ("expired", "failed"),
        ("pending", "pending"),
        ("something new", "pending"),
        (None, "pending"),
    ],
)
def test_the_financial_status_decides_the_order_s(told: str | None, status: str) -> None:
    assert order(financial_status=told).status == status


def test_a_cancelled_order_is_cancelled_however_it_was_paid() -> None:
    assert order(cancelled_at="2026-02-28T11:00:00Z", financial_status="paid").status == "cancelled"


def test_an_order_for_nothing_needs_no_payment() -> None:
    assert order(total_price="0.00", financial_status=None).status == "paid"


@pytest.mark.parametrize(
    ("gateways", "status"),
    [(["Bank Deposit"], "awaiting_transfer"), (["manual"], "awaiting_transfer"), (["paypal"], "pending")],
)
def test_only_a_pending_order_of_a_manual_gateway_awaits_transfer(gateways: list[str], status: str) -> None:
    assert order(financial_status="pending", payment_gateway_names=gateways).status == status
    assert order(financial_status="paid", payment_gateway_names=gateways).status == "paid"
    assert order(financial_status="voided", payment_gateway_names=gateways).status == "cancelled"


def test_a_shop_may_name_its_own_gateways_for_transfer() -> None:
    shop = a_shop(transfer_gateways=("Vorkasse",))
    body = an_order(financial_status="pending", payment_gateway_names=["vorkasse "])
    assert shopify("orders/create", body, shop)[0].status == "awaiting_transfer"


def test_a_test_order_is_marked() -> None:
    assert order(test=True).test
    assert not order().test


def test_codes_and_tokens_are_kept() -> None:
    told = order(
        discount_codes=[{"code": "SPRING5"}], cart_token="c1", checkout_token="k1", source_name="web"
    )
    assert (told.codes, told.cart_token, told.checkout_token, told.source_name) == (
        ("SPRING5",),
        "c1",
        "k1",
        "web",
    )


def test_the_key_that_some_tokens_carry_is_not_part_of_the_order_s_cart() -> None:
    assert order(cart_token="Z2NwLWV1?key=abc").cart_token == "Z2NwLWV1"


def test_the_visitor_is_read_from_the_cart_s_attribute() -> None:
    assert order(note_attributes=[{"name": "kairos_visitor", "value": "v-1"}]).identities.visitor == "v-1"
    assert order(note_attributes={"kairos_visitor": "v-1"}).identities.visitor == "v-1"
    assert order(note_attributes=[]).identities.visitor is None


def test_language_comes_from_the_locale_of_order_or_customer() -> None:
    assert order(customer_locale="fr-CH").person.language == "fr-CH"
    assert order(customer={"id": 1, "locale": "de_DE"}).person.language == "de-DE"
    assert order().person.language is None


def test_a_deleted_order_is_a_tombstone_dated_by_the_trigger() -> None:
    [told] = shopify("orders/delete", {"id": 820982911946154508}, at="2026-02-28T11:30:00.123Z")
    assert (told.id, told.deleted) == ("820982911946154508", True)
    assert told.updated_at == datetime(2026, 2, 28, 11, 30, 0, 123000, tzinfo=UTC)


def test_a_deletion_without_trigger_time_is_dated_by_its_receipt() -> None:
    assert shopify("orders/delete", {"id": 1})[0].updated_at == RECEIVED


def test_an_edit_alone_is_left_to_the_update_that_follows() -> None:
    with pytest.raises(NotConcerned):
        shopify("orders/edited", {"order_edit": {"id": 1, "order_id": 2}})


def test_a_draft_is_numbered_apart_from_orders_and_never_counts() -> None:
    [told] = shopify("draft_orders/create", an_order(status="open", financial_status=None))
    assert (told.id, told.status) == ("draft:820982911946154508", "draft")
    assert not with_refunds(told, ()).counts


@pytest.mark.parametrize("done", [{"status": "completed"}, {"order_id": 77}])
def test_a_completed_draft_gives_way_to_its_order(done: dict[str, Any]) -> None:
    assert shopify("draft_orders/update", an_order(**done))[0].deleted


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": None}, "id"),
        ({"id": {"a": 1}}, "id"),
        ({"total_price": None}, "total_price"),
        ({"total_price": "many"}, "total_price"),
        ({"total_price": "1e400"}, "total_price"),
        ({"currency": "EURO"}, "currency"),
        ({"updated_at": "yesterday"}, "updated_at"),
        ({"updated_at": 1772280000}, "updated_at"),
        ({"updated_at": "2026-03-03T12:00:00Z"}, "updated_at"),
        ({"updated_at": "9999-12-31T23:59:59-23:00"}, "updated_at"),
        ({"line_items": "none"}, "line_items"),
        ({"line_items": [{"price": "1.00", "quantity": 1}, {"price": "x"}]}, "line_items[1].price"),
        ({"customer": "Kim"}, "customer"),
    ],
)
def test_what_can_not_be_understood_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Unreadable) as told:
        order(**changes)
    assert told.value.field == field
    assert told.value.remedy


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"id": NaN}', b'{"id": ' + b"9" * 5000 + b"}"]
)
def test_a_body_that_is_not_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable) as told:
        shopify("orders/create", body)
    assert told.value.field == "body"


@pytest.mark.parametrize("body", [[], [an_order()], "order", 1, None, True])
def test_json_of_another_shape_is_unreadable(body: Any) -> None:
    with pytest.raises(Unreadable) as told:
        shopify("orders/create", body)
    assert told.value.field == "body"


def test_halves_of_surrogate_pairs_do_not_reach_the_store() -> None:
    told = order(name="#1 \ud83d", customer={"id": 1, "first_name": "Kim\udc00"})
    assert told.model_dump_json()
    assert told.person.first_name == "Kim\ufffd"


def refund(**changes: Any) -> RefundSnapshot:
    body = {"id": 509562969, "order_id": 450789469, "processed_at": "2026-02-28T12:00:00Z"} | changes
    [told] = shopify("refunds/create", body)
    assert isinstance(told, RefundSnapshot)
    return told


@pytest.mark.parametrize("amount", ["41.94", 41.94])
def test_a_refund_s_amount_may_be_number_or_text(amount: Any) -> None:
    told = refund(transactions=[{"kind": "refund", "status": "success", "amount": amount, "currency": "EUR"}])
    assert (told.order_id, told.refund.id, told.refund.amount) == ("450789469", "509562969", 4194)


def test_a_failed_refund_gave_nothing_back() -> None:
    failed = {"kind": "refund", "status": "failure", "amount": "10.00"}
    assert refund(transactions=[failed]).refund.amount == 0
    assert refund(transactions=[failed, failed | {"status": "success"}]).refund.amount == 1000


def test_a_refund_paid_in_the_customer_s_currency_is_reckoned_in_the_shop_s() -> None:
    item = {
        "subtotal": 18.8,
        "subtotal_set": both("20.00", "18.80"),
        "total_tax": 0,
        "total_tax_set": both("0", "0"),
    }
    told = refund(
        transactions=[{"kind": "refund", "amount": "18.80", "currency": "CHF"}], refund_line_items=[item]
    )
    assert told.refund.amount == 2000


def test_an_item_taken_off_an_unpaid_order_lowers_it_without_a_transaction() -> None:
    told = refund(transactions=[], refund_line_items=[{"subtotal": "20.00", "total_tax": "3.20"}])
    assert (told.refund.amount, told.refund.tax) == (2320, 320)


def test_goods_taken_back_while_the_money_is_kept_change_nothing() -> None:
    kept = {"amount": "20.00", "tax_amount": "0.00", "kind": "refund_discrepancy"}
    told = refund(refund_line_items=[{"subtotal": 20, "total_tax": 0}], order_adjustments=[kept])
    assert told.refund.amount == 0


def test_the_refund_within_an_order_is_the_one_that_came_by_itself() -> None:
    paid = [{"kind": "refund", "amount": "20.00"}]
    alone = refund(order_id=820982911946154508, transactions=paid)
    within = order(refunds=[{"id": 509562969, "processed_at": "2026-02-28T12:00:00Z", "transactions": paid}])
    assert with_refunds(within, (alone.refund,)).refunds == (alone.refund,)


def test_a_refund_without_its_order_is_named() -> None:
    with pytest.raises(Unreadable) as told:
        refund(order_id=None)
    assert told.value.field == "order_id"
