"""Whose the shop's own records of consent are: of one that is deleted, the shop tells its id alone."""

from kairos import keys
from kairos.domain.consent import ConsentStatement
from kairos.domain.customer import ConsentSnapshot
from kairos.domain.errors import NotConcerned
from kairos.domain.identity import IdentityKey
from kairos.domain.snapshot import version_of
from kairos.ports import Items
from kairos.services.recording.storing import fact, put_newer, write_missing

DELETED = "bigcommerce subscriber"
"""The source of the withdrawal, as of what the record said before (adapters/platforms/bigcommerce)."""


def keep_record(items: Items, shop: str, key: IdentityKey, told: ConsentSnapshot) -> None:
    """Keep whose the record is, with the pointer by which an erasure finds it."""
    email = told.identities.email
    if told.record is None or email is None:
        return
    node = key.node(shop, "email", email)
    write_missing(items, [fact(keys.subscriber_pointer(shop, node, told.record))])
    body = {"address": email, "node": node}
    put_newer(items, keys.subscriber(shop, told.record), version_of(told.updated_at, told), body)


def resolved(items: Items, shop: str, told: ConsentSnapshot) -> ConsentSnapshot:
    """The withdrawal that a record's deletion is. Raises NotConcerned where nobody knows whose it was."""
    if told.record is None or not told.gone:
        return told
    held = items.get(keys.subscriber(shop, told.record))
    if held is None:
        raise NotConcerned("deletion of an unknown subscriber")
    address = held.body["address"]
    said = ConsentStatement(
        channel="email", address=address, state="withdrawn", stated_at=told.updated_at, source=DELETED
    )
    who = told.identities.model_copy(update={"email": address})
    return told.model_copy(update={"identities": who, "consents": (said,)})
