"""Erasing a whole shop, as the platform demands it 48 hours after the shop has left."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import batched
from typing import NamedTuple

from kairos import keys
from kairos.domain.errors import NotFound, Throttled
from kairos.engine.manifest import SNAPSHOTS
from kairos.engine.site.manifest import KEPT, NEW
from kairos.ports import Delete, Files, Item, Items, Key, Put, Secrets, Sweep
from kairos.services.api_keys import close_shop
from kairos.services.endpoints import erasing_writes
from kairos.services.importing.cleaning import delete_all
from kairos.services.importing.jobs import read_job
from kairos.services.privacy.erase import export_object
from kairos.services.segments.feeds import close_feeds
from kairos.services.segments.forgetting import forget_objects, is_reader

MOST_AT_ONCE = 100
"""Deletions in one transaction: twice the price of single ones, a fiftieth of the time."""


PATIENCE = 12
"""Seconds of one attempt: the batch that it is part of must end within the function's 30."""


class ShopErasing(NamedTuple):
    """What erasing a shop needs. seconds: tells seconds that only grow, to know when to stop."""

    items: Items
    objects: Files
    secrets: Secrets
    sweep: Sweep
    seconds: Callable[[], float]


def erase_shop(given: ShopErasing, shop: str) -> None:
    """Erase everything of the shop. Raises Throttled where more is left: call again to go on.

    The secret goes first, so that nothing more is received; the shop's own item last, since without it
    a repeated request would not be acted on.
    """
    given.secrets.delete(shop)
    _sweep(given, shop)
    for pointer in given.items.query(keys.shop(shop).pk, keys.shop_api_key(shop, "").sk):
        close_shop(given.items, shop, pointer)
    close_feeds(given.items, shop)
    for folder in (SNAPSHOTS, NEW, KEPT):
        for found in given.objects.listed(f"{folder}/{shop}/"):
            given.objects.delete(found.key)
    last = {keys.shop(shop), keys.shop_erasure(shop), keys.listed_shop(shop)}
    for item in given.items.query(keys.shop(shop).pk):
        if item.key not in last:
            given.items.write(Delete(item.key))
    given.items.transact([Delete(key) for key in sorted(last)])


def _sweep(given: ShopErasing, shop: str) -> None:
    """Delete every item of the shop that lies in a partition of its own, page by page."""
    progress, started = keys.shop_erasure(shop), given.seconds()
    held = given.items.get(progress)
    told: dict[str, str | None] = held.body if held else {"after": None}
    while told.get("swept") is None:
        found, after = given.sweep.page(f"{shop}#", told["after"])
        for some in batched(found, MOST_AT_ONCE, strict=False):
            _delete(given, shop, some)
        told = {"after": after} if after else {"after": None, "swept": "yes"}
        given.items.write(Put(Item(progress, "1", told)))
        if after and given.seconds() - started > PATIENCE:
            raise Throttled("More of the shop is left to erase.")


def _delete(given: ShopErasing, shop: str, found: Sequence[Key]) -> None:
    for key in found:
        if key.sk.startswith("export#"):
            node, export = key.pk.rpartition("#")[2], key.sk.removeprefix("export#")
            given.objects.delete(export_object(shop, node, export))
        if key.sk.startswith("endpoint#") and (held := given.items.get(key)):
            given.items.transact(erasing_writes(shop, held))
        if is_reader(key, shop):
            forget_objects(given.items, given.objects, key)
        if key.sk == "import":
            with suppress(NotFound):  # it has expired since it was found
                delete_all(given.objects, read_job(given.items, shop, key.pk.rpartition("#")[2]))
    given.items.transact([Delete(key) for key in found])
