"""What the next newsletter says: prepared ahead, and gone with it."""

from datetime import datetime
from typing import Any

from kairos import keys
from kairos.ports import Clock, Item, Items, Put
from kairos.services.broadcasts.wishes import NewsletterContent


def prepare(items: Items, clock: Clock, shop: str, wish: NewsletterContent) -> dict[str, Any]:
    """Keep it in place of what was prepared before; answers as show_prepared."""
    place, at = keys.newsletter(shop), clock.now().isoformat()
    held = items.get(place)
    told = {**wish.as_json(), "prepared_at": at}
    since = pending_since(held).isoformat() if held else at
    items.write(Put(Item(place, at, {**told, "pending_since": since})))
    return told


def show_prepared(items: Items, shop: str) -> dict[str, Any]:
    """{"content", "prepared_at"}; both None while nothing is prepared, so that none will go."""
    held = items.get(keys.newsletter(shop))
    told = held.body if held else {}
    return {name: told.get(name) for name in ("content", "prepared_at")}


def pending_since(prepared: Item) -> datetime:
    """Since when one has been ready to go: what is prepared again in its place takes its turn over."""
    return datetime.fromisoformat(prepared.body.get("pending_since") or prepared.body["prepared_at"])
