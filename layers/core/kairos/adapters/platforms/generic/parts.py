"""What our requests have in common: who, what for how much, and what was agreed to."""

from decimal import Decimal

from kairos.adapters.platforms import people
from kairos.adapters.platforms.generic.requests import (
    AmountsRequest,
    BuyerRequest,
    ConsentStatementRequest,
    LineRequest,
    RefundPartRequest,
)
from kairos.adapters.platforms.requests import minor
from kairos.domain.consent import Channel, ConsentStatement
from kairos.domain.errors import Unreadable
from kairos.domain.identity import Identities, folded_email
from kairos.domain.order import Amounts, Line, Refund
from kairos.domain.person import Address, Person


def identities(told: BuyerRequest | None) -> Identities:
    """Who it is; a wrong e-mail is Unreadable, a phone number that can't be read is left out."""
    if told is None:
        return Identities()
    email = folded_email(told.email)
    if told.email and email is None:
        raise Unreadable("customer.email", "is not an e-mail address.", "Send one, or leave the field off.")
    country = told.address.country if told.address else None
    return Identities(
        platform_id=told.id, email=email, phone=people.phone(told.phone, country), visitor=told.visitor
    )


def person(told: BuyerRequest | None) -> Person:
    """What is told of the person."""
    if told is None:
        return Person()
    return Person(
        first_name=told.first_name or None,
        last_name=told.last_name or None,
        language=people.language(told.language),
        birthday=told.birthday,
        gender=told.gender,
        address=Address(**told.address.model_dump()) if told.address else None,
        attributes=dict(told.attributes),
    )


_NEEDED: dict[Channel, tuple[str, ...]] = {
    "email": ("email",),
    "sms": ("phone",),
    "push": ("visitor",),
    "web_push": ("visitor",),
    "webhook": ("platform_id",),
    "messenger": ("platform_id",),
    "advertising": ("email", "phone"),
}
"""Which identities the addresses of each channel are; push and web push go to the visitor's devices."""


def consents(told: tuple[ConsentStatementRequest, ...], who: Identities) -> tuple[ConsentStatement, ...]:
    """Each for the address of its channel; for advertising, each address that is told."""
    said = []
    for place, one in enumerate(told):
        addresses = [known for kind in _NEEDED[one.channel] if (known := getattr(who, kind))]
        if not addresses:
            needed = "customer." + _NEEDED[one.channel][0].replace("platform_id", "id")
            raise Unreadable(f"consents[{place}].channel", f"has no {needed}.", f"Send a valid {needed}.")
        said += [
            ConsentStatement(
                channel=one.channel,
                address=address,
                state=one.state,
                stated_at=one.at,
                source=one.source,
                wording=one.wording,
            )
            for address in addresses
        ]
    return tuple(said)


def amounts(told: AmountsRequest, field: str) -> Amounts:
    """See AmountsRequest; field: its path in the body."""

    def units(value: Decimal | None, name: str) -> int:
        return minor(value, told.currency, f"{field}.{name}") or 0

    return Amounts(
        currency=told.currency,
        total=units(told.total, "total"),
        tax=units(told.tax, "tax"),
        shipping=units(told.shipping, "shipping"),
        discount=units(told.discount, "discount"),
    )


def refund(told: RefundPartRequest, currency: str, field: str) -> Refund:
    """See RefundPartRequest; in minor units of `currency`."""
    return Refund(
        id=told.id,
        amount=minor(told.amount, currency, field) or 0,
        tax=minor(told.tax, currency, field),
        refunded_at=told.at,
    )


def lines(told: tuple[LineRequest, ...], currency: str, field: str = "lines") -> tuple[Line, ...]:
    """All of them, in minor units of `currency`; field: their path in the body."""
    return tuple(_line(one, currency, f"{field}[{place}]") for place, one in enumerate(told))


def _line(told: LineRequest, currency: str, field: str) -> Line:
    price = minor(told.price, currency, f"{field}.price") or 0
    total = minor(told.total, currency, f"{field}.total")
    return Line(
        product_id=told.product_id,
        variant_id=told.variant_id,
        sku=told.sku,
        title=told.title,
        quantity=told.quantity,
        unit_price=price,
        total=price * told.quantity if total is None else total,
        image=told.image,
        url=told.url,
    )
