"""What each scenario did of late, all at once."""

from datetime import timedelta

from kairos.domain.results import Period
from kairos.domain.shop import Shop
from kairos.engine.overview import NOTHING, Overview, overview
from kairos.services.results.asking import USUAL
from kairos.services.results.showing import Results


def glance(given: Results, shop: Shop, lasts: timedelta = USUAL) -> Overview:
    """Over the time before now. Raises NotBuilt, SnapshotBroken."""
    now = given.clock.now()
    period = Period(now - lasts, now + timedelta(seconds=1))
    _, partitions = given.snapshots.open_all(shop)
    found = NOTHING
    for one in partitions:
        found = found.plus(overview(one, period, shop.results.seconds))
    return found
