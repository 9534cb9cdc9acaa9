"""What products cost before, so that it is known when one got cheaper, however often that is told."""

from collections.abc import Iterable

from kairos import keys
from kairos.domain.event import Event
from kairos.domain.product import ProductSnapshot
from kairos.domain.snapshot import version_of
from kairos.ports import Item, Items
from kairos.services.recording.storing import agree


def note_price(items: Items, shop: str, told: ProductSnapshot) -> None:
    """Keep the price that this telling changed, and what it was before; an older telling changes nothing."""
    if told.deleted or told.price is None or told.currency is None:
        return
    place, version = keys.product_price(shop, told.id), version_of(told.updated_at, told)
    price = {"price": told.price, "currency": told.currency}

    def changed(held: Item | None) -> Item | None:
        known = held.body if held else {}
        same = (known.get("price"), known.get("currency")) == (told.price, told.currency)
        if same or known.get("version", "") >= version:
            return None
        was = {"was": known["price"]} if known.get("currency") == told.currency else {}
        return Item(place, "", {**price, **was, "version": version})

    agree(items, place, changed)


def price_events(items: Items, shop: str, told: Iterable[ProductSnapshot]) -> list[Event]:
    """PriceDropped for those that cost less since this very telling; again, where it is told again."""
    tellings = {keys.product_price(shop, one.id): one for one in told}
    if not tellings:
        return []
    held = items.get_many(tellings)
    return [
        Event(
            name="PriceDropped",
            shop=shop,
            cause=f"product:{one.id}",
            occurred_at=one.updated_at,
            version=version,
            old_price=kept.body["was"],
            new_price=kept.body["price"],
        )
        for place, one in tellings.items()
        if (kept := held.get(place)) is not None
        for version in [version_of(one.updated_at, one)]
        if kept.body["version"] == version and kept.body.get("was", 0) > kept.body["price"]
    ]
