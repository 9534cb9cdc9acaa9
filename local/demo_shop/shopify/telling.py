"""How Shopify tells times, money, taxes and ids."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Body = dict[str, Any]

CURRENCY = "CHF"
ZONE = ZoneInfo("Europe/Zurich")
SHOP_NUMBER = 61_720_440_193
SHOP_URL = "https://sonnseite.example.com"
VENDOR = "Sonnseite"
_TAX_PERCENT_TIMES_TEN = 81  # Swiss value added tax, 8.1 %, included in every price


def told(at: datetime) -> str:
    """As most bodies tell a time: the shop's zone, whole seconds."""
    return at.astimezone(ZONE).isoformat(timespec="seconds")


def told_in_milliseconds(at: datetime) -> str:
    """As cart bodies tell a time: UTC, milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def number_of(kind: str, *parts: object) -> int:
    """An id like Shopify's: 14 digits, the same for the same parts."""
    digest = hashlib.sha256("\0".join([kind, *map(str, parts)]).encode()).digest()
    return 10_000_000_000_000 + int.from_bytes(digest[:6]) % 89_000_000_000_000


def token_of(*parts: object) -> str:
    """A cart's or checkout's token: 32 hex digits, the same for the same parts."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def money_text(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def money_set(minor: int) -> Body:
    amount = {"amount": money_text(minor), "currency_code": CURRENCY}
    return {"shop_money": amount, "presentment_money": dict(amount)}


def tax(total: int) -> int:
    return round(total * _TAX_PERCENT_TIMES_TEN / (1000 + _TAX_PERCENT_TIMES_TEN))


def tax_lines(total: int) -> list[Body]:
    due = tax(total)
    return [
        {
            "price": money_text(due),
            "rate": 0.081,
            "title": "MWST",
            "price_set": money_set(due),
            "channel_liable": False,
        }
    ]
