"""The full pass over a partition: the engine finds what differs, the commit decides, and it is kept."""

from collections.abc import Collection, Iterator, Sequence
from itertools import batched

from kairos import keys
from kairos.domain.criteria.rule import Rule
from kairos.domain.membership import Membership, segments_of
from kairos.domain.segment import Layout
from kairos.domain.shelf import ShopSegments, moment_for
from kairos.domain.shop import Shop
from kairos.engine.answerable import write_answerable
from kairos.engine.manifest import NEVER, Base, PartitionManifest, folder_of
from kairos.engine.opening import Opened
from kairos.engine.passing import Difference, differences, words_for
from kairos.engine.rewriting import Final, rewrite
from kairos.engine.sources import relation, relation_of
from kairos.engine.standing import by_current_positions, first_due, mask_of, masked, united
from kairos.services.segments.committing import Proposal, commit
from kairos.services.snapshot.catalogue import catalogue_of, load_catalogue
from kairos.services.snapshot.compacting import compact_partition
from kairos.services.snapshot.figures import keep_worth
from kairos.services.snapshot.lease import Running
from kairos.services.snapshot.manifests import change_partition, load_manifest
from kairos.services.snapshot.parts import Recomputing
from kairos.services.snapshot.trending import keep_popularity

_AT_ONCE = 100
_SECONDS = 45


class _OutOfTime(Exception):
    """No more is begun: what is committed stays so, and the next attempt finds it done."""


def pass_partition(given: Recomputing, shop: Shop, number: int, running: Running) -> bool:
    """Make all memberships of the partition right as of now, and tell what turned.

    Answers whether it came to its end; else repeat it. Raises SnapshotBroken, Conflict.
    """
    items, now = given.evaluating.items, given.evaluating.clock.now()
    compacted = compact_partition(items, given.snapshots, shop, number, now)
    opened = given.snapshots.open_base(shop, compacted)
    passing = _Pass(given, opened, given.evaluating.load(given.evaluating.items, shop), running)
    try:
        return passing.register(passing.rewritten() if compacted.base else None)
    except _OutOfTime:
        return False


class _Pass:
    """One pass over a partition that nothing is laid over."""

    def __init__(self, given: Recomputing, opened: Opened, shelf: ShopSegments, running: Running) -> None:
        self._given, self._opened, self._shelf, self._running = given, opened, shelf, running
        self._items, self._shop = given.evaluating.items, shelf.shop
        self._number = opened.manifest.number
        self._manifest = load_manifest(self._items, self._shop.id)
        self._now = given.evaluating.clock.now()

    def rewritten(self) -> Base:
        """The base with the memberships as they now are committed."""
        layout = self._shelf.layout
        words = words_for(len(layout.positions))
        former = relation(self._opened.sources["membership"])
        stood = by_current_positions(former, self._opened.words_wide, layout, words)
        found, judged = self._found()
        # What can't be evaluated stays as it stood.
        left = masked(stood, tuple(~bits & 2**64 - 1 for bits in mask_of(judged, words)))
        changed = differences(self._opened, stood, united(found, left, words, words), words)
        self._commit(changed)
        after = self._given.evaluating.load(self._items, self._shop).layout
        wide = words_for(len(after.positions))
        return rewrite(
            self._given.local,
            self._opened,
            folder_of(self._shop.id, self._number),
            united(found, left, words, wide),
            wide,
            layout,
            self._committed(changed, after),
        )

    def register(self, base: Base | None) -> bool:
        """Let the snapshot be read with it: not if somebody else rewrote the partition meanwhile."""
        positions, thresholds = len(self._shelf.layout.positions), self._shelf.thresholds.version
        if self._running.day:
            keep_worth(self._given, self._opened, base, self._shelf, self._running)
            keep_popularity(self._given, self._opened, self._shop, self._running)
        first = self._first_due(base)

        def passed(held: PartitionManifest) -> PartitionManifest | None:
            if held.base != self._opened.manifest.base:
                return None
            # What was told meanwhile may have been found by former rules: it is looked at again at once.
            since = min((one.next_due for one in held.deltas), default=NEVER)
            is_same = (held.positions, held.thresholds) == (positions, thresholds)
            return held.model_copy(
                update={
                    "base": base,
                    "positions": positions,
                    "thresholds": thresholds,
                    "catalogue": catalogue_of(self._manifest),
                    "passed_at": self._now,
                    "day": max(held.day, self._running.day),
                    "next_due": min(first, since if is_same or not held.deltas else 0),
                }
            )

        after = change_partition(self._items, self._shop.id, self._number, passed)
        return after.base == base and after.passed_at == self._now

    def _found(self) -> tuple[str, Collection[int]]:
        """The relation of what the engine finds, and the positions that it could judge."""
        catalogue = load_catalogue(self._given.feeding.files, self._manifest)
        moment = moment_for(self._shelf, self._now, catalogue)
        path = str(self._given.local.folder / "found.parquet")
        rules = rules_by_position(self._shelf)
        failed = write_answerable(self._opened, rules, moment, path)
        for segment, position in self._shelf.layout.current.items():
            if position in failed:
                error = failed[position]
                self._given.counts.add("RulesFailed", shop=self._shop.id, segment=segment, error=error)
        return relation_of(path), set(self._shelf.layout.current.values()) - failed.keys()

    def _first_due(self, base: Base | None) -> int:
        if base is None:
            return NEVER
        path = relation_of(str(self._given.local.path(base.membership)))
        return first_due(self._opened.connection, path)

    def _commit(self, changed: Sequence[Difference]) -> None:
        told = commit(
            self._given.evaluating,
            self._shelf,
            self._now,
            self._proposals(changed),
            f"{self._running.of}:{self._number}",
        )
        counts = self._given.counts
        counts.add("MembershipsProposed", told.proposed)
        counts.add("MembershipsWritten", told.written)
        known = told.proposed - told.written - len(told.decided)
        if known and not self._running.repeated:
            # The table had it already: the snapshot has missed it, and takes it over now.
            counts.add("SnapshotDifferences", known, shop=self._shop.id)

    def _proposals(self, changed: Sequence[Difference]) -> Iterator[Proposal]:
        for some in batched(changed, _AT_ONCE, strict=False):
            if not self._given.watch.has_time(_SECONDS):
                raise _OutOfTime
            ids = self._opened.ids_of(one.customer for one in some)
            for one in some:
                customer, version = ids[one.customer]
                yield Proposal(customer, version, one.new)

    def _committed(self, changed: Sequence[Difference], layout: Layout) -> Iterator[Final]:
        """The memberships of who changed, read back: where facts or rules moved on, others were written."""
        wide = words_for(len(layout.positions))
        for some in batched(changed, _AT_ONCE, strict=False):
            ids = self._opened.ids_of(one.customer for one in some)
            places = {one: keys.membership(self._shop.id, customer) for one, (customer, _) in ids.items()}
            held = self._items.get_many(places.values())
            for number, place in places.items():
                body = held[place].body if place in held else {}
                membership = Membership.model_validate(body)
                since = segments_of(membership, layout)
                entered = {one: int(at.timestamp()) for one, at in since.items()}
                yield Final(number, (*membership.words(layout), *(0,) * wide)[:wide], entered)


def rules_by_position(shelf: ShopSegments) -> list[Rule | None]:
    """The rules as the engine takes them: None for a position that no rule can be evaluated for."""
    rules: list[Rule | None] = [None] * len(shelf.layout.positions)
    for segment, position in shelf.layout.current.items():
        rules[position] = shelf.rules.get(segment)
    return rules
