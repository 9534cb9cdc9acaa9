"""BigCommerce: webhooks of ids alone, and what is read of the documents that they lead to."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.adapters.platforms.bigcommerce import TOPICS
from kairos.adapters.platforms.platform import by_id, delivery_of, read_delivery
from kairos.domain.errors import NotConcerned, NotFetched, Unreadable
from kairos.domain.shop import Shop
from kairos.ports import ShopDocument
from tests.adapters.platforms.bigcommerce_bodies import (
    CATEGORIES,
    CREATED_AT,
    cart,
    customer,
    document,
    order_product,
    product,
    refund,
    subscriber,
    webhook,
    whole_order,
)
from tests.adapters.platforms.delivering import RECEIVED, StandingClock, a_shop, delivery
from tests.adapters.platforms.test_arbitrary import JSON, changed, paths

SHOP = a_shop(platform="bigcommerce")
AT = datetime.fromtimestamp(CREATED_AT, UTC)
CART = "09346904-4175-44fd-be53-f7e598531b6c"


def read(body: Any, shop: Shop = SHOP) -> Any:
    return read_delivery(delivery("bigcommerce", body), shop, StandingClock())


def read_one(body: Any, shop: Shop = SHOP) -> Any:
    [told] = read(body, shop)
    return told


def an_order(**changes: Any) -> Any:
    return read_one(document("store/order/updated", whole_order(**changes)))


@pytest.mark.parametrize(
    ("scope", "data", "topic", "thing"),
    [
        ("store/order/created", {"type": "order", "id": 250}, "store/order/updated", "250"),
        (
            "store/order/statusUpdated",
            {"id": 250, "status": {"new_status_id": 11}},
            "store/order/updated",
            "250",
        ),
        ("store/order/refund/created", {"id": 250, "refund": {"refund_id": 3}}, "store/order/updated", "250"),
        (
            "store/order/transaction/created",
            {"order_id": 250, "transaction_id": "1"},
            "store/order/updated",
            "250",
        ),
        (
            "store/shipment/created",
            {"type": "shipment", "id": 12, "orderId": 251},
            "store/order/updated",
            "251",
        ),
        ("store/cart/abandoned", {"type": "cart", "id": CART}, "store/cart/updated", CART),
        ("store/cart/lineItem/created", {"id": "743b", "cartId": CART}, "store/cart/updated", CART),
        ("store/customer/created", {"type": "customer", "id": 32}, "store/customer/updated", "32"),
        (
            "store/customer/address/updated",
            {"id": 60, "address": {"customer_id": 32}},
            "store/customer/updated",
            "32",
        ),
        ("store/subscriber/updated", {"id": 5}, "store/subscriber/updated", "5"),
        ("store/product/inventory/updated", {"id": 167, "inventory": {}}, "store/product/updated", "167"),
        ("store/sku/updated", {"id": 461, "sku": {"product_id": 206}}, "store/product/updated", "206"),
        (
            "store/sku/inventory/order/updated",
            {"id": 461, "inventory": {"product_id": 206}},
            "store/product/updated",
            "206",
        ),
        ("store/category/updated", {"id": 42}, "store/category/updated", "42"),
    ],
)
def test_a_webhook_names_what_is_to_be_fetched(scope: str, data: Any, topic: str, thing: str) -> None:
    with pytest.raises(NotFetched) as named:
        read(webhook(scope, data))
    assert (named.value.topic, named.value.thing, named.value.told_at) == (topic, thing, AT)


@pytest.mark.parametrize("topic", [one for one in TOPICS if "deleted" not in one and "converted" not in one])
def test_no_webhook_of_an_id_alone_is_taken_for_a_whole_thing(topic: str) -> None:
    data = {"id": 1, "order_id": 1, "orderId": 1, "cartId": 1, "address": {"customer_id": 1}}
    with pytest.raises(NotFetched):
        read(webhook(topic, data | {"sku": {"product_id": 1}, "inventory": {"product_id": 1}}))


def test_an_order_is_read_with_its_money_lines_codes_people_and_consent() -> None:
    told = an_order()
    assert (told.id, told.number, told.status, told.updated_at) == ("118", "118", "paid", AT)
    assert told.placed_at == datetime(2026, 3, 1, 10, 15, tzinfo=UTC)
    money = told.amounts
    assert (money.currency, money.total, money.tax, money.shipping, money.discount) == (
        "EUR",
        8813,
        613,
        965,
        800,
    )
    [line] = told.lines
    assert (line.product_id, line.variant_id, line.quantity, line.unit_price, line.total) == (
        "77",
        "192",
        3,
        2883,
        7849,
    )
    assert told.codes == ("SPRING8",)
    assert told.identities.model_dump(exclude={"verified"}) == {
        "platform_id": "11",
        "email": "kim@example.com",
        "phone": "+41446681800",
        "visitor": None,
    }
    assert (told.person.first_name, told.person.language, told.person.address.city) == ("Kim", "de", "Basel")
    [consent] = told.consents
    assert (consent.address, consent.state, consent.stated_at) == (
        "kim@example.com",
        "granted",
        told.placed_at,
    )
    assert told.cart_token == CART


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (0, "draft"),
        (1, "pending"),
        (2, "paid"),
        (4, "refunded"),
        (5, "cancelled"),
        (6, "failed"),
        (7, "pending"),
        (9, "paid"),
        (10, "paid"),
        (11, "paid"),
        (13, "paid"),
        (14, "paid"),
        (99, "pending"),
    ],
)
def test_an_order_counts_by_the_number_of_its_status(status: int, expected: str) -> None:
    assert an_order(status_id=status).status == expected


def test_an_order_to_be_paid_by_transfer_awaits_it() -> None:
    assert an_order(status_id=7, payment_method="Bank Deposit").status == "awaiting_transfer"


def test_an_order_that_is_looked_at_by_hand_is_paid_if_the_money_is_there() -> None:
    assert an_order(status_id=12, payment_status="captured").status == "paid"
    assert an_order(status_id=12, payment_status="held for review").status == "pending"


def test_an_order_that_was_begun_and_not_paid_leaves_its_cart_open() -> None:
    assert an_order(status_id=0).cart_token is None


def test_a_guest_s_order_names_no_customer() -> None:
    told = an_order(customer_id=0)
    assert (told.identities.platform_id, told.identities.email) == (None, "kim@example.com")


def test_an_empty_box_at_checkout_is_no_withdrawal() -> None:
    assert an_order(is_email_opt_in=False).consents == ()


def test_each_refund_counts_once_and_a_declined_one_not_at_all() -> None:
    declined = refund(id=4, payments=[{"id": 2, "amount": 5, "is_declined": True}])
    [given] = an_order(refunds=[refund(), declined], refunded_amount="20.8300").refunds
    assert (given.id, given.amount, given.tax) == ("3", 2083, 83)
    assert given.refunded_at == datetime(2026, 3, 1, 11, 30, tzinfo=UTC)


def test_what_was_given_back_counts_also_where_no_refund_is_listed() -> None:
    [given] = an_order(refunded_amount="10.0000").refunds
    assert (given.id, given.amount) == ("all", 1000)


def test_an_archived_order_is_deleted() -> None:
    assert an_order(is_deleted=True).deleted


def test_an_order_paid_in_another_currency_is_counted_in_the_shop_s() -> None:
    rate = {
        "store_default_currency_code": "EUR",
        "store_default_to_transactional_exchange_rate": "1.2500000000",
    }
    told = an_order(default_currency_code="USD", currency_code="USD", total_inc_tax="100.0000", **rate)
    assert (told.amounts.currency, told.amounts.total) == ("EUR", 8000)
    assert told.presentment is not None
    assert (told.presentment.currency, told.presentment.total) == ("USD", 10000)


def test_an_order_without_a_rate_is_counted_in_the_currency_that_was_paid() -> None:
    told = an_order(default_currency_code="USD", total_inc_tax="100.0000")
    assert (told.amounts.currency, told.amounts.total, told.presentment) == ("USD", 10000, None)


def test_a_discounted_total_of_a_line_is_taken_as_told() -> None:
    [line] = an_order(products=[order_product(discounted_total_inc_tax="70.0000")]).lines
    assert line.total == 7000


def test_a_completed_order_was_delivered_when_it_was_shipped() -> None:
    shipped = "Sun, 01 Mar 2026 11:00:00 +0000"
    assert an_order(status_id=10, date_shipped=shipped).delivered_at == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert an_order(status_id=2, date_shipped=shipped).delivered_at is None


def test_an_order_without_its_total_is_refused_by_its_place() -> None:
    with pytest.raises(Unreadable) as refused:
        an_order(total_inc_tax=None)
    assert refused.value.field == "document.total_inc_tax"


def test_a_guest_s_cart_is_known_by_the_e_mail_typed_in_at_checkout() -> None:
    told = read_one(document("store/cart/updated", cart()))
    assert (told.id, told.currency, told.total, told.step) == (CART, "EUR", 5366, "contact")
    assert (told.identities.platform_id, told.identities.email) == (None, "kim@example.com")
    [line] = told.lines
    assert (line.product_id, line.quantity, line.unit_price, line.total) == ("77", 2, 2883, 5366)


def test_a_customer_s_cart_is_theirs_from_the_beginning() -> None:
    told = read_one(document("store/cart/created", cart(customer_id=11)))
    assert (told.identities.platform_id, told.step) == ("11", "cart")


def test_a_converted_cart_is_completed_without_being_fetched() -> None:
    told = read_one(webhook("store/cart/converted", {"type": "cart", "id": CART, "orderId": 252}))
    assert (told.id, told.completed_at) == (CART, AT)


def test_a_deletion_beats_whatever_was_told_in_the_same_second() -> None:
    for scope, thing in (
        ("store/cart/deleted", CART),
        ("store/customer/deleted", 32),
        ("store/product/deleted", 5),
    ):
        told = read_one(webhook(scope, {"id": thing}))
        assert (told.id, told.deleted, told.updated_at) == (str(thing), True, RECEIVED)


@pytest.mark.parametrize(
    ("consents", "state"),
    [
        (["marketing_newsletter", "abandoned_cart"], "granted"),
        (["abandoned_cart"], "withdrawn"),
        ([], "withdrawn"),
    ],
)
def test_a_customer_s_consent_is_their_subscription_to_the_newsletter(
    consents: list[str], state: str
) -> None:
    whole = customer(subscribers=[subscriber(consents=consents), subscriber(id=6, email="sam@example.org")])
    told, record = read(document("store/customer/updated", whole))
    assert (record.record, record.identities.email, record.gone) == ("5", "kim@example.com", False)
    [said] = told.consents
    assert (said.channel, said.address, said.state) == ("email", "kim@example.com", state)
    assert said.stated_at == datetime(2026, 2, 1, 8, tzinfo=UTC)


def test_a_customer_who_was_never_asked_has_said_nothing() -> None:
    told = read_one(document("store/customer/created", customer(subscribers=[])))
    assert told.consents == ()
    assert (told.id, told.group, told.identities.phone) == ("11", "3", "+41446681800")
    assert (told.person.address.postcode, told.person.address.country) == ("8001", "CH")


def test_a_subscriber_who_is_no_customer_states_their_consent() -> None:
    told = read_one(document("store/subscriber/created", subscriber(email="Sam@example.org")))
    assert told.identities.email == "sam@example.org"
    assert [(one.address, one.state) for one in told.consents] == [("sam@example.org", "granted")]


def test_a_subscriber_s_deletion_names_the_record_that_told_their_consent() -> None:
    told = read_one(document("store/subscriber/created", subscriber()))
    gone = read_one(webhook("store/subscriber/deleted", {"type": "subscriber", "id": 5}))
    assert (told.record, told.gone) == ("5", False)
    assert (gone.record, gone.gone, gone.updated_at, gone.consents) == ("5", True, AT, ())


def test_a_product_has_its_price_stock_categories_and_address() -> None:
    filed = [{"category_id": one["category_id"], "name": one["name"]} for one in CATEGORIES]
    whole = product(in_categories=filed, brand_name="Example Mills")
    told = read_one(document("store/product/updated", whole))
    assert (told.price, told.currency, told.stock, told.available) == (2883, "EUR", 12, True)
    assert (told.category_ids, told.categories, told.brand) == (
        ("23", "24"),
        ("Bath", "Linen"),
        "Example Mills",
    )
    assert (told.url, told.days_per_unit) == ("https://shop.example.com/linen-towel/", 90)


def test_a_product_without_stock_or_out_of_sight_is_not_available() -> None:
    for changes in ({"inventory_level": 0}, {"is_visible": False}, {"availability": "disabled"}):
        assert not read_one(document("store/product/updated", product(**changes))).available
    untracked = product(inventory_level=0, inventory_tracking="none")
    assert read_one(document("store/product/updated", untracked)).available


def test_stock_that_changes_without_the_product_s_own_time_is_the_newer_telling() -> None:
    told = read_one(document("store/product/inventory/updated", product(inventory_level=1)))
    assert told.updated_at == AT


def test_a_fetched_document_is_dated_by_the_webhook_that_led_to_it() -> None:
    body = ShopDocument("store/order/updated", delivery_body("store/order/updated", whole_order()))
    later = AT - timedelta(seconds=5)
    [told] = read_delivery(delivery_of(SHOP, body, RECEIVED, later), SHOP, StandingClock())
    assert told.updated_at == later  # later than its date_modified, 11:59:30
    [told] = read_delivery(delivery_of(SHOP, body, RECEIVED), SHOP, StandingClock())
    assert told.updated_at == datetime(2026, 3, 1, 11, 59, 30, tzinfo=UTC)


@pytest.mark.parametrize("topic", ["store/order/updated", "store/cart/updated", "store/product/updated"])
def test_what_is_gone_is_told_as_deleted(topic: str) -> None:
    deleted = by_id(SHOP).gone(topic, "9")
    [told] = read_delivery(delivery_of(SHOP, deleted, RECEIVED), SHOP, StandingClock())
    assert (told.id, told.deleted) == ("9", True)


@pytest.mark.parametrize("body", [{}, {"scope": ""}, {"scope": 5}, [], webhook("store/order/created", {})])
def test_a_body_that_names_nothing_is_refused(body: Any) -> None:
    with pytest.raises(Unreadable):
        read(body)


@pytest.mark.parametrize("created_at", [10**30, "yesterday", True, 1.5])
def test_a_time_that_is_none_is_refused(created_at: Any) -> None:
    with pytest.raises(Unreadable) as refused:
        read(webhook("store/cart/converted", {"id": CART}, created_at=created_at))
    assert refused.value.field == "created_at"


def test_other_topics_concern_nobody() -> None:
    with pytest.raises(NotConcerned):
        read(webhook("store/priceList/created", {"price_list_id": 5}))


def delivery_body(scope: str, whole: dict[str, Any]) -> bytes:
    return json.dumps({"scope": scope, "data": {"id": whole["id"]}, "document": whole}).encode()


WHOLE = {
    "store/order/updated": whole_order(refunds=[refund()]),
    "store/cart/updated": cart(),
    "store/customer/updated": customer(subscribers=[subscriber()]),
    "store/subscriber/updated": subscriber(),
    "store/product/updated": product(in_categories=[{"category_id": 23, "name": "Bath"}]),
    "store/category/updated": CATEGORIES[0],
}
PLACES = [(topic, path) for topic, whole in WHOLE.items() for path in paths(document(topic, whole))]


@given(st.sampled_from(PLACES), JSON)
def test_a_document_with_any_part_replaced_is_read_or_refused_in_our_words(
    place: tuple[str, tuple[Any, ...]], value: Any
) -> None:
    topic, path = place
    with contextlib.suppress(Unreadable, NotConcerned, NotFetched):
        for told in read(changed(document(topic, WHOLE[topic]), path, value)):
            told.model_dump_json()
