"""What `run_broadcast` does: queue the next members, ask those again who waited, and say how long to wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import batched
from math import ceil
from typing import Literal, NamedTuple

from kairos.domain.broadcast import Batch, Broadcast, Form, Stage
from kairos.domain.criteria.durations import after
from kairos.domain.errors import Conflict
from kairos.domain.value import Value
from kairos.ports import Clock, Delete, Item, Items, Queue
from kairos.services.backlog import is_behind
from kairos.services.broadcasts import queued, waiting
from kairos.services.broadcasts.audience import NobodyToFind, Open, Opened, members, size
from kairos.services.broadcasts.ending import settle
from kairos.services.broadcasts.featuring import why_not_shown
from kairos.services.broadcasts.settings import gives_up_at, settings_of
from kairos.services.broadcasts.starting import still_its_turn
from kairos.services.broadcasts.store import Held, change, load
from kairos.services.checking import until_looking_again
from kairos.services.scenarios import is_on
from kairos.services.shops import load_shop

MOST_A_PAGE = 2_000
"""Members: three states of the machine for each page are then half of what a thousand members may cost."""

LONGEST_PAGE = 10
"""Minutes for which a page lasts at the broadcast's pace, so that it is stopped and looked at in between."""

BATCH = 25
"""Members of one message in the queue: some seconds of its function's 30."""

TOGETHER = 75
"""Members who leave those who wait in one transaction, which takes 100 writes: three batches."""

DRAIN = timedelta(minutes=1)
"""How long the last members queued are waited for, before it is looked again."""

STALLED = timedelta(minutes=30)
"""After which a message of the queue is taken for lost: it is redelivered every 3 minutes, five times."""

ROUND = timedelta(hours=1)
"""Least time between two rounds of those who wait for a better moment."""

MARGIN = timedelta(hours=1)
"""After the latest moment for a member, until who could never be decided for is counted as failed."""

FINISHED, FAILED = "finished", "failed"
_TRIES = 8


class PageRequest(Value):
    """What the state machine asks. form: its table; None where the broadcast brought its own."""

    shop: str
    broadcast: str
    execution: int
    form: Form | None = None


class Page(Value):
    """What the machine does: wait and ask again ("go"), or end because of `reason`."""

    decision: Literal["go", "end"]
    reason: str
    wait_seconds: int = 0


class Paging(NamedTuple):
    """What paging needs. queue: of batches of members."""

    items: Items
    clock: Clock
    open: Open
    queue: Queue


def take_page(given: Paging, request: PageRequest) -> Page:
    """One step of the broadcast. Killed anywhere and repeated, it leaves nobody out.

    Who was queued before it was killed is queued again: the ledger knows them. Raises NotReady,
    SnapshotBroken, Conflict after _TRIES.
    """
    for _ in range(_TRIES):
        try:
            told = _Step(given, request).take()
        except Conflict:
            continue
        if told is not None:
            _note_next_look(given, request, told)
            return told
    raise Conflict(f"Broadcast {request.broadcast} keeps changing.")


def _note_next_look(given: Paging, request: PageRequest, told: Page) -> None:
    """So that an execution that died is told from one that waits."""
    if told.decision == "end":
        return
    at = given.clock.now() + timedelta(seconds=told.wait_seconds)

    def noted(held: Broadcast) -> Broadcast | None:
        if not still_its_turn(held, request.execution):
            return None
        return held.model_copy(update={"looks_next_at": at})

    change(given.items, request.shop, request.broadcast, noted)


