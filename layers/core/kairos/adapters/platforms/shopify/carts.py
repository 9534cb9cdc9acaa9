"""Shopify carts, which know nobody, and checkouts, which name their cart by its token."""

from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.adapters.platforms.shopify import buyers, consents, money
from kairos.domain.cart import CartSnapshot, CheckoutStep
from kairos.domain.snapshot import Snapshot


def read_cart(message: Message) -> list[Snapshot]:
    """carts/create, carts/update. An emptied cart has no lines. A cart tells no total: it is its lines'."""
    body = message.body
    token = cart_token(body, "token", "id")
    if token is None:
        raise body.missing("token")
    currency = _cart_currency(body) or message.shop.currency
    lines = money.lines(body, currency)
    return [
        CartSnapshot(
            id=token,
            updated_at=body.version_time("updated_at") or message.told_at,
            created_at=body.time("created_at"),
            currency=currency,
            total=sum(line.total for line in lines),
            lines=lines,
            identities=buyers.identities(body),
        )
    ]


def read_checkout(message: Message) -> list[Snapshot]:
    """checkouts/create, checkouts/update."""
    body, shop = message.body, message.shop
    currency = money.shop_currency(body, shop)
    updated_at = body.version_time("updated_at") or message.told_at
    created_at = body.time("created_at")
    who = buyers.identities(body)
    return [
        CartSnapshot(
            kind="checkout",
            id=body.needed_id("token", "id"),
            cart_token=cart_token(body, "cart_token"),
            updated_at=updated_at,
            created_at=created_at,
            currency=currency,
            total=money.amount(body, "total_price", currency) or 0,
            lines=money.lines(body, currency),
            identities=who,
            person=buyers.person(body),
            consents=consents.at_checkout(body, who.email, min(created_at or updated_at, updated_at))
            + consents.of_customer(body.child("customer"), updated_at),
            restore_url=body.text("abandoned_checkout_url", "web_url"),
            step=_step(body),
            completed_at=body.time("completed_at"),
        )
    ]


def read_checkout_deleted(message: Message) -> list[Snapshot]:
    """checkouts/delete. It may tell the number alone, by which no checkout is kept: then nothing changes."""
    token = message.body.needed_id("token", "id")
    cart = cart_token(message.body, "cart_token")
    at = message.told_at
    return [CartSnapshot(kind="checkout", id=token, cart_token=cart, updated_at=at, deleted=True)]


def cart_token(body: Fields, *names: str) -> str | None:
    """The cart's token, without the key that those of the Storefront API carry in some webhooks only."""
    token = body.id(*names)
    return token.split("?", 1)[0] or None if token else None


def _cart_currency(body: Fields) -> str | None:
    """Told only within the lines."""
    for line in body.children("line_items"):
        both = line.child("price_set") or line.child("line_price_set")
        shop_money = both.child("shop_money") if both else None
        if shop_money and (currency := shop_money.currency("currency_code")):
            return currency
    return body.currency("currency")


def _step(body: Fields) -> CheckoutStep:
    """How far the visitor came: a shipping rate is chosen last before payment, the address before that."""
    if body.text("gateway") or body.children("shipping_lines") or body.child("shipping_line"):
        return "payment"
    if body.child("shipping_address"):
        return "shipping"
    known = body.text("email", "phone") or body.child("customer")
    return "contact" if known else "cart"
