"""Who recomputes a shop: one at a time, for a limited time, and where one was killed another goes on."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from kairos import keys
from kairos.domain.errors import Conflict
from kairos.domain.value import Instant, Value
from kairos.ports import Delete, Item, Items, Put, Unchanged

LEASE = timedelta(minutes=16)
"""Real time: longer than the longest that a function lasts, which is 15 minutes."""

Phase = Literal["build", "measure", "recompute", "check", "finish"]
PHASES: tuple[Phase, ...] = ("build", "measure", "recompute", "check", "finish")


class Running(Value):
    """A recompute of one shop, from its beginning to its end, whoever carries it on.

    holder: who does at the moment, until then (real time). of: names it, see Transition; at: the instant, by
    the one clock, that all is computed for. wanted: the wishes that it fulfils. day: the shop's day that
    begins with it, "" where that has begun already. checked: it has compared the snapshot with the table.
    failed: partitions that can't be finished now. repeated: some of it may have been done before, by one who
    was killed or ran out of time.
    """

    holder: str
    until: Instant
    of: str
    at: Instant
    wanted: int = 0
    day: str = ""
    phase: Phase = "build"
    checked: bool = False
    failed: tuple[int, ...] = ()
    repeated: bool = False


class LeaseLost(Exception):
    """Somebody else took the recompute over; what one did so far stays done."""


def take(items: Items, shop: str, fresh: Running, now: datetime) -> Running | None:
    """Begin this recompute, or carry on with one that was given up; None while somebody is at it.

    fresh: how one begins; its holder and end are those of whoever takes it. now: real time.
    """
    held = items.get(keys.recompute_lease(shop))
    running = fresh
    if held is not None:
        known = Running.model_validate(held.body)
        if known.until > now and known.holder != fresh.holder:
            return None
        taken = {"holder": fresh.holder, "until": fresh.until}
        is_other = known.holder != fresh.holder
        running = known.model_copy(update=taken | ({"repeated": True} if is_other else {}))
    with suppress(Conflict):
        _put(items, shop, held, running)
        return running
    return None


def running_by(items: Items, shop: str, holder: str) -> Running:
    """The recompute as it stands. Raises LeaseLost where this holder is not, or no longer, at it."""
    held = items.get(keys.recompute_lease(shop))
    if held is None or (running := Running.model_validate(held.body)).holder != holder:
        raise LeaseLost(shop)
    return running


def is_held(items: Items, shop: str, now: datetime) -> bool:
    """Whether somebody is at it. now: real time."""
    held = items.get(keys.recompute_lease(shop))
    return held is not None and Running.model_validate(held.body).until > now


def keep(items: Items, shop: str, running: Running, now: datetime) -> Running:
    """Hold on to it for another while, as it now stands. Raises LeaseLost."""
    return _hold(items, shop, running, now + LEASE)


def let_go(items: Items, shop: str, running: Running, now: datetime) -> None:
    """Leave the rest to whoever comes next. Raises LeaseLost."""
    _hold(items, shop, running, now)


def _hold(items: Items, shop: str, running: Running, until: datetime) -> Running:
    held = items.get(keys.recompute_lease(shop))
    if held is None or Running.model_validate(held.body).holder != running.holder:
        raise LeaseLost(shop)
    kept = running.model_copy(update={"until": until})
    try:
        _put(items, shop, held, kept)
    except Conflict as lost:
        raise LeaseLost(shop) from lost
    return kept


def end(items: Items, shop: str, running: Running) -> None:
    """It is done. Raises LeaseLost."""
    held = items.get(keys.recompute_lease(shop))
    if held is None or Running.model_validate(held.body).holder != running.holder:
        raise LeaseLost(shop)
    try:
        items.write(Delete(held.key, Unchanged(held.version)))
    except Conflict as lost:
        raise LeaseLost(shop) from lost


def _put(items: Items, shop: str, held: Item | None, running: Running) -> None:
    version = str(int(held.version) + 1) if held else "1"
    item = Item(keys.recompute_lease(shop), version, running.as_json())
    items.write(Put(item, Unchanged(held.version if held else None)))
