"""A store that counts what DynamoDB would charge."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import NamedTuple

from kairos.adapters.dynamodb.stored import to_stored
from kairos.adapters.memory import MemoryItems
from kairos.domain.errors import Conflict
from kairos.ports import Check, Item, Key, Put, Write

_WRITE_UNIT, _READ_UNIT = 1024, 4096


class Units(NamedTuple):
    """DynamoDB's request units, on demand: writes of 1 KiB, consistent reads of 4 KiB."""

    writes: int = 0
    reads: int = 0

    def plus(self, other: "Units") -> "Units":
        """Both."""
        return Units(self.writes + other.writes, self.reads + other.reads)


class CountedItems:
    """See ports.Items. Each item read or written alone rounds up by itself; a query rounds up its sum.

    Reading or deleting what is not there costs one unit; a transaction costs twice (AWS, "DynamoDB read
    and write operations").
    """

    def __init__(self) -> None:
        self._held = MemoryItems()
        self._by_partition: dict[str, set[Key]] = {}
        self.units = Units()

    def get(self, key: Key) -> Item | None:
        """See ports.Items."""
        item = self._held.get(key)
        self._read(_reads(_size(item)))
        return item

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """See ports.Items."""
        wanted = list(dict.fromkeys(keys))
        found = self._held.get_many(wanted)
        self._read(sum(_reads(_size(found.get(key))) for key in wanted))
        return found

    def versions(self, keys: Iterable[Key]) -> dict[Key, str]:
        """See ports.Items. DynamoDB reads the items whole, whatever it answers of them."""
        return {key: item.version for key, item in self.get_many(keys).items()}

    def query(self, pk: str, prefix: str = "", limit: int | None = None) -> list[Item]:
        """See ports.Items."""
        keys = sorted(key for key in self._by_partition.get(pk, ()) if key.sk.startswith(prefix))
        found = self._held.get_many(keys[:limit])
        self._read(_reads(sum(map(_size, found.values()))))
        return list(found.values())

    def write(self, write: Write) -> None:
        """See ports.Items."""
        self._written(write, 1)
        self._held.write(write)
        self._file(write)

    def write_each(self, writes: Sequence[Write]) -> list[Write]:
        """See ports.Items."""
        lost: list[Write] = []
        for write in writes:
            try:
                self.write(write)
            except Conflict:
                lost.append(write)
        return lost

    def transact(self, writes: Sequence[Write | Check]) -> None:
        """See ports.Items."""
        twice = 1 if len(writes) == 1 and not isinstance(writes[0], Check) else 2
        for write in writes:
            self._written(write, twice)
        self._held.transact(writes)
        for write in writes:
            self._file(write)

    def put_batch(self, items: Iterable[Item]) -> None:
        """See ports.Items."""
        for item in items:
            self.write(Put(item))

    @contextmanager
    def counted(self) -> Iterator[list[Units]]:
        """The units used within the block: the list's one element, once the block is left."""
        before, told = self.units, list[Units]()
        yield told
        told.append(Units(self.units.writes - before.writes, self.units.reads - before.reads))

    def _file(self, write: Write | Check) -> None:
        key = write.item.key if isinstance(write, Put) else write.key
        keys = self._by_partition.setdefault(key.pk, set())
        if self._held.get(key):
            keys.add(key)
        else:
            keys.discard(key)

    def _read(self, units: int) -> None:
        self.units = self.units.plus(Units(reads=units))

    def _written(self, write: Write | Check, times: int) -> None:
        size = _size(write.item if isinstance(write, Put) else self._held.get(write.key))
        if isinstance(write, Put):
            size = max(size, _size(self._held.get(write.item.key)))
        self.units = self.units.plus(Units(writes=times * max(1, ceil(size / _WRITE_UNIT))))


def _reads(size: int) -> int:
    return max(1, ceil(size / _READ_UNIT))


def _size(item: Item | None) -> int:
    """Bytes as DynamoDB counts them: attribute names and values."""
    if item is None:
        return 0
    told = 0
    for name, typed in to_stored(item).items():
        [value] = typed.values()
        told += len(name) + len(value.encode() if isinstance(value, str) else value)
    return told
