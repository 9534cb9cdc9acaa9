"""Carrying out the steps of a recompute, one by one or as a state machine hands them out."""

from contextlib import suppress

from kairos.domain.errors import KairosError, NotFound
from kairos.domain.shop import Shop
from kairos.engine.manifest import SnapshotBroken
from kairos.services.shops import load_shop
from kairos.services.snapshot.building import fill
from kairos.services.snapshot.checking import check_partition
from kairos.services.snapshot.compacting import compact_partition
from kairos.services.snapshot.figures import measure
from kairos.services.snapshot.lease import LeaseLost, Running, let_go, running_by
from kairos.services.snapshot.manifests import load_manifest, needs_look, want_rebuild
from kairos.services.snapshot.parts import Recomputing
from kairos.services.snapshot.planning import Ended, Result, Step, plan
from kairos.services.snapshot.recomputing import recompute_partition

ROUNDS = 3
"""Recomputes of one shop in a row, where wishes came in while one was under way."""


ATTEMPTS = 3
"""How often a step is tried at once; the state machine tries as often, with pauses."""


class StepFailed(KairosError):
    """A step did not come to its end, by an error that was told: try it again."""


def recompute_shop(given: Recomputing, shop: str, holder: str) -> None:
    """Recompute the shop from here to its end, if anything is due and nobody else is at it.

    Without time to end it, or where it is killed, the next tick goes on with it.
    """
    for _ in range(ROUNDS):
        if not needs_look(load_manifest(given.evaluating.items, shop), given.evaluating.clock.now()):
            return
        try:
            if not _recompute(given, shop, holder):
                return
        except LeaseLost:
            return


def _recompute(given: Recomputing, shop: str, holder: str) -> bool:
    """Whether a recompute was begun, or taken over, and came to its end in all partitions."""
    results: list[Result] = []
    while True:
        planned = plan(given, shop, holder, results)
        if planned.running is None:
            return False
        if not planned.steps:
            return not planned.running.failed
        results = [_attempt(given, shop, step, planned.running) for step in planned.steps]
        if any(one.ended == "again" for one in results) or not given.watch.has_time(0):
            let_go(given.evaluating.items, shop, planned.running, given.watch.now())
            return False


def _attempt(given: Recomputing, shop: str, step: Step, running: Running) -> Result:
    """The step's result; one that fails so many times leaves the others to be done."""
    for _ in range(ATTEMPTS):
        with suppress(StepFailed):
            return _result(given, shop, step, running)
    return Result(kind=step.kind, number=step.number, ended="failed")


def step_of_machine(given: Recomputing, shop: str, holder: str, step: Step) -> Result:
    """One step as a state machine hands it out. Raises StepFailed, LeaseLost."""
    return _result(given, shop, step, running_by(given.evaluating.items, shop, holder))


def _result(given: Recomputing, shop: str, step: Step, running: Running) -> Result:
    try:
        ended = carry_out(given, shop, step, running)
    except LeaseLost:
        raise
    except Exception as error:
        given.on_error(shop, step.kind, error)
        given.counts.add("RecomputeStepsFailed", shop=shop)
        raise StepFailed(f"{step.kind} {step.number}: {type(error).__name__}") from error
    return Result(kind=step.kind, number=step.number, ended=ended)


def carry_out(given: Recomputing, shop_id: str, step: Step, running: Running) -> Ended:
    """Do it. A damaged snapshot fails it, and is built anew with the next tick."""
    shop = load_shop(given.evaluating.items, shop_id)
    if shop is None:
        raise NotFound("shop", shop_id)
    try:
        return "done" if _done(given, shop, step, running) else "again"
    except SnapshotBroken as broken:
        given.on_error(shop_id, step.kind, broken)
        want_rebuild(given.evaluating.items, shop_id, broken)
        return "failed"


def _done(given: Recomputing, shop: Shop, step: Step, running: Running) -> bool:
    match step.kind:
        case "compact":
            now = given.evaluating.clock.now()
            compact_partition(given.evaluating.items, given.snapshots, shop, step.number, now)
        case "fill":
            building = load_manifest(given.evaluating.items, shop.id).building
            if building is not None:
                fill(given, shop, building, step.number, running)
        case "measure":
            measure(given, shop, step.number, running)
        case "recompute":
            return recompute_partition(given, shop, step.number, running)
        case "check":
            check_partition(given, shop, step.number, running)
    return True
