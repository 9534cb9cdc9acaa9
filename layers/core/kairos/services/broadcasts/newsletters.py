"""What the next newsletter says: prepared ahead, and gone with it."""

from typing import Any

from kairos import keys
from kairos.ports import Clock, Item, Items, Put
from kairos.services.broadcasts.wishes import NewsletterContent


def prepare(items: Items, clock: Clock, shop: str, wish: NewsletterContent) -> dict[str, Any]:
    """Keep it in place of what was prepared before; answers as show_prepared."""
    at = clock.now().isoformat()
    body = {**wish.as_json(), "prepared_at": at}
    items.write(Put(Item(keys.newsletter(shop), at, body)))
    return body


def show_prepared(items: Items, shop: str) -> dict[str, Any]:
    """{"content", "prepared_at"}; both None while nothing is prepared, so that none will go."""
    held = items.get(keys.newsletter(shop))
    return held.body if held else {"content": None, "prepared_at": None}
