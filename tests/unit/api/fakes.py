"""What the services of the API talk to, in memory."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from kairos.domain.access import EVERY_SHOP, Caller

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
DEPLOYMENT_OWNER = Caller(key_id="owner", role="owner", shops=(EVERY_SHOP,))


class FixedClock:
    """See ports.Clock; stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def shown(self, real: datetime) -> datetime:
        return real

    def real_elapsed(self, since: datetime) -> timedelta:
        return self.time - since


class MemorySecrets:
    """See ports.Secrets. writes: how many there were."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, Any]] = {}
        self.writes = 0

    def get(self, name: str) -> dict[str, Any] | None:
        return self.held.get(name)

    def put(self, name: str, value: Mapping[str, Any]) -> None:
        self.writes += 1
        self.held[name] = dict(value)

    def delete(self, name: str) -> None:
        self.held.pop(name, None)


def shop_body(**changes: Any) -> dict[str, Any]:
    """A body for PUT /v1/shops/demo."""
    return {
        "id": "demo",
        "name": "Demo",
        "platform": "woocommerce",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "sender": {"email": "shop@example.com", "name": "Demo"},
        "secrets": {"webhook": "webhook-secret"},
    } | changes
