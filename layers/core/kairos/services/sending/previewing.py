"""A template's content for a customer of the shop's choice, before anything is sent."""

from datetime import datetime

from kairos.domain.errors import NotFound
from kairos.domain.identity import IdentityKey
from kairos.domain.message import LedgerEntry, Step
from kairos.domain.shop import Shop
from kairos.ports import Items
from kairos.services.sending.content import Content
from kairos.services.sending.example import filled
from kairos.services.sending.facts import Customer, load_customer
from kairos.services.sending.gathering import gather


def content_for(
    items: Items, key: IdentityKey, shop: Shop, now: datetime, tag: str, customer: str | None
) -> Content:
    """What the customer would be shown now, else an example. tag: the template's language, "de-CH".

    Cart: the customer's latest that holds something. Raises NotFound for a customer of whom nothing is known.
    """
    if customer is None:
        return filled(shop, tag, now, None)
    known = load_customer(items, key, shop.id, customer)
    if known.profile is None:
        raise NotFound("customer", customer)
    return filled(shop, tag, now, gather(items, shop, known, _entry(shop, known, now), None, "", ""))


def latest_cart(customer: Customer) -> str | None:
    """The cause ("cart:KEY") of the cart that they left last, if it holds anything."""
    carts = [cart for cart in customer.carts if cart.lines and not cart.ordered]
    latest = max(carts, key=lambda cart: cart.changed_at, default=None)
    return f"cart:{latest.key}" if latest else None


def _entry(shop: Shop, customer: Customer, now: datetime) -> LedgerEntry:
    """A message that was never reserved, about the customer's latest cart."""
    step = Step(shop=shop.id, scenario="preview", run="preview", step="preview")
    return LedgerEntry(
        message_id=step.message_id,
        step=step,
        customer=customer.id,
        channel="email",
        address_node="",
        state="reserved",
        reserved_at=now,
        cause=latest_cart(customer),
    )
