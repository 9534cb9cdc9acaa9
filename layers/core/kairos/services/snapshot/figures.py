"""What is counted by partition, and put together for the shop: thresholds, and each day's figures."""

import json
from collections import Counter
from typing import Any

from kairos import keys
from kairos.domain.errors import NotFound
from kairos.domain.shelf import ShopSegments
from kairos.domain.shop import Shop
from kairos.domain.standing import Thresholds
from kairos.domain.value import digest
from kairos.engine.manifest import SNAPSHOTS, Base
from kairos.engine.opening import Opened, connect
from kairos.engine.sources import relation_of
from kairos.engine.thresholds import thresholds, write_counted
from kairos.engine.worth import NOTHING, Worth, worth
from kairos.ports import Item, Put
from kairos.services.recording.storing import agree
from kairos.services.snapshot.lease import Running
from kairos.services.snapshot.parts import Recomputing

SPENDING = {"least": 10, "median": 50, "most": 90}
"""The range of what members spent: so many per cent of the buyers spent no more than each."""


def share(shop: str, of: str, kind: str, number: int) -> str:
    """Where a partition's share lies until it is put together with the others; cleaning removes it.

    of: a day, or the name of a recompute.
    """
    return f"{SNAPSHOTS}/{shop}/shares/{digest(of)[:16]}-{kind}-{number}"


def keep_worth(
    given: Recomputing, opened: Opened, base: Base | None, shelf: ShopSegments, running: Running
) -> None:
    """Keep what the members of each segment are worth in this partition, by the memberships of the base."""
    positions = shelf.layout.latest
    found: dict[int, Worth] = {}
    if base is not None:
        membership = relation_of(str(given.local.path(base.membership)))
        found = worth(opened, membership, sorted(set(positions.values())))
    told = {segment: found.get(position, NOTHING)._asdict() for segment, position in positions.items()}
    place = share(shelf.shop.id, running.day, "worth", opened.manifest.number)
    given.feeding.files.put(place, json.dumps(told).encode())


def measure(given: Recomputing, shop: Shop, number: int, running: Running) -> None:
    """Count the partition's share of the figures that customers are compared by."""
    path = given.local.folder / "counted.parquet"
    write_counted(given.snapshots.open_partition(shop, number), str(path))
    given.feeding.files.store(share(shop.id, running.of, "counted", number), path)
    path.unlink()


def write_thresholds(given: Recomputing, shop: Shop, numbers: tuple[int, ...], running: Running) -> bool:
    """Put the figures of all partitions together; where a share is missing they stay, and it says False."""
    paths = [given.local.folder / f"counted-{number}" for number in numbers]
    try:
        for number, path in zip(numbers, paths, strict=True):
            given.feeding.files.fetch(share(shop.id, running.of, "counted", number), path)
    except NotFound:
        return False
    connection = connect(given.local.folder)
    figures = thresholds(connection, relation_of(*map(str, paths)))
    connection.close()
    for path in paths:
        path.unlink()
    place = keys.thresholds(shop.id)

    def moved(held: Item | None) -> Item | None:
        known = Thresholds.model_validate(held.body) if held else Thresholds()
        after = figures.model_copy(update={"version": known.version, "catalogue": known.catalogue})
        if after == known:
            return None
        return Item(place, "", after.model_copy(update={"version": known.version + 1}).as_json())

    agree(given.evaluating.items, place, moved)
    return True


def note_catalogue(given: Recomputing, shop: Shop, catalogue: str) -> None:
    """Note which products the rules are read with from now on: what turns by these starts nothing."""
    place = keys.thresholds(shop.id)

    def noted(held: Item | None) -> Item | None:
        known = Thresholds.model_validate(held.body) if held else Thresholds()
        if known.catalogue == catalogue:
            return None
        return Item(place, "", known.model_copy(update={"catalogue": catalogue}).as_json())

    agree(given.evaluating.items, place, noted)


def write_history(given: Recomputing, shop: Shop, numbers: tuple[int, ...], running: Running) -> bool:
    """Put the figures of the shop's day together; False where a partition's share is missing."""
    total: dict[str, Worth] = {}
    for number in numbers:
        try:
            told = json.loads(given.feeding.files.get(share(shop.id, running.day, "worth", number)))
        except NotFound:
            return False
        for segment, one in told.items():
            total[segment] = total.get(segment, NOTHING).plus(_worth(one))
    body = {"at": running.at.isoformat(), "segments": {one: figures(told) for one, told in total.items()}}
    given.evaluating.items.write(Put(Item(keys.segment_day(shop.id, running.day), "1", body)))
    return True


def figures(told: Worth) -> dict[str, Any]:
    """A segment's day: members, buyers, orders, revenue (minor units), basket, and the range of spending."""
    found = {
        "members": told.members,
        "buyers": told.buyers,
        "orders": told.orders,
        "revenue": told.revenue,
        "basket": told.basket,
    }
    return found | {f"spending_{name}": told.spending(percent) for name, percent in SPENDING.items()}


def _worth(told: dict[str, Any]) -> Worth:
    spendings = Counter({int(amount): buyers for amount, buyers in told["spendings"].items()})
    return Worth(told["members"], told["buyers"], told["orders"], told["revenue"], spendings)
