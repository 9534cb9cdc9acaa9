"""Building a snapshot anew, while the former one is read: for a shop's first, another schema, a damaged
file, or more customers than its partitions were meant for.

All the while it is told every change that the former one is told (see updating), so that nothing is missed
between its first customer and its last.
"""

from collections.abc import Sequence
from itertools import batched
from typing import NamedTuple

from kairos import keys
from kairos.domain.shop import Shop
from kairos.engine.manifest import Division, PartitionManifest, ShopManifest
from kairos.ports import Delete, Item, Key, Put
from kairos.services.snapshot.catalogue import update_products
from kairos.services.snapshot.compacting import needs_compaction
from kairos.services.snapshot.feeding import feed
from kairos.services.snapshot.lease import Running
from kairos.services.snapshot.manifests import (
    change_manifest,
    empty_division,
    load_manifest,
    load_partitions,
)
from kairos.services.snapshot.parts import Recomputing
from kairos.services.snapshot.updating import Occasion, reader

PARTITION = 100_000
"""Customers meant for one partition, which one function of 512 MB works on."""

TOO_MANY = PARTITION * 3 // 2
"""Customers per partition beyond which they are divided anew."""

_AT_ONCE = 100
_SECONDS = 30


def must_build(manifest: ShopManifest, shop: Shop, partitions: Sequence[PartitionManifest]) -> str:
    """Why the snapshot has to be built anew; "" where it need not."""
    if manifest.current is None:
        return "There is none yet."
    if manifest.broken:
        return manifest.broken
    if manifest.currency != shop.currency:
        return "The shop has another currency."
    if manifest.points != shop.points.mark:
        return "The shop has other rules for points."
    if sum(one.customers for one in partitions) > TOO_MANY * manifest.current.count:
        return "There are too many customers for its partitions."
    return ""


def begin_building(given: Recomputing, shop: Shop, customers: int) -> ShopManifest:
    """Say that a snapshot is being built, for so many customers; from now on it is told every change."""
    items = given.evaluating.items

    def begun(held: ShopManifest) -> ShopManifest | None:
        if held.building is not None:
            return None
        count = max(held.count, -(-customers // PARTITION), 1)
        return held.model_copy(
            update={"building": empty_division(items, shop.id, held, count), "count": count}
        )

    return change_manifest(items, shop.id, begun)


class BuildStep(NamedTuple):
    """What is left to do. compact: partitions; fill: parts of the table."""

    compact: tuple[int, ...]
    fill: tuple[int, ...]


def steps_of_building(given: Recomputing, shop: str, division: Division) -> BuildStep:
    """What is left to do for the division that is being built; nothing when it is complete."""
    items = given.evaluating.items
    partitions = load_partitions(items, shop, division.numbers).values()
    big = tuple(one.number for one in partitions if needs_compaction(one))
    places = {part: keys.build_progress(shop, division.first, part) for part in range(division.count)}
    held = items.get_many(places.values())
    left = tuple(part for part, place in places.items() if not (place in held and held[place].body["done"]))
    return BuildStep(big, left)


def fill(given: Recomputing, shop: Shop, division: Division, part: int, running: Running) -> None:
    """Read customers of one part of the table into the division, for as long as there is time and room."""
    items, place = given.evaluating.items, keys.build_progress(shop.id, division.first, part)
    shelf = given.evaluating.load(items, shop)
    held = items.get(place)
    after: str | None = held.body["after"] if held else None
    while given.watch.has_time(_SECONDS):
        found, after = given.sweep.page(f"{shop.id}#", after, part, division.count)
        for some in batched(_customers(found), _AT_ONCE, strict=False):
            read = reader(given.evaluating, shelf, [Occasion(some, "repair", running.of)])
            feed(given.feeding, shop.id, division, some, read)
        if products := _products(shop.id, found):
            update_products(given.feeding, shop.id, products)
        items.write(Put(Item(place, "1", {"after": after, "done": after is None})))
        partitions = load_partitions(items, shop.id, division.numbers).values()
        if after is None or any(needs_compaction(one) for one in partitions):
            return


def _customers(found: Sequence[Key]) -> list[str]:
    return [key.pk.rpartition("#")[2] for key in found if key.sk == "profile"]


def _products(shop: str, found: Sequence[Key]) -> list[str]:
    start = keys.product(shop, "").pk
    return [key.pk.removeprefix(start) for key in found if key.pk.startswith(start)]


def take_into_use(given: Recomputing, shop: Shop, division: Division) -> ShopManifest:
    """Let the division that was built be what is read; or build a wider one, if it came out too small."""
    items = given.evaluating.items
    partitions = load_partitions(items, shop.id, division.numbers).values()
    is_too_small = sum(one.customers for one in partitions) > TOO_MANY * division.count

    def taken(held: ShopManifest) -> ShopManifest | None:
        if held.building != division:
            return None
        if is_too_small:
            again = {"building": None, "count": division.count * 4, "spent": division.numbers[-1] + 1}
            return held.model_copy(update=again)
        return held.model_copy(
            update={
                "building": None,
                "current": division,
                "broken": "",
                "currency": shop.currency,
                "points": shop.points.mark,
                "measured_at": None,
                "verified_at": given.watch.now(),
            }
        )

    return change_manifest(items, shop.id, taken)


def forget_former(given: Recomputing, shop: str) -> None:
    """Delete the manifests of partitions that are no longer read, some hours after they last were."""
    items = given.evaluating.items
    held = load_manifest(items, shop)
    if held.current is None or held.building is not None:
        return
    first = held.current.first
    for number in range(held.spent, first):
        items.write(Delete(keys.partition(shop, number)))
    change_manifest(
        items, shop, lambda now: now.model_copy(update={"spent": first}) if now.spent < first else None
    )
