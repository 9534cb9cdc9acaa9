"""PrestaShop carts. The webservice tells ids and quantities alone; our module adds names and prices."""

from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.adapters.platforms.prestashop import parts
from kairos.adapters.platforms.prestashop.customers import newsletter
from kairos.adapters.platforms.prestashop.parts import Currency
from kairos.domain.cart import CartSnapshot, CheckoutStep
from kairos.domain.order import Line
from kairos.domain.snapshot import Snapshot

_STEPS: dict[str, CheckoutStep] = {"contact": "contact", "shipping": "shipping", "payment": "payment"}


def read_cart(message: Message) -> list[Snapshot]:
    """cart.updated, and the webservice's cart. An emptied cart has no rows."""
    body = message.body
    money = parts.currency(body, message.shop.currency)
    lines = tuple(_line(one, money) for one in _rows(body))
    total = money.amount(body, "total")
    customer = body.child("customer")
    addresses = body.child("delivery_address"), body.child("invoice_address")
    who = parts.identities(body, customer, *addresses)
    at = parts.updated_at(message)
    created_at = parts.when(message, "date_add")
    return [
        CartSnapshot(
            id=body.needed_id("id"),
            updated_at=at,
            created_at=created_at,
            currency=money.code,
            total=sum(line.total for line in lines) if total is None else total,
            lines=lines,
            identities=who,
            person=parts.person(body, customer, *addresses),
            consents=newsletter(customer, who.email, message.shop.zone, min(created_at or at, at))
            if customer
            else (),
            restore_url=body.text("restore_url"),
            step=_STEPS.get(body.text("step") or "", "cart"),
            completed_at=parts.when(message, "ordered_at"),
        )
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """cart.deleted tells the id."""
    return [CartSnapshot(id=message.body.needed_id("id"), updated_at=message.told_at, deleted=True)]


def _rows(body: Fields) -> list[Fields]:
    associations = body.child("associations")
    return associations.children("cart_rows") if associations else []


def _line(told: Fields, money: Currency) -> Line:
    quantity = max(told.count("quantity") or 0, 0)
    price = money.amount(told, "price") or 0
    total = money.amount(told, "total")
    return Line(
        product_id=told.id("id_product"),
        variant_id=told.id("id_product_attribute"),
        sku=told.text("reference"),
        title=told.text("name") or "",
        quantity=quantity,
        unit_price=price,
        total=price * quantity if total is None else total,
        image=told.text("image"),
        url=told.text("url"),
    )
