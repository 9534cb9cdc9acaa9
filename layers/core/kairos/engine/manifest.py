"""What the snapshot is made of: one small item of the shop, and one for each of its partitions.

Files are written under names never used again, and become visible by the manifest alone, which is replaced
under the condition that nobody else replaced it: so a reader sees the snapshot before a change or after it.
"""

from datetime import UTC, datetime
from typing import Any

from pydantic import Field, ValidationError

from kairos.domain.errors import NotReady
from kairos.domain.value import Instant, Value, digest
from kairos.engine.tables import SCHEMA_VERSION

NEVER = 2**32 - 1
"""A turn that never comes, in seconds since 1970."""

HOT_DAYS = {"orders": 400, "lines": 400, "acts": 92, "engagement": 92}
"""Of these tables a file of so many recent days lies beside the whole: most windows end there."""


SNAPSHOTS = "snapshot"
"""All files of all snapshots lie below it in the bucket."""


def folder_of(shop: str, number: int) -> str:
    """Where a partition's files lie in the bucket."""
    return f"{SNAPSHOTS}/{shop}/{number}"


class SnapshotBroken(NotReady):
    """A file of the snapshot is missing, damaged or of another schema: it has to be built anew.

    The shop's segments are told as of when they were last right.
    """

    def __init__(self, what: str, problem: str) -> None:
        super().__init__(f"{what}: {problem} The snapshot is built anew.")
        self.what = what
        self.problem = problem


class FileRef(Value):
    """An object in the bucket, and how many bytes it must have."""

    key: str
    size: int


class Base(Value):
    """All customers of a partition as they were when it was last compacted, in Parquet.

    tables: by name, see engine.tables; hot: those of its rows that are later than hot_since (seconds since
    1970). dictionaries: JSON. ids: customer's number -> id, version of the profile. membership: number ->
    w0 …, of which there are `words`, and due. last_number: the greatest number ever given. folded: the
    sequence number up to which deltas are part of it.
    """

    tables: dict[str, FileRef]
    hot: dict[str, FileRef] = Field(default_factory=dict)
    hot_since: dict[str, int] = Field(default_factory=dict)
    dictionaries: FileRef
    ids: FileRef
    membership: FileRef
    words: int = 1
    customers: int
    last_number: int
    folded: int

    @property
    def files(self) -> tuple[FileRef, ...]:
        """All of them."""
        single = (self.dictionaries, self.ids, self.membership)
        return (*self.tables.values(), *self.hot.values(), *single)


class Delta(Value):
    """Customers as they were read since, one JSON object a line; see engine.delta.

    first, last: the sequence numbers of the changes in it. next_due: seconds since 1970, see Line.
    """

    file: FileRef
    first: int
    last: int
    customers: int
    next_due: int = NEVER


class PartitionManifest(Value):
    """The files that one partition is made of, and what is known of its memberships.

    sequence: of the newest change. positions, thresholds, catalogue: the layout's length, the thresholds'
    version and the catalogue's file that the last full pass went by; passed_at: when it did, by the one
    clock; day: the last day of the shop's calendar that began with one. next_due: when the next customer
    turns, seconds since 1970. suspects: customers of whom the last comparison with the table found another
    state, so that it is looked whether they stay behind. checked: up to which customer's number rows were
    compared one by one.
    """

    schema_version: int = SCHEMA_VERSION
    number: int
    sequence: int = 0
    base: Base | None = None
    deltas: tuple[Delta, ...] = ()
    positions: int = 0
    thresholds: int = 0
    catalogue: str = ""
    passed_at: Instant | None = None
    day: str = ""
    next_due: int = NEVER
    suspects: tuple[str, ...] = ()
    checked: int = 0

    @property
    def files(self) -> tuple[FileRef, ...]:
        """Every file that the partition is made of."""
        return (*(self.base.files if self.base else ()), *(one.file for one in self.deltas))

    @property
    def customers(self) -> int:
        """At most so many: a customer in several deltas is counted with each."""
        return (self.base.customers if self.base else 0) + sum(one.customers for one in self.deltas)


class Division(Value):
    """Into how many partitions customers are divided. first: the number of the first; none is used again."""

    first: int
    count: int = Field(ge=1)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The partitions' numbers."""
        return tuple(range(self.first, self.first + self.count))

    def number_of(self, customer: str) -> int:
        """The partition that a customer belongs to."""
        return self.first + int(digest(customer)[:8], 16) % self.count


class ShopManifest(Value):
    """The shop's snapshot. current: what is read; None until it was first built.

    building: what is being filled to take its place, told every change that current is told.
    next_due: when the shop has to be looked at next, seconds since 1970: a customer turns, or its day ends.
    wanted: grows with every wish for a recompute; done: up to which of them is fulfilled. day: the last day
    of the shop's calendar that began with a full pass. right_at: when all partitions were last found right.
    failed: partitions that the last recompute could not finish. broken: why it has to be built anew.
    catalogue: the products as rules ask about them, JSON. measured_at: when the thresholds were last looked
    at, by the one clock. verified_at: real time of the last comparison with the table. currency: of the
    shop, by which amounts were told apart. points: the rules that balances were reckoned by. spent:
    partitions below it were given away by divisions that are no more. count: into how many partitions the
    next division is divided at least. looked_at: real time of the last recompute's end; minutes: how long
    after it the shop wants the next one.
    """

    schema_version: int = SCHEMA_VERSION
    current: Division | None = None
    building: Division | None = None
    next_due: int = 0
    wanted: int = 0
    done: int = 0
    day: str = ""
    right_at: Instant | None = None
    failed: tuple[int, ...] = ()
    broken: str = ""
    catalogue: FileRef | None = None
    measured_at: Instant | None = None
    verified_at: Instant | None = None
    currency: str = ""
    points: str = ""
    spent: int = 0
    count: int = 1
    looked_at: Instant | None = None
    minutes: int = 5

    @property
    def divisions(self) -> tuple[Division, ...]:
        """Those that every change has to be told to."""
        return tuple(one for one in (self.current, self.building) if one is not None)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The partitions to read."""
        return self.current.numbers if self.current else ()

    def as_of(self, now: Instant) -> Instant | None:
        """Up to when all of the shop's memberships are right; None: never yet."""
        if self.current is None or self.right_at is None:
            return None
        if self.failed or self.broken or self.wanted > self.done:
            return self.right_at
        return min(now, max(self.right_at, datetime.fromtimestamp(self.next_due, UTC)))


def read_partition(body: dict[str, Any]) -> PartitionManifest:
    """The manifest of a stored body. Raises SnapshotBroken where another schema wrote it."""
    return _read(PartitionManifest, body)


def read_shop_manifest(body: dict[str, Any]) -> ShopManifest:
    """The manifest of a stored body. Raises SnapshotBroken where another schema wrote it."""
    return _read(ShopManifest, body)


def _read[Manifest: Value](model: type[Manifest], body: dict[str, Any]) -> Manifest:
    told = body.get("schema_version")
    if told != SCHEMA_VERSION:
        raise SnapshotBroken("manifest", f"It is of schema {told}, not {SCHEMA_VERSION}.")
    try:
        return model.model_validate(body)
    except ValidationError as wrong:
        raise SnapshotBroken("manifest", "It does not read as one.") from wrong
