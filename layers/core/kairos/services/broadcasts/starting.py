"""Starting, stopping, resuming broadcasts: one execution at a time, started again until that is certain."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kairos.domain.broadcast import Broadcast
from kairos.domain.errors import Refused
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.ports import Clock, Executions, Items
from kairos.services.broadcasts.ending import settle
from kairos.services.broadcasts.store import change

SHARED_MACHINE = "broadcast"
"""The machine that all broadcasts share; started by itself for members who begin a run each."""

SOON = 15 * 60
"""Seconds ahead of its time within which a broadcast's execution is started: the schedule's interval."""

OVERDUE = timedelta(hours=2)
"""How long after it meant to look again an execution is taken for dead: about what its machine tries for."""

STOPPED = "stopped"
"""The reason of what the shop ended by hand."""


class Executing(NamedTuple):
    """What starting needs."""

    items: Items
    clock: Clock
    executions: Executions


def set_going(given: Executing, shop: str, broadcast: str) -> Broadcast:
    """Start the execution that is wanted of it. Repeated, also after a crash, it starts at most one.

    Nothing for one that is over, or goes already for certain.
    """
    wanted = change(given.items, shop, broadcast, _wanted)
    if wanted.is_over or wanted.confirmed >= wanted.execution:
        return wanted
    given.executions.start(_machine(wanted), wanted.execution_name, _input(wanted))

    def confirmed(held: Broadcast) -> Broadcast | None:
        if held.confirmed >= wanted.execution:
            return None
        return held.model_copy(update={"confirmed": wanted.execution, "looks_next_at": given.clock.now()})

    return change(given.items, shop, broadcast, confirmed)


def stop(given: Executing, shop: str, broadcast: str) -> Broadcast:
    """Nobody is sent it from now on, not even who is queued; what was reserved already goes its way.

    Raises NotFound.
    """

    def stopped(held: Broadcast) -> Broadcast | None:
        if held.is_over:
            return None
        return held.model_copy(update={"state": "stopped", "reason": STOPPED})

    return change(given.items, shop, broadcast, stopped)


def resume(given: Executing, shop: str, broadcast: str) -> Broadcast:
    """Go on where it was stopped: with those queued and not decided for, then from the last one queued.

    Raises NotFound, and Refused for one that is done.
    """

    def resumed(held: Broadcast) -> Broadcast | None:
        if held.state == "done":
            raise Refused("broadcast", "It is done: nobody is left to send it to.", "Make another one.")
        if held.state != "stopped":
            return None
        state, now = "running" if held.started_at else "planned", given.clock.now()
        further = {"state": state, "reason": None, "execution": held.execution + 1, "resumed_at": now}
        return held.model_copy(update=further)

    made = change(given.items, shop, broadcast, resumed)
    return made if made.at > given.clock.now() else set_going(given, shop, broadcast)


def is_dead(of: Broadcast, now: datetime) -> bool:
    """Whether its execution started for certain, and then looked no more."""
    if of.is_over or of.confirmed < of.execution or of.looks_next_at is None:
        return False
    return of.looks_next_at + OVERDUE < now


def revive(given: Executing, shop: str, broadcast: str) -> Broadcast:
    """Start another execution in place of the dead one; should that one live, it ends when it next looks."""

    def another(held: Broadcast) -> Broadcast | None:
        if not is_dead(held, given.clock.now()):
            return None
        return held.model_copy(update={"execution": held.execution + 1})

    change(given.items, shop, broadcast, another)
    return set_going(given, shop, broadcast)


def finish(given: Executing, held: Broadcast, reason: str) -> Broadcast:
    """Note that it is done, and why."""

    def done(now: Broadcast) -> Broadcast | None:
        if now.is_over:
            return None
        return now.model_copy(update={"state": "done", "reason": reason, "ended_at": given.clock.now()})

    made = change(given.items, held.shop, held.id, done)
    if made.state == "done":
        settle(given.items, made.shop, made.id)
    return made


def _wanted(held: Broadcast) -> Broadcast | None:
    return held.model_copy(update={"execution": 1}) if held.execution == 0 and not held.is_over else None


def _machine(of: Broadcast) -> str:
    return of.scenario if SCENARIOS[of.scenario].is_broadcast else SHARED_MACHINE


def _input(of: Broadcast) -> dict[str, Any]:
    """Ids only, for an execution's history can't be erased."""
    told: dict[str, Any] = {"shop": of.shop, "broadcast": of.id, "execution": of.execution}
    return told if SCENARIOS[of.scenario].is_broadcast else told | {"form": None}


def still_its_turn(of: Broadcast, execution: int) -> bool:
    """Whether that execution is the one that goes on: a resumed broadcast has a new one."""
    return not of.is_over and of.execution == execution
