"""What is read from a shop's API is understood by the platform's own adapter, and told apart by its times."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kairos.adapters.platforms.platform import delivery_of, read_delivery
from kairos.adapters.shop_apis.reading import ShopReaders
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.order import OrderSnapshot
from kairos.domain.snapshot import Snapshot
from kairos.ports import Changeable
from tests.adapters.platforms.delivering import RECEIVED, StandingClock, a_shop
from tests.adapters.shop_apis.fake_lists import KEY, FakeLists, fake_lists

CHANGED = datetime(2026, 2, 28, 9, 30, tzinfo=UTC)
TIMES = {
    "shopify": {"updated_at": "2026-02-28T10:30:00+01:00"},
    "woocommerce": {"date_modified_gmt": "2026-02-28T09:30:00", "date_created_gmt": "2026-02-28T09:30:00"},
    "prestashop": {"date_upd": "2026-02-28 10:30:00"},
    "magento": {"updated_at": "2026-02-28T09:30:00+00:00"},  # the fake tells it as the platform does
}
ORDERS: dict[str, dict[str, Any]] = {
    "shopify": {"currency": "EUR", "total_price": "65.00", "financial_status": "paid"},
    "woocommerce": {"currency": "EUR", "total": "65.00", "status": "processing", "billing": {}},
    "prestashop": {"total_paid_tax_incl": "65.000000", "current_state": "2", "id_customer": "7"},
    "magento": {"entity_id": 17, "base_grand_total": 65, "base_currency_code": "EUR", "state": "processing"},
}
PLATFORMS = sorted(ORDERS)


@pytest.fixture
def lists() -> Any:
    with fake_lists() as running:
        running.token = KEY
        yield running


def read(lists: FakeLists, platform: str, kind: Changeable, body: dict[str, Any]) -> list[Snapshot]:
    """The one document of the shop, through reader and adapter."""
    lists.keep(kind, {"id": 17, **TIMES[platform], **body})
    shop = a_shop(platform=platform, api=lists.address)
    reader = ShopReaders(lambda: 0.0, loopback=True).connect(shop, KEY)
    page = reader.changed(kind, CHANGED - timedelta(hours=1), CHANGED + timedelta(hours=1))
    [document] = page.documents
    return read_delivery(delivery_of(shop, document, RECEIVED), shop, StandingClock())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_order_of_a_list_is_read_like_one_of_a_webhook(lists: FakeLists, platform: str) -> None:
    [told] = read(lists, platform, "orders", ORDERS[platform])
    assert isinstance(told, OrderSnapshot)
    assert (told.id, told.status, told.amounts.total) == ("17", "paid", 6500)
    assert told.updated_at == CHANGED


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_customer_of_a_list_is_read_like_one_of_a_webhook(lists: FakeLists, platform: str) -> None:
    [told] = read(lists, platform, "customers", {"email": "Kim@Example.com"})
    assert isinstance(told, CustomerSnapshot)
    assert (told.identities.platform_id, told.identities.email) == ("17", "kim@example.com")
    assert told.updated_at == CHANGED
