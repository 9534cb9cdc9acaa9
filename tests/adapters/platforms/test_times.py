"""Every timestamp of a source goes through the clock, once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kairos.adapters.clock import ScaledClock
from kairos.adapters.platforms.platform import read_delivery
from kairos.adapters.platforms.times import Times
from kairos.domain.errors import Unreadable
from kairos.domain.snapshot import Snapshot
from tests.adapters.platforms.delivering import RECEIVED, StandingClock, a_shop, delivery

ANCHOR = datetime(2026, 2, 1, tzinfo=UTC)


class ShiftingClock(StandingClock):
    """Shows every instant 100 days later, so that one shown twice or never stands out."""

    def now(self) -> datetime:
        return self.shown(RECEIVED)

    def shown(self, real: datetime) -> datetime:
        return real + timedelta(days=100)


def instants(told: Any) -> list[datetime]:
    if isinstance(told, dict):
        return [found for one in told.values() for found in instants(one)]
    if isinstance(told, list | tuple):
        return [found for one in told for found in instants(one)]
    return [told] if isinstance(told, datetime) else []


T = "2026-02-20T10:00:00Z"
REFUND = {"id": 1, "created_at": T, "transactions": [{"kind": "refund", "amount": "1"}]}
CONSENT = {"state": "subscribed", "consent_updated_at": T}
CUSTOMER = {"id": 1, "email": "a@example.com", "email_marketing_consent": CONSENT}
WHEN = {"created_at": T, "updated_at": T, "processed_at": T, "published_at": T, "completed_at": T}
SHOPIFY_ORDER = WHEN | {"id": 1, "total_price": "1", "refunds": [REFUND], "customer": CUSTOMER}
WOO_DATES = {"date_created_gmt": T, "date_modified_gmt": T}
GENERIC_ORDER = {
    "type": "order",
    "id": 1,
    "updated_at": T,
    "placed_at": T,
    "status": "paid",
    "amounts": {"currency": "EUR", "total": "1"},
    "refunds": [{"id": 1, "amount": "1", "at": T}],
    "customer": {"email": "a@example.com"},
    "consents": [{"channel": "email", "state": "granted", "at": T}],
}
VISIT = {
    "visitor": "v" * 16,
    "sent_at": T,
    "events": [{"id": "1", "kind": "page", "at": T}],
    "cart": {"at": T, "lines": []},
    "identify": {"email": "a@example.com", "at": T},
}


@pytest.mark.parametrize(
    ("platform", "topic", "body"),
    [
        (
            "shopify",
            "orders/updated",
            WHEN | {"id": 1, "total_price": "1", "refunds": [REFUND], "customer": CUSTOMER},
        ),
        ("shopify", "refunds/create", REFUND | {"order_id": 1}),
        ("shopify", "checkouts/update", WHEN | {"token": "k", "customer": CUSTOMER}),
        ("shopify", "customers/update", WHEN | CUSTOMER),
        ("shopify", "products/update", WHEN | {"id": 1}),
        (
            "woocommerce",
            "order.updated",
            {"id": 1, "total": "1", "date_created_gmt": T, "date_modified_gmt": T},
        ),
        ("woocommerce", "customer.updated", {"id": 1, "date_created_gmt": T, "date_modified_gmt": T}),
        ("generic", "", GENERIC_ORDER),
        ("activity", "", VISIT),
    ],
)
def test_every_time_of_a_snapshot_has_gone_through_the_clock_exactly_once(
    platform: str, topic: str, body: dict[str, Any]
) -> None:
    header = {"shopify": "x-shopify-topic", "woocommerce": "x-wc-webhook-topic"}.get(platform, "none")
    [told] = read_delivery(delivery(platform, body, {header: topic}), a_shop(), ShiftingClock())
    assert set(instants(told.model_dump())) == {datetime(2026, 2, 20, 10, tzinfo=UTC) + timedelta(days=100)}


@pytest.mark.parametrize(
    ("headers", "real"),
    [({}, RECEIVED), ({"x-shopify-triggered-at": T}, datetime(2026, 2, 20, 10, tzinfo=UTC))],
)
def test_the_time_of_a_deletion_goes_through_the_clock_once(headers: dict[str, str], real: datetime) -> None:
    posted = delivery("shopify", {"id": 1}, headers | {"x-shopify-topic": "customers/delete"})
    [told] = read_delivery(posted, a_shop(), ShiftingClock())
    assert told.updated_at == real + timedelta(days=100)


def times() -> Times:
    return Times(StandingClock(), RECEIVED)


@pytest.mark.parametrize(
    "told",
    [
        "2026-02-28T09:00:00Z",
        "2026-02-28T09:00:00",
        "2026-02-28 09:00:00.000Z",
        "2026-02-28T10:00:00+01:00",
        "2026-02-28T10:00:00+0100",
        " 2026-02-28T04:00:00-05:00 ",
    ],
)
def test_all_forms_of_a_time_are_the_same_instant(told: str) -> None:
    assert times().read(told, "at") == datetime(2026, 2, 28, 9, tzinfo=UTC)


@pytest.mark.parametrize("told", [None, "", " ", False, "0000-00-00 00:00:00", "0000-00-00"])
def test_nothing_told_is_no_time(told: Any) -> None:
    assert times().read(told, "at") is None


@pytest.mark.parametrize(
    "told", ["soon", "2026-13-01", 1772280000, True, {}, [], "0001-01-01T00:00:00+14:00"]
)
def test_anything_else_is_unreadable_by_its_field(told: Any) -> None:
    with pytest.raises(Unreadable) as wrong:
        times().read(told, "line.at")
    assert wrong.value.field == "line.at"


def test_a_version_may_be_a_day_ahead_and_no_more() -> None:
    assert times().version("2026-03-02T12:00:00Z", "updated_at")
    with pytest.raises(Unreadable, match="future"):
        times().version("2026-03-02T12:00:01Z", "updated_at")


def test_a_time_far_ahead_stays_within_the_laptop_clock_s_calendar() -> None:
    far = Times(ScaledClock(0.001, ANCHOR, ANCHOR), ANCHOR).read("9999-12-31T00:00:00Z", "published_at")
    assert far is not None
    assert far > RECEIVED


def test_history_keeps_its_dates_on_the_laptop_clock() -> None:
    told = Times(ScaledClock(0.001, ANCHOR, ANCHOR), ANCHOR).read("2025-12-24T18:00:00Z", "at")
    assert told == datetime(2025, 12, 24, 18, tzinfo=UTC)


def test_snapshots_are_the_same_however_often_a_delivery_is_read() -> None:
    posted = delivery("shopify", WHEN | {"token": "k"}, {"x-shopify-topic": "carts/update"})
    first: list[Snapshot] = read_delivery(posted, a_shop(), StandingClock())
    assert read_delivery(posted, a_shop(), StandingClock()) == first
