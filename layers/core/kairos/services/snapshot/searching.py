"""Looking through the whole table for customers whom no snapshot knows, some pages with each tick."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from kairos import keys
from kairos.engine.manifest import PartitionManifest, SnapshotBroken
from kairos.ports import Item, Put
from kairos.services.shops import load_shop
from kairos.services.snapshot.checking import MOST_SUSPECTS
from kairos.services.snapshot.manifests import change_partition, load_manifest, look_by
from kairos.services.snapshot.parts import Recomputing

SEARCHED_FOR = timedelta(hours=24)
"""Real time after which the search begins again."""

MOST_FOUND = 20_000
"""Customers looked for at once."""

_SECONDS = 90
_NODE = "#node#"


def search_unknown(given: Recomputing, shops: Sequence[str]) -> None:
    """Go on with the search, or begin it where the last was long ago. Who is missing becomes a suspect."""
    items, place = given.evaluating.items, keys.comparison()
    held = items.get(place)
    told = held.body if held else {}
    after: str | None = told.get("after")
    now = given.watch.now()
    if after is None and told and now - datetime.fromisoformat(told["began"]) < SEARCHED_FOR:
        return
    began = told["began"] if after else now.isoformat()
    while given.watch.has_time(_SECONDS):
        after, found = _pages(given, after)
        for shop in sorted(found.keys() & set(shops)):
            _suspect(given, shop, found[shop])
        items.write(Put(Item(place, "1", {"after": after, "began": began})))
        if after is None:
            return


def _pages(given: Recomputing, after: str | None) -> tuple[str | None, dict[str, list[str]]]:
    """Some pages' customers by shop, and where to go on."""
    found: dict[str, list[str]] = {}
    while sum(map(len, found.values())) < MOST_FOUND and given.watch.has_time(_SECONDS):
        keys_of_page, after = given.sweep.page("", after)
        for key in keys_of_page:
            if key.sk == "profile" and _NODE in key.pk:
                shop, _, customer = key.pk.partition(_NODE)
                found.setdefault(shop, []).append(customer)
        if after is None:
            break
    return after, found


def _suspect(given: Recomputing, shop_id: str, customers: Iterable[str]) -> None:
    """Note the customers whom the shop's snapshot does not know, for its next recompute to compare."""
    items = given.evaluating.items
    shop, current = load_shop(items, shop_id), load_manifest(items, shop_id).current
    if shop is None or current is None:
        return
    by_number: dict[int, list[str]] = {}
    for one in customers:
        by_number.setdefault(current.number_of(one), []).append(one)
    for number, some in by_number.items():
        try:
            known = given.snapshots.open_partition(shop, number).numbers_of(some)
        except SnapshotBroken:
            continue
        if missing := [one for one in some if one not in known]:
            change_partition(items, shop_id, number, partial(_with, missing))
            look_by(items, shop_id, int(given.evaluating.clock.now().timestamp()))


def _with(missing: Sequence[str], held: PartitionManifest) -> PartitionManifest:
    suspects = tuple(sorted({*held.suspects, *missing}))[:MOST_SUSPECTS]
    return held.model_copy(update={"suspects": suspects})
