"""One part of a file: its rows read, grouped and stored, a thousand tellings at a time."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import batched
from typing import NamedTuple

from kairos.adapters.history.reader import Reader
from kairos.adapters.history.rows import Row
from kairos.adapters.history.telling import Telling
from kairos.domain.imports import BadRow, RowCounts
from kairos.ports import Key
from kairos.services.importing.outcomes import Outcome
from kairos.services.importing.parts import grouped
from kairos.services.importing.storing import Store, Stored

AT_ONCE = 1000
"""Tellings that are stored together: enough for full batches, few enough for little memory."""


UNDER_WAY = 2
"""How many such are being stored at the same time: one reads while the other writes."""


class PartDone(NamedTuple):
    """What became of a part. told: orders or records stored. marks: to delete once the outcome is kept."""

    outcome: Outcome
    rows: RowCounts
    told: int
    undated: int
    marks: tuple[Key, ...]


def store_part(store: Store, reader: Reader, rows: Iterable[Row]) -> PartDone:
    """Store what the rows tell. Repeating it changes nothing."""
    bad: list[BadRow] = []
    touched: set[str] = set()
    marks: list[Key] = []
    counted, told, undated = RowCounts(), 0, 0
    for tellings, stored in _stored(store, reader, rows):
        large = [_too_large(one.line) for one in stored.too_large]
        lost = sum(one.rows for one in stored.too_large)
        good = sum(one.good for one in tellings) - stored.erased - lost
        found = [one for telling in tellings for one in telling.bad]
        bad += found + large
        touched |= stored.touched
        marks += stored.marks
        counted = counted.plus(
            RowCounts(
                good=good,
                bad=len(found) + lost,
                nobody=sum(one.nobody for one in tellings),
                erased=stored.erased,
            )
        )
        told += stored.kept - len(stored.too_large)
        undated += sum(one.undated for one in tellings)
    outcome = Outcome(tuple(sorted(bad, key=lambda one: one.line)), tuple(sorted(touched)))
    return PartDone(outcome, counted, told, undated, tuple(marks))


def _stored(store: Store, reader: Reader, rows: Iterable[Row]) -> Iterator[tuple[Sequence[Telling], Stored]]:
    """The tellings, some after some, with what became of them.

    While some are stored, which is mostly waiting, the next are read. Some may overtake others: no two of
    them tell of one order, and who is who comes out the same in whatever order it is told.
    """
    under_way: deque[tuple[Sequence[Telling], Future[Stored]]] = deque()
    with ThreadPoolExecutor(UNDER_WAY) as others:
        for some in batched(grouped(rows, reader), AT_ONCE, strict=False):
            tellings = [reader.read(*group) for group in some]
            told = [
                store.named(one.snapshot, one.line, one.good) for one in tellings if one.snapshot is not None
            ]
            if len(under_way) == UNDER_WAY:
                before, done = under_way.popleft()
                yield before, done.result()
            under_way.append((tellings, others.submit(store.store, told)))
        for before, done in under_way:
            yield before, done.result()


def _too_large(line: int) -> BadRow:
    problem = "What begins in this line is larger than can be kept, even compressed."
    return BadRow(line=line, field="", problem=problem)
