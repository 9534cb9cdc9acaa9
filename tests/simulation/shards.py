"""The year in shards, each in a process of its own: customers know nothing of each other, and sums add up."""

import gc
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from kairos.domain.results import Period, ResultSettings
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.engine.reporting import Counted
from kairos.services.results import report as reports
from tests.simulation.outbox import Called
from tests.simulation.year import BROADCASTS, Year
from tests.unit.recording.world import SHOP, START
from tests.unit.results.by_hand import Book, ByHand

WORKERS = 2


class ByBook(NamedTuple):
    """A scenario counted one by one, see ByHand."""

    figures: dict[tuple[str, str], Counter[str]]
    deferred: Counter[tuple[str, str]]
    skipped: Counter[tuple[str, str]]
    runs: Counter[str]


class Shard(NamedTuple):
    """What a year of some customers came to. told, by_book: by scenario.

    changed_sides: scenario and customer of whoever was held out once and let in another time.
    """

    calls: list[Called]
    told: dict[str, Counted]
    by_book: dict[str, ByBook]
    changed_sides: list[tuple[str, str]]
    planted: int
    erased: int
    errors: list[str]


def simulate(customers: int, shards: int, seed: int = 1) -> list[Shard]:
    """So many customers altogether."""
    each = [(seed * 1_000 + number, customers // shards) for number in range(shards)]
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        return list(pool.map(_shard, each))


def _shard(given: tuple[int, int]) -> Shard:
    seed, customers = given
    gc.disable()  # a third of the time otherwise, and hardly anything of a year is garbage in rings
    with tempfile.TemporaryDirectory() as folder:
        year = Year(Path(folder), seed, customers)
        year.run()
        year.tick()
        year.tick()
        told = _counted(year)
    book = Book(year.items, year.clock.at)
    by_book = {name: _by_book(book, name) for name in _names()}
    return Shard(
        year.calls,
        told,
        by_book,
        _changed_sides(book),
        year.planted,
        year.erased,
        [str(error) for error in year.errors],
    )


def _changed_sides(book: Book) -> list[tuple[str, str]]:
    sides: dict[tuple[str, str], set[bool]] = {}
    for run in book.runs.values():
        sides.setdefault((run.scenario, run.customer), set()).add(run.reason == "holdout")
    return [one for one, found in sides.items() if len(found) > 1]


def _names() -> Sequence[str]:
    return [name for name in SCENARIOS if name not in BROADCASTS]


def _counted(year: Year) -> dict[str, Counted]:
    given = year.recomputing()
    _, partitions = given.snapshots.open_all(SHOP)
    period = Period(START - timedelta(days=2), year.end + timedelta(days=1))
    found = {
        name: reports.count(
            partitions, reports.Wish(SHOP, SCENARIOS[name], period, ResultSettings(), 0, "en"), year.clock.at
        )
        for name in _names()
    }
    given.snapshots.close()
    return found


def _by_book(book: Book, name: str) -> ByBook:
    by_hand = ByHand(book, name, START - timedelta(days=2), book.now + timedelta(days=1))
    return ByBook(
        by_hand.figures(), by_hand.passed_over("deferred"), by_hand.passed_over("skipped"), by_hand.entered()
    )
