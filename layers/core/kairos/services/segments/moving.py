"""How segments grew and shrank of late, by the figures that were kept as each day began."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from kairos import keys
from kairos.ports import Items


class Day(NamedTuple):
    """A day of the shop's calendar as it began. members: by segment."""

    day: str
    members: Mapping[str, int]


class Moved(NamedTuple):
    """members: on the last day; by: how many more than on the day before it."""

    segment: str
    members: int
    by: int


def recent_days(items: Items, shop: str, today: date, days: int = 30) -> list[Day]:
    """The days that are kept, oldest first, at most so many before today. Reads no older month."""
    first = today - timedelta(days=days)
    months = sorted({f"{first:%Y-%m}", f"{first + timedelta(days=days // 2):%Y-%m}", f"{today:%Y-%m}"})
    partition = keys.segment_day(shop, "").pk
    held = [item for month in months for item in items.query(partition, month)]
    return [
        Day(item.key.sk, _members(item.body["segments"])) for item in held if item.key.sk >= first.isoformat()
    ]


def moved_most(days: Sequence[Day], most: int = 6) -> list[Moved]:
    """Between the last two days that are kept: by how many, the greatest first."""
    if len(days) < 2:
        return []
    before, after = days[-2].members, days[-1].members
    found = [Moved(segment, members, members - before.get(segment, 0)) for segment, members in after.items()]
    changed = [one for one in found if one.by]
    return sorted(changed, key=lambda one: (-abs(one.by), one.segment))[:most]


def _members(told: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    return {segment: int(figures["members"]) for segment, figures in told.items()}
