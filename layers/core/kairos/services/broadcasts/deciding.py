"""What `send_broadcast` does with a batch: each member is decided for as for any message, or begins a run."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Literal, NamedTuple

from kairos import keys
from kairos.domain.broadcast import ENTRY, Batch, Broadcast, BroadcastCode, Form, member_run
from kairos.domain.criteria.durations import after
from kairos.domain.errors import Conflict
from kairos.domain.holdout import HOLDOUT, holdout_of
from kairos.domain.message import CodeWish, StepRequest
from kairos.domain.run import Run
from kairos.domain.scenario import in_holdout
from kairos.domain.shop import Shop
from kairos.services.broadcasts import queued, waiting
from kairos.services.broadcasts.members import MEMBER, ended_as, members_among, pointed_at
from kairos.services.broadcasts.settings import ends_at, scenario_of, settings_of
from kairos.services.broadcasts.store import load
from kairos.services.checking import was_erased
from kairos.services.customers import read_customer, resolve
from kairos.services.sending.decisions import decisions_of, keep
from kairos.services.sending.reserve import FINISHED
from kairos.services.sending.send import Sending, answer_member
from kairos.services.shops import load_shop
from kairos.services.starting import Starting, start_by_hand

SENT, WAITING, EARLIER = "sent", "waiting", "earlier"
"""Outcomes beside the holdout and the reasons for which members are left out. earlier: decided for already,
in an audience before this one."""

STARTED = frozenset({"started", "running already"})

TOO_LATE = "too late"
STOPPED = "broadcast stopped"


class Deciding(NamedTuple):
    """What deciding needs."""

    sending: Sending
    starting: Starting


class _Stopped(Exception):
    """Nobody is decided for any more, until it is resumed."""


class _Batch(NamedTuple):
    """Whom the decisions of one batch concern. number: the batch's."""

    given: Deciding
    shop: Shop
    broadcast: Broadcast
    form: Form
    settings: Any
    batch: Batch
    number: int

    @property
    def now(self) -> datetime:
        """The time."""
        return self.given.sending.clock.now()

    @property
    def ends_at(self) -> datetime | None:
        """After which nobody is asked again."""
        return ends_at(self.broadcast, self.batch.queued_at)


def decide_batch(
    given: Deciding, shop: str, broadcast: str, number: int, enough_time: Callable[[], bool] = lambda: True
) -> Literal["done", "again"]:
    """Decide for every member of the batch, and note what came of each, and who is left.

    Repeated, also after a crash, it finds every message reserved and every decision kept. A broadcast that
    was stopped leaves the others in the batch: resumed, it is queued again. "again": time did not suffice for
    all. A member for whom deciding fails holds up no other; the first one's error is raised at last.
    """
    items = given.sending.items
    found = queued.load_batch(items, shop, broadcast, number)
    if found is None or found[0].done:
        return "done"
    batch, item = found
    try:
        one = _opened(given, shop, broadcast, batch, number)
    except _Stopped:
        return "done"
    came = _decide_each(one, enough_time)
    try:
        if came.outcomes or not came.left:
            items.write(queued.decided(batch, item, came.outcomes, came.left))
    except Conflict:
        return "again"  # it was put anew meanwhile, perhaps with other members
    if came.failure is not None:
        raise came.failure
    return came.told


class _Came(NamedTuple):
    """What came of a batch. left: members not decided for; failure: why the first of them is not."""

    outcomes: Counter[str]
    left: list[str]
    told: Literal["done", "again"]
    failure: Exception | None


def _decide_each(one: _Batch, enough_time: Callable[[], bool]) -> _Came:
    outcomes, failed, failure = Counter[str](), list[str](), None
    for number, customer in enumerate(one.batch.members):
        left = [*failed, *one.batch.members[number:]]
        if not enough_time():
            return _Came(outcomes, left, "again", failure)
        try:
            outcomes[_outcome(one, customer)] += 1
        except _Stopped:
            return _Came(outcomes, left, "done", None)
        except Exception as error:
            failed.append(customer)
            failure = failure or error
    return _Came(outcomes, failed, "done", failure)


def _opened(given: Deciding, shop: str, broadcast: str, batch: Batch, number: int) -> _Batch:
    held, known = load(given.sending.items, shop, broadcast), load_shop(given.sending.items, shop)
    if held is None or known is None or held.broadcast.is_over or held.broadcast.form is None:
        raise _Stopped
    settings = settings_of(held.broadcast)
    return _Batch(given, known, held.broadcast, held.broadcast.form, settings, batch, number)


def _outcome(of: _Batch, customer: str) -> str:
    if of.broadcast.starts_runs:
        return _started(of, customer)
    run = member_run(of.broadcast, customer, of.batch.began_at)
    if of.batch.stage and not of.batch.again and _was_decided(of, run):
        return EARLIER
    if _held_out(of, customer):
        items = of.given.sending.items
        items.write(pointed_at(ended_as(run, HOLDOUT, of.now), passed_over=False))
        keep(items, run, "ended", of.form.step, HOLDOUT, {}, of.now)
        return HOLDOUT
    return _answered(of, run)


