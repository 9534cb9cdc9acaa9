"""Which channels a customer may be reached on, for criteria that ask."""

from kairos import keys
from kairos.domain.consent import Channel, Consent
from kairos.domain.profile import Profile
from kairos.ports import Items

_BY_KIND: dict[str, tuple[Channel, ...]] = {
    "email": ("email", "advertising"),
    "phone": ("sms", "advertising"),
    "platform_id": ("webhook", "messenger"),
}


def with_consents(items: Items, shop: str, profile: Profile) -> Profile:
    """The profile with `accepts` filled: channels whose address, the one messages go to, has consented.

    Advertising may be stated for the e-mail and for the phone: a withdrawal for either ends it.
    Needs no identity key: the nodes' identity items tell which of them the address is.
    """
    addresses = {"email": profile.email, "phone": profile.phone, "platform_id": profile.platform_id}
    told = items.get_many(keys.identity(shop, node) for node in profile.nodes if node[0] in "cep")
    wanted = {
        keys.consent(shop, channel, node): channel
        for node in profile.nodes
        if (item := told.get(keys.identity(shop, node)))
        and addresses.get(item.body["kind"]) == item.body["value"]
        for channel in _BY_KIND[item.body["kind"]]
    }
    said: dict[Channel, list[bool]] = {}
    for key, item in items.get_many(wanted).items():
        said.setdefault(wanted[key], []).append(Consent.model_validate(item.body).granted)
    granted = (channel for channel, told in said.items() if all(told))
    return profile.model_copy(update={"accepts": tuple(sorted(granted))})
