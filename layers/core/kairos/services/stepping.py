"""Following a timeline: what is due is done or left out, and the machine waits for what comes next."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby
from math import ceil
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from kairos.domain.criteria.durations import after
from kairos.domain.errors import Refused
from kairos.domain.message import CodeWish, StepRequest
from kairos.domain.profile import Profile
from kairos.domain.refusing import nearest, refused
from kairos.domain.run import Run
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios import registry
from kairos.domain.shop import Shop
from kairos.domain.timeline_step import StepCode, Timeline, TimelineStep
from kairos.domain.value import Value
from kairos.services.acting.action import Acting, TagOrder
from kairos.services.acting.registry import ACTIONS
from kairos.services.backlog import is_behind
from kairos.services.checking import evaluate, until_looking_again, was_erased, why_unmet
from kairos.services.customers import KnownCustomer, read_customer
from kairos.services.looking import see_for
from kairos.services.runs import end_run, read_run
from kairos.services.scenarios import is_on
from kairos.services.sending.decisions import Decision, Told, decisions_of, keep
from kairos.services.sending.reserve import FINISHED
from kairos.services.sending.send import Sending, answer
from kairos.services.shops import load_shop

NOT_FOR_THEM, NOT_SET_UP, TOO_LATE = "not meant for them", "not set up", "too late"
"""Why a step is left out when it comes to it; another step of the same name may still come."""

_RETRIED_WITHIN = timedelta(hours=1)
"""So long after a call a state machine may still repeat it; later, sweeping finds what was forgotten."""

_THIS_TIME = frozenset({NOT_FOR_THEM, NOT_SET_UP, TOO_LATE})


class Next(Value):
    """What the machine does: wait, and ask again; or end because of `reason`. step: what is waited for."""

    decision: Literal["wait", "end"]
    reason: str
    wait_seconds: int = 0
    step: str | None = None


class _Due(NamedTuple):
    """What is due at a time: steps of one name, of which the first that applies is taken."""

    name: str
    after: str
    at: datetime
    choices: tuple[TimelineStep, ...]


def read_timeline(told: Mapping[str, Any]) -> Timeline:
    """The timeline as a state machine states it. Raises Refused naming the field."""
    try:
        return Timeline.model_validate(dict(told))
    except ValidationError as wrong:
        raise refused(wrong, Timeline) from None


def take_step(given: Sending, timeline: Timeline, tag: TagOrder | None = None) -> Next:
    """Do all that is due of the run's timeline, and say what to wait for. tag: see Acting.

    What was done stands in the run's decisions: however often it is asked, and wherever it dies, each step is
    done once. Raises Refused for a timeline that names what does not exist.
    """
    _resume(given, timeline)
    answered: set[str] = set()
    while True:
        found = _look(given, timeline, answered, tag)
        told = found if isinstance(found, Next) else found.go_on()
        if told is not None:
            return told


def _resume(given: Sending, timeline: Timeline) -> None:
    """Queue once more what was reserved just now: this may be the retry of a call that died before it did."""
    kept = [one.decision for one in decisions_of(given.items, timeline.shop, timeline.run)]
    last = next((one for one in reversed(kept) if one.what == "sent"), None)
    if last is not None and last.step is not None and given.clock.now() - last.at < _RETRIED_WITHIN:
        answer(given, StepRequest(shop=timeline.shop, run=timeline.run, step=last.step))


def _look(
    given: Sending, timeline: Timeline, answered: set[str], tag: TagOrder | None
) -> "_Following | Next":
    run = read_run(given.items, timeline.shop, timeline.run)
    if run is None or run.state == "ended":
        return Next(decision="end", reason="run unknown" if run is None else run.reason or "run ended")
    shop = load_shop(given.items, run.shop)
    if shop is None:
        return Next(decision="end", reason="shop unknown")
    if not is_on(given.items, run.shop, run.scenario):
        return _end(given, run, "switched off")
    if is_behind(given.items, given.clock):
        seconds = until_looking_again(given.clock)
        return Next(decision="wait", reason="webhooks are queued", wait_seconds=seconds)
    known = read_customer(given.items, run.shop, run.customer)
    if known.profile is None or was_erased(given.items, run.shop, known.component, run.registered_at):
        return _end(given, run, "erased")
    return _Following(given, timeline, answered, tag, shop, run, known, known.profile)


def _end(given: Sending, run: Run, reason: str, facts: Told | None = None) -> Next:
    """Of an erased customer nothing more is kept."""
    now = given.clock.now()
    if reason != "erased":
        keep(given.items, run, "ended", None, reason, facts or {}, now)
    end_run(given.items, run.shop, run.id, reason, now)
    return Next(decision="end", reason=reason)


class _Following:
    """One look at a run under way: nothing that it reads is read twice. answered: steps that were asked for
    in this call, and are over."""

    def __init__(
        self,
        given: Sending,
        timeline: Timeline,
        answered: set[str],
        tag: TagOrder | None,
        shop: Shop,
        run: Run,
        known: KnownCustomer,
        profile: Profile,
    ) -> None:
        self._given, self._timeline, self._shop, self._run = given, timeline, shop, run
        self._known, self._profile, self._answered, self._tag = known, profile, answered, tag
        self._scenario: Scenario = registry.scenario(run.scenario)
        self._settings = self._scenario.recall_settings(run.settings)
        self._now = given.clock.now()

    def go_on(self) -> Next | None:
        """One step further; None where there is more to do at once."""
        conditions = {name: self._facts[name] for name in self._timeline.only_if}
        if (unmet := why_unmet(self._scenario, conditions)) is not None:
            return _end(self._given, self._run, unmet, self._told(conditions))
        if not self._left:
            return _end(self._given, self._run, FINISHED)
        due = self._left[0]
        if self._now < due.at:
            return self._wait(due)
        return self._take(due)

    def _take(self, due: _Due) -> Next | None:
        """Do what is due now, or leave it out."""
        step, overtaken = self._applying(due), self._overtaken_at()
        if isinstance(step, str):
            self._leave_out(due, step)
        elif overtaken is not None and overtaken <= self._now and not (step.code or step.action):
            self._leave_out(due, TOO_LATE)
        elif step.action:
            self._act(step)
        else:
            return self._send(step, overtaken)
        return None

    @cached_property
    def _facts(self) -> Mapping[str, bool]:
        """Every criterion that the timeline names, with whether it holds now."""
        steps = self._timeline.steps
        names = tuple(dict.fromkeys([*self._timeline.only_if, *(one for step in steps for one in step.when)]))
        cause, settings = self._run.cause, self._run.settings
        about = (self._scenario, names, cause, settings)
        seen = see_for(self._given.items, self._shop, self._known, self._profile, *about, self._now)
        return evaluate(names, seen.profile, seen.moment, cause, settings, self._scenario)

    @cached_property
    def _decided(self) -> Sequence[Decision]:
        return [one.decision for one in decisions_of(self._given.items, self._shop.id, self._run.id)]

    @cached_property
    def _sent_at(self) -> Mapping[str, datetime]:
        """When the message of each step of this run was released that was."""
        return {one.step: one.at for one in self._decided if one.what == "sent" and one.step}

    @cached_property
    def _undone(self) -> Sequence[TimelineStep]:
        """What of this run is not done, be it due or not."""
        done = {one.step for one in self._decided if _is_done(one)} | self._answered
        left_out = {(one.step, one.facts.get("after")) for one in self._decided if one.reason in _THIS_TIME}
        return [
            step
            for step in self._timeline.steps
            if self._run.entry in step.entries or not step.entries
            if step.step not in done and (step.step, step.after) not in left_out
            if step.follows is None or step.follows not in done or step.follows in self._sent_at
        ]

    @cached_property
    def _left(self) -> Sequence[_Due]:
        """Those that may come to be due, by the time at which they are."""
        theirs = [one for one in self._undone if one.follows is None or one.follows in self._sent_at]
        theirs.sort(key=lambda step: (step.step, step.after))
        grouped = [
            (name, wait, tuple(some))
            for (name, wait), some in groupby(theirs, key=lambda step: (step.step, step.after))
        ]
        due = [_Due(name, wait, self._due_at(some[0]), some) for name, wait, some in grouped]
        order = [step.step for step in self._timeline.steps]
        return sorted(due, key=lambda one: (one.at, order.index(one.name)))

    def _due_at(self, step: TimelineStep) -> datetime:
        began = self._sent_at[step.follows] if step.follows else self._run.began
        return after(self._setting(step.after), began, self._shop.zone)

    def _setting(self, name: str) -> Any:
        if name not in type(self._settings).model_fields:
            known = type(self._settings).model_fields
            raise Refused("steps", f"{self._scenario.name} has no setting {name!r}.", nearest(name, known))
        return getattr(self._settings, name)

    def _applying(self, due: _Due) -> TimelineStep | str:
        """The first choice that is for them, else why there is none."""
        why = NOT_FOR_THEM
        for step in due.choices:
            if step.unless in self._sent_at or not all(self._facts[name] for name in step.when):
                continue
            if step.needs is None or getattr(self._shop.pages, step.needs) is not None:
                return step
            why = NOT_SET_UP
        return why

    def _overtaken_at(self) -> datetime | None:
        """When the next step is due that is for them, as things stand; None where there is none."""
        first, *others = self._left
        coming = (one for one in others if one.at > first.at and one.name != first.name)
        return next((one.at for one in coming if self._sends(one)), None)

    def _sends(self, due: _Due) -> bool:
        """Whether it is a message for them, as things stand: what is only done overtakes nothing."""
        step = self._applying(due)
        return not isinstance(step, str) and step.action is None

    def _wait(self, due: _Due) -> Next:
        seconds = ceil((due.at - self._now).total_seconds())
        return Next(decision="wait", reason="not due yet", wait_seconds=seconds, step=due.name)

    def _leave_out(self, due: _Due, why: str) -> None:
        names = dict.fromkeys(name for step in due.choices for name in step.when)
        facts = {"after": due.after, **self._told({name: self._facts[name] for name in names})}
        keep(self._given.items, self._run, "skipped", due.name, why, facts, self._now)

    def _told(self, facts: Mapping[str, bool]) -> Told:
        return {f"condition {name}": holds for name, holds in facts.items()}

    def _act(self, step: TimelineStep) -> None:
        action = step.action or ""
        if action not in ACTIONS:
            raise Refused("steps", f"There is no action {action!r}.", nearest(action, ACTIONS))
        items, clock, key = self._given.items, self._given.clock, self._given.key
        whom = self._shop, self._run, self._known, self._profile
        ACTIONS[action](Acting(items, clock, key, *whom, self._tag))
        told = self._told({name: self._facts[name] for name in step.when})
        keep(items, self._run, "acted", step.step, action.replace("_", " "), told, self._now)

    def _send(self, step: TimelineStep, overtaken: datetime | None) -> Next | None:
        """Ask for the message; whatever is answered but to wait, there is a next step to look at."""
        told = answer(self._given, self._request(step, overtaken))
        if told.decision == "wait":
            return Next(decision="wait", reason=told.reason, wait_seconds=told.wait_seconds, step=step.step)
        self._answered.add(step.step)
        return None

    def _request(self, step: TimelineStep, overtaken: datetime | None) -> StepRequest:
        not_after = None
        if overtaken is not None:
            not_after = max(0, int((overtaken - self._run.registered_at).total_seconds()))
        return StepRequest(
            shop=self._shop.id,
            run=self._run.id,
            step=step.step,
            channels=step.channels,
            only_if=(*self._timeline.only_if, *step.when),
            at_preferred_hour=step.at_preferred_hour,
            not_after=not_after,
            code=self._wish(step.code) if step.code else None,
            last=all(one.step == step.step for one in self._undone),
        )

    def _wish(self, code: StepCode) -> CodeWish:
        percent = {} if code.percent is None else {"percent": self._setting(code.percent)}
        return CodeWish(
            source=self._setting("code_source"),
            pool=self._setting(code.pool),
            kind=code.kind,
            scope=code.scope or "all",
            optional=code.optional,
            valid_for=self._seconds(code.valid_for),
            pause=self._seconds("next_code_after"),
            **percent,
        )

    def _seconds(self, setting: str) -> int:
        ends = after(self._setting(setting), self._now, self._shop.zone)
        return ceil((ends - self._now).total_seconds())


def _is_done(told: Decision) -> bool:
    if told.what == "skipped":
        return told.reason not in _THIS_TIME or "after" not in told.facts
    return told.what in ("sent", "acted")
