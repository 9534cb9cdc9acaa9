"""Magento's carts, which it calls quotes."""

from decimal import Decimal

from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.magento import parts
from kairos.adapters.platforms.message import Message
from kairos.domain.cart import CartSnapshot, CheckoutStep
from kairos.domain.order import Line
from kairos.domain.snapshot import Snapshot


def read_cart(message: Message) -> list[Snapshot]:
    """sales_quote_save_*, and REST's cart. One that is no longer active became an order."""
    body = parts.within(message, "quote")
    money = body.child("currency") if isinstance(body.raw("currency"), dict) else None
    currency = _currency(body, money) or message.shop.currency
    at = parts.updated_at(message, body)
    goods, bill = parts.addresses(body)
    customer = body.child("customer") if isinstance(body.raw("customer"), dict) else None
    number = body.id("customer_id") or (customer.id("id") if customer else None)
    email = body.text("customer_email") or (customer.text("email") if customer else None)
    who = parts.identities(body, number, email, bill, goods)
    rate = _rate(money or body)
    items = [one for one in body.children("items") if not one.id("parent_item_id")]
    lines = tuple(_line(one, currency, rate) for one in items)
    total = body.amount("base_grand_total", currency)
    named = customer or body
    return [
        CartSnapshot(
            id=_cart_id(body),
            updated_at=at,
            created_at=body.time("created_at"),
            currency=currency,
            total=sum(line.total for line in lines) if total is None else total,
            lines=lines,
            identities=who,
            person=parts.person(named, "" if customer else "customer_", goods, bill),
            step=_step(body, who.email, goods),
            completed_at=(body.time("converted_at") or at) if _is_over(body) else None,
        )
    ]


def _cart_id(body: Fields) -> str:
    """Some events leave the id off the quote, but not off its lines."""
    found = body.id("entity_id", "id")
    for one in body.children("items"):
        found = found or one.id("quote_id")
    if found is None:
        raise body.missing("entity_id")
    return found


def _currency(body: Fields, money: Fields | None) -> str | None:
    told = money.currency("base_currency_code") if money else None
    return told or body.currency("base_currency_code")


def _rate(told: Fields) -> Decimal:
    """How many of the customer's currency one of the shop's is; 1 where it is not told."""
    rate = told.decimal("base_to_quote_rate")
    return rate if rate and rate > 0 else Decimal(1)


def _is_over(body: Fields) -> bool:
    return body.has("is_active") and not body.flag("is_active")


def _step(body: Fields, email: str | None, goods: Fields | None) -> CheckoutStep:
    payment = body.child("payment") if isinstance(body.raw("payment"), dict) else None
    if payment and payment.text("method"):
        return "payment"
    if goods and goods.text("city", "postcode"):
        return "shipping"
    return "contact" if email else "cart"


def _line(told: Fields, currency: str, rate: Decimal) -> Line:
    """One line; its price is in the customer's currency where the shop's is not told."""
    quantity = max(told.count("qty") or 0, 0)
    unit = told.amount("base_price_incl_tax", currency)
    if unit is None:
        unit = told.amount("base_price", currency)
    if unit is None:
        shown = told.amount("price_incl_tax", currency)
        shown = told.amount("price", currency) if shown is None else shown
        unit = round((shown or 0) / rate)
    total = told.amount("base_row_total_incl_tax", currency)
    off = abs(told.amount("base_discount_amount", currency) or 0)
    return Line(
        product_id=told.id("product_id"),
        sku=told.text("sku"),
        title=told.text("name") or "",
        quantity=quantity,
        unit_price=unit,
        total=(unit * quantity if total is None else total) - off,
    )
