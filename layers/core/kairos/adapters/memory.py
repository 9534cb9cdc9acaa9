"""The ports in memory, for tests that need millions of steps and for planting faults between them."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kairos.domain.errors import Conflict, NotFound
from kairos.ports import Check, Condition, Delete, Item, Key, Put, StoredObject, Unchanged, Write


class MemoryItems:
    """An Items store in a dict; the same conditions, the same errors."""

    def __init__(self) -> None:
        self.stored: dict[Key, Item] = {}

    def get(self, key: Key) -> Item | None:
        """See ports.Items."""
        held = self.stored.get(key)
        return _copied(held) if held else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """See ports.Items."""
        return {key: _copied(self.stored[key]) for key in keys if key in self.stored}

    def versions(self, keys: Iterable[Key]) -> dict[Key, str]:
        """See ports.Items."""
        return {key: self.stored[key].version for key in keys if key in self.stored}

    def query(self, pk: str, prefix: str = "", limit: int | None = None) -> list[Item]:
        """See ports.Items."""
        found = [key for key in self.stored if key.pk == pk and key.sk.startswith(prefix)]
        return [_copied(self.stored[key]) for key in sorted(found)[:limit]]

    def write(self, write: Write) -> None:
        """See ports.Items."""
        self.transact([write])

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
        for write in writes:
            if not self._holds(write):
                raise Conflict(f"{write} found the item changed")
        for write in writes:
            if isinstance(write, Put):
                self.stored[write.item.key] = _copied(write.item)
            elif isinstance(write, Delete):
                self.stored.pop(write.key, None)

    def put_batch(self, items: Iterable[Item]) -> None:
        """See ports.Items."""
        for item in items:
            self.stored[item.key] = _copied(item)

    def _holds(self, write: Write | Check) -> bool:
        key = write.item.key if isinstance(write, Put) else write.key
        condition: Condition = write.only_if
        held = self.stored.get(key)
        if condition is None:
            return True
        if isinstance(condition, Unchanged):
            return (held.version if held else None) == condition.version
        return held is None or (isinstance(write, Put) and held.version < write.item.version)


class MemoryFiles:
    """A bucket in a dict. now: the real time that objects are written at."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.stored: dict[str, bytes] = {}
        self.written_at: dict[str, datetime] = {}
        self._now = now

    def put(self, key: str, body: bytes, content_type: str = "application/json") -> None:  # noqa: ARG002
        """See ports.Objects."""
        self.stored[key] = body
        self.written_at[key] = self._now()

    def get(self, key: str) -> bytes:
        """See ports.Objects."""
        if key not in self.stored:
            raise NotFound("object", key)
        return self.stored[key]

    def delete(self, key: str) -> None:
        """See ports.Objects."""
        self.stored.pop(key, None)

    def fetch(self, key: str, path: Path) -> None:
        """See ports.Files."""
        path.write_bytes(self.get(key))

    def store(self, key: str, path: Path) -> None:
        """See ports.Files."""
        self.put(key, path.read_bytes())

    def listed(self, prefix: str) -> Iterator[StoredObject]:
        """See ports.Files."""
        for key in sorted(key for key in self.stored if key.startswith(prefix)):
            yield StoredObject(key, len(self.stored[key]), self.written_at[key])


def _copied(item: Item) -> Item:
    """As it comes back from JSON, so that what a caller does to a body changes nothing stored."""
    return item._replace(body=json.loads(json.dumps(item.body)))
