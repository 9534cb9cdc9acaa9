"""What is done about customers who changed: evaluated, and told to the snapshot."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from kairos import keys
from kairos.domain.judging import memberships
from kairos.domain.membership import segments_of
from kairos.domain.segment import Cause
from kairos.domain.shelf import ShopSegments
from kairos.engine.delta import Line
from kairos.engine.manifest import NEVER, Division, ShopManifest, SnapshotBroken
from kairos.ports import Counts
from kairos.services.recording.storing import fact, write_missing
from kairos.services.segments.evaluating import Evaluating, evaluate_customers
from kairos.services.segments.evaluation import Evaluated
from kairos.services.segments.standing import EVERYTHING
from kairos.services.shops import load_shop
from kairos.services.snapshot.feeding import Feeding, Read, feed
from kairos.services.snapshot.manifests import MEASURED_FOR, load_manifest, look_by, want_rebuild


class Updating(NamedTuple):
    """What updating needs."""

    feeding: Feeding
    evaluating: Evaluating
    counts: Counts


class Occasion(NamedTuple):
    """Why customers are looked at. of: names it, the same when it is repeated."""

    customers: Collection[str]
    cause: Cause
    of: str


def update_customers(given: Updating, shop_id: str, occasions: Sequence[Occasion]) -> None:
    """Make profiles, memberships and the snapshot what the facts of these customers say; tell what turned.

    Repeating it changes nothing. A shop that is gone has no customers.
    """
    items = given.evaluating.items
    shop = load_shop(items, shop_id)
    if shop is None:
        return
    write_missing(items, [fact(keys.listed_shop(shop.id))])
    shelf = given.evaluating.load(items, shop)
    read = reader(given.evaluating, shelf, occasions)
    customers = {one for occasion in occasions for one in occasion.customers}
    told: set[Division] = set()
    due = _due_to_measure(load_manifest(items, shop.id)) if "thresholds" in shelf.asks else NEVER
    # Whoever begins to build a snapshot says so before reading customers: seen here at last, or read there.
    while missing := [one for one in load_manifest(items, shop.id).divisions if one not in told]:
        told.update(missing)
        for division in missing:
            try:
                due = min(due, feed(given.feeding, shop.id, division, customers, read))
            except SnapshotBroken as broken:
                given.counts.add("SnapshotBroken", shop=shop.id)
                want_rebuild(items, shop.id, broken)
    if not told:
        read(customers)
    look_by(items, shop.id, due)


def _due_to_measure(manifest: ShopManifest) -> int:
    """When customers who change have moved the figures that all are compared by."""
    return int((manifest.measured_at + MEASURED_FOR).timestamp()) if manifest.measured_at else 0


def reader(evaluating: Evaluating, shelf: ShopSegments, occasions: Sequence[Occasion]) -> Read:
    """Reads customers for the snapshot, evaluating them on each of the occasions that concerns them."""
    asks = (EVERYTHING - {"catalogue"}) | shelf.asks

    def read(wanted: Collection[str]) -> Mapping[str, Line]:
        lines: dict[str, Line] = {}
        for occasion in occasions:
            asked = sorted(set(occasion.customers) & set(wanted))
            found = evaluate_customers(evaluating, shelf, asked, occasion.cause, occasion.of, asks)
            lines |= {one: Line(one, None) for one in asked}
            lines |= {one.customer: line_of(one, shelf) for one in found}
        # Of visitors nobody knows, the snapshot knows nothing.
        return {one: line for one, line in lines.items() if one[0] != "v"}

    return read


def line_of(found: Evaluated, shelf: ShopSegments) -> Line:
    """What the snapshot is told of the customer."""
    if found.profile is None:
        return Line(found.customer, None)
    layout = shelf.layout
    since = segments_of(found.membership, layout)
    return Line(
        found.customer,
        found.profile.model_copy(update={"memberships": memberships(since)}),
        found.version,
        found.membership.words(layout),
        len(layout.positions),
        shelf.thresholds.version,
        NEVER if found.due is None else min(int(found.due.timestamp()), NEVER),
    )
