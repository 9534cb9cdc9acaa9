"""The registry of runs: which exist, for whom, and how each ended."""

from kairos import keys
from kairos.domain.errors import Conflict
from kairos.domain.run import Run
from kairos.ports import Item, Items, Put, Unchanged


def read_run(items: Items, shop: str, run_id: str) -> Run | None:
    """The run of that id, None if it was never registered (or was erased with its shop)."""
    item = items.get(keys.run(shop, run_id))
    return Run.model_validate(item.body) if item else None


def register(items: Items, run: Run) -> Run:
    """Put the run on record and at its customer; the one already on record where the cause had its run."""
    pointer = Item(keys.run_pointer(run.shop, run.customer, run.id), "1", {"scenario": run.scenario})
    try:
        items.transact([Put(_item(run, 1), Unchanged(None)), Put(pointer)])
    except Conflict:
        return read_run(items, run.shop, run.id) or register(items, run)
    return run


def confirm_start(items: Items, run: Run) -> None:
    """Note that the execution runs; nothing where it is noted already or the run has ended since."""
    _move(items, run.shop, run.id, "started", None)


def end_run(items: Items, shop: str, run_id: str, reason: str) -> None:
    """Note that the run ended and why; the first reason stays. Nothing where there is no such run."""
    _move(items, shop, run_id, "ended", reason)


def runs_of(items: Items, shop: str, nodes: tuple[str, ...]) -> list[Run]:
    """Every run of the customer that these nodes are, latest registered first."""
    pointers = [item for node in nodes for item in items.query(keys.node(shop, node), "run#")]
    wanted = {keys.run(shop, item.key.sk.removeprefix("run#")) for item in pointers}
    found = [Run.model_validate(item.body) for item in items.get_many(wanted).values()]
    return sorted(found, key=lambda run: (run.registered_at, run.id), reverse=True)


_BEFORE = {"started": ("registered",), "ended": ("registered", "started")}


def _move(items: Items, shop: str, run_id: str, state: str, reason: str | None) -> None:
    """Advance the run's state; a concurrent change is read again, and wins where it went further."""
    while item := items.get(keys.run(shop, run_id)):
        run = Run.model_validate(item.body)
        if run.state not in _BEFORE[state]:
            return
        moved = run.model_copy(update={"state": state, "reason": reason})
        try:
            items.write(Put(_item(moved, int(item.version) + 1), Unchanged(item.version)))
        except Conflict:
            continue
        return


def _item(run: Run, version: int) -> Item:
    return Item(keys.run(run.shop, run.id), str(version), run.as_json())
