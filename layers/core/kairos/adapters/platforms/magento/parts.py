"""What Magento's bodies share: its addresses, the shop's own currency beside the customer's, who it is."""

from datetime import date, datetime

from kairos.adapters.platforms import people
from kairos.adapters.platforms.fields import MOST_ID, Fields
from kairos.adapters.platforms.message import Message
from kairos.domain.identity import Identities, folded_email
from kairos.domain.person import Address, Gender, Person

# Magento\Customer\Model\Data\Customer: 3 is "not specified".
_GENDERS: dict[str, Gender] = {"1": "male", "2": "female"}
_VISITOR = "kairos_visitor"


def updated_at(message: Message, body: Fields) -> datetime:
    """When it was so. Magento keeps times in UTC, and tells them without offset."""
    return body.version_time("updated_at", "created_at") or message.told_at


def within(message: Message, *names: str) -> Fields:
    """The first object of these names in the body, which some events put beside others; else the body."""
    found = (message.body.child(name) for name in names if isinstance(message.body.raw(name), dict))
    return next((one for one in found if one), message.body)


def addresses(order: Fields) -> tuple[Fields | None, Fields | None]:
    """Of an order or cart: where the goods go, and where the bill goes."""
    told = order.children("addresses") if isinstance(order.raw("addresses"), list) else []
    by_kind = {one.text("address_type"): one for one in told}
    bill = order.child("billing_address") or by_kind.get("billing")
    goods = order.child("shipping_address") or by_kind.get("shipping") or _assigned(order)
    return goods, bill


def _assigned(order: Fields) -> Fields | None:
    """In REST bodies of orders the goods' address stands within the first shipping assignment."""
    more = order.child("extension_attributes")
    if more is None or not isinstance(more.raw("shipping_assignments"), list):
        return None
    first = next(iter(more.children("shipping_assignments")), None)
    shipping = first.child("shipping") if first else None
    return shipping.child("address") if shipping else None


def identities(body: Fields, customer_id: str | None, email: str | None, *told: Fields | None) -> Identities:
    """Whose it is; a guest has no customer_id. told: addresses, for phone and e-mail."""
    typed = (folded_email(one.text("email")) for one in told if one)
    more = body.child("extension_attributes")
    visitor = body.text(_VISITOR) or (more.text(_VISITOR) if more else None)
    return Identities(
        platform_id=customer_id,
        email=folded_email(email) or next((one for one in typed if one), None),
        phone=phone(*told),
        visitor=visitor if visitor and len(visitor) <= MOST_ID else None,
    )


def phone(*told: Fields | None) -> str | None:
    """The first telephone that can be read, national ones by their address's country."""
    numbers = (
        people.phone(one.text("telephone"), people.country(one.text("country_id"))) for one in told if one
    )
    return next((number for number in numbers if number), None)


def person(body: Fields, start: str, *told: Fields | None) -> Person:
    """start: what the customer's fields begin with, "customer_" within orders. told: addresses."""
    named = next((one for one in told if one and one.text("firstname", "lastname")), None)
    return Person(
        first_name=body.text(f"{start}firstname") or (named.text("firstname") if named else None),
        last_name=body.text(f"{start}lastname") or (named.text("lastname") if named else None),
        birthday=_birthday(body.text(f"{start}dob")),
        gender=_GENDERS.get(body.text(f"{start}gender") or ""),
        address=next((place for one in told if (place := _place(one))), None),
    )


def _birthday(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def _place(told: Fields | None) -> Address | None:
    """region is a text in orders, an object in customers; street is a list of lines."""
    if told is None:
        return None
    region = told.child("region") if isinstance(told.raw("region"), dict) else None
    street = told.raw("street")
    lines = [one.strip() for one in street if isinstance(one, str)] if isinstance(street, list) else []
    place = Address(
        country=people.country(told.text("country_id")),
        province=region.text("region", "region_code") if region else told.text("region"),
        city=told.text("city"),
        postcode=told.text("postcode"),
        street=", ".join(one for one in lines if one) or told.text("street"),
    )
    return None if place == Address() else place
