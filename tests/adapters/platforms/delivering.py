"""What the tests of platforms share: a shop, a clock that stands still, deliveries made by hand."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from kairos.adapters.clock import SystemClock
from kairos.adapters.platforms.platform import read_delivery
from kairos.domain.delivery import Delivery
from kairos.domain.shop import Sender, Shop
from kairos.domain.snapshot import Snapshot
from kairos.ports import Clock

RECEIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class StandingClock(SystemClock):
    """Real time, but it is always noon on 1 March 2026."""

    def now(self) -> datetime:
        return RECEIVED


def a_shop(**changes: Any) -> Shop:
    told: dict[str, Any] = {
        "id": "demo",
        "name": "Demo",
        "platform": "shopify",
        "currency": "EUR",
        "timezone": "Europe/Zurich",
        "url": "https://shop.example.com",
        "sender": Sender(email="shop@example.com", name="Demo"),
    }
    return Shop(**(told | changes))


def delivery(platform: str, body: Any, headers: dict[str, str] | None = None) -> Delivery:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Delivery(
        shop="demo",
        platform=platform,
        headers=headers or {},
        body=base64.b64encode(raw).decode(),
        received_at=RECEIVED,
    )


def shopify(topic: str, body: Any, shop: Shop | None = None, clock: Clock | None = None, at: str = "") -> Any:
    """The snapshots of a Shopify delivery; at: what X-Shopify-Triggered-At tells."""
    told = {"x-shopify-topic": topic} | ({"x-shopify-triggered-at": at} if at else {})
    return _read(delivery("shopify", body, told), shop, clock)


def woocommerce(topic: str, body: Any, shop: Shop | None = None, clock: Clock | None = None) -> Any:
    return _read(delivery("woocommerce", body, {"x-wc-webhook-topic": topic}), shop, clock)


def prestashop(body: Any, shop: Shop | None = None, clock: Clock | None = None) -> Any:
    return _read(delivery("prestashop", body), shop, clock)


def magento(topic: str, body: Any, shop: Shop | None = None, clock: Clock | None = None) -> Any:
    """topic: what x-kairos-topic tells, "" for a body that tells it itself."""
    return _read(delivery("magento", body, {"x-kairos-topic": topic} if topic else {}), shop, clock)


def cloudcart(topic: str, body: Any, shop: Shop | None = None, clock: Clock | None = None) -> Any:
    """topic: what x-kairos-topic tells, "" for a webhook without it."""
    return _read(delivery("cloudcart", body, {"x-kairos-topic": topic} if topic else {}), shop, clock)


def generic(body: Any, shop: Shop | None = None, clock: Clock | None = None) -> Any:
    return _read(delivery("generic", body), shop, clock)


def activity(body: Any, verified: bool = False) -> Any:
    headers = {"x-kairos-identify": "verified" if verified else "unverified"}
    return _read(delivery("activity", body, headers), None, None)


def _read(told: Delivery, shop: Shop | None, clock: Clock | None) -> list[Snapshot]:
    return read_delivery(told, shop or a_shop(), clock or StandingClock())
