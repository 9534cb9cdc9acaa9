"""What WooCommerce's bodies share: dates, addresses, meta data, names with HTML entities."""

from datetime import datetime
from html import unescape

from kairos.adapters.platforms import people
from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.domain.person import Address, Person

_ADDRESS = {
    "country": "country",
    "province": "state",
    "city": "city",
    "postcode": "postcode",
    "street": "address_1",
}
# What the usual translation plugins (WPML, Polylang) and WordPress itself call it.
_LANGUAGE_KEYS = ("wpml_language", "pll_language", "language", "lang", "locale", "_locale")


def when(message: Message, *names: str) -> datetime | None:
    """The first date told: its GMT form, which bears no offset, else the one in the shop's own time."""
    for name in names:
        zone = message.shop.zone
        told = message.body.time(f"{name}_gmt") or message.body.time(name, zone=zone)
        if told:
            return told
    return None


def updated_at(message: Message) -> datetime:
    """When the body was so. A restored thing keeps its old date and must still beat its deletion."""
    body, zone = message.body, message.shop.zone
    told = body.version_time("date_modified_gmt") or body.version_time("date_modified", zone=zone)
    told = told or when(message, "date_created") or message.told_at
    return max(told, message.told_at) if message.topic.endswith(".restored") else told


def plain(text: str | None) -> str:
    """A name without HTML entities."""
    return unescape(text or "")


def meta(body: Fields, *keys: str) -> str | None:
    """The first of these entries of the meta data that holds text; its values may be anything."""
    told = body.raw("meta_data")
    entries = (
        [Fields(one, body.times) for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    )
    values = {key: one.text("value") for one in entries if (key := one.text("key"))}
    return next((value for key in keys if (value := values.get(key))), None)


def phone(body: Fields) -> str | None:
    """The buyer's number, national ones by the billing country."""
    billing = body.child("billing")
    country = people.country(billing.text("country")) if billing else None
    return people.phone(billing.text("phone"), country) if billing else None


def person(body: Fields) -> Person:
    """Of an order or customer: who pays, and where the goods go."""
    billing, shipping = body.child("billing"), body.child("shipping")
    named = next((one for one in (body, billing) if one and one.text("first_name", "last_name")), None)
    return Person(
        first_name=(plain(named.text("first_name")) or None) if named else None,
        last_name=(plain(named.text("last_name")) or None) if named else None,
        language=people.language(meta(body, *_LANGUAGE_KEYS)),
        address=_place(shipping) or _place(billing),
    )


def _place(told: Fields | None) -> Address | None:
    return people.address(told, _ADDRESS)
