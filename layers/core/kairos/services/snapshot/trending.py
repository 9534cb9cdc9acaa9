"""What trends and what is new at a shop: counted once a day with the other figures, for messages to offer."""

import json
from collections import Counter
from datetime import timedelta

from kairos import keys
from kairos.domain.errors import NotFound
from kairos.domain.shop import Shop
from kairos.engine.manifest import ShopManifest
from kairos.engine.opening import Opened
from kairos.engine.popularity import popularity
from kairos.ports import Item, Put
from kairos.services.snapshot.catalogue import load_catalogue
from kairos.services.snapshot.figures import share
from kairos.services.snapshot.lease import Running
from kairos.services.snapshot.parts import Recomputing

LATELY = timedelta(days=30)
MOST_KEPT = 24
"""Products of each list; some are sold out, or not sold everywhere."""

_MOST_SHARED = 200


def keep_popularity(given: Recomputing, opened: Opened, shop: Shop, running: Running) -> None:
    """Keep what the partition's customers wanted of late, until it is put together with the others'."""
    since = int((running.at - LATELY).timestamp())
    found = popularity(opened, since, _MOST_SHARED)
    place = share(shop.id, running.day, "popular", opened.manifest.number)
    given.feeding.files.put(place, json.dumps(found).encode())


def write_trending(given: Recomputing, shop: Shop, manifest: ShopManifest, running: Running) -> bool:
    """Put the shop's lists together; where a partition's share is missing they stay, and it says False."""
    points: Counter[str] = Counter()
    for number in manifest.numbers:
        try:
            told = given.feeding.files.get(share(shop.id, running.day, "popular", number))
        except NotFound:
            return False
        points.update(json.loads(told))
    products = load_catalogue(given.feeding.files, manifest).products
    launched = sorted(
        ((one.launched_at, one.id) for one in products.values() if one.launched_at), reverse=True
    )
    known = [one for one, _ in sorted(points.items(), key=lambda one: (-one[1], one[0])) if one in products]
    body = {
        "at": running.at.isoformat(),
        "trending": known[:MOST_KEPT],
        "newest": [product for _, product in launched[:MOST_KEPT]],
    }
    given.evaluating.items.write(Put(Item(keys.trending(shop.id), "1", body)))
    return True
