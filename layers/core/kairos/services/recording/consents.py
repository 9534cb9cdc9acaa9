"""Consent statements, merged into the one item per address and channel."""

from collections.abc import Iterable
from functools import partial

from kairos import keys
from kairos.domain.consent import Channel, Consent, ConsentStatement, newest
from kairos.domain.identity import IdentityKey, IdentityKind
from kairos.ports import Item, Items, Key
from kairos.services.mailing_stops import lift_stop
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


def consent_place(shop: str, key: IdentityKey, said: ConsentStatement) -> Key:
    """Where consent for the statement's address and channel is kept."""
    return keys.consent(shop, said.channel, key.node(shop, _kind_of_address(said), said.address))


def _kind_of_address(said: ConsentStatement) -> IdentityKind:
    if said.channel == "advertising":
        return "email" if "@" in said.address else "phone"
    return _ADDRESSES[said.channel]


def record_consents(
    items: Items, shop: str, key: IdentityKey, said: Iterable[ConsentStatement]
) -> frozenset[str]:
    """Keep the newest word of the shop for each address and channel; what was said to us stays beside it.

    Answers the nodes of the addresses: what their customers consent to may have changed.
    """
    nodes = set()
    for statement in said:
        place = consent_place(shop, key, statement)
        agree(items, place, partial(_merged, place, statement))
        node = place.pk.rpartition("#")[2]
        if statement.state == "granted":
            lift_stop(items, shop, statement.channel, node, statement.stated_at)
        nodes.add(node)
    return frozenset(nodes)


def with_statement(held: Item | None, said: ConsentStatement) -> Consent | None:
    """What is known once this was said; None where it is known already."""
    known = Consent.model_validate(held.body) if held else Consent()
    merged = known.model_copy(update={"shop": newest(known.shop, said)})
    return None if merged == known else merged


def _merged(place: Key, said: ConsentStatement, held: Item | None) -> Item | None:
    merged = with_statement(held, said)
    return Item(place, "", merged.as_json()) if merged else None
