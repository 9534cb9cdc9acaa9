"""One webhook as a Shopify shop sends it: topic, body, and the headers that go with it."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

SHOP_DOMAIN = "sonnseite.myshopify.example.com"
API_VERSION = "2024-10"


class Webhook(NamedTuple):
    """at: when the shop sends it; never before what the body tells."""

    topic: str
    body: dict[str, Any]
    at: datetime

    @property
    def raw(self) -> bytes:
        """The body as sent."""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def headers(self) -> dict[str, str]:
        """Shopify's headers, all but the signature. Ids are derived from the content."""
        digest = hashlib.sha256(self.topic.encode() + self.raw).hexdigest()
        return {
            "Content-Type": "application/json",
            "X-Shopify-Topic": self.topic,
            "X-Shopify-Shop-Domain": SHOP_DOMAIN,
            "X-Shopify-API-Version": API_VERSION,
            "X-Shopify-Webhook-Id": str(UUID(digest[:32])),
            "X-Shopify-Event-Id": str(UUID(digest[32:])),
            "X-Shopify-Triggered-At": self.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }
