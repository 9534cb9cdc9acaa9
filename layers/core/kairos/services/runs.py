"""The registry of runs: which exist, for whom, and how each ended."""

from datetime import datetime

from kairos import keys
from kairos.domain.errors import Conflict
from kairos.domain.run import Run
from kairos.ports import Item, Items, Put, Unchanged
from kairos.services.customers import resolve


def read_run(items: Items, shop: str, run_id: str) -> Run | None:
    """The run of that id, None if it was never registered (or was erased with its shop)."""
    item = items.get(keys.run(shop, run_id))
    return Run.model_validate(item.body) if item else None


def register(items: Items, run: Run, entered: Put | None = None) -> Run | None:
    """Put the run on record and at its customer; the one already on record where the cause had its run.

    A run under way that is another customer's passes to this one, for what caused it is theirs now: at a
    checkout, a mistyped address is corrected. entered: is written with it, or nothing is; None is answered
    where its condition does not hold (any more): somebody else lets the customer in.
    """
    more = [entered] if entered else []
    try:
        items.transact([Put(_item(run, 1), Unchanged(None)), _pointer(run), *more])
    except Conflict:
        held = items.get(keys.run(run.shop, run.id))
        if held is None:
            return None if entered else register(items, run)
        known = Run.model_validate(held.body)
        if known.state == "ended" or _same_customer(items, run, known):
            return known
        return _hand_over(items, held, known, run) or register(items, run)
    return run


def _hand_over(items: Items, held: Item, known: Run, called_for: Run) -> Run | None:
    """The run as its new customer's, ended if they are held out; None where it was changed meanwhile."""
    state = "ended" if called_for.state == "ended" else known.state
    theirs = known.model_copy(
        update={"customer": called_for.customer, "state": state, "reason": called_for.reason}
    )
    try:
        items.transact([Put(_item(theirs, int(held.version) + 1), Unchanged(held.version)), _pointer(theirs)])
    except Conflict:
        return None
    return theirs


def _same_customer(items: Items, run: Run, known: Run) -> bool:
    same = run.customer == known.customer
    return same or known.customer in resolve(items, run.shop, run.customer).nodes


def _pointer(run: Run) -> Put:
    key = keys.run_pointer(run.shop, run.customer, run.id)
    return Put(Item(key, "1", {"scenario": run.scenario}))


def confirm_start(items: Items, run: Run) -> None:
    """Note that the execution runs; nothing where it is noted already or the run has ended since."""
    _move(items, run.shop, run.id, "started", None)


def end_run(items: Items, shop: str, run_id: str, reason: str, at: datetime) -> None:
    """Note that the run ended and why; the first reason stays. Nothing where there is no such run."""
    _move(items, shop, run_id, "ended", reason, at)


def runs_of(items: Items, shop: str, nodes: tuple[str, ...]) -> list[Run]:
    """Every run of the customer that these nodes are, latest registered first."""
    pointers = [item for node in nodes for item in items.query(keys.node(shop, node), "run#")]
    wanted = {keys.run(shop, item.key.sk.removeprefix("run#")) for item in pointers}
    found = [Run.model_validate(item.body) for item in items.get_many(wanted).values()]
    return sorted(found, key=lambda run: (run.registered_at, run.id), reverse=True)


_BEFORE = {"started": ("registered",), "ended": ("registered", "started")}


def _move(
    items: Items, shop: str, run_id: str, state: str, reason: str | None, ended_at: datetime | None = None
) -> None:
    """Advance the run's state; a concurrent change is read again, and wins where it went further."""
    while item := items.get(keys.run(shop, run_id)):
        run = Run.model_validate(item.body)
        if run.state not in _BEFORE[state]:
            return
        moved = run.model_copy(update={"state": state, "reason": reason, "ended_at": ended_at})
        try:
            items.write(Put(_item(moved, int(item.version) + 1), Unchanged(item.version)))
        except Conflict:
            continue
        return


def _item(run: Run, version: int) -> Item:
    return Item(keys.run(run.shop, run.id), str(version), run.as_json())
