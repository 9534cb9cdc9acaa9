"""Opening a shop's snapshot: partitions stay open from one question to the next."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import overload

from kairos.domain.shop import Shop
from kairos.engine.local_files import LocalFiles
from kairos.engine.manifest import PartitionManifest, ShopManifest, SnapshotBroken
from kairos.engine.opening import Opened
from kairos.ports import Counts, Items
from kairos.services.snapshot.manifests import NotBuilt, load_manifest, load_partition, want_rebuild

MOST_OPEN = 3
"""Partitions kept open at once; of 100,000 customers each takes some 100 MB of memory and 50 MB of disk."""


class Snapshots:
    """Opens snapshots. What is opened again is only told what changed since."""

    def __init__(self, items: Items, local: LocalFiles, counts: Counts, most_open: int = MOST_OPEN) -> None:
        self._items = items
        self.local = local
        self._counts = counts
        self._most_open = most_open
        self._open: dict[tuple[Shop, int], Opened] = {}

    def manifest(self, shop: Shop) -> ShopManifest:
        """What the shop's snapshot is made of. Raises NotBuilt."""
        manifest = load_manifest(self._items, shop.id)
        if manifest.current is None:
            raise NotBuilt(shop.id)
        return manifest

    def open_all(self, shop: Shop) -> tuple[ShopManifest, Sequence[Opened]]:
        """All customers of the shop: the manifest, and its partitions, each opened when it is come to.

        Raises NotBuilt; each partition as it is opened SnapshotBroken.
        """
        manifest = self.manifest(shop)
        return manifest, OpenedInTurn(self, shop, manifest.numbers)

    def open_partition(self, shop: Shop, number: int) -> Opened:
        """The partition as it now stands. It may be closed once others were opened.

        Raises SnapshotBroken, which is counted; the snapshot is then built anew with the next tick.
        """
        try:
            return self._opened(shop, load_partition(self._items, shop.id, number))
        except SnapshotBroken as broken:
            if number in load_manifest(self._items, shop.id).numbers:
                self._counts.add("SnapshotBroken", shop=shop.id)
                want_rebuild(self._items, shop.id, broken)
            raise

    def open_base(self, shop: Shop, manifest: PartitionManifest) -> Opened:
        """The partition without what changed since it was compacted. Raises SnapshotBroken."""
        held = self._open.get((shop, manifest.number))
        if held is not None and held.is_overlaid:
            self._open.pop((shop, manifest.number)).close(but=manifest.base)
        return self._opened(shop, manifest.model_copy(update={"deltas": ()}))

    def close(self) -> None:
        """Close all."""
        for one in [*self._open]:
            self._open.pop(one).close()

    def _opened(self, shop: Shop, manifest: PartitionManifest) -> Opened:
        place = (shop, manifest.number)
        held = self._open.pop(place, None)
        if held is not None and not self._refreshed(held, manifest):
            held.close(but=manifest.base)
            held = None
        while held is None and len(self._open) >= self._most_open:
            self._open.pop(next(iter(self._open))).close()
        opened = held or self._with_fresh_manifest(shop, manifest)
        self._open[place] = opened
        return opened

    def _refreshed(self, held: Opened, manifest: PartitionManifest) -> bool:
        with suppress(SnapshotBroken):
            return held.refresh(manifest)
        return False

    def _with_fresh_manifest(self, shop: Shop, manifest: PartitionManifest) -> Opened:
        """Files are deleted some time after others took their place: so a missing one may just be old."""
        try:
            return Opened(self.local, shop, manifest)
        except SnapshotBroken:
            newer = load_partition(self._items, shop.id, manifest.number)
            if newer == manifest:
                raise
            return Opened(self.local, shop, newer)


class OpenedInTurn(Sequence[Opened]):
    """Partitions of a shop, each opened when it is come to: a big shop's do not fit into memory together."""

    def __init__(self, snapshots: Snapshots, shop: Shop, numbers: Sequence[int]) -> None:
        self._snapshots = snapshots
        self._shop = shop
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Opened]:
        return (self._snapshots.open_partition(self._shop, number) for number in self._numbers)

    @overload
    def __getitem__(self, at: int) -> Opened: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Opened]: ...
    def __getitem__(self, at: int | slice) -> Opened | Sequence[Opened]:
        if isinstance(at, slice):
            return OpenedInTurn(self._snapshots, self._shop, self._numbers[at])
        return self._snapshots.open_partition(self._shop, self._numbers[at])
