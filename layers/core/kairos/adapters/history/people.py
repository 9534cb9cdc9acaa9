"""Who a row is about."""

from collections.abc import Mapping
from functools import cache

from babel import Locale

from kairos.adapters.history.values import Wrong, id_of, plain
from kairos.adapters.platforms import people
from kairos.domain.identity import Identities, folded_email
from kairos.domain.person import Address, Person

Told = Mapping[str, str]
"""The filled cells of a row, or of all rows of an order, by field."""


_PLACE = frozenset({"country", "province", "city", "postcode", "street"})
_PERSON = _PLACE | {"name", "first_name", "last_name", "language"}
_NOBODY = Person()


def identities(told: Told) -> Identities:
    """Who it is; empty where nothing says so.

    Raises Wrong where an e-mail address or phone number is all that could say it, and is none.
    """
    email, number = folded_email(told.get("email")), _phone(told)
    who = Identities(platform_id=id_of(told.get("customer_id", "")), email=email, phone=number)
    if who.is_empty and told.get("email"):
        raise Wrong("This is not one e-mail address, and nothing else says who the customer is.")
    if who.is_empty and told.get("phone"):
        remedy = "Write it as +41791234567, or name the column of the country."
        raise Wrong(f"This is no phone number that can be dialled. {remedy}")
    return who


def person(told: Told) -> Person:
    """What is told of them."""
    if _PERSON.isdisjoint(told):
        return _NOBODY
    first, last = plain(told.get("first_name", "")), plain(told.get("last_name", ""))
    if not (first or last) and told.get("name"):
        *before, last = plain(told["name"]).split()
        first = " ".join(before)
    return Person(
        first_name=first or None,
        last_name=last or None,
        language=people.language(told.get("language")),
        address=_address(told),
    )


def country_code(told: str | None) -> str | None:
    """An ISO 3166-1 alpha-2 code, from a code or an English name; None where it is neither."""
    return people.country(told) or _codes().get((told or "").strip().casefold())


def _phone(told: Told) -> str | None:
    text = plain(told.get("phone", ""))
    return people.phone(text, country_code(told.get("country"))) if text else None


def _address(told: Told) -> Address | None:
    if _PLACE.isdisjoint(told):
        return None
    place = Address(
        country=country_code(told.get("country")),
        province=plain(told.get("province", "")) or None,
        city=plain(told.get("city", "")) or None,
        postcode=plain(told.get("postcode", "")) or None,
        street=plain(told.get("street", "")) or None,
    )
    return None if place == Address() else place


@cache
def _codes() -> dict[str, str]:
    names = Locale("en").territories
    return {str(name).casefold(): code for code, name in names.items() if len(code) == len("GB")}
