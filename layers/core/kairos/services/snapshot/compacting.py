"""Compaction: what changed since becomes part of a partition's base."""

from collections.abc import Callable
from datetime import datetime

from kairos.domain.errors import Conflict
from kairos.domain.shop import Shop
from kairos.engine.compaction import compact
from kairos.engine.manifest import Base, PartitionManifest, folder_of
from kairos.ports import Items
from kairos.services.snapshot.manifests import change_partition
from kairos.services.snapshot.reading import Snapshots

COMPACT_AT, MOST_DELTAS = 2_000, 32
"""Customers in deltas, and deltas, beyond which a partition is compacted: to lay them over takes seconds."""

_ROUNDS = 5


def needs_compaction(manifest: PartitionManifest) -> bool:
    """Whether so much changed that it is better made part of the base."""
    return delta_customers(manifest) > COMPACT_AT or len(manifest.deltas) > MOST_DELTAS


def delta_customers(manifest: PartitionManifest) -> int:
    """Customers in the deltas, one counted with each."""
    return sum(one.customers for one in manifest.deltas)


def compact_partition(
    items: Items, snapshots: Snapshots, shop: Shop, number: int, now: datetime
) -> PartitionManifest:
    """Make the deltas part of the base; what is told meanwhile stays a delta. Answers how it then stands.

    now: by the one clock. Raises SnapshotBroken, Conflict where others put deltas together all the time.
    """
    for _ in range(_ROUNDS):
        opened = snapshots.open_partition(shop, number)
        if not opened.manifest.deltas:
            return opened.manifest
        base = compact(snapshots.local, opened, folder_of(shop.id, number), now)
        after = change_partition(items, shop.id, number, _with(base, opened.manifest.base))
        if after.base == base:
            return after
    raise Conflict(f"Partition {number} could not be compacted.")


def _with(base: Base, former: Base | None) -> Callable[[PartitionManifest], PartitionManifest | None]:
    def compacted(held: PartitionManifest) -> PartitionManifest | None:
        left = tuple(one for one in held.deltas if one.last > base.folded)
        # One that was put together meanwhile holds old tellings too, which would be taken for newer ones.
        if held.base != former or any(one.first <= base.folded for one in left):
            return None
        return held.model_copy(update={"base": base, "deltas": left})

    return compacted
