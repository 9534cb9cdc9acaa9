"""Telling the snapshot what became of customers, so that the newest reading of each is what stays.

A customer's reading is only kept if nobody told the partition of the same customer since before it was read:
what was told meanwhile may be newer, so they are read once more.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import takewhile
from typing import NamedTuple

from kairos import keys
from kairos.domain.errors import Conflict, NotFound
from kairos.engine.delta import Line, merge, pack, unpack
from kairos.engine.manifest import (
    NEVER,
    Delta,
    Division,
    FileRef,
    PartitionManifest,
    SnapshotBroken,
    folder_of,
    read_partition,
)
from kairos.ports import Files, Item, Items
from kairos.services.recording.storing import ROUNDS
from kairos.services.snapshot.manifests import replace

SMALL, MOST_SMALL = 200, 16
"""Deltas of at most so many customers are put together as soon as there are so many at the end."""

Read = Callable[[Collection[str]], Mapping[str, Line]]
"""Reads customers as they now are: a line for each of them, and for everybody whose place one takes."""


class Feeding(NamedTuple):
    """What feeding needs. unique: a text never given before, for names of files."""

    items: Items
    files: Files
    unique: Callable[[], str]


def feed(given: Feeding, shop: str, division: Division, customers: Iterable[str], read: Read) -> int:
    """Tell the division's partitions of these customers. Answers when the first of them is due.

    Raises SnapshotBroken, Conflict where others tell the same partition all the time.
    """
    held = _manifests(given, shop, division.numbers)
    lines = dict(read(set(customers)))
    for line in [*lines.values()]:
        for other in line.replaced:
            # Their partition can't see that they merged into somebody of another.
            if division.number_of(other) != division.number_of(line.customer):
                lines.setdefault(other, Line(other, None))
    due = NEVER
    for number in sorted({division.number_of(one) for one in lines}):
        own = [line for line in lines.values() if division.number_of(line.customer) == number]
        due = min(due, _Told(given, shop, number, read).tell(held[number], own))
    return due


def _manifests(given: Feeding, shop: str, numbers: Iterable[int]) -> dict[int, Item]:
    places = {keys.partition(shop, number): number for number in numbers}
    held = given.items.get_many(places)
    if missing := [number for place, number in places.items() if place not in held]:
        raise SnapshotBroken(f"partition {missing[0]}", "It has no manifest.")
    return {places[place]: item for place, item in held.items()}


class _Told(NamedTuple):
    """One partition that is told."""

    given: Feeding
    shop: str
    number: int
    read: Read

    def tell(self, held: Item, lines: Sequence[Line]) -> int:
        """Add the lines to the partition whose manifest was read before them. Answers when it is due."""
        before = read_partition(held.body)
        for _ in range(ROUNDS):
            after = self._with(before, lines)
            try:
                replace(self.given.items, held.key, held, after)
            except Conflict:
                held = _manifests(self.given, self.shop, [self.number])[self.number]
                now = read_partition(held.body)
                lines = self._read_again(before, now, lines)
                before = now
                continue
            return after.next_due
        raise Conflict(f"Partition {self.number} was told by others {ROUNDS} times in a row.")

    def _with(self, before: PartitionManifest, lines: Sequence[Line]) -> PartitionManifest:
        """The manifest with a delta of these lines, small ones put together."""
        small = list(takewhile(lambda one: one.customers <= SMALL, reversed(before.deltas)))[::-1]
        if len(small) + 1 < MOST_SMALL:
            small = []
        together = merge([*(list(self._lines(one)) for one in small), lines]) if small else lines
        sequence = before.sequence + 1
        delta = Delta(
            file=self._put(together),
            first=small[0].first if small else sequence,
            last=sequence,
            customers=len(together),
            next_due=min((line.due_by(before) for line in together), default=NEVER),
        )
        kept = before.deltas[: len(before.deltas) - len(small)]
        return before.model_copy(
            update={
                "sequence": sequence,
                "deltas": (*kept, delta),
                "next_due": min(before.next_due, delta.next_due),
            }
        )

    def _put(self, lines: Sequence[Line]) -> FileRef:
        body = pack(lines)
        key = f"{folder_of(self.shop, self.number)}/delta-{self.given.unique()}"
        self.given.files.put(key, body, "application/gzip")
        return FileRef(key=key, size=len(body))

    def _read_again(
        self, before: PartitionManifest, now: PartitionManifest, lines: Sequence[Line]
    ) -> Sequence[Line]:
        """The lines, of customers who were told of since `before` as they are read now."""
        wanted = {line.customer for line in lines}
        if now.base == before.base:
            later = [one for one in now.deltas if one.last > before.sequence]
            told = {one for delta in later for line in self._lines(delta) for one in line.replaced}
            doubtful = {line.customer for line in lines if line.replaced & told}
        else:
            # What was told meanwhile may be part of the base by now.
            doubtful = wanted
        if not doubtful:
            return lines
        fresh = self.read(doubtful)
        kept = {line.customer: line for line in lines}
        return [*(kept | {one: line for one, line in fresh.items() if one in wanted}).values()]

    def _lines(self, delta: Delta) -> Iterator[Line]:
        try:
            body = self.given.files.get(delta.file.key)
        except NotFound as missing:
            raise SnapshotBroken(delta.file.key, "There is no such file.") from missing
        return unpack(delta.file.key, BytesIO(body))
