"""Taking in what a shop's help desk tells of inquiries."""

from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.errors import Conflict, NotFound, Refused
from kairos.domain.scenarios.named import OPEN_COMPLAINT
from kairos.domain.support import SupportContact
from kairos.ports import Clock, Item, Items, Put, Queue, Unchanged
from kairos.services.acting.noting import note
from kairos.services.customers import not_erased, read_customer
from kairos.services.segments.touching import Touched, tell_snapshot


class Supporting(NamedTuple):
    """What taking in inquiries needs. changed: takes customers to look at again."""

    items: Items
    clock: Clock
    changed: Queue


def note_contact(parts: Supporting, shop: str, customer: str, told: SupportContact) -> dict[str, Any]:
    """Keep the inquiry with the customer; telling it again changes nothing. Answers it as kept.

    Raises NotFound where nothing is kept of the customer; Refused where another inquiry has the id, or the
    time is still to come.
    """
    if told.at > parts.clock.now():
        raise Refused("at", "That time is still to come.", "Send when they turned to support.")
    known = read_customer(parts.items, shop, customer)
    if known.profile is None:
        raise NotFound("customer", customer)
    held = [item for item in known.held if item.key.sk == keys.support_contact(shop, "", told.id).sk]
    if not held:
        customer = known.component.customer
        kept = Put(Item(keys.support_contact(shop, customer, told.id), "1", told.as_json()), Unchanged(None))
        try:
            parts.items.transact([kept, *not_erased(shop, known, [customer])])
        except Conflict:
            return note_contact(parts, shop, customer, told)
    elif SupportContact.model_validate(held[0].body) != told:
        raise Refused("id", "Another inquiry has this id.", "Send what was sent before, or a new id.")
    if told.settled:
        note(parts.items, shop, known.component.customer, told.at, OPEN_COMPLAINT, "false")
    tell_snapshot(parts.changed, shop, Touched(frozenset({known.component.customer})))
    return told.as_json()
