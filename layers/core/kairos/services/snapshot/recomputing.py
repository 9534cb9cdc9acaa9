"""Recomputing one partition: few customers by closures, all of them by one pass of the engine."""

from datetime import datetime, timedelta

from kairos.domain.shelf import ShopSegments
from kairos.domain.shop import Shop
from kairos.engine.manifest import PartitionManifest, ShopManifest
from kairos.engine.passing import due_customers
from kairos.engine.sources import relation
from kairos.engine.standing import first_due
from kairos.services.snapshot.catalogue import catalogue_of
from kairos.services.snapshot.compacting import compact_partition, needs_compaction
from kairos.services.snapshot.feeding import feed
from kairos.services.snapshot.full_pass import pass_partition
from kairos.services.snapshot.lease import Running
from kairos.services.snapshot.manifests import change_partition, load_manifest, load_partition
from kairos.services.snapshot.parts import Recomputing
from kairos.services.snapshot.updating import Occasion, reader

FEW = 64
"""Customers whom closures look at one by one, in less time than all take in one pass."""

PASSED_FOR = timedelta(hours=26)
"""How long a pass tells what time will change: it looks 36 hours ahead, see engine.passing."""

CATALOGUE_FOR = timedelta(hours=1)
"""How long a changed catalogue may wait for a pass; our own default."""


def needs_pass(
    manifest: PartitionManifest, shelf: ShopSegments, shop: ShopManifest, running: Running, now: datetime
) -> bool:
    """Whether all customers of the partition have to be looked at."""
    if manifest.passed_at is None or now - manifest.passed_at >= PASSED_FOR:
        return True
    if manifest.day < running.day:
        return True
    if len(shelf.layout.positions) > manifest.positions:
        return True
    if "thresholds" in shelf.asks and shelf.thresholds.version > manifest.thresholds:
        return True
    has_waited = now - manifest.passed_at >= CATALOGUE_FOR
    return "catalogue" in shelf.asks and has_waited and catalogue_of(shop) != manifest.catalogue


def recompute_partition(given: Recomputing, shop: Shop, number: int, running: Running) -> bool:
    """Make all memberships of the partition right as of now, and tell what turned.

    Answers whether it came to its end: else it ran out of time, and goes on from there when it is repeated.
    Raises SnapshotBroken, Conflict.
    """
    items, now = given.evaluating.items, given.evaluating.clock.now()
    shelf = given.evaluating.load(items, shop)
    manifest, of_shop = load_partition(items, shop.id, number), load_manifest(items, shop.id)
    if needs_pass(manifest, shelf, of_shop, running, now):
        return pass_partition(given, shop, number, running)
    if manifest.next_due <= now.timestamp():
        opened = given.snapshots.open_partition(shop, number)
        due = due_customers(opened, int(now.timestamp()))
        if len(due) > FEW:
            return pass_partition(given, shop, number, running)
        if due and of_shop.current:
            some = [customer for customer, _ in opened.ids_of(due).values()]
            read = reader(given.evaluating, shelf, [Occasion(some, "time", f"{running.of}:{number}")])
            feed(given.feeding, shop.id, of_shop.current, some, read)
    if needs_compaction(manifest):
        compact_partition(items, given.snapshots, shop, number, now)
    settle_due(given, shop, number)
    return True


def settle_due(given: Recomputing, shop: Shop, number: int) -> PartitionManifest:
    """Note in the manifest when the partition has to be looked at next."""
    while True:
        opened = given.snapshots.open_partition(shop, number)
        seen, due = opened.manifest, first_due(opened.connection, relation(opened.sources["membership"]))

        def settled(held: PartitionManifest) -> PartitionManifest | None:
            if held.sequence != seen.sequence or held.base != seen.base or held.next_due == due:  # noqa: B023
                return None
            return held.model_copy(update={"next_due": due})  # noqa: B023

        after = change_partition(given.evaluating.items, shop.id, number, settled)
        if after.next_due == due and after.sequence == seen.sequence:
            return after
