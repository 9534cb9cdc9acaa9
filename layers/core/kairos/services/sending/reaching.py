"""Where a customer can be reached: an address for each channel, and whether messages may go there."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kairos import keys
from kairos.domain.consent import Channel, Consent
from kairos.domain.identity import IdentityKey
from kairos.domain.profile import Profile
from kairos.ports import Item, Items, Key
from kairos.services.mailing_stops import is_stop

ENDPOINTS: tuple[Channel, ...] = ("push", "web_push")
"""Channels whose addresses are phones and browsers that were registered, not identities."""


class Address(NamedTuple):
    """Where a message would go, and what is known about sending there. Versions: None where absent.

    value: e-mail address, phone number (E.164), platform id, ARN of a phone's endpoint, address of a
    browser's subscription. node: what consent, suppression and the ledger call it. parts: what else is
    needed to reach it (a browser's keys). registered_at: of a phone or browser, ISO 8601. withdrawn:
    consent was withdrawn for it, here or with the shop. stopped: suppressed by us, since nothing was opened
    for long, and until they show that they are there.
    """

    value: str
    node: str
    granted: bool
    suppressed: bool
    consent_version: str | None
    suppression_version: str | None
    channel: Channel = "email"
    parts: Mapping[str, str] = {}
    registered_at: str = ""
    withdrawn: bool = False
    stopped: bool = False


class _Known(NamedTuple):
    """An address before it is known what may be sent there."""

    channel: Channel
    value: str
    node: str
    parts: Mapping[str, str] = {}
    registered_at: str = ""


def addresses_of(
    items: Items, key: IdentityKey, shop: str, profile: Profile | None, held: Iterable[Item]
) -> dict[Channel, Address]:
    """The customer's address on each channel that has one; of several phones or browsers the newest usable.

    held: everything in the partitions of their nodes (services.customers.KnownCustomer.held).
    """
    addresses: dict[Channel, Address] = {}
    for address in every_address(items, key, shop, profile, held):
        if address.channel not in addresses or _outranks(address, addresses[address.channel]):
            addresses[address.channel] = address
    return addresses


def every_address(
    items: Items, key: IdentityKey, shop: str, profile: Profile | None, held: Iterable[Item]
) -> list[Address]:
    """All addresses of the customer: every phone and browser, whichever of them messages go to."""
    known = [*_identities(key, shop, profile), *_endpoints(held)]
    wanted = [key for one in known for key in _standing_keys(shop, one)]
    found = items.get_many(wanted)
    return [_address(shop, one, found) for one in known]


def _address(shop: str, one: _Known, found: Mapping[Key, Item]) -> Address:
    consent, suppression = (found.get(key) for key in _standing_keys(shop, one))
    said = Consent.model_validate(consent.body) if consent else Consent()
    return Address(
        one.value,
        one.node,
        said.granted,
        suppression is not None,
        consent.version if consent else None,
        suppression.version if suppression else None,
        one.channel,
        one.parts,
        one.registered_at,
        said.withdrawn,
        is_stop(suppression),
    )


def _standing_keys(shop: str, one: _Known) -> tuple[Key, Key]:
    return keys.consent(shop, one.channel, one.node), keys.suppression(shop, one.channel, one.node)


def _outranks(one: Address, other: Address) -> bool:
    return _rank(one) > _rank(other)


def _rank(one: Address) -> tuple[bool, bool, str, str]:
    return not one.suppressed, one.granted, one.registered_at, one.node


def _identities(key: IdentityKey, shop: str, profile: Profile | None) -> Iterable[_Known]:
    if profile is None:
        return
    if profile.email is not None:
        yield _Known("email", profile.email, key.node(shop, "email", profile.email))
    if profile.phone is not None:
        yield _Known("sms", profile.phone, key.node(shop, "phone", profile.phone))
    if profile.platform_id is not None:
        yield _Known("webhook", profile.platform_id, key.node(shop, "platform_id", profile.platform_id))


def _endpoints(held: Iterable[Item]) -> Iterable[_Known]:
    for item in held:
        if item.key.sk.startswith("endpoint#"):
            told = item.body
            yield _Known(
                told["channel"], told["value"], told["node"], told.get("parts", {}), told["registered_at"]
            )
