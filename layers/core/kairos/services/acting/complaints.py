"""Telling the support team of who is unhappy, and when that is settled."""

from kairos import keys
from kairos.domain.scenarios.named import OPEN_COMPLAINT
from kairos.domain.support import SupportContact
from kairos.ports import Item
from kairos.services.acting.action import Acting
from kairos.services.acting.noting import note
from kairos.services.recording.storing import agree


def tell_support(given: Acting) -> None:
    """An inquiry of the customer's with support, to be looked after; until it is settled, nothing is sold.

    It is no complaint of theirs, and so takes nothing from the score that led to it.
    """
    customer, now = given.known.component.customer, given.clock.now()
    contact = SupportContact(id=f"kairos-{given.run.id}", subject="Unhappy customer", channel="form", at=now)
    place = keys.support_contact(given.shop.id, customer, contact.id)

    def told(held: Item | None) -> Item | None:
        return None if held else Item(place, "", contact.as_json())

    agree(given.items, place, told)
    note(given.items, given.shop.id, customer, now, OPEN_COMPLAINT, "true")
