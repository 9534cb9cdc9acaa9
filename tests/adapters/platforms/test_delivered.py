"""When an order was delivered, as each platform tells it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.adapters.platforms.test_shopify_orders import order as shopify_order
from tests.adapters.platforms.test_woocommerce import order as woocommerce_order

FIRST, SECOND = "2026-03-03T10:00:00+01:00", "2026-03-04T11:30:00+01:00"


def parcel(shipment: str | None, at: str, **more: Any) -> dict[str, Any]:
    return {"id": 1, "status": "success", "shipment_status": shipment, "updated_at": at} | more


def test_shopify_s_order_is_delivered_with_its_last_parcel() -> None:
    told = shopify_order(
        fulfillment_status="fulfilled", fulfillments=[parcel("delivered", SECOND), parcel("delivered", FIRST)]
    )
    assert told.delivered_at == datetime(2026, 3, 4, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "parcels"),
    [
        ("fulfilled", [parcel("delivered", FIRST), parcel("in_transit", SECOND)]),
        ("partial", [parcel("delivered", FIRST)]),
        ("fulfilled", [parcel(None, FIRST)]),
        ("fulfilled", []),
        (None, []),
    ],
)
def test_shopify_s_order_is_not_delivered_before_all_of_it_is(status: Any, parcels: Any) -> None:
    assert shopify_order(fulfillment_status=status, fulfillments=parcels).delivered_at is None


def test_a_cancelled_parcel_of_shopify_s_is_not_waited_for() -> None:
    parcels = [parcel("delivered", FIRST), parcel(None, SECOND, status="cancelled")]
    told = shopify_order(fulfillment_status="fulfilled", fulfillments=parcels)
    assert told.delivered_at == datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_woocommerce_s_order_is_delivered_when_it_was_completed() -> None:
    told = woocommerce_order(status="completed", date_completed_gmt="2026-03-04T10:30:00")
    assert told.delivered_at == datetime(2026, 3, 4, 10, 30, tzinfo=UTC)


def test_woocommerce_s_order_that_was_reopened_is_not_delivered() -> None:
    told = woocommerce_order(status="processing", date_completed_gmt="2026-03-04T10:30:00")
    assert told.delivered_at is None
