"""PrestaShop orders with their credit slips."""

from datetime import datetime

from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.adapters.platforms.prestashop import parts, states
from kairos.adapters.platforms.prestashop.customers import newsletter
from kairos.adapters.platforms.prestashop.parts import Currency
from kairos.domain.order import Amounts, Line, OrderSnapshot, Refund, RefundSnapshot
from kairos.domain.snapshot import Snapshot


def read_order(message: Message) -> list[Snapshot]:
    """order.created, order.updated, and the webservice's order, which is one in part: see in_part."""
    body, shop = message.body, message.shop
    money = parts.currency(body, shop.currency)
    updated_at = parts.updated_at(message)
    placed_at = parts.when(message, "date_add") or updated_at
    customer = body.child("customer")
    addresses = body.child("delivery_address"), body.child("invoice_address")
    who = parts.identities(body, customer, *addresses)
    amounts = _amounts(body, money)
    return [
        OrderSnapshot(
            id=body.needed_id("id"),
            updated_at=updated_at,
            number=body.text("reference") or "",
            placed_at=placed_at,
            status=states.status_of(body, shop),
            amounts=amounts,
            presentment=_presentment(body, money),
            refunds=tuple(_refund(one, money, message) for one in body.children("order_slips")),
            lines=tuple(_line(one, money) for one in _rows(body)),
            codes=tuple(_codes(body)),
            identities=who,
            person=parts.person(body, customer, *addresses),
            consents=newsletter(customer, who.email, message.shop.zone, placed_at) if customer else (),
            cart_token=body.id("id_cart"),
            source_name=body.text("module"),
            delivered_at=_delivered_at(message, updated_at),
            in_part=None if body.has("codes") else True,
        )
    ]


def read_refund(message: Message) -> list[Snapshot]:
    """order_slip.created, and the webservice's order_slip: goods and shipping given back."""
    body = message.body
    at = parts.updated_at(message)
    refund = _refund(body, parts.currency(body, message.shop.currency), message)
    return [RefundSnapshot(order_id=body.needed_id("id_order"), updated_at=at, refund=refund)]


def _amounts(body: Fields, money: Currency) -> Amounts:
    total = money.amount(body, "total_paid_tax_incl", "total_paid")
    if total is None:
        raise body.missing("total_paid_tax_incl")
    net = money.amount(body, "total_paid_tax_excl")
    return Amounts(
        currency=money.code,
        total=total,
        tax=max(total - net, 0) if net is not None else 0,
        shipping=money.amount(body, "total_shipping_tax_incl", "total_shipping") or 0,
        discount=abs(money.amount(body, "total_discounts_tax_incl", "total_discounts") or 0),
    )


def _presentment(body: Fields, money: Currency) -> Amounts | None:
    """As the customer was shown them: the body's own amounts."""
    if money.shown is None:
        return None
    return _amounts(body, Currency(money.shown, parts.ONE, None))


def _refund(told: Fields, money: Currency, message: Message) -> Refund:
    """A credit slip. `amount` alone is without tax where prices are; goods and shipping are told with it."""
    goods = money.amount(told, "total_products_tax_incl")
    with_tax = (goods or 0) + (money.amount(told, "total_shipping_tax_incl") or 0)
    amount = with_tax if goods is not None else money.amount(told, "amount") or 0
    net = (money.amount(told, "total_products_tax_excl") or 0) + (
        money.amount(told, "total_shipping_tax_excl") or 0
    )
    return Refund(
        id=told.needed_id("id"),
        amount=max(amount, 0),
        tax=min(max(amount - net, 0), max(amount, 0)) if goods is not None and net else None,
        refunded_at=told.time("date_add", "date_upd", zone=message.shop.zone) or parts.updated_at(message),
    )


def _rows(body: Fields) -> list[Fields]:
    associations = body.child("associations")
    return associations.children("order_rows") if associations else []


def _line(told: Fields, money: Currency) -> Line:
    """One row. Its price is after the reductions of the product; cart rules stand in the order's discount."""
    quantity = max(told.count("product_quantity") or 0, 0)
    unit = money.amount(told, "unit_price_tax_incl", "unit_price_tax_excl", "product_price") or 0
    total = money.amount(told, "total_price_tax_incl")
    return Line(
        product_id=told.id("product_id"),
        variant_id=told.id("product_attribute_id"),
        sku=told.text("product_reference"),
        title=told.text("product_name") or "",
        quantity=quantity,
        unit_price=unit,
        total=unit * quantity if total is None else total,
        image=told.text("image"),
        url=told.text("url"),
    )


def _codes(body: Fields) -> list[str]:
    told = body.raw("codes")
    return (
        [one.strip() for one in told if isinstance(one, str) and one.strip()]
        if isinstance(told, list)
        else []
    )


def _delivered_at(message: Message, updated_at: datetime) -> datetime | None:
    """As our module tells it; of the webservice alone, when the order last changed while it is delivered."""
    told = parts.when(message, "delivered_at")
    if told:
        return told
    is_delivered = message.body.id("current_state") == states.DELIVERED
    return updated_at if is_delivered and not message.shop.order_states else None
