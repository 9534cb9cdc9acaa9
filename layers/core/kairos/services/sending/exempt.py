"""Mails that need no consent: the one that asks for it, and tests that a shop sends to itself."""

from collections.abc import Mapping

from kairos import keys
from kairos.domain.identity import IdentityKey
from kairos.domain.message import LedgerEntry
from kairos.domain.shop import Shop
from kairos.ports import Item, Items
from kairos.services.sending.content import Content, language_of
from kairos.services.sending.example import filled, lifelike
from kairos.services.sending.facts import Customer, load_customer
from kairos.services.sending.reaching import Address

_KEPT_ANYWAY = frozenset({"bounced", "complained"})
"""Suppressions that hold for these mails too; that of an erasure does not: they were asked for afresh."""


def is_exempt(entry: LedgerEntry) -> bool:
    """Whether consent, caps and hours do not concern this message."""
    return entry.purpose != "marketing"


def wanted(items: Items, entry: LedgerEntry) -> Mapping[str, str] | None:
    """What was kept when the mail was asked for; None where it is gone by now (erased, expired, confirmed).

    Of a confirmation: {"email", "link", "language", …}; of a test: {"email", "customer", …}.
    """
    shop = entry.step.shop
    confirms = entry.purpose == "confirmation"
    key = keys.sign_up(shop, entry.address_node) if confirms else keys.test_message(shop, entry.message_id)
    held = items.get(key)
    if held is None:
        return None
    told: Mapping[str, str] | None = (
        held.body.get("mails", {}).get(entry.message_id) if confirms else held.body
    )
    return told


def addressee(items: Items, key: IdentityKey, entry: LedgerEntry) -> Customer | None:
    """Whom the mail goes to, as if they were a customer of whom only the address is known.

    Of a test made for a customer: that customer, with the address of whoever tests.
    """
    told = wanted(items, entry)
    if told is None:
        return None
    shop, node = entry.step.shop, entry.address_node
    places = keys.consent(shop, "email", node), keys.suppression(shop, "email", node)
    found = items.get_many([*places, keys.erasure(shop, node)])
    consent, suppression = (found.get(key) for key in places)
    address = Address(
        told["email"],
        node,
        granted=True,
        suppressed=suppression is not None and suppression.body.get("reason") in _KEPT_ANYWAY,
        consent_version=_version(consent),
        suppression_version=_version(suppression),
    )
    erasure = found.get(keys.erasure(shop, node))
    erasures = {node: _version(erasure)}
    if entry.purpose == "test" and "customer" in told:
        known = load_customer(items, key, shop, told["customer"])
        return known._replace(addresses={"email": address}, erased_at=None, erasures=erasures)
    return Customer(node, (node,), None, (), {"email": address}, None, erasures)


def exempt_content(
    items: Items, shop: Shop, entry: LedgerEntry, link: str, theirs: Content | None
) -> Content:
    """What such a mail shows. theirs: the content of the customer whom a test was made for."""
    told = wanted(items, entry) or {}
    if entry.purpose == "test":
        shown = filled(shop, told.get("tag", shop.languages[0]), entry.reserved_at, theirs)
        return lifelike(shown, entry.step.scenario, entry.step.step).model_copy(update={"is_test": True})
    language, locale = language_of(shop, told.get("language"))
    return Content(
        shop=shop,
        language=language,
        locale=locale,
        unsubscribe_url=link,
        confirm_url=told.get("link"),
    )


def _version(item: Item | None) -> str | None:
    return item.version if item else None
