"""BigCommerce carts: version 3 of the API (developer.bigcommerce.com, "Carts").

A cart tells its customer's id and the e-mail that a guest has typed in, no name. Its only addresses for
coming back work once ("Create cart redirect URL"), which a message that is opened twice can't use.
"""

from kairos.adapters.platforms.bigcommerce import parts
from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.adapters.platforms.people import language
from kairos.domain.cart import CartSnapshot
from kairos.domain.identity import Identities, folded_email
from kairos.domain.order import Line
from kairos.domain.person import Person
from kairos.domain.snapshot import Snapshot

_KINDS = ("physical_items", "digital_items", "custom_items")


def read_cart(message: Message) -> list[Snapshot]:
    """Every topic about a cart or its lines: the whole cart, as it is now."""
    told = parts.document(message, parts.CART)
    money = told.child("currency")
    currency = (money.currency("code") if money else None) or message.shop.currency
    items = told.child("line_items")
    email = folded_email(told.text("email"))
    customer = told.id("customer_id")  # 0 is a guest
    return [
        CartSnapshot(
            id=told.needed_id("id"),
            updated_at=parts.updated_at(message, told, "updated_time"),
            created_at=parts.when(told, "created_time"),
            currency=currency,
            total=told.amount("cart_amount", currency) or 0,
            lines=tuple(_line(one, currency) for kind in _KINDS if items for one in items.children(kind)),
            identities=Identities(platform_id=customer, email=email),
            person=Person(language=language(told.text("locale"))),
            # A guest is asked for the e-mail where the checkout begins; a customer's comes with the account.
            step="contact" if email and not customer else "cart",
        )
    ]


def read_converted(message: Message) -> list[Snapshot]:
    """store/cart/converted: it became an order, and is not to be had any more. Nothing follows upon it."""
    at = message.body.times.received_at
    return [CartSnapshot(id=parts.named_id(message), updated_at=at, completed_at=message.told_at)]


def read_deleted(message: Message) -> list[Snapshot]:
    """store/cart/deleted, or a cart that the shop has no more."""
    at = message.body.times.received_at
    return [CartSnapshot(id=parts.named_id(message), updated_at=at, deleted=True)]


def _line(told: Fields, currency: str) -> Line:
    quantity = max(told.count("quantity") or 0, 0)
    unit = told.amount("sale_price", currency)
    unit = told.amount("list_price", currency) if unit is None else unit
    total = told.amount("extended_sale_price", currency)
    off = told.amount("coupon_amount", currency) or 0
    return Line(
        product_id=told.id("product_id"),
        variant_id=told.id("variant_id"),
        sku=told.text("sku"),
        title=told.text("name") or "",
        quantity=quantity,
        unit_price=unit or 0,
        total=max(((unit or 0) * quantity if total is None else total) - off, 0),
        image=told.text("image_url"),
        url=told.text("url"),
    )
