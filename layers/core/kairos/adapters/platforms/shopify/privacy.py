"""Shopify's three mandatory privacy topics (shopify.dev, "Privacy law compliance")."""

from typing import Literal

from kairos.adapters.platforms import people
from kairos.adapters.platforms.fields import MOST_ID, clean
from kairos.adapters.platforms.message import Message
from kairos.domain.customer import PrivacyRequest
from kairos.domain.identity import Identities, folded_email
from kairos.domain.snapshot import Snapshot


def read_data_request(message: Message) -> list[Snapshot]:
    """customers/data_request: the shop must be given what is kept of this person."""
    told = message.body.child("data_request")
    return [_of_customer(message, "export", "orders_requested", told.id("id") if told else None)]


def read_customer_redact(message: Message) -> list[Snapshot]:
    """customers/redact: what is kept of this person must be erased."""
    return [_of_customer(message, "erase_customer", "orders_to_redact", None)]


def read_shop_redact(message: Message) -> list[Snapshot]:
    """shop/redact: 48 hours after the app was removed, all of the shop must be erased."""
    told = _webhook_id(message) or message.body.id("shop_id", "shop_domain") or "request"
    return [PrivacyRequest(request="erase_shop", id=told, updated_at=message.told_at)]


def _of_customer(
    message: Message, request: Literal["export", "erase_customer"], orders: str, told: str | None
) -> PrivacyRequest:
    body = message.body
    customer = body.child("customer")
    who = Identities()
    if customer:
        who = Identities(
            platform_id=customer.id("id"),
            email=folded_email(customer.text("email")),
            phone=people.phone(customer.text("phone"), None),
        )
    if who.is_empty:
        raise body.missing("customer.id")
    return PrivacyRequest(
        request=request,
        id=told or _webhook_id(message) or who.platform_id or "request",
        updated_at=message.told_at,
        identities=who,
        order_ids=_ids(message, orders),
    )


def _webhook_id(message: Message) -> str | None:
    """What repeated deliveries of one request share, and another request does not."""
    return message.headers.get("x-shopify-webhook-id") or message.headers.get("shopify-webhook-id")


def _ids(message: Message, name: str) -> tuple[str, ...]:
    told = message.body.raw(name)
    known = told if isinstance(told, list) else []
    ids = (clean(str(one)) for one in known if isinstance(one, int | str) and not isinstance(one, bool))
    return tuple(one for one in ids if 0 < len(one) <= MOST_ID)
