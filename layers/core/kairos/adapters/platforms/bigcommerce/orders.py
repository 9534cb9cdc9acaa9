"""BigCommerce orders: version 2 of the API, with products, coupons and addresses, and version 3's refunds.

developer.bigcommerce.com, "Orders V2", "Transactions" (refunds), "Orders overview". Money comes as decimal
texts in the currency that the customer paid in (`default_currency_code`).
"""

from datetime import datetime
from decimal import Decimal

from kairos.adapters.platforms import people
from kairos.adapters.platforms.bigcommerce import parts
from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.domain.consent import ConsentStatement
from kairos.domain.identity import Identities, folded_email
from kairos.domain.order import ALL_REFUNDS, Amounts, Line, OrderSnapshot, OrderStatus, Refund
from kairos.domain.person import Person
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot

STATUSES: dict[str, OrderStatus] = {
    "0": "draft",  # Incomplete: the shopper saw the payment page, and did not pay
    "1": "pending",
    "2": "paid",  # Shipped
    "3": "paid",  # Partially Shipped
    "4": "refunded",
    "5": "cancelled",
    "6": "failed",  # Declined
    "7": "pending",  # Awaiting Payment
    "8": "paid",  # Awaiting Pickup
    "9": "paid",  # Awaiting Shipment
    "10": "paid",  # Completed
    "11": "paid",  # Awaiting Fulfillment
    "12": "pending",  # Manual Verification Required
    "13": "paid",  # Disputed
    "14": "paid",  # Partially Refunded
}
"""By id ("Order status"): names are the shop's to change."""

_INCOMPLETE, _COMPLETED, _IN_REVIEW = "0", "10", "12"
_UNPAID = frozenset({"1", "7"})
_MONEY_HELD = frozenset({"captured", "paid"})

# BigCommerce's own offline methods.
MANUAL_METHODS = frozenset(
    {"bank deposit", "check", "cheque", "money order", "cash on delivery", "pay in store"}
)


