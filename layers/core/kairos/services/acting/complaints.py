"""Telling the support team of who is unhappy, and when that is settled."""

from datetime import datetime

from kairos import keys
from kairos.domain.scenarios.named import OPEN_COMPLAINT
from kairos.domain.support import SupportContact
from kairos.ports import Item, Items
from kairos.services.acting.action import Acting
from kairos.services.acting.noting import note
from kairos.services.customers import KnownCustomer
from kairos.services.recording.storing import agree

_OURS = "kairos-"
"""How the ids of inquiries begin that are made here."""


def tell_support(given: Acting) -> None:
    """An inquiry of the customer's with support, to be looked after; until it is settled, nothing is sold.

    Nothing where another such inquiry of theirs is still open: support knows.
    """
    name = f"{_OURS}{given.run.id}"
    others = [one for one in _inquiries(given.known) if one.id.startswith(_OURS) and one.id != name]
    if all(one.settled for one in others):
        open_inquiry(given.items, given.shop.id, given.known, given.run.id, given.clock.now())


def open_inquiry(items: Items, shop: str, known: KnownCustomer, cause: str, at: datetime) -> None:
    """The inquiry that this cause makes, once; what was settled since stays settled.

    It is no complaint of theirs, and so takes nothing from the score that led to it.
    """
    customer = known.component.customer
    contact = SupportContact(id=f"{_OURS}{cause}", subject="Unhappy customer", channel="form", at=at)
    kept = next((one for one in _inquiries(known) if one.id == contact.id), None)
    if kept is None:
        place = keys.support_contact(shop, customer, contact.id)

        def told(held: Item | None) -> Item | None:
            return None if held else Item(place, "", contact.as_json())

        agree(items, place, told)
    if kept is None or not kept.settled:
        note(items, shop, customer, (kept or contact).at, OPEN_COMPLAINT, "true")


def _inquiries(known: KnownCustomer) -> list[SupportContact]:
    held = (item for item in known.held if item.key.sk.startswith("support#"))
    return [SupportContact.model_validate(item.body) for item in held]
