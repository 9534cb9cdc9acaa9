"""Every real body that is at hand becomes a snapshot that leads to a customer, or stands in the table."""

from typing import Any

import pytest

from kairos.adapters.platforms.platform import read_delivery
from kairos.domain.errors import NotConcerned, Unreadable
from kairos.domain.order import RefundSnapshot
from kairos.domain.snapshot import Snapshot
from tests.adapters.platforms.delivering import StandingClock, a_shop, delivery
from tests.payloads import TOPIC_HEADER, Payload, needs_data, payloads

NOBODY = "customer, email, phone"
"""What a body lacks that is read, but names nobody: it is kept, and is no customer's."""

BLANKED = "wh-exemplars-gadget"
"""Their true fields and nulls, but every value made "example string": no currency and no amount."""

EVENTS = "magento/docs-events-json/"
SCHEMAS = f"{EVENTS}events__events-reference__"


def schema(file: str, topic: str) -> str:
    """The path of a payload that documents an event."""
    return f"{SCHEMAS}{file}.json {topic}"


MISSING = {
    # Shopify's carts name nobody: they wait under their token for a checkout.
    "shopify/rest-python/carts.json carts/update 0": NOBODY,
    "shopify/rest-python/carts.json carts/update 1": NOBODY,
    "shopify/rest-ruby-2024_01/checkout__01.json checkouts/update": NOBODY,
    # Orders reduced to a few fields by the request.
    "shopify/rest-ruby-2024_01/order__05.json orders/updated": NOBODY,
    "shopify/rest-ruby-2024_01/order__06.json orders/updated": NOBODY,
    # Drafts that staff began without a customer.
    "shopify/rest-ruby-2024_01/draft_order__02.json draft_orders/update": NOBODY,
    "shopify/rest-ruby-2024_01/draft_order__06.json draft_orders/update": NOBODY,
    "shopify/rest-ruby-2024_01/draft_order__07.json draft_orders/update": NOBODY,
    # Answers of a calculation: no refund was made, so none has an id.
    "shopify/rest-python/refund_calculate.json refunds/create": "id",
    "shopify/rest-ruby-2024_01/refund__05.json refunds/create": "id",
    "shopify/rest-ruby-2024_01/refund__06.json refunds/create": "id",
    # Blanked values: "example string" is no currency.
    f"shopify/{BLANKED}/2023-10__checkouts__1.json checkouts/update": "currency",
    f"shopify/{BLANKED}/2023-10__draft_orders__1.json draft_orders/update": "currency",
    f"shopify/{BLANKED}/2023-10__orders__1.json orders/updated": "currency",
    f"shopify/{BLANKED}/2023-10__products__1.json products/update": "variants[0].price",
    f"shopify/{BLANKED}/2023-10__products__3.json products/update": "variants[0].price",
    f"shopify/{BLANKED}/2024-01__checkouts__2.json checkouts/update": "currency",
    f"shopify/{BLANKED}/2024-01__checkouts__5.json checkouts/update": "currency",
    f"shopify/{BLANKED}/2024-01__orders__1.json orders/updated": "currency",
    f"shopify/{BLANKED}/2024-01__orders__3.json orders/updated": "currency",
    f"shopify/{BLANKED}/2024-04__checkouts__2.json checkouts/update": "currency",
    f"shopify/{BLANKED}/2024-04__draft_orders__1.json draft_orders/update": "currency",
    f"shopify/{BLANKED}/2024-04__orders__1.json orders/updated": "currency",
    f"shopify/{BLANKED}/2025-04__checkouts__1.json checkouts/update": "currency",
    f"shopify/{BLANKED}/2025-04__orders__1.json orders/updated": "currency",
    f"shopify/{BLANKED}/2025-04__refunds__1.json refunds/create": (
        "total_duties_set.shop_money.currency_code"
    ),
    # Documentation of events that tells each field's type in the place of its value.
    schema("08_observer-checkout-submit-all-after", "observer.checkout_submit_all_after"): (
        "order.base_currency_code"
    ),
    schema("13_observer-customer-login", "observer.customer_login"): "customer.updated_at",
    schema("21_observer-sales-quote-save-after", "observer.sales_quote_save_after"): (
        "currency.base_currency_code"
    ),
    schema(
        "25_observer-sales-order-creditmemo-save-after", "observer.sales_order_creditmemo_save_after"
    ): "updated_at",
    schema("27_observer-sales-order-save-after", "observer.sales_order_save_after"): "base_currency_code",
    schema(
        "32_plugin-sales-api-order-management-place", "plugin.magento.sales.api.order_management.place"
    ): "base_currency_code",
    # Events whose subscription names a few fields only.
    f"{EVENTS}events__custom-event-fields__02_configure-the-io-events-xml-file.json sales_order_save_after": (
        "value.base_grand_total"
    ),
    f"{EVENTS}starter-kit__integration__send-data__03_order.json sales_order_save_commit_after": "entity_id",
}
NONE_OF_OUR_BUSINESS = (
    "shop/",
    "discounts/",
    "fulfillments/",
    "order_transactions/",
    "orders/risk_assessment_changed",
    "app/",
    "coupon.",
    "invoice",
    "com.adobe.commerce.observer.sales_order_invoice_",
    "observer.sales_order_shipment_",
    "observer.cataloginventory_",
    "plugin.magento.sales_rule.",
)

