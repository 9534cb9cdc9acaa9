"""Seeded chance, and instants near which rules go wrong."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from kairos.domain.criteria.durations import before

_LENGTHS = (
    *("PT30S", "PT30M", "PT1H", "PT24H", "P1D", "P2D", "P7D", "P15D", "P30D", "P60D", "P90D", "P180D"),
    *("P365D", "P400D", "P1M", "P2M", "P3M", "P6M", "P9M", "P1Y", "P2Y", "P1M1D"),
)
_LONGEST_DAYS = 900


class Chance:
    """What a seed decides."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def likely(self, share: float) -> bool:
        """True in that share of the cases."""
        return self.rng.random() < share

    def one[T](self, among: Sequence[T]) -> T:
        """Any of them."""
        return self.rng.choice(among)

    def maybe[T](self, share: float, draw: Callable[[], T]) -> T | None:
        """Something in that share of the cases, else None."""
        return draw() if self.likely(share) else None

    def some[T](self, among: Sequence[T], most: int | None = None, least: int = 1) -> tuple[T, ...]:
        """Several different ones, in any order."""
        most = min(len(among), most or len(among))
        return tuple(self.rng.sample(list(among), self.rng.randint(min(least, most), most)))

    def number(self, least: int, most: int) -> int:
        """Any whole number between them, both included."""
        return self.rng.randint(least, most)

    def few(self, mean: float, most: int = 12) -> int:
        """A number of things: often none or one, seldom many."""
        return min(int(self.rng.expovariate(1 / mean) + 0.4), most) if mean else 0

    def off(self) -> int:
        """One less, nothing, or one more."""
        return self.rng.choice((-1, 0, 1))


def draw_now(chance: Chance, zone: ZoneInfo) -> datetime:
    """A moment to ask at: any, or beside a midnight, a month's end, a leap day or a change of the clocks."""
    year = chance.number(2019, 2031)
    local = datetime(year, 1, 1, tzinfo=zone) + timedelta(seconds=chance.number(0, 365 * 86_400))
    turns = (
        datetime(year, chance.number(1, 12), 1, tzinfo=zone),
        datetime(2024, 2, 29, chance.number(0, 23), 30, tzinfo=zone),
        datetime(year, chance.one((3, 10)), chance.number(25, 31), chance.number(0, 4), tzinfo=zone),
        datetime(year, chance.number(1, 12), chance.number(1, 28), tzinfo=zone),
    )
    if chance.likely(0.5):
        local = chance.one(turns) + timedelta(seconds=chance.number(-2, 2))
    return local.astimezone(UTC).replace(microsecond=0)


def draw_instant(chance: Chance, now: datetime, zone: ZoneInfo) -> datetime:
    """When something happened: any time, or beside a usual length before now or a midnight of the shop."""
    kind = chance.rng.random()
    if kind < 0.35:
        at = before(chance.one(_LENGTHS), now, zone) + timedelta(seconds=chance.off())
    elif kind < 0.5:
        day = now.astimezone(zone).date() - timedelta(
            days=chance.one((0, 1, 2, 3, 7, 30, chance.number(0, 400)))
        )
        at = datetime.combine(day, time(), zone).astimezone(UTC) + timedelta(seconds=chance.off())
    elif kind < 0.55:
        at = now + timedelta(seconds=chance.one((-1, 0, 1, 2, 3600, 86_400 * 3)))
    else:
        at = now - timedelta(seconds=int(86_400 * _LONGEST_DAYS * chance.rng.random() ** 3))
    return at
