"""Consents that files tell, merged by the rules of recording."""

from collections.abc import Iterable
from itertools import batched

from kairos.domain.consent import ConsentStatement, newest
from kairos.domain.errors import Conflict
from kairos.domain.identity import IdentityKey
from kairos.ports import Item, Items, Key, Put, Unchanged
from kairos.services.importing.batches import AT_ONCE
from kairos.services.recording.consents import consent_place, record_consents, with_statement


def store_consents(items: Items, shop: str, key: IdentityKey, told: Iterable[ConsentStatement]) -> None:
    """Keep the newest word for each address and channel; an address nobody spoke of yet is new, and cheap."""
    said: dict[Key, ConsentStatement] = {}
    for statement in told:
        place = consent_place(shop, key, statement)
        said[place] = newest(said.get(place), statement)
    held = items.get_many(said)
    careful = [
        one for place, one in said.items() if place in held and with_statement(held[place], one) is not None
    ]
    fresh = [
        (Item(place, "1", consent.as_json()), one)
        for place, one in said.items()
        if place not in held and (consent := with_statement(None, one)) is not None
    ]
    for some in batched(fresh, AT_ONCE, strict=False):
        try:
            items.transact([Put(item, Unchanged(None)) for item, _ in some])
        except Conflict:  # one of them has become known meanwhile
            careful += [one for _, one in some]
    record_consents(items, shop, key, careful)
