"""What BigCommerce's bodies share: ids of webhooks, fetched documents, its two kinds of dates."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from kairos.adapters.platforms import people
from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.domain.errors import NotFetched, Unreadable
from kairos.domain.person import Address

SCOPE, DOCUMENT = "scope", "document"

TOLD_AT_HEADER = "x-kairos-told-at"
"""The header by which a fetched document tells when the webhook that led to it was made."""

ORDER = "store/order/updated"
CART = "store/cart/updated"
CUSTOMER = "store/customer/updated"
SUBSCRIBER = "store/subscriber/updated"
PRODUCT = "store/product/updated"
CATEGORY = "store/category/updated"
"""The topic under which each kind of thing is fetched, whatever webhook named it."""

_PLACES: dict[str, tuple[str, ...]] = {
    "store/order/transaction/": ("order_id",),
    "store/shipment/": ("orderId",),
    "store/cart/lineitem/": ("cartId",),
    "store/customer/address/": ("address", "customer_id"),
    "store/sku/inventory/": ("inventory", "product_id"),
    "store/sku/": ("sku", "product_id"),
}
"""Where a webhook's data tell the id of the whole that is fetched, by the topic's beginning; else in "id"."""

_ORDER_ADDRESS = {
    "country": "country_iso2",
    "province": "state",
    "city": "city",
    "postcode": "zip",
    "street": "street_1",
}
_CUSTOMER_ADDRESS = {
    "country": "country_code",
    "province": "state_or_province",
    "city": "city",
    "postcode": "postal_code",
    "street": "address1",
}


def told_at(seconds: Any) -> datetime | None:
    """The real time of a webhook's `created_at`, epoch seconds; None where none is told."""
    if seconds is None:
        return None
    try:
        if isinstance(seconds, int) and not isinstance(seconds, bool):
            return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise Unreadable("created_at", "is no time in epoch seconds.", "Post webhooks from BigCommerce itself.")


def named_id(message: Message) -> str:
    """The id of the whole that the webhook is about: of the order, not of its shipment."""
    data = message.body.child("data")
    if data is None:
        raise message.body.missing("data")
    path = next((place for start, place in _PLACES.items() if message.topic.startswith(start)), ("id",))
    for name in path[:-1]:
        inner = data.child(name)
        if inner is None:
            raise data.missing(name)
        data = inner
    return data.needed_id(path[-1])


def document(message: Message, topic: str) -> Fields:
    """What the shop's API told of it. Raises NotFetched where it has to be asked: `topic`, for the id."""
    told = message.body.child(DOCUMENT)
    if told is None:
        raise NotFetched(topic, named_id(message), told_at(message.body.raw("created_at")))
    return told


def when(told: Fields, name: str) -> datetime | None:
    """A date as version 2 of the API writes it (RFC 2822) or as version 3 does (ISO 8601)."""
    return told.times.read(_iso(told, name), told.at(name))


def updated_at(message: Message, told: Fields, name: str = "date_modified") -> datetime:
    """When it was so: the webhook's time, if that is later than the last change that the thing itself tells.

    Stock, for one, changes without it; and what was fetched is at least as new as the webhook.
    """
    changed = told.times.version(_iso(told, name), told.at(name))
    return max(changed, message.told_at) if changed and _is_webhooks(message) else changed or message.told_at


def of_order(told: Fields | None) -> Address | None:
    """An order's address."""
    return people.address(told, _ORDER_ADDRESS)


def of_customer(told: Fields | None) -> Address | None:
    """One of a customer's addresses."""
    return people.address(told, _CUSTOMER_ADDRESS)


def _is_webhooks(message: Message) -> bool:
    """Whether a webhook led to it; what was found by looking through changes has no time but its own."""
    return message.body.has("created_at") or TOLD_AT_HEADER in message.headers


def _iso(told: Fields, name: str) -> Any:
    text = told.raw(name)
    if not isinstance(text, str) or "," not in text:
        return text
    try:
        return parsedate_to_datetime(text.strip()).isoformat()
    except ValueError as wrong:
        raise Unreadable(told.at(name), "is not a time.", "Send the document as the API told it.") from wrong
