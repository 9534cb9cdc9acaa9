"""Where the state of a shop's reconciliation lies: one item, written only as it was read."""

from collections.abc import Collection
from datetime import datetime

from kairos import keys
from kairos.domain.reconciliation import Reconciliation, at_address
from kairos.domain.shop import Shop
from kairos.ports import Item, Items, Put, Unchanged
from kairos.services.recording.storing import agree


class Standing:
    """A shop's state. told: as it was last read or saved, None of a shop that was never looked at."""

    def __init__(self, items: Items, shop: str) -> None:
        self._items, self._key = items, keys.reconciliation(shop)
        held = items.get(self._key)
        self._version = held.version if held else None
        self.told = Reconciliation.model_validate(held.body) if held else None

    def save(self, told: Reconciliation) -> None:
        """Keep it, if nobody has changed it meanwhile. Raises Conflict."""
        version = str(int(self._version or 0) + 1)
        self._items.write(Put(Item(self._key, version, told.as_json()), Unchanged(self._version)))
        self._version, self.told = version, told


def load_all(items: Items, shops: Collection[str]) -> dict[str, Reconciliation]:
    """By shop; those that were never looked at are left out."""
    held = items.get_many(keys.reconciliation(shop) for shop in shops)
    places = {keys.reconciliation(shop): shop for shop in shops}
    return {places[key]: Reconciliation.model_validate(item.body) for key, item in held.items()}


def note_access(items: Items, shop: Shop, now: datetime) -> None:
    """Once the shop's settings were saved: it is looked at with the next tick, also where it refused us.

    A shop that gives access for the first time begins now; at another address it goes on. now: real time.
    """
    address = shop.api_address
    if address is None:
        return
    key = keys.reconciliation(shop.id)

    def noted(held: Item | None) -> Item | None:
        told = Reconciliation.model_validate(held.body) if held else None
        asked = at_address(told, address, now).model_copy(update={"due_at": now, "failures": 0})
        return Item(key, "", asked.as_json())

    agree(items, key, noted)
