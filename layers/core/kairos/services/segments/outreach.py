"""What reports count of a customer, from the ledger, what was reported, and the runs' decisions."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from kairos.domain.holdout import is_held_out
from kairos.domain.message import LedgerEntry
from kairos.domain.outreach import MessageFact, Outreach, PassedOver, RunCourse
from kairos.domain.run import Run
from kairos.ports import Item, Items
from kairos.services.broadcasts.members import Member
from kairos.services.engagement import people_only
from kairos.services.sending.decisions import Decision, What, decisions_of

_MOMENTS: frozenset[What] = frozenset({"waited", "deferred", "sent", "acted"})
"""Decisions after each of which the state machine went on to another wait."""


class Sent(NamedTuple):
    """A message with what was reported of it."""

    entry: LedgerEntry
    events: Sequence[Item]


def outreach_of(
    items: Items, messages: Iterable[Sent], runs: Iterable[Run], members: Iterable[Member] = ()
) -> Outreach:
    """Everything of one customer. members: their runs as such, whose moments no state machine had."""
    sent = [message_fact(one.entry, one.events) for one in messages if one.entry.purpose == "marketing"]
    passed: list[PassedOver] = []
    courses: list[RunCourse] = []
    for run in runs:
        decisions = _decisions(items, run)
        passed += _passed_over(run, decisions)
        courses.append(_course(run, decisions))
    for member in members:
        if member.passed_over:
            passed += _passed_over(member.run, _decisions(items, member.run))
        courses.append(_course(member.run, ()))
    return Outreach(
        messages=tuple(sorted(sent, key=lambda one: (one.reserved_at, one.scenario, one.step))),
        passed_over=tuple(sorted(passed, key=lambda one: (one.at, one.scenario, one.step, one.reason))),
        runs=tuple(sorted(courses, key=lambda one: (one.started_at, one.scenario))),
    )


def message_fact(entry: LedgerEntry, events: Iterable[Item]) -> MessageFact:
    """The message as reports count it."""
    times: dict[str, list[datetime]] = {}
    for kind, at in people_only(events):
        times.setdefault(kind, []).append(at)
    taken = entry.state == "sent"
    first = {kind: min(told) for kind, told in times.items()}
    return MessageFact(
        scenario=entry.step.scenario,
        step=entry.step.step,
        channel=entry.channel,
        state=entry.state,
        reason=entry.reason if entry.state in {"refused", "unknown"} else None,
        reserved_at=entry.reserved_at,
        sent_at=(entry.calling_at or entry.reserved_at) if taken else None,
        delivered_at=first.get("delivery"),
        bounced_at=first.get("bounce"),
        complained_at=first.get("complaint"),
        unsubscribed_at=first.get("unsubscribe"),
        opened=tuple(sorted(times.get("open", ()))),
        clicked=tuple(sorted(times.get("click", ()))),
        code=entry.code if entry.state != "refused" else None,
    )


def _decisions(items: Items, run: Run) -> list[Decision]:
    if is_held_out(run):
        return []  # nothing was ever decided for it, and there are many
    return [kept.decision for kept in decisions_of(items, run.shop, run.id)]


def _passed_over(run: Run, decisions: Iterable[Decision]) -> Iterator[PassedOver]:
    for one in decisions:
        if one.what in {"deferred", "skipped"} and one.step is not None:
            yield PassedOver(
                scenario=run.scenario,
                step=one.step,
                deferred=one.what == "deferred",
                reason=one.reason,
                at=one.at,
            )


def _course(run: Run, decisions: Iterable[Decision]) -> RunCourse:
    over = run.state == "ended"
    return RunCourse(
        scenario=run.scenario,
        started_at=run.registered_at,
        ended_at=(run.ended_at or run.registered_at) if over else None,
        reason=run.reason if over else None,
        held_out=is_held_out(run),
        moments=sum(one.count for one in decisions if one.what in _MOMENTS),
    )
