"""Customers and their addresses."""

from datetime import datetime

from local.demo_shop.people import Person
from local.demo_shop.shopify.telling import CURRENCY, Body, gid, number_of, told


def customer_number(person: Person) -> int:
    """The platform's id of this person."""
    return number_of("customer", person.email)


def address(person: Person) -> Body:
    place = person.place
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "name": f"{person.first_name} {person.last_name}",
        "company": None,
        "address1": person.street,
        "address2": None,
        "city": place.city,
        "zip": place.zip,
        "province": place.province,
        "province_code": place.province_code,
        "country": place.country,
        "country_code": place.country_code,
        "phone": person.phone,
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


def _customer_address(person: Person) -> Body:
    plain = {name: it for name, it in address(person).items() if name not in ("latitude", "longitude")}
    number = customer_number(person)
    own = {"id": number_of("address", person.email), "customer_id": number}
    return own | plain | {"country_name": person.place.country, "default": True}


def _consent(subscribed: bool, at: datetime) -> Body:
    state = "subscribed" if subscribed else "not_subscribed"
    return {
        "state": state,
        "opt_in_level": "single_opt_in",
        "consent_updated_at": told(at) if subscribed else None,
    }


def customer(person: Person, subscribed: bool, created_at: datetime, updated_at: datetime) -> Body:
    """customers/create, customers/update, and the `customer` of an order."""
    number = customer_number(person)
    return {
        "id": number,
        "created_at": told(created_at),
        "updated_at": told(updated_at),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "state": "enabled",
        "note": None,
        "verified_email": True,
        "multipass_identifier": None,
        "tax_exempt": False,
        "email": person.email,
        "phone": person.phone,
        "currency": CURRENCY,
        "addresses": [_customer_address(person)],
        "tax_exemptions": [],
        "email_marketing_consent": _consent(subscribed, created_at),
        "sms_marketing_consent": None,
        "tags": "",
        "admin_graphql_api_id": gid("Customer", number),
        "default_address": _customer_address(person),
    }
