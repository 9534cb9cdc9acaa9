"""Writers, a compactor and readers at once, one call of store or bucket at a time, in any order drawn.

What a reader sees of each customer is one reading of them, whole: none older than what was told before it
began. In the end it is the newest.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kairos import keys
from kairos.adapters.memory import MemoryFiles, MemoryItems
from kairos.domain.person import Person
from kairos.domain.profile import Profile
from kairos.engine.delta import Line
from kairos.engine.local_files import LocalFiles
from kairos.engine.manifest import Division, PartitionManifest
from kairos.engine.sources import relation
from kairos.ports import Item, Put
from kairos.services.snapshot import feeding
from kairos.services.snapshot.compacting import compact_partition
from kairos.services.snapshot.feeding import Feeding, feed
from kairos.services.snapshot.manifests import change_manifest
from kairos.services.snapshot.reading import Snapshots
from tests.unit.recording.test_interleaved import Turns
from tests.unit.recording.world import SHOP, Crash, FaultyItems
from tests.unit.snapshot.world import Counted

CUSTOMERS = ("c1", "c2", "c3", "e4")
bounded = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
On = Callable[[int, str], None]


class Shelf:
    """A snapshot of customers who are but a number that grows; e4 may merge into c1."""

    def __init__(self, folder: Path, partitions: int) -> None:
        self.items, self.files = MemoryItems(), MemoryFiles()
        self.division = Division(first=0, count=partitions)
        self.folder, self.names = folder, count()
        self.truth = dict.fromkeys(CUSTOMERS, 0)
        self.told: dict[str, int] = {}
        self.merged = False
        for number in self.division.numbers:
            empty = PartitionManifest(number=number).as_json()
            self.items.write(Put(Item(keys.partition(SHOP.id, number), "1", empty)))
        change_manifest(self.items, SHOP.id, lambda held: held.model_copy(update={"current": self.division}))

    def unique(self) -> str:
        return str(next(self.names))

    def line(self, customer: str) -> Line:
        number = self.truth[customer]
        nodes = ("c1", "e4") if customer == "c1" and self.merged else (customer,)
        profile = Profile(id=customer, nodes=nodes, person=Person(first_name=f"version {number}"))
        return Line(customer, profile, str(number), (number,), 1, 0, 10)

    def read(self, customers: Collection[str]) -> Mapping[str, Line]:
        """Customers as they now are."""
        lines = {one: self.line(one) for one in customers if not (one == "e4" and self.merged)}
        if self.merged and "e4" in customers:
            lines |= {"e4": Line("e4", None), "c1": self.line("c1")}
        return lines

    def writer(self, customers: tuple[str, ...], merges: bool, crash_at: int | None) -> Callable[[On], None]:
        """Tells of a change; killed at a call, it is repeated in the end as a queue does."""

        def work(on_call: On) -> None:
            def called(number: int, when: str) -> None:
                on_call(number, when)
                if number == crash_at:
                    raise Crash

            self.merged = self.merged or merges
            concerned = {*customers, *(("c1", "e4") if merges else ())}
            for one in concerned:
                self.truth[one] += 1
            numbers = {one: self.truth[one] for one in concerned}
            try:
                self.tell(concerned, called)
            except Crash:
                self.tell(concerned, on_call)
            for one, number in numbers.items():
                self.told[one] = max(self.told.get(one, 0), number)

        return work

    def tell(self, customers: Collection[str], on_call: On) -> None:
        items = FaultyItems(self.items, on_call)
        files = FaultyItems(self.files, on_call)
        feed(Feeding(items, files, self.unique), SHOP.id, self.division, customers, self.read)

    def compactor(self) -> Callable[[On], None]:
        def work(on_call: On) -> None:
            items = FaultyItems(self.items, on_call)
            local = LocalFiles(FaultyItems(self.files, on_call), self.folder, self.unique)
            snapshots = Snapshots(items, local, Counted())
            for number in self.division.numbers:
                compact_partition(items, snapshots, SHOP, number, datetime(2026, 11, 22, tzinfo=UTC))
            snapshots.close()

        return work

    def reader(self, seen: list[Any]) -> Callable[[On], None]:
        def work(on_call: On) -> None:
            local = LocalFiles(FaultyItems(self.files, on_call), self.folder, self.unique)
            snapshots = Snapshots(FaultyItems(self.items, on_call), local, Counted())
            for _ in range(2):  # the second time it only takes in what changed since
                least = dict(self.told)
                found = said(snapshots)
                seen.append((least, found, dict(self.truth)))
            snapshots.close()

        return work


def said(snapshots: Snapshots) -> dict[str, int]:
    """The number of each customer, if version, facts and membership all say the same one."""
    found: dict[str, int] = {}
    for opened in snapshots.open_all(SHOP)[1]:
        numbers = opened.numbers()

        def rows(name: str) -> list[tuple[Any, ...]]:
            return opened.rows(relation(opened.sources[name]), numbers)  # noqa: B023

        assert sorted(row[0] for row in rows("customers")) == numbers
        words = {row[0]: row[1] for row in rows("membership")}
        names = {number: opened.words["attribute"][code] for number, code in rows("attributes")}
        for number, customer, version in rows("ids"):
            assert names.pop(number) == ("first_name", f"version {version}")
            assert words.pop(number) == int(version)
            assert customer not in found
            found[customer] = int(version)
        assert (names, words) == ({}, {})
    return found


writers = st.tuples(
    st.lists(st.sampled_from(CUSTOMERS), min_size=1, max_size=3, unique=True).map(tuple),
    st.booleans(),
    st.one_of(st.none(), st.integers(0, 4)),
)
choices = st.lists(st.integers(0, 4), min_size=1, max_size=60)


@given(st.lists(writers, min_size=2, max_size=3), choices, st.integers(1, 2), st.sampled_from([2, 16]))
@example([(("c1",), False, None), (("c1", "e4"), True, 3)], [0, 1, 2, 3], 1, 2)
@bounded
def test_a_reader_sees_whole_customers_and_none_older_than_what_was_told(
    told: list[Any], order: list[int], partitions: int, small: int
) -> None:
    with TemporaryDirectory() as folder, small_deltas(small):
        shelf = Shelf(Path(folder), partitions)
        shelf.writer(("c1", "c2"), False, None)(lambda *_: None)
        seen: list[Any] = []
        jobs = [shelf.writer(*one) for one in told]
        Turns(order).run([*jobs, shelf.compactor(), shelf.reader(seen)])
        for least, found, truth in seen:
            for customer, version in found.items():
                assert least.get(customer, 0) <= version <= truth[customer]
            assert least.keys() - ({"e4"} if shelf.merged else set()) <= found.keys()
        shelf.compactor()(lambda *_: None)
        last: list[Any] = []
        shelf.reader(last)(lambda *_: None)
        [(_, first, _), (_, second, _)] = last
        gone = {"e4"} if shelf.merged else set()
        expected = {
            one: number for one, number in shelf.truth.items() if one in shelf.told and one not in gone
        }
        assert first == second == expected


class small_deltas:  # noqa: N801 - reads as a sentence
    """So many small deltas are put together."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __enter__(self) -> None:
        self.usual, feeding.MOST_SMALL = feeding.MOST_SMALL, self.most

    def __exit__(self, *_: object) -> None:
        feeding.MOST_SMALL = self.usual
