"""A recompute of one shop, phase by phase: what is to be done next, in steps that bear repetition.

A shop with one partition has its steps done one after the other by the function that plans them; a state
machine has those of a bigger one done at once. Between two phases everything lies in the store, so that
whoever comes after one who was killed goes on where they stopped.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Literal, NamedTuple

from kairos.domain.shelf import ShopSegments
from kairos.domain.shop import Shop
from kairos.domain.value import Value
from kairos.engine.manifest import PartitionManifest, ShopManifest, SnapshotBroken
from kairos.services.shops import load_shop
from kairos.services.snapshot.building import begin_building, must_build, steps_of_building, take_into_use
from kairos.services.snapshot.catalogue import catalogue_of
from kairos.services.snapshot.checking import needs_check
from kairos.services.snapshot.compacting import needs_compaction
from kairos.services.snapshot.figures import note_catalogue, write_thresholds
from kairos.services.snapshot.finishing import finish, today_of
from kairos.services.snapshot.lease import LEASE, PHASES, Phase, Running, keep, let_go, running_by, take
from kairos.services.snapshot.manifests import (
    MEASURED_FOR,
    change_manifest,
    is_wanted,
    load_manifest,
    load_partition,
    needs_look,
)
from kairos.services.snapshot.parts import Recomputing
from kairos.services.snapshot.recomputing import needs_pass

StepKind = Literal["compact", "fill", "measure", "recompute", "check"]
Ended = Literal["done", "again", "failed"]


class Step(Value):
    """One thing to do. number: of a partition, or for "fill" of a part of the table."""

    kind: StepKind
    number: int


class Result(Value):
    """What became of a step. again: it needs more time than there was."""

    kind: StepKind
    number: int
    ended: Ended


class Planned(NamedTuple):
    """The steps of a phase, all of which may be done at once; none where there is nothing (more) to do.

    running: None where the shop is quiet, or somebody else is at it.
    """

    running: Running | None = None
    steps: tuple[Step, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Whether the recompute has come to its end in all partitions."""
        return self.running is not None and self.running.phase == "finish" and not self.running.failed


def plan(given: Recomputing, shop_id: str, holder: str, results: Sequence[Result] = ()) -> Planned:
    """What to do next for the shop. results: of the steps that were planned before; none to begin with.

    Raises LeaseLost where somebody else has taken over meanwhile.
    """
    items, now = given.evaluating.items, given.evaluating.clock.now()
    manifest = load_manifest(items, shop_id)
    if not results and not needs_look(manifest, now):
        return Planned()
    shop = load_shop(items, shop_id)
    if shop is None:
        return Planned()
    today = today_of(shop, now)
    fresh = Running(
        holder=holder,
        until=given.watch.now() + LEASE,
        of=f"recompute:{shop.id}:{now.isoformat()}",
        at=now,
        wanted=manifest.wanted,
        day=today if manifest.day < today else "",
    )
    if results:
        # Of a recompute that is no longer this holder's they say nothing.
        running_by(items, shop_id, holder)
    running = take(items, shop_id, fresh, given.watch.now())
    if running is None:
        return Planned()
    planned = _Planning(given, shop, running).after(results)
    if results and planned.is_finished and is_wanted(load_manifest(items, shop_id)):
        # A wish came in meanwhile.
        return plan(given, shop_id, holder)
    return planned


