"""The end of a recompute: what is right from now on, when to look again, and what is no longer needed."""

from datetime import datetime, time, timedelta

from kairos.domain.shop import Shop
from kairos.engine.manifest import SNAPSHOTS, ShopManifest
from kairos.services.segments.shelf import note_full_pass
from kairos.services.snapshot.building import forget_former
from kairos.services.snapshot.figures import write_history
from kairos.services.snapshot.lease import Running, end
from kairos.services.snapshot.manifests import change_manifest, load_manifest, load_partitions
from kairos.services.snapshot.parts import Recomputing
from kairos.services.snapshot.trending import write_trending

GRACE = timedelta(hours=2)
"""Real time that files stay after others took their place: readers that began before still read them."""

SUSPECTS_WAIT = timedelta(minutes=1)
"""Before customers of whom the snapshot seemed to say wrong things are compared again, by the next tick."""


def today_of(shop: Shop, now: datetime) -> str:
    """The day of the shop's calendar."""
    return now.astimezone(shop.zone).date().isoformat()


def finish(given: Recomputing, shop: Shop, running: Running) -> None:
    """Note what the recompute has come to, and give it up. Raises LeaseLost."""
    items = given.evaluating.items
    manifest = load_manifest(items, shop.id)
    if manifest.numbers and not running.failed:
        partitions = load_partitions(items, shop.id, manifest.numbers).values()
        positions = min(one.positions for one in partitions)
        thresholds = min(one.thresholds for one in partitions)
        products = {one.catalogue for one in partitions}
        catalogue = products.pop() if len(products) == 1 else None
        note_full_pass(items, shop.id, positions, thresholds, catalogue)
        if running.day and not write_history(given, shop, manifest.numbers, running):
            given.counts.add("SegmentHistoryMissing", shop=shop.id)
        if running.day:
            write_trending(given, shop, manifest, running)
    change_manifest(items, shop.id, lambda held: _finished(given, shop, running, held))
    if running.checked:
        clean(given, shop.id)
    end(items, shop.id, running)


def _finished(given: Recomputing, shop: Shop, running: Running, held: ShopManifest) -> ShopManifest:
    """The manifest as it follows; asked again where somebody changed it meanwhile."""
    now = given.evaluating.clock.now()
    tomorrow = now.astimezone(shop.zone).date() + timedelta(days=1)
    looks = [int(datetime.combine(tomorrow, time(), shop.zone).timestamp())]
    for one in load_partitions(given.evaluating.items, shop.id, held.numbers).values():
        looks.append(one.next_due)
        if one.suspects:
            looks.append(int((now + SUSPECTS_WAIT).timestamp()))
    update: dict[str, object] = {
        "next_due": min(looks),
        "failed": running.failed,
        "looked_at": given.watch.now(),
        "minutes": shop.recompute_minutes,
    }
    if not running.failed:
        day = max(held.day, running.day)
        update |= {"done": max(held.done, running.wanted), "right_at": running.at, "day": day}
    if running.checked:
        update["verified_at"] = given.watch.now()
    return held.model_copy(update=update)


def clean(given: Recomputing, shop: str) -> None:
    """Delete the shop's files that nothing leads to, and manifests that are no longer read."""
    manifest = load_manifest(given.evaluating.items, shop)
    numbers = [number for division in manifest.divisions for number in division.numbers]
    partitions = load_partitions(given.evaluating.items, shop, numbers)
    wanted = {ref.key for one in partitions.values() for ref in one.files}
    wanted |= {manifest.catalogue.key} if manifest.catalogue else set()
    for found in given.feeding.files.listed(f"{SNAPSHOTS}/{shop}/"):
        if found.key not in wanted and given.watch.now() - found.written_at > GRACE:
            given.feeding.files.delete(found.key)
    forget_former(given, shop)
