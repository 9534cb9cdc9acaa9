"""Who stands behind a Shopify order, checkout or customer record."""

from kairos.adapters.platforms import people
from kairos.adapters.platforms.fields import Fields
from kairos.domain.identity import Identities, folded_email
from kairos.domain.person import Address, Person

_ADDRESS = {
    "country": "country_code",
    "province": "province",
    "city": "city",
    "postcode": "zip",
    "street": "address1",
}
VISITOR_ATTRIBUTE = "kairos_visitor"
"""The cart attribute in which a theme may keep the visitor id of the script tag."""


def first_email(*told: Fields | None) -> str | None:
    """The first object that names an e-mail address, folded."""
    for one in told:
        if one and (email := folded_email(one.text("email")) or folded_email(one.text("contact_email"))):
            return email
    return None


def first_phone(*told: Fields | None, country_of: Fields | None = None) -> str | None:
    """The first object that names a phone number that can be read, as E.164.

    country_of: the address whose country a national number belongs to, else that of the first which
    tells one.
    """
    codes = (people.country(one.text("country_code")) for one in (country_of, *told) if one)
    country = next((code for code in codes if code), None)
    for one in told:
        if one and (number := people.phone(one.text("phone"), country)):
            return number
    return None


def identities(body: Fields) -> Identities:
    """Of an order or checkout. The customer's own address goes before the one typed for this order.

    The shipping address names nobody: its phone may be that of a person who is given a present.
    """
    customer = body.child("customer")
    home = customer.child("default_address") if customer else None
    return Identities(
        platform_id=(customer.id("id") if customer else None) or body.id("customer_id"),
        email=first_email(customer, body),
        phone=first_phone(body, customer, body.child("billing_address"), home),
        visitor=_visitor(body),
    )


def _visitor(body: Fields) -> str | None:
    # A list of names and values in webhooks, a plain object in some older bodies.
    if isinstance(body.raw("note_attributes"), dict):
        plain = body.child("note_attributes")
        return plain.id(VISITOR_ATTRIBUTE) if plain else None
    told = body.children("note_attributes")
    return next((one.id("value") for one in told if one.text("name") == VISITOR_ATTRIBUTE), None)


def home(customer: Fields | None, *addresses: Fields | None) -> Address | None:
    """The first address that tells anything; the customer's default one last."""
    own = customer.child("default_address") if customer else None
    told = (people.address(one, _ADDRESS) for one in (*addresses, own))
    return next((one for one in told if one), None)


def person(body: Fields) -> Person:
    """Of an order or checkout."""
    customer, billing = body.child("customer"), body.child("billing_address")
    shipping = body.child("shipping_address")
    named = next(
        (one for one in (customer, billing, shipping) if one and one.text("first_name", "last_name")), None
    )
    return Person(
        first_name=named.text("first_name") if named else None,
        last_name=named.text("last_name") if named else None,
        language=people.language(body.text("customer_locale"))
        or (people.language(customer.text("locale")) if customer else None),
        address=home(customer, shipping, billing),
    )
