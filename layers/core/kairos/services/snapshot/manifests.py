"""The snapshot's manifests in the store: read, and replaced only where nobody else did."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from kairos import keys
from kairos.domain.errors import Conflict, NotReady
from kairos.domain.shop import Shop
from kairos.engine.manifest import (
    Division,
    PartitionManifest,
    ShopManifest,
    SnapshotBroken,
    read_partition,
    read_shop_manifest,
)
from kairos.ports import Item, Items, Key, Put, Unchanged
from kairos.services.recording.storing import ROUNDS

MEASURED_FOR = timedelta(hours=1)
"""How long thresholds hold while customers change; our own default."""


class NotBuilt(NotReady):
    """The shop's snapshot was never built yet; it is being built."""

    def __init__(self, shop: str) -> None:
        super().__init__(
            f"The segments of shop {shop!r} are being counted for the first time. Ask again soon."
        )
        self.shop = shop


def load_manifest(items: Items, shop: str) -> ShopManifest:
    """The shop's manifest; one that says "build me" where there is none, or none that can be read."""
    return _shop_manifest(items.get(keys.snapshot(shop)))


def load_manifests(items: Items, shops: Iterable[str]) -> dict[str, ShopManifest]:
    """See load_manifest; of many shops in few calls."""
    places = {shop: keys.snapshot(shop) for shop in shops}
    held = items.get_many(places.values())
    return {shop: _shop_manifest(held.get(place)) for shop, place in places.items()}


def load_partition(items: Items, shop: str, number: int) -> PartitionManifest:
    """The partition's manifest. Raises SnapshotBroken, also where there is none."""
    return load_partitions(items, shop, [number])[number]


def load_partitions(items: Items, shop: str, numbers: Iterable[int]) -> dict[int, PartitionManifest]:
    """See load_partition."""
    wanted = {number: keys.partition(shop, number) for number in numbers}
    held = items.get_many(wanted.values())
    return {number: _partition(held.get(key), number) for number, key in wanted.items()}


def change_manifest(
    items: Items, shop: str, change: Callable[[ShopManifest], ShopManifest | None]
) -> ShopManifest:
    """Read, change, replace, and again where somebody else replaced it. change: None to leave it.

    Answers how it then stands. Raises Conflict when it never comes to rest.
    """
    place = keys.snapshot(shop)
    for _ in range(ROUNDS):
        held = items.get(place)
        before = _shop_manifest(held)
        after = change(before)
        if after is None or (held is not None and after == before):
            return before
        with suppress(Conflict):
            replace(items, place, held, after)
            return after
    raise Conflict(f"The manifest of the snapshot was changed by others {ROUNDS} times in a row.")


def change_partition(
    items: Items, shop: str, number: int, change: Callable[[PartitionManifest], PartitionManifest | None]
) -> PartitionManifest:
    """The same for a partition. Raises also SnapshotBroken, and whatever `change` raises."""
    place = keys.partition(shop, number)
    for _ in range(ROUNDS):
        held = items.get(place)
        before = _partition(held, number)
        after = change(before)
        if after is None:
            return before
        with suppress(Conflict):
            replace(items, place, held, after)
            return after
    raise Conflict(f"The manifest of partition {number} was changed by others {ROUNDS} times in a row.")


def replace(items: Items, place: Key, held: Item | None, after: ShopManifest | PartitionManifest) -> None:
    """Put the manifest in the place of what was read. Raises Conflict where that is no longer stored."""
    version = str(int(held.version) + 1) if held else "1"
    only_if = Unchanged(held.version if held else None)
    items.write(Put(Item(place, version, after.as_json()), only_if))


def look_by(items: Items, shop: str, due: int) -> None:
    """See to it that the shop is looked at by then (seconds since 1970), if not before."""
    change_manifest(
        items,
        shop,
        lambda held: held.model_copy(update={"next_due": due}) if due < held.next_due else None,
    )


def want_recompute(items: Items, shop: str) -> ShopManifest:
    """Have the shop's segments recomputed with the next tick, if not before: a rule changed."""
    return change_manifest(items, shop, lambda held: held.model_copy(update={"wanted": held.wanted + 1}))


def want_rebuild(items: Items, shop: str, broken: SnapshotBroken) -> None:
    """Have the shop's snapshot built anew with the next tick."""
    told = f"{broken.what}: {broken.problem}"
    change_manifest(
        items, shop, lambda held: None if held.broken else held.model_copy(update={"broken": told})
    )


def needs_look(manifest: ShopManifest, now: datetime) -> bool:
    """Whether there is anything to do for the shop. now: by the one clock."""
    return is_wanted(manifest) or manifest.next_due <= now.timestamp()


def is_wanted(manifest: ShopManifest) -> bool:
    """Whether there is anything to do for the shop that not only time asks for."""
    waits = manifest.wanted > manifest.done or bool(manifest.broken) or manifest.building is not None
    return waits or manifest.current is None


def _shop_manifest(held: Item | None) -> ShopManifest:
    if held is None:
        return ShopManifest()
    try:
        return read_shop_manifest(held.body)
    except SnapshotBroken as broken:
        # Its numbers may still be those of files and manifests: the next division begins beyond them.
        divisions = [one for name in ("current", "building") if (one := held.body.get(name))]
        return ShopManifest(
            broken=f"{broken.what}: {broken.problem}",
            spent=max([held.body.get("spent", 0), *(one["first"] + one["count"] for one in divisions)]),
            count=max([1, *(one["count"] for one in divisions)]),
        )


def _partition(held: Item | None, number: int) -> PartitionManifest:
    if held is None:
        raise SnapshotBroken(f"partition {number}", "It has no manifest.")
    return read_partition(held.body)


def empty_division(items: Items, shop: str, held: ShopManifest, count: int) -> Division:
    """Partitions without customers, of numbers that were never used before, to be put into the manifest."""
    first = max([held.spent, *(one.first + one.count for one in held.divisions)])
    division = Division(first=first, count=count)
    for number in division.numbers:
        with suppress(Conflict):  # made by an attempt that went no further
            empty = PartitionManifest(number=number).as_json()
            items.write(Put(Item(keys.partition(shop, number), "1", empty), Unchanged(None)))
    return division


def begin_empty(items: Items, shop: Shop) -> None:
    """Begin the snapshot of a shop that has no customers yet, so that it need not be built."""
    place = keys.snapshot(shop.id)
    fresh = ShopManifest(currency=shop.currency, points=shop.points.mark)
    if items.get(place) is None:
        division = empty_division(items, shop.id, fresh, 1)
        with suppress(Conflict):
            replace(items, place, None, fresh.model_copy(update={"current": division}))
