"""Which channels a customer may be reached on, for criteria that ask."""

from collections.abc import Iterable, Mapping

from kairos import keys
from kairos.domain.consent import Channel, Consent
from kairos.domain.profile import Profile
from kairos.ports import Item, Items, Key

_DEVICES: frozenset[Channel] = frozenset({"push", "web_push"})
_BY_KIND: dict[str, tuple[Channel, ...]] = {
    "email": ("email", "advertising"),
    "phone": ("sms", "advertising"),
    "platform_id": ("webhook", "messenger"),
}


def with_consents(items: Items, shop: str, profile: Profile) -> Profile:
    """The profile with `accepts` filled: channels whose address, the one messages go to, has consented.

    Needs no identity key: the nodes' identity items tell which of them the address is.
    """
    told = items.get_many(keys.identity(shop, node) for node in profile.nodes if node[0] in "cep")
    held = [item for node in profile.nodes for item in items.query(keys.node(shop, node), "endpoint#")]
    wanted = consents_of(shop, profile, told, devices_of(held))
    return profile.model_copy(update={"accepts": accepted(wanted, items.get_many(wanted))})


def with_subscription(items: Items, shop: str, profile: Profile) -> Profile:
    """The profile with `subscribed_at` filled: when consent to e-mails was given, where it holds."""
    told = items.get_many(keys.identity(shop, node) for node in profile.nodes if node[0] in "cep")
    wanted = [key for key, channel in consents_of(shop, profile, told).items() if channel == "email"]
    consents = [Consent.model_validate(item.body) for item in items.get_many(wanted).values()]
    given = [one.granted_at for one in consents if one.granted_at is not None]
    return profile.model_copy(update={"subscribed_at": min(given, default=None)})


def addresses_of(shop: str, profile: Profile, identities: Mapping[Key, Item]) -> dict[str, str]:
    """Those of the customer's nodes whose identities messages go to, by kind.

    identities: the items of the nodes' identities, by key.
    """
    addresses = {"email": profile.email, "phone": profile.phone, "platform_id": profile.platform_id}
    found = {}
    for node in profile.nodes:
        item = identities.get(keys.identity(shop, node))
        if item is not None and addresses.get(item.body["kind"]) == item.body["value"]:
            found[str(item.body["kind"])] = node
    return found


def devices_of(held: Iterable[Item]) -> list[tuple[Channel, str]]:
    """(channel, node of the address) of the phones and browsers among these items."""
    return [(item.body["channel"], item.body["node"]) for item in held if item.key.sk.startswith("endpoint#")]


def consents_of(
    shop: str,
    profile: Profile,
    identities: Mapping[Key, Item],
    devices: Iterable[tuple[Channel, str]] = (),
) -> dict[Key, Channel]:
    """Where the consents for these addresses lie, each with its channel. devices: see devices_of."""
    by_address = {
        keys.consent(shop, channel, node): channel
        for kind, node in addresses_of(shop, profile, identities).items()
        for channel in _BY_KIND[kind]
    }
    return by_address | {keys.consent(shop, channel, node): channel for channel, node in devices}


def accepted(wanted: Mapping[Key, Channel], held: Mapping[Key, Item]) -> tuple[Channel, ...]:
    """The channels consented to. held: what was found of the wanted consents.

    Advertising may be stated for the e-mail and for the phone: a withdrawal for either ends it. Of phones
    and browsers one is enough.
    """
    said: dict[Channel, list[bool]] = {}
    for key, channel in wanted.items():
        if (item := held.get(key)) is not None:
            said.setdefault(channel, []).append(Consent.model_validate(item.body).granted)
    return tuple(
        sorted(channel for channel, told in said.items() if (any if channel in _DEVICES else all)(told))
    )
