"""Activity: one capped item per visitor and day, kept longer once the visitor is somebody."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from kairos import keys
from kairos.domain.activity import Activity, ActivityDay, add_activities
from kairos.ports import Item, Items, Key
from kairos.services.recording.storing import agree

ANONYMOUS_DAYS = 30
"""Days that the activity of a visitor nobody knows is kept."""

IDENTIFIED_DAYS = 400
"""Days that a customer's activity is kept: a year of comparison and a month to spare."""


def record_activity(items: Items, shop: str, visitor: str, activities: Iterable[Activity]) -> None:
    """Add the activities to the visitor's days. visitor: its node."""
    by_day = sorted(activities, key=lambda one: (one.at.date(), one.id))
    for day, some in groupby(by_day, key=lambda one: one.at.date()):
        _add(items, shop, visitor, day, tuple(some))


def keep_longer(items: Items, shop: str, visitor: str) -> None:
    """Let the days of a visitor that has become known live as long as a customer's."""
    for item in items.query(keys.node(shop, visitor), "activity#"):
        _add(items, shop, visitor, date.fromisoformat(item.body["day"]), ())


def _add(items: Items, shop: str, visitor: str, day: date, more: tuple[Activity, ...]) -> None:
    """Unite, and set the expiry anew where the visitor became known while it was written."""
    known = _is_known(items, shop, visitor)
    _unite(items, keys.activity_day(shop, visitor, day.isoformat()), day, more, known)
    if not known and _is_known(items, shop, visitor):
        _unite(items, keys.activity_day(shop, visitor, day.isoformat()), day, more, True)


def _unite(items: Items, place: Key, day: date, more: tuple[Activity, ...], known: bool) -> None:
    expires_at = _expiry(day, IDENTIFIED_DAYS if known else ANONYMOUS_DAYS)

    def united(held: Item | None) -> Item | None:
        before = ActivityDay.model_validate(held.body) if held else ActivityDay(day=day)
        after = add_activities(before, more)
        later = max(expires_at, (held.expires_at or 0) if held else 0)
        if held and after == before and held.expires_at == later:
            return None
        return Item(place, "", after.as_json(), later)

    agree(items, place, united)


def _is_known(items: Items, shop: str, visitor: str) -> bool:
    return items.get(keys.attached_to(shop, visitor)) is not None


def _expiry(day: date, days: int) -> int:
    """Epoch seconds; by the day alone, so that it never depends on when something arrived."""
    return int((datetime.combine(day, time(), UTC) + timedelta(days=days + 1)).timestamp())
