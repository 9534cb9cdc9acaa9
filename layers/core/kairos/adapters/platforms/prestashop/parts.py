"""What PrestaShop's bodies share: times without offset, converted money, addresses, who it is."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from kairos.adapters.platforms import people
from kairos.adapters.platforms.fields import MOST_ID, Fields
from kairos.adapters.platforms.message import Message
from kairos.domain.errors import Refused, Unreadable
from kairos.domain.identity import Identities, folded_email
from kairos.domain.money import minor_units
from kairos.domain.person import Address, Gender, Person

_ADDRESS = {
    "country": "country",
    "province": "state",
    "city": "city",
    "postcode": "postcode",
    "street": "address1",
}
# install-dev/data/xml/gender.xml: the two that every shop begins with.
_GENDERS: dict[str, Gender] = {"1": "male", "2": "female"}
VISITOR = "visitor"
ONE = Decimal(1)
_LEAST_RATE = Decimal("0.000001")
"""Beyond it and its inverse there is no exchange rate: the dearest is worth 100,000 of the cheapest."""


def when(message: Message, *names: str) -> datetime | None:
    """The first date told; PrestaShop writes them in the shop's own time."""
    return message.body.time(*names, zone=message.shop.zone)


def updated_at(message: Message) -> datetime:
    """When the resource was so. What our module tells of an event holds more than the webservice's answer, so
    of two tellings of the same second it is the newer."""
    told = message.body.version_time("date_upd", "date_add", zone=message.shop.zone)
    if told is None:
        return message.told_at
    return told + timedelta(microseconds=1) if "." in message.topic else told


class Currency(NamedTuple):
    """Of one order or cart. code: in which its amounts are kept; rate: by which they are divided for that.

    shown: the customer's, where that is another and told.
    """

    code: str
    rate: Decimal
    shown: str | None

    def amount(self, told: Fields, *names: str) -> int | None:
        """The first of these amounts that is told, in minor units of `code`."""
        for name in names:
            number = told.decimal(name)
            if number is not None:
                return _units(number / self.rate, self.code, told.at(name))
        return None


def currency(body: Fields, shop_currency: str) -> Currency:
    """conversion_rate: how many of the customer's currency one of the shop's default currency is."""
    told, rate = body.currency("currency"), body.decimal("conversion_rate")
    if rate is None or rate <= 0 or rate == 1:
        return Currency(told or shop_currency, ONE, None)
    if not _LEAST_RATE <= rate <= 1 / _LEAST_RATE:
        raise Unreadable(body.at("conversion_rate"), "is no rate.", "Send the order's rate as it is kept.")
    return Currency(shop_currency, rate, told if told != shop_currency else None)


def _units(number: Decimal, code: str, field: str) -> int:
    try:
        return minor_units(number, code, field)
    except Refused as wrong:
        raise Unreadable(wrong.field, wrong.problem, wrong.remedy) from wrong


def identities(body: Fields, customer: Fields | None, *addresses: Fields | None) -> Identities:
    """Whose order, cart or record it is. A guest has a customer's row too, made anew for each order."""
    return Identities(
        platform_id=body.id("id_customer") or (customer.id("id") if customer else None),
        email=folded_email(customer.text("email")) if customer else None,
        phone=_phone(*addresses),
        visitor=known(body.text(VISITOR)),
    )


def known(told: str | None) -> str | None:
    """An id told as free text; None for one that is too long to be kept under."""
    return told if told and len(told) <= MOST_ID else None


def _phone(*addresses: Fields | None) -> str | None:
    for one in addresses:
        country = people.country(one.text("country")) if one else None
        for name in ("phone_mobile", "phone"):
            if one and (number := people.phone(one.text(name), country)):
                return number
    return None


def person(body: Fields, customer: Fields | None, *addresses: Fields | None) -> Person:
    """Of an order, cart or customer; the address where the goods go, before the one of the bill."""
    named = next((one for one in (customer, *addresses) if one and one.text("firstname", "lastname")), None)
    return Person(
        first_name=named.text("firstname") if named else None,
        last_name=named.text("lastname") if named else None,
        language=people.language(body.text("language"))
        or (people.language(customer.text("language")) if customer else None),
        birthday=_birthday(customer.text("birthday")) if customer else None,
        gender=_GENDERS.get(customer.text("id_gender") or "") if customer else None,
        address=_place(*addresses),
        attributes=_attributes(customer) if customer else {},
    )


def _birthday(text: str | None) -> date | None:
    """A zero date is none; so is any other that is not in the calendar."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def _place(*addresses: Fields | None) -> Address | None:
    return next((place for one in addresses if (place := people.address(one, _ADDRESS))), None)


def _attributes(customer: Fields) -> dict[str, str]:
    """optin allows offers of the shop's partners: it is no consent to mails of the shop, so a mere fact."""
    told = {"company": customer.text("company")}
    if customer.has("optin"):
        told["partner_offers"] = "yes" if customer.flag("optin") else "no"
    return {name: value for name, value in told.items() if value}