def _started(of: _Batch, customer: str) -> str:
    """A member of a timeline's release begins their run, at the stage where they stand."""
    held = load(of.given.sending.items, of.shop.id, of.broadcast.id)
    if held is None or held.broadcast.is_over:
        raise _Stopped
    audience = of.form.stages[of.batch.stage].audience
    entry = audience.removeprefix(ENTRY) if audience.startswith(ENTRY) else None
    parts, scenario = of.given.starting, scenario_of(of.broadcast)
    told = start_by_hand(parts, of.shop.id, scenario, customer, of.broadcast.id, entry)
    return "sent" if told in STARTED else told


def _answered(of: _Batch, run: Run) -> str:
    """Their outcome; they wait at one place, or at none, also where the batch was asked before."""
    moments = [one.decision.until for one in decisions_of(of.given.sending.items, run.shop, run.id)]
    outcome, until = _asked(of, run)
    known = [one for one in moments if one is not None]
    waiting.forget(of.given.sending.items, of.broadcast, run.customer, known, of.number, but=until)
    return outcome


def _asked(of: _Batch, run: Run) -> tuple[str, datetime | None]:
    """The outcome, and until when they wait."""
    answer = answer_member(of.given.sending, _request(of, run), run)
    if answer.reason == STOPPED:
        raise _Stopped
    if answer.decision == "send":
        return SENT, None
    if answer.decision != "wait":
        return answer.reason, None
    items, now = of.given.sending.items, of.now
    until = _kept_until(of, run) or now + timedelta(seconds=answer.wait_seconds)
    if of.ends_at is not None and until > of.ends_at:
        items.write(pointed_at(ended_as(run, f"{FINISHED}: {TOO_LATE}", now), passed_over=True))
        keep(items, run, "skipped", of.form.step, TOO_LATE, answer.facts, now)
        return TOO_LATE, None
    batch = of.batch
    since = waiting.Since(
        stage=batch.stage, began_at=batch.began_at, queued_at=batch.queued_at, batch=of.number
    )
    waiting.wait_until(items, of.broadcast, run.customer, since, until, now)
    return WAITING, until


def _kept_until(of: _Batch, run: Run) -> datetime | None:
    """What the decision on record says: the same however often the batch is repeated, so that a member waits
    at one place."""
    kept = [one.decision.until for one in decisions_of(of.given.sending.items, run.shop, run.id)]
    return kept[-1] if kept and kept[-1] is not None and kept[-1] > of.now else None


def _request(of: _Batch, run: Run) -> StepRequest:
    ends, began = of.ends_at, of.batch.began_at
    return StepRequest(
        shop=run.shop,
        run=run.id,
        step=of.form.step or "",
        channels=of.form.channels,
        at_preferred_hour=of.form.at_preferred_hour,
        not_after=ceil((ends - began).total_seconds()) if ends is not None else None,
        code=_wish(of, of.form.code) if of.form.code is not None else None,
        last=True,
    )


def _wish(of: _Batch, code: BroadcastCode) -> CodeWish | None:
    """The code, where the settings say how much it takes off. The pause is the shop's own cooldown."""
    settings: Mapping[str, Any] = of.settings.model_dump()
    if code.kind == "percent" and settings.get(code.percent) is None:
        return None
    ends = after(settings[code.valid_for], of.now, of.shop.zone)
    percent = {"percent": settings[code.percent]} if code.kind == "percent" else {}
    return CodeWish(
        source=settings["code_source"],
        pool=settings["code_pool"],
        kind=code.kind,
        optional=code.optional,
        valid_for=ceil((ends - of.now).total_seconds()),
        pause=0,
        **percent,
    )


def _was_decided(of: _Batch, run: Run) -> bool:
    """Whether they belonged to an audience before this one, and were decided for there."""
    kept = decisions_of(of.given.sending.items, run.shop, run.id)
    return any(one.decision.at < of.batch.began_at for one in kept)


def _held_out(of: _Batch, customer: str) -> bool:
    """By lot, unless they were a member of one of the scenario's broadcasts before: they stay on that side.

    Of who is erased or unknown nothing is kept, and so they are on neither.
    """
    items, broadcast = of.given.sending.items, of.broadcast
    component = resolve(items, broadcast.shop, customer)
    held = [p for node in component.nodes for p in items.query(keys.node(broadcast.shop, node), MEMBER)]
    earlier = [one.run for one in members_among(broadcast.shop, held)]
    theirs = [run for run in earlier if run.scenario == broadcast.scenario]
    percent = broadcast.holdout_percent
    drawn = in_holdout(broadcast.shop, broadcast.scenario, component.customer, percent)
    if not holdout_of(theirs, drawn):
        return False
    known = read_customer(items, broadcast.shop, customer)
    erased = was_erased(items, broadcast.shop, known.component, of.batch.began_at)
    return known.profile is not None and not erased
