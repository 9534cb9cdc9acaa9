"""Consent statements, merged into the one item per address and channel."""

from collections.abc import Iterable
from functools import partial

from kairos import keys
from kairos.domain.consent import Channel, Consent, ConsentStatement, newest
from kairos.domain.identity import IdentityKey, IdentityKind
from kairos.ports import Item, Items, Key
from kairos.services.recording.storing import agree

_ADDRESSES: dict[Channel, IdentityKind] = {
    "email": "email",
    "sms": "phone",
    "push": "visitor",
    "web_push": "visitor",
    "webhook": "platform_id",
    "messenger": "platform_id",
}
"""What kind of identity the address of each channel is; that of advertising tells it by itself."""


def record_consents(items: Items, shop: str, key: IdentityKey, said: Iterable[ConsentStatement]) -> None:
    """Keep the newest word of the shop for each address and channel; what was said to us stays beside it."""
    for statement in said:
        node = key.node(shop, kind_of_address(statement), statement.address)
        place = keys.consent(shop, statement.channel, node)
        agree(items, place, partial(_merged, place, statement))


def kind_of_address(said: ConsentStatement) -> IdentityKind:
    """What kind of identity the statement's address is."""
    if said.channel == "advertising":
        return "email" if "@" in said.address else "phone"
    return _ADDRESSES[said.channel]


def _merged(place: Key, said: ConsentStatement, held: Item | None) -> Item | None:
    known = Consent.model_validate(held.body) if held else Consent()
    merged = known.model_copy(update={"shop": newest(known.shop, said)})
    return None if merged == known else Item(place, "", merged.as_json())