def read_order(message: Message) -> list[Snapshot]:
    """Every topic about an order or a part of one: the whole order, as it is now."""
    told, shop = parts.document(message, parts.ORDER), message.shop
    money = _Money(told, shop)
    placed_at = parts.when(told, "date_created") or message.told_at
    changed_at = parts.updated_at(message, told)
    billing = told.child("billing_address")
    email = folded_email(billing.text("email")) if billing else None
    incomplete = told.text("status_id") == _INCOMPLETE
    return [
        OrderSnapshot(
            id=told.needed_id("id"),
            updated_at=changed_at,
            deleted=told.flag("is_deleted"),  # archived
            number=told.text("id") or "",
            placed_at=placed_at,
            status=_status(told, shop),
            amounts=money.amounts(shop_side=True),
            presentment=money.amounts(shop_side=False) if money.converts else None,
            refunds=_refunds(told, money, changed_at),
            lines=tuple(_line(one, money) for one in told.children("products")),
            codes=tuple(code for one in told.children("coupons") if (code := one.text("code"))),
            identities=Identities(
                platform_id=told.id("customer_id"),  # 0 is a guest
                email=email,
                phone=_phone(billing),
            ),
            person=_person(told, billing),
            consents=_consents(told, email, min(placed_at, changed_at)),
            # An order that was begun and not paid leaves its cart open: that is what is reminded of.
            cart_token=None if incomplete else told.id("cart_id"),
            source_name=told.text("order_source"),
            delivered_at=_delivered_at(told, placed_at),
        )
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """An order that the shop has no more."""
    at = message.body.times.received_at
    nothing = Amounts(currency=message.shop.currency, total=0)
    order = parts.named_id(message)
    return [OrderSnapshot(id=order, updated_at=at, placed_at=at, deleted=True, amounts=nothing)]


class _Money:
    """An order's amounts, in the shop's currency where the order tells how to come to it."""

    def __init__(self, told: Fields, shop: Shop) -> None:
        self._told = told
        self.paid_in = told.currency("default_currency_code", "currency_code") or shop.currency
        rate = told.decimal("store_default_to_transactional_exchange_rate")
        by_rate = told.currency("store_default_currency_code") == shop.currency and bool(rate and rate > 0)
        self.converts = self.paid_in != shop.currency and by_rate
        self.currency = shop.currency if self.converts else self.paid_in
        self._rate = rate if self.converts and rate else Decimal(1)

    def of(self, told: Fields, name: str, shop_side: bool = True) -> int | None:
        """Minor units; shop_side: of the shop's currency, else of the customer's."""
        if not (shop_side and self.converts):
            return told.amount(name, self.paid_in)
        paid = told.decimal(name)
        if paid is None:
            return None
        shown = Fields({name: str(round(paid / self._rate, 12))}, told.times, told.path)
        return shown.amount(name, self.currency)

    def amounts(self, shop_side: bool) -> Amounts:
        """What the order came to. Raises Unreadable where no total is told."""
        total = self.of(self._told, "total_inc_tax", shop_side)
        if total is None:
            raise self._told.missing("total_inc_tax")

        def told(*names: str) -> int:
            return sum(self.of(self._told, name, shop_side) or 0 for name in names)

        return Amounts(
            currency=self.currency if shop_side else self.paid_in,
            total=total,
            tax=told("total_tax"),
            shipping=told("shipping_cost_inc_tax", "handling_cost_inc_tax"),
            discount=told("discount_amount", "coupon_discount"),
        )


def _status(told: Fields, shop: Shop) -> OrderStatus:
    number = told.text("status_id") or ""
    status = STATUSES.get(number, "pending")
    method = (told.text("payment_method") or "").casefold()
    if number in _UNPAID and method in MANUAL_METHODS | {one.casefold() for one in shop.transfer_gateways}:
        return "awaiting_transfer"
    if number == _IN_REVIEW and (told.text("payment_status") or "").casefold() in _MONEY_HELD:
        return "paid"
    return status


def _delivered_at(told: Fields, placed_at: datetime) -> datetime | None:
    """A completed order has arrived: when it was shipped, or at once if there was nothing to ship."""
    if told.text("status_id") != _COMPLETED:
        return None
    return placed_at if told.flag("order_is_digital") else parts.when(told, "date_shipped")


def _refunds(told: Fields, money: _Money, otherwise_at: datetime) -> tuple[Refund, ...]:
    """Each refund; where the shop lists none, what the order says was given back in all."""
    listed = [one for one in told.children("refunds") if not _declined(one)]
    if listed:
        return tuple(_refund(one, money, otherwise_at) for one in listed)
    whole = money.of(told, "refunded_amount") or 0
    return (Refund(id=ALL_REFUNDS, amount=whole, refunded_at=otherwise_at),) if whole > 0 else ()


def _declined(refund: Fields) -> bool:
    payments = refund.children("payments")
    return bool(payments) and all(one.flag("is_declined") for one in payments)


def _refund(told: Fields, money: _Money, otherwise_at: datetime) -> Refund:
    amount = abs(money.of(told, "total_amount") or 0)
    tax = money.of(told, "total_tax")
    return Refund(
        id=told.needed_id("id"),
        amount=amount,
        tax=None if tax is None else min(max(tax, 0), amount),
        refunded_at=parts.when(told, "created") or otherwise_at,
    )


def _line(told: Fields, money: _Money) -> Line:
    """Prices with tax, the line's share of discounts off its total."""
    total = money.of(told, "discounted_total_inc_tax")
    if total is None:
        off = sum(money.of(one, "amount") or 0 for one in told.children("applied_discounts"))
        total = (money.of(told, "total_inc_tax") or 0) - off
    return Line(
        product_id=told.id("product_id"),
        variant_id=told.id("variant_id"),
        sku=told.text("sku"),
        title=told.text("name_customer", "name") or "",
        quantity=max(told.count("quantity") or 0, 0),
        unit_price=money.of(told, "price_inc_tax") or 0,
        total=max(total, 0),
    )


def _phone(billing: Fields | None) -> str | None:
    if billing is None:
        return None
    return people.phone(billing.text("phone"), people.country(billing.text("country_iso2")))


def _person(told: Fields, billing: Fields | None) -> Person:
    shipping = next(iter(told.children("shipping_addresses")), None)
    return Person(
        first_name=billing.text("first_name") if billing else None,
        last_name=billing.text("last_name") if billing else None,
        language=people.language(told.text("customer_locale")),
        address=parts.of_order(shipping) or parts.of_order(billing),
    )


def _consents(told: Fields, email: str | None, stated_at: datetime) -> tuple[ConsentStatement, ...]:
    """The box at checkout, if it was ticked; an empty one is no withdrawal."""
    if not email or not told.flag("is_email_opt_in"):
        return ()
    source = "bigcommerce checkout"
    return (
        ConsentStatement(channel="email", address=email, state="granted", stated_at=stated_at, source=source),
    )
