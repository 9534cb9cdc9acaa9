"""What the site's server tells: orders and customers, as signed generic JSON (docs/generic.md)."""

import base64
import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from local.demo_shop.shopify.telling import CURRENCY
from local.demo_site.settings import Settings, Shelf
from local.demo_site.visit import Visit


def money(cents: int) -> str:
    """Major units as text."""
    return f"{cents // 100}.{cents % 100:02d}"


def lines_of(visit: Visit, shelf: Shelf, address: str) -> list[dict[str, Any]]:
    """The cart's lines, as activity and orders tell them. address: the site's own."""
    return [
        {
            "product_id": number,
            "variant_id": shelf.variant(number),
            "title": (one := shelf.products[number]).titles["en"],
            "quantity": quantity,
            "price": money(one.price),
            "image": f"{address}/pictures/{one.picture}",
            "url": f"{address}/product/{one.handle}",
        }
        for number, quantity in visit.cart.items()
    ]


def total_of(visit: Visit, shelf: Shelf) -> int:
    """Minor units."""
    return sum(shelf.products[number].price * quantity for number, quantity in visit.cart.items())


def cart_of(visit: Visit, shelf: Shelf, address: str) -> dict[str, Any]:
    """The cart as the script tag takes it."""
    lines = lines_of(visit, shelf, address)
    if not lines:
        return {"lines": []}
    restore = ",".join(f"{number}:{quantity}" for number, quantity in visit.cart.items())
    return {
        "id": visit.cart_id,
        "currency": CURRENCY,
        "total": money(total_of(visit, shelf)),
        "lines": lines,
        "restore_url": f"{address}/cart?kairos_restore={restore}",
        "step": visit.step or "cart",
    }


def customer_body(visit: Visit, email: str, agrees: bool) -> dict[str, Any]:
    """A registration. agrees: to news by e-mail."""
    now = datetime.now(UTC).isoformat()
    who = visit._replace(customer=email)
    consent = {"channel": "email", "state": "granted", "at": now, "source": "registration", "wording": NEWS}
    return {
        "type": "customer",
        "updated_at": now,
        "registered_at": now,
        "customer": {"id": who.customer_id, "email": email, "language": "en"},
        "consents": [consent] if agrees else [],
    }


NEWS = "Yes, send me news and reminders by e-mail."


def order_body(visit: Visit, shelf: Shelf, address: str, email: str) -> dict[str, Any]:
    """A paid order of what is in the cart."""
    now, who = datetime.now(UTC).isoformat(), visit._replace(customer=email)
    person = {"id": who.customer_id, "email": email, "language": "en"}
    return {
        "type": "order",
        "id": uuid4().hex,
        "updated_at": now,
        "placed_at": now,
        "status": "paid",
        "amounts": {"currency": CURRENCY, "total": money(total_of(visit, shelf))},
        "lines": lines_of(visit, shelf, address),
        "customer": person | ({"visitor": visit.visitor} if visit.visitor else {}),
        "cart_id": visit.cart_id,
        "source": "web",
    }


def tell(settings: Settings, body: Mapping[str, Any]) -> None:
    """Post it, signed. Raises OSError where it is not taken."""
    raw = json.dumps(body).encode()
    signed = hmac.new(settings.webhook_secret.encode(), raw, hashlib.sha256).digest()
    request = urllib.request.Request(
        f"{settings.api_url}/v1/shops/{settings.shop}/webhooks/generic",
        raw,
        {"content-type": "application/json", "x-kairos-signature": base64.b64encode(signed).decode()},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        if answer.status != HTTPStatus.OK:
            raise OSError(f"The delivery was answered with {answer.status}.")
