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

    Told again as settled, it becomes so; what was said of it at first stays. Raises NotFound where nothing is
    kept of the customer; Refused where another inquiry has the id, or the time is still to come.
    """
    if told.at > parts.clock.now():
        raise Refused("at", "That time is still to come.", "Send when they turned to support.")
    known = read_customer(parts.items, shop, customer)
    if known.profile is None:
        raise NotFound("customer", customer)
    customer = known.component.customer
    sk = keys.support_contact(shop, "", told.id).sk
    held = next((item for item in known.held if item.key.sk == sk), None)
    kept = _kept(told, held)
    if held is None or kept.as_json() != held.body:
        try:
            parts.items.transact([_put(shop, customer, kept, held), *not_erased(shop, known, [customer])])
        except Conflict:
            return note_contact(parts, shop, customer, told)
    if kept.settled or kept.complaint:
        is_open = "false" if kept.settled else "true"
        note(parts.items, shop, customer, kept.at, OPEN_COMPLAINT, is_open)
    tell_snapshot(parts.changed, shop, Touched(frozenset({customer})))
    return kept.as_json()


def _kept(told: SupportContact, held: Item | None) -> SupportContact:
    """The inquiry as it is to be kept."""
    if held is None:
        return told
    known = SupportContact.model_validate(held.body)
    if told.settled:
        return known.model_copy(update={"settled": True})
    if known != told:
        raise Refused("id", "Another inquiry has this id.", "Send what was sent before, or a new id.")
    return known


def _put(shop: str, customer: str, kept: SupportContact, held: Item | None) -> Put:
    if held is None:
        return Put(Item(keys.support_contact(shop, customer, kept.id), "1", kept.as_json()), Unchanged(None))
    return Put(Item(held.key, str(int(held.version) + 1), kept.as_json()), Unchanged(held.version))
