"""Activity: one capped item per visitor and day, kept longer once the visitor is somebody."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from kairos import keys
from kairos.domain.activity import MOST_PER_DAY, Activity, ActivityDay, add_activities
from kairos.ports import Item, Items, Key
from kairos.services.recording.storing import agree

ANONYMOUS_DAYS = 30
"""Days that the activity of a visitor nobody knows is kept."""

IDENTIFIED_DAYS = 400
"""Days that a customer's activity is kept: a year of comparison and a month to spare."""


def record_activity(items: Items, shop: str, visitor: str, activities: Iterable[Activity]) -> bool:
    """Add the activities to the visitor's days; False where all of these are full and stay as they are.

    visitor: its node.
    """
    by_day = sorted(activities, key=lambda one: (one.at.date(), one.id))
    days = groupby(by_day, key=lambda one: one.at.date())
    took = [_add(items, shop, visitor, day, tuple(some)) for day, some in days]
    return any(took) or not took


def keep_longer(items: Items, shop: str, visitor: str) -> None:
    """Let the days of a visitor that has become known live as long as a customer's."""
    for item in items.query(keys.node(shop, visitor), "activity#"):
        _add(items, shop, visitor, date.fromisoformat(item.body["day"]), ())


def _add(items: Items, shop: str, visitor: str, day: date, more: tuple[Activity, ...]) -> bool:
    """Unite, and set the expiry anew where the visitor became known while it was written."""
    known = _is_known(items, shop, visitor)
    took = _unite(items, keys.activity_day(shop, visitor, day.isoformat()), day, more, known)
    if not known and _is_known(items, shop, visitor):
        _unite(items, keys.activity_day(shop, visitor, day.isoformat()), day, more, True)
    return took


def _unite(items: Items, place: Key, day: date, more: tuple[Activity, ...], known: bool) -> bool:
    """Whether the day has room, or what it holds has changed."""
    expires_at, took = _expiry(day, IDENTIFIED_DAYS if known else ANONYMOUS_DAYS), True

    def united(held: Item | None) -> Item | None:
        nonlocal took
        before = ActivityDay.model_validate(held.body) if held else ActivityDay(day=day)
        after = add_activities(before, more)
        took = after != before or len(before.activities) < MOST_PER_DAY
        later = max(expires_at, (held.expires_at or 0) if held else 0)
        if held and after == before and held.expires_at == later:
            return None
        return Item(place, "", after.as_json(), later)

    agree(items, place, united)
    return took


def _is_known(items: Items, shop: str, visitor: str) -> bool:
    return items.get(keys.attached_to(shop, visitor)) is not None


def _expiry(day: date, days: int) -> int:
    """Epoch seconds; by the day alone, so that it never depends on when something arrived."""
    return int((datetime.combine(day, time(), UTC) + timedelta(days=days + 1)).timestamp())
