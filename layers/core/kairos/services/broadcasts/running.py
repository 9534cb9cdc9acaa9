"""A scenario's runs as the API lists and ends them: its customers' own, and those for many at once."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, get_args

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.cursor import cursor_after, read_cursor
from kairos.domain.errors import NotFound, Refused
from kairos.domain.run import Run
from kairos.domain.scenarios.registry import scenario
from kairos.ports import Items
from kairos.services.broadcasts.audience import Opened
from kairos.services.broadcasts.showing import show_many, shown
from kairos.services.broadcasts.starting import STOPPED, Executing, resume, stop
from kairos.services.broadcasts.store import find
from kairos.services.customers import resolve
from kairos.services.runs import end_run, read_run, runs_of
from kairos.services.scenarios import show_runs
from kairos.services.sending.decisions import keep

RunState = Literal["registered", "started", "ended"]

CUSTOMERS = 50
"""Customers on one page, each with all their runs of the scenario: some 150 reads of the table."""

LATELY = "P400D"
"""How far back runs are listed: as long as their decisions are kept."""


class Asked(NamedTuple):
    """What a list of runs is narrowed to; None for no matter."""

    customer: str | None = None
    state: str | None = None
    cursor: str | None = None


def list_runs(
    items: Items, opened: Callable[[], Opened], shop: str, name: str, asked: Asked
) -> dict[str, Any]:
    """{"runs", "broadcasts", "cursor"}: of a page of customers, each customer's latest first.

    broadcasts: the scenario's, and what was started by hand for many; with the first page alone. A broadcast
    has no other runs. Customers are found on the snapshot: who began a minute ago may be missing, unless
    they are asked for by name. Raises NotFound, NotReady, Refused.
    """
    one = scenario(name)
    if asked.state is not None and asked.state not in get_args(RunState):
        raise Refused("state", "It is none of a run's.", f"Use one of {', '.join(get_args(RunState))}.")
    if one.is_broadcast:
        told = show_many(items, shop, name, asked.cursor)
        return {"runs": [], **told}
    if asked.customer is not None:
        runs = show_runs(items, shop, name, asked.customer)
        return {"runs": _in_state(runs, asked.state), "broadcasts": [], "cursor": None}
    of = f"runs/{name}"
    rule = parse_rule({"kind": "in_scenario", "scenario": name, "window": {"within": LATELY}})
    found = opened().population.members(rule, read_cursor(asked.cursor, of), CUSTOMERS)
    runs = [_shown(run) for one in found for run in _theirs(items, shop, name, one)]
    return {
        "runs": _in_state(runs, asked.state),
        "broadcasts": [] if asked.cursor else show_many(items, shop, name, None)["broadcasts"],
        "cursor": cursor_after(of, found[-1]) if len(found) == CUSTOMERS else None,
    }


def stop_run(given: Executing, shop: str, name: str, run: str) -> None:
    """End one customer's run, or stop a broadcast. Who waits in it ends as soon as it looks again.

    Raises NotFound.
    """
    if _is_broadcast(run):
        _of_scenario(given.items, shop, name, run)
        stop(given, shop, run)
        return
    known = read_run(given.items, shop, run)
    if known is None or known.scenario != scenario(name).name:
        raise NotFound("run", run)
    if known.state != "ended":
        now = given.clock.now()
        end_run(given.items, shop, run, STOPPED, now)
        keep(given.items, known, "ended", None, STOPPED, {}, now)


def resume_broadcast(given: Executing, shop: str, name: str, run: str) -> dict[str, Any]:
    """Let a stopped broadcast go on. Raises NotFound, and Refused for what can't be resumed."""
    if not _is_broadcast(run):
        raise Refused("run", "A customer's run that ended stays ended.", "Start another one for them.")
    _of_scenario(given.items, shop, name, run)
    return shown(resume(given, shop, run))


def _is_broadcast(run: str) -> bool:
    return run.startswith("b") and len(run) == _BROADCAST_ID


_BROADCAST_ID = 27


def _of_scenario(items: Items, shop: str, name: str, broadcast: str) -> None:
    if find(items, shop, broadcast).broadcast.scenario != scenario(name).name:
        raise NotFound("run", broadcast)


def _theirs(items: Items, shop: str, name: str, customer: str) -> list[Run]:
    return [run for run in runs_of(items, shop, resolve(items, shop, customer).nodes) if run.scenario == name]


def _shown(run: Run) -> dict[str, Any]:
    return {"id": run.id, **run.as_json()}


def _in_state(runs: list[dict[str, Any]], state: str | None) -> list[dict[str, Any]]:
    return [run for run in runs if state in (None, run["state"])]