class _Step:
    """One look at the broadcast. Answers None where it changed, so that it is to be looked at again."""

    def __init__(self, given: Paging, request: PageRequest) -> None:
        self._given = given
        self._items = given.items
        self._request = request
        self._now = given.clock.now()
        self._opened: Opened | None = None

    def take(self) -> Page | None:
        held = load(self._items, self._request.shop, self._request.broadcast)
        if held is not None and held.broadcast.state == "done":
            settle(self._items, held.broadcast.shop, held.broadcast.id)
        if held is None or not still_its_turn(held.broadcast, self._request.execution):
            return Page(decision="end", reason=held.broadcast.reason or "resumed" if held else "unknown")
        if (against := self._against(held.broadcast)) is not None:
            return self._end(held, against)
        if held.broadcast.at > self._now:
            return _until(held.broadcast.at, self._now, "not due yet")
        if is_behind(self._items, self._given.clock):
            seconds = until_looking_again(self._given.clock)
            return Page(decision="go", reason="webhooks are queued", wait_seconds=seconds)
        try:
            if held.broadcast.began_at:
                return self._go(held)
            self._begin(held)
        except NobodyToFind as why:
            return self._end(held, str(why))
        return None

    def _against(self, of: Broadcast) -> str | None:
        """What ends the broadcast as a whole."""
        if load_shop(self._items, of.shop) is None:
            return "shop unknown"
        if not is_on(self._items, of.shop, of.scenario):
            return "switched off"
        return why_not_shown(self._items, of.shop, of.subject, settings_of(of))

    def _begin(self, held: Held) -> None:
        """Note what the machine's table says, and count whom it concerns."""
        form = held.broadcast.form or self._request.form
        if form is None:
            raise NobodyToFind("no such audience")
        counting = held.broadcast.model_copy(update={"form": form})
        number = size(self._items, self._open, counting, form.stages[0])
        began = {"state": "running", "size": number, "started_at": self._now, "began_at": self._now}
        self._items.write(held.put(counting.model_copy(update=began)))

    def _go(self, held: Held) -> Page | None:
        if held.broadcast.requeued < held.broadcast.execution:
            self._requeue(held)
            return None
        if queued.fold(self._items, held):
            return None
        of = held.broadcast
        if not of.paged:
            return self._page(held)
        round_at = self._round_at(of)
        if round_at is not None and round_at <= self._now:
            return self._ask_again(held)
        stage_at = self._next_stage_at(of)
        if stage_at is not None and stage_at <= self._now:
            self._next_stage(held)
            return None
        if outstanding := queued.unfinished(self._items, of):
            return self._drain(held, outstanding)
        later = [one for one in (round_at, stage_at) if one is not None]
        if later:
            reason = "next audience" if min(later) == stage_at else "better moments"
            return _until(min(later), self._now, reason)
        return self._end(held, FINISHED)

    def _requeue(self, held: Held) -> None:
        """With each new execution: who was queued when the broadcast was stopped is not decided for."""
        queued.send_again(self._items, self._given.queue, held.broadcast)
        further = {"requeued": held.broadcast.execution}
        self._items.write(held.put(held.broadcast.model_copy(update=further)))

    # ------------------------------------------------------------ members

    def _page(self, held: Held) -> Page:
        of, stage = held.broadcast, _stage(held.broadcast)
        most = _most_a_page(of)
        found = members(self._items, self._open, of, stage, of.cursor, most)
        paged = len(found) < most
        now = self._now
        batches = [
            Batch(members=some, began_at=of.began_at or now, queued_at=now, stage=of.stage)
            for some in batched(found, BATCH, strict=False)
        ]
        counts = of.counts.model_copy(update={"queued": of.counts.queued + len(found)})
        cursor = found[-1] if found else of.cursor
        self._queue(held, batches, counts=counts, cursor=cursor, paged=paged)
        return self._paced(of, len(found))

    def _ask_again(self, held: Held) -> Page:
        """Queue those again whose better moment has come; some at a time cease to wait as they are queued.

        A round that is longer than a page goes on with the next one: it is over when none is due any more.
        """
        asked, most, over = 0, _most_a_page(held.broadcast), False
        while asked < most and not over:
            number = min(TOGETHER, most - asked)
            found = waiting.due(self._items, held.broadcast, self._now, number + 1)
            due, over = found[:number], len(found) <= number
            of, round_over = held.broadcast, {"looked_at": self._now} if over else {}
            counts = of.counts.model_copy(update={"waiting": of.counts.waiting - len(due)})
            held = self._queue(held, _again(due), waiting.forgetting(due), counts=counts, **round_over)
            asked += len(due)
        return self._paced(held.broadcast, asked)

    def _queue(
        self, held: Held, batches: Sequence[Batch], also: Sequence[Delete] = (), **fields: object
    ) -> Held:
        """The batches, then their messages, then how far it has come.

        Killed in between, the same numbers are given to the members once more: what such a batch was before,
        nobody counts, and who stood in it either stands in it again or matches no more.
        """
        of = held.broadcast
        queued.put(self._items, self._given.queue, of, of.batches, batches)
        further = {"batches": of.batches + len(batches), "draining_since": None, **fields}
        after = of.model_copy(update=further)
        self._items.transact([held.put(after), *also])
        return held.after(after)

    def _paced(self, of: Broadcast, members: int) -> Page:
        seconds = max(1, ceil(members * 60 / of.pace))
        return Page(decision="go", reason="members were queued", wait_seconds=seconds)

    def _drain(self, held: Held, outstanding: Sequence[tuple[Batch, Item]]) -> Page | None:
        """Wait for the members queued, ever longer; those taken for lost go again until it is too late."""
        of = held.broadcast
        hopeless = [one for one in outstanding if self._is_hopeless(of, one[0])]
        for batch, item in hopeless:
            self._items.write(queued.decided(batch, item, {FAILED: len(batch.members)}, ()))
        if hopeless:
            return None
        if of.draining_since is None:
            self._items.write(held.put(of.model_copy(update={"draining_since": self._now})))
        waited = self._now - (of.draining_since or self._now)
        if waited >= STALLED:
            queued.send_again(self._items, self._given.queue, of)
        seconds = int(min(max(waited, DRAIN), ROUND).total_seconds())
        return Page(decision="go", reason="members are queued", wait_seconds=seconds)

    def _is_hopeless(self, of: Broadcast, batch: Batch) -> bool:
        return gives_up_at(of, batch.queued_at) + MARGIN < self._now

    # ------------------------------------------------------------ moments

    def _round_at(self, of: Broadcast) -> datetime | None:
        """When those who wait are asked again; None where nobody waits."""
        first = waiting.first_due(self._items, of)
        if first is None:
            return None
        return max(first, of.looked_at + ROUND) if of.looked_at else first

    def _next_stage_at(self, of: Broadcast) -> datetime | None:
        """When the next audience's time comes; None where there is none."""
        began = of.started_at or self._now
        if of.stage + 1 >= len(of.plan.stages):
            return None
        setting = of.plan.stages[of.stage + 1].after
        shop = load_shop(self._items, of.shop)
        if setting is None or shop is None:
            return began
        return after(getattr(settings_of(of), setting), began, shop.zone)

    def _next_stage(self, held: Held) -> None:
        further = {"stage": held.broadcast.stage + 1, "cursor": "", "paged": False, "began_at": self._now}
        self._items.write(held.put(held.broadcast.model_copy(update=further)))

    def _end(self, held: Held, reason: str) -> Page:
        over = {"state": "done", "reason": reason, "ended_at": self._now}
        made = held.broadcast.model_copy(update=over)
        self._items.write(held.put(made))
        settle(self._items, made.shop, made.id)
        return Page(decision="end", reason=reason)

    def _open(self) -> Opened:
        """The snapshot, opened once for the whole step, if at all."""
        if self._opened is None:
            self._opened = self._given.open(self._request.shop)
        return self._opened


def _stage(of: Broadcast) -> Stage:
    return of.plan.stages[of.stage]


def _most_a_page(of: Broadcast) -> int:
    """Members who are queued before it is looked again."""
    return max(BATCH, min(MOST_A_PAGE, of.pace * LONGEST_PAGE))


def _again(due: Sequence[waiting.Later]) -> list[Batch]:
    """Batches of those who are asked as the stage and since the time that they were first asked."""
    groups: dict[tuple[int, datetime, datetime], list[str]] = {}
    for one in due:
        since = (one.since.stage, one.since.began_at, one.since.queued_at)
        groups.setdefault(since, []).append(one.customer)
    return [
        Batch(members=some, stage=stage, began_at=began_at, queued_at=queued_at, again=True)
        for (stage, began_at, queued_at), customers in groups.items()
        for some in batched(customers, BATCH, strict=False)
    ]


def _until(at: datetime, now: datetime, reason: str) -> Page:
    return Page(decision="go", reason=reason, wait_seconds=max(1, ceil((at - now).total_seconds())))
