"""What CloudCart's bodies share: times in the shop's zone, amounts of two kinds, addresses."""

from datetime import datetime
from decimal import Decimal

from kairos.adapters.platforms import people
from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.domain.person import Address

_ADDRESSES = (
    {"country": "country_iso2", "province": "state_name", "city": "city_name", "postcode": "post_code"},
    {"country": "country_code", "province": "state", "city": "city", "postcode": "postcode"},
    {"country": "country", "province": "region", "city": "city", "postcode": "zip"},
)
_STREETS = ("street_name", "address1", "address", "street")


def when(message: Message, *names: str) -> datetime | None:
    """The first date told; those without offset are in the shop's own time."""
    return message.body.time(*names, zone=message.shop.zone)


def updated_at(message: Message) -> datetime:
    """When it was so."""
    names = ("updated_at", "date_modified", "created_at", "date_added")
    return message.body.version_time(*names, zone=message.shop.zone) or message.told_at


def minor(told: Fields, *names: str) -> int | None:
    """The first of these amounts that the JSON-API tells: whole numbers of the smallest unit."""
    for name in names:
        number = told.decimal(name)
        if number is not None:
            return int(number.to_integral_value())
    return None


def major(told: Fields, currency: str, *names: str) -> int | None:
    """The first of these amounts that an order's own shape tells, such as 49.7, in minor units."""
    found = (told.amount(name, currency) for name in names)
    return next((one for one in found if one is not None), None)


def said(told: Fields, name: str) -> bool | None:
    """An enum of "yes" and "no", or 1 and 0; None where nothing is told."""
    if not told.has(name) or told.raw(name) in (None, ""):
        return None
    return told.flag(name)


def child(body: Fields, *names: str) -> Fields | None:
    """The first of these that holds an object."""
    return next((body.child(name) for name in names if isinstance(body.raw(name), dict)), None)


def children(body: Fields, name: str) -> list[Fields]:
    """The objects there; a list as an object by number, as PHP writes it, is one too."""
    told = body.raw(name)
    if isinstance(told, dict) and told and all(key.isdigit() for key in told):
        return [Fields(one, body.times, f"{body.at(name)}[{key}]") for key, one in told.items()]
    return body.children(name)


def place(told: Fields | None) -> Address | None:
    """Where somebody lives, in whichever of the names CloudCart tells it."""
    if told is None:
        return None
    for names in _ADDRESSES:
        street = next((name for name in _STREETS if told.text(name)), "street")
        found = people.address(told, {**names, "street": street})
        if found and (found.country or found.city):
            return found
    return None


def phone(*told: Fields | None) -> str | None:
    """The first number that can be read, national ones by their address's country."""
    for one in told:
        home = place(one)
        for name in ("phone", "alternative_phone"):
            if one and (number := people.phone(one.text(name), home.country if home else None)):
                return number
    return None


def total(told: list[int | None]) -> int:
    """The sum of what is told."""
    return sum(one or 0 for one in told)


ZERO = Decimal(0)
