"""What `start_broadcasts` does when a price has dropped."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Literal

from kairos import keys
from kairos.domain.broadcast import Subject, broadcast_id
from kairos.domain.criteria.durations import exact_seconds
from kairos.domain.errors import Conflict
from kairos.domain.event import Event
from kairos.domain.scenarios import registry
from kairos.domain.scenarios.price_drop import is_drop
from kairos.ports import Item, Items, Key, Put, Unchanged
from kairos.services.broadcasts.featuring import PRODUCT_GONE, why_not_shown
from kairos.services.broadcasts.occasioning import Occurrence
from kairos.services.broadcasts.settings import understood
from kairos.services.broadcasts.starting import Executing, set_going
from kairos.services.broadcasts.store import load
from kairos.services.broadcasts.ticking import begin
from kairos.services.scenarios import read_standing
from kairos.services.shops import load_shop
from kairos.services.starting import BACKLOG

Result = Literal[
    "started", "started before", "switched off", "too old", "shop unknown", "drop too small", "product gone",
    "price risen", "too soon after the last", "too many today",
]  # fmt: skip

_NAME = "price_drop"
_DAY = timedelta(days=1)
_TRIES = 8


def start_price_drop(given: Executing, event: Event) -> Result:
    """Tell those who watch the product that it got cheaper: once for each drop, and not too often.

    Raises Conflict where others keep starting them; the event is then delivered again.
    """
    for _ in range(_TRIES):
        with suppress(Conflict):
            return _start(given, event)
    raise Conflict(f"The price drops of shop {event.shop} keep changing.")


def _start(given: Executing, event: Event) -> Result:
    items, now, product = given.items, given.clock.now(), event.cause.removeprefix("product:")
    if now - event.occurred_at > BACKLOG:
        return "too old"
    if load_shop(items, event.shop) is None:
        return "shop unknown"
    scenario = registry.scenario(_NAME)
    standing = read_standing(items, event.shop, scenario)
    if not standing.was_on(event.occurred_at):
        return "switched off"
    settings = understood(scenario, standing.settings)
    old, new = event.old_price or 0, event.new_price or 0
    if not is_drop(settings, old, new):
        return "drop too small"
    subject = Subject(product=product, old_price=old)
    against = why_not_shown(items, event.shop, subject, settings)
    if against is not None:
        return "product gone" if against == PRODUCT_GONE else "price risen"
    named = broadcast_id(event.shop, _NAME, product, event.version)
    if load(items, event.shop, named) is not None:
        set_going(given, event.shop, named)
        return "started before"
    last = _last_note(items, event.shop, product, named, settings, now)
    if last is None:
        return "too soon after the last"
    today = _today_note(items, event.shop, settings, now)
    if today is None:
        return "too many today"
    begin(given, event.shop, _NAME, Occurrence(named, event.occurred_at, subject, also=(last, today)))
    return "started"


def _last_note(
    items: Items, shop: str, product: str, broadcast: str, settings: Any, now: datetime
) -> Put | None:
    """The write that notes the product's broadcast; None where the last one is too recent."""
    place = keys.last_broadcast(shop, _NAME, product)
    held = items.get(place)
    if held is not None and now.timestamp() < held.body["at"] + exact_seconds(settings.pause):
        return None
    return _changed(place, held, {"at": now.timestamp(), "broadcast": broadcast})


def _today_note(items: Items, shop: str, settings: Any, now: datetime) -> Put | None:
    """The write that counts the shop's broadcast; None where there were enough within a day."""
    place = keys.started_lately(shop, _NAME)
    held = items.get(place)
    since = (now - _DAY).timestamp()
    lately = [at for at in held.body["at"] if at > since] if held else []
    if len(lately) >= settings.most_a_day:
        return None
    return _changed(place, held, {"at": [*lately, now.timestamp()]})


def _changed(place: Key, held: Item | None, body: dict[str, Any]) -> Put:
    version = str(int(held.version) + 1) if held else "1"
    return Put(Item(place, version, body), Unchanged(held.version if held else None))