ALL = list(payloads())
OURS = [one for one in ALL if not one.topic.startswith(NONE_OF_OUR_BUSINESS)]


def read(payload: Payload, body: Any = None) -> list[Snapshot]:
    headers = {TOPIC_HEADER[payload.platform].lower(): payload.topic}
    posted = delivery(payload.platform, payload.raw if body is None else body, headers)
    return read_delivery(posted, a_shop(platform=payload.platform), StandingClock())


def names_somebody(told: Snapshot) -> bool:
    """Whether it leads to a customer: by identity, by its order, or as it concerns nobody (a product)."""
    identities = getattr(told, "identities", None)
    if isinstance(told, RefundSnapshot):
        return bool(told.order_id)
    return identities is None or getattr(told, "deleted", False) or not identities.is_empty


def missing(payload: Payload) -> str | None:
    """The field that the body lacks, None where it leads to a customer."""
    try:
        told = read(payload)
    except Unreadable as wrong:
        return wrong.field
    return None if told and all(names_somebody(one) for one in told) else NOBODY


def test_the_real_bodies_are_there_to_be_read() -> None:
    needs_data()
    topics = {one.topic.split("/")[0].split(".")[0] for one in OURS}
    assert topics >= {"orders", "carts", "checkouts", "customers", "refunds", "order", "customer", "refund"}
    assert len(OURS) >= 90


def test_every_body_of_the_table_exists() -> None:
    needs_data()
    assert set(MISSING) <= {one.path for one in OURS}


@pytest.mark.parametrize("payload", OURS, ids=lambda one: one.path)
def test_a_real_body_leads_to_a_customer_unless_the_table_names_what_it_lacks(payload: Payload) -> None:
    assert missing(payload) == MISSING.get(payload.path)


@pytest.mark.parametrize("payload", [one for one in ALL if one not in OURS], ids=lambda one: one.path)
def test_a_real_body_of_another_topic_is_not_concerned(payload: Payload) -> None:
    with pytest.raises(NotConcerned):
        read(payload)


def filled(told: Any, name: str = "") -> Any:
    """A blanked body with values put back that such a field may hold; nulls and shapes stay as they are."""
    if isinstance(told, dict):
        return {key: filled(one, key) for key, one in told.items()}
    if isinstance(told, list):
        return [filled(one, name) for one in told]
    if told != "example string":
        return told
    if "currency" in name:
        return "EUR"
    if any(part in name for part in ("price", "amount", "total", "subtotal", "duties")):
        return "12.50"
    return told


@pytest.mark.parametrize("payload", [one for one in OURS if BLANKED in one.path], ids=lambda one: one.path)
def test_a_blanked_body_is_read_once_its_money_is_put_back(payload: Payload) -> None:
    [told] = read(payload, filled(payload.body))
    assert told.model_dump_json()


_OF_TYPE = {
    "int": 7,
    "integer": 7,
    "float": "12.5000",
    "bool": "1",
    "boolean": True,
    "array": [],
    "object{}": {},
    "object{}[]": [],
    "string[]": ["Example Street 1"],
    "int[]": [],
    "mixed": "",
}


def with_values(told: Any, name: str = "") -> Any:
    """A documented schema as a body: for each type a value that such a field may hold."""
    if isinstance(told, dict):
        return {key: with_values(one, key) for key, one in told.items()}
    if isinstance(told, list):
        return [with_values(one, name) for one in told]
    if told != "string":
        return _OF_TYPE[told]
    if "currency" in name:
        return "EUR"
    if name.endswith(("_at", "_date")) or name == "dob":
        return "2026-02-28 10:00:00"
    return {"country_id": "CH", "email": "kim@example.com", "customer_email": "kim@example.com"}.get(
        name, "x"
    )


@pytest.mark.parametrize("payload", [one for one in OURS if SCHEMAS in one.path], ids=lambda one: one.path)
def test_a_documented_schema_is_read_once_it_holds_values(payload: Payload) -> None:
    [told] = read(payload, with_values(payload.body))
    assert names_somebody(told) or payload.topic.endswith("sales_quote_save_after")
