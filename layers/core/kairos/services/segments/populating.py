"""From a shop's id to its segments and its customers, as questions need them."""

from typing import NamedTuple

from kairos.domain.errors import NotFound
from kairos.domain.shelf import ShopSegments, moment_for
from kairos.engine.manifest import SnapshotBroken
from kairos.ports import Clock, Files, Items
from kairos.services.segments.listing import COUNTED_AT_ONCE, NOT_COUNTED, Counted, count, last_counted
from kairos.services.segments.population import Population
from kairos.services.segments.shelf import load_segments
from kairos.services.shops import load_shop
from kairos.services.snapshot.catalogue import load_catalogue
from kairos.services.snapshot.manifests import NotBuilt
from kairos.services.snapshot.reading import Snapshots

BIG = "The shop is big: these are the figures of its last day. One segment by itself is counted now."
BROKEN = "The snapshot is being built anew: these are the last figures that were kept."


class Populating(NamedTuple):
    """What opening a shop needs; `snapshots` stays from one request to the next."""

    items: Items
    files: Files
    clock: Clock
    snapshots: Snapshots

    def shelf(self, shop: str) -> ShopSegments:
        """The shop's segments. Raises NotFound for no shop."""
        known = load_shop(self.items, shop)
        if known is None:
            raise NotFound("shop", shop)
        return load_segments(self.items, known)

    def population(self, shelf: ShopSegments) -> Population:
        """The shop's customers. Raises NotBuilt; SnapshotBroken, then or when they are asked."""
        now = self.clock.now()
        manifest, partitions = self.snapshots.open_all(shelf.shop)
        catalogue = load_catalogue(self.files, manifest)
        return Population(partitions, moment_for(shelf, now, catalogue), manifest.as_of(now))

    def counted(self, shelf: ShopSegments) -> tuple[Counted, tuple[str, ...]]:
        """Size and value of all segments, now if that takes no longer than one may wait; and warnings."""
        try:
            population = self.population(shelf)
            if len(population.partitions) > COUNTED_AT_ONCE:
                return last_counted(self.items, shelf.shop.id), (BIG,)
            return count(shelf, population), ()
        except NotBuilt as early:
            return NOT_COUNTED, (str(early),)
        except SnapshotBroken:
            return last_counted(self.items, shelf.shop.id), (BROKEN,)
