"""Noting on a customer's profile what scenarios found out: as an attribute, which rules may ask for.

It goes the way of what people answer to forms, so that it survives every telling of the shop's platform.
"""

from datetime import datetime

from kairos import keys
from kairos.domain.answer import FormAnswer
from kairos.ports import Item, Items
from kairos.services.recording.folding import fold
from kairos.services.recording.storing import agree


def note(items: Items, shop: str, customer: str, at: datetime, name: str, value: str) -> None:
    """Set the attribute; one item for each name. What was said at a later `at` stays."""
    place = keys.answer(shop, customer, "note", name)
    said = FormAnswer(form="note", at=at, attributes={name: value})

    def noted(held: Item | None) -> Item | None:
        known = FormAnswer.model_validate(held.body) if held else None
        if known is not None and (known == said or known.at > at):
            return None
        return Item(place, "", said.as_json())

    agree(items, place, noted)
    fold(items, shop, customer)