class _Planning:
    """One call of plan."""

    def __init__(self, given: Recomputing, shop: Shop, running: Running) -> None:
        self._given, self._shop, self._running = given, shop, running
        self._items = given.evaluating.items

    def after(self, results: Sequence[Result]) -> Planned:
        """The steps that follow on these results."""
        failed = {one.number for one in results if one.ended == "failed"}
        if failed and self._running.phase == "build":
            # What is read stays as it is; the next tick goes on building where this one had to stop.
            let_go(self._items, self._shop.id, self._running, self._given.watch.now())
            return Planned(self._running)
        self._change(failed=tuple(sorted({*self._running.failed, *failed})))
        if self._running.phase != "build":
            if again := tuple(
                Step(kind=one.kind, number=one.number) for one in results if one.ended == "again"
            ):
                self._change(repeated=True)
                return self._hand_out(again)
            if results:
                self._end_phase()
        while self._running.phase != "finish":
            if steps := self._steps(self._running.phase):
                return self._hand_out(steps)
            self._next_phase()
        finish(self._given, self._shop, self._running)
        return Planned(self._running)

    def _end_phase(self) -> None:
        """What is done once all steps of the phase are."""
        numbers = load_manifest(self._items, self._shop.id).numbers
        if self._running.phase == "measure" and write_thresholds(
            self._given, self._shop, numbers, self._running
        ):
            now = self._given.evaluating.clock.now()
            change_manifest(
                self._items, self._shop.id, lambda held: held.model_copy(update={"measured_at": now})
            )
        if self._running.phase == "check":
            self._change(checked=True)
        self._next_phase()

    def _next_phase(self) -> None:
        self._change(phase=PHASES[PHASES.index(self._running.phase) + 1])

    def _change(self, **update: object) -> None:
        self._running = self._running.model_copy(update=update)

    def _hand_out(self, steps: tuple[Step, ...]) -> Planned:
        self._running = keep(self._items, self._shop.id, self._running, self._given.watch.now())
        return Planned(self._running, steps)

    def _steps(self, phase: Phase) -> tuple[Step, ...]:
        manifest = load_manifest(self._items, self._shop.id)
        if phase == "build":
            return self._to_build(manifest)
        partitions = [one for one in self._partitions(manifest) if one.number not in self._running.failed]
        match phase:
            case "measure":
                wanted = partitions if self._must_measure(manifest, partitions) else []
                return _steps("measure", wanted)
            case "recompute":
                if any(self._needs_pass(manifest, one) for one in partitions):
                    note_catalogue(self._given, self._shop, catalogue_of(manifest))
                return _steps("recompute", [one for one in partitions if self._must_recompute(manifest, one)])
            case _:
                now = self._given.watch.now()
                return _steps("check", [one for one in partitions if needs_check(manifest, one, now)])

    def _to_build(self, manifest: ShopManifest) -> tuple[Step, ...]:
        while manifest.building is not None or self._must_build(manifest):
            if manifest.building is None:
                customers = sum(one.customers for one in self._partitions(manifest))
                manifest = begin_building(self._given, self._shop, customers)
                continue
            left = steps_of_building(self._given, self._shop.id, manifest.building)
            # Before reading on: a function's memory would not hold all that is read.
            if left.compact:
                return tuple(Step(kind="compact", number=one) for one in left.compact)
            if left.fill:
                return tuple(Step(kind="fill", number=one) for one in left.fill)
            manifest = take_into_use(self._given, self._shop, manifest.building)
        return ()

    def _must_build(self, manifest: ShopManifest) -> str:
        return must_build(manifest, self._shop, self._partitions(manifest))

    def _partitions(self, manifest: ShopManifest) -> list[PartitionManifest]:
        """Those that are read, as far as their manifests can be."""
        found = []
        for number in manifest.numbers:
            with suppress(SnapshotBroken):
                found.append(load_partition(self._items, self._shop.id, number))
        return found

    def _must_measure(self, manifest: ShopManifest, partitions: Sequence[PartitionManifest]) -> bool:
        """Before each pass, and once an hour while customers change."""
        if "thresholds" not in self._shelf.asks:
            return False
        now = self._given.evaluating.clock.now()
        if manifest.measured_at is None or now - manifest.measured_at >= MEASURED_FOR:
            return True
        return any(self._needs_pass(manifest, one) for one in partitions)

    def _must_recompute(self, manifest: ShopManifest, partition: PartitionManifest) -> bool:
        is_due = partition.next_due <= self._given.evaluating.clock.now().timestamp()
        return is_due or needs_compaction(partition) or self._needs_pass(manifest, partition)

    def _needs_pass(self, manifest: ShopManifest, partition: PartitionManifest) -> bool:
        now = self._given.evaluating.clock.now()
        return needs_pass(partition, self._shelf, manifest, self._running, now)

    @cached_property
    def _shelf(self) -> ShopSegments:
        return self._given.evaluating.load(self._items, self._shop)


def _steps(kind: StepKind, partitions: Sequence[PartitionManifest]) -> tuple[Step, ...]:
    return tuple(Step(kind=kind, number=one.number) for one in partitions)
