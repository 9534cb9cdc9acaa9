"""What `send_message` does: answer a step's request, and queue the message if the answer is to send."""

from datetime import timedelta
from typing import NamedTuple

from kairos import keys
from kairos.domain.broadcast import Broadcast, broadcast_of
from kairos.domain.errors import Conflict
from kairos.domain.identity import IdentityKey
from kairos.domain.message import Answer, LedgerEntry, Reason, Step, StepRequest
from kairos.domain.run import Run
from kairos.ports import Clock, Items, Put, Queue
from kairos.services.broadcasts.members import ended_as, pointed_at
from kairos.services.checking import why_unmet
from kairos.services.sending.decide import address_for, decide
from kairos.services.sending.decisions import Decision, What, kept_write
from kairos.services.sending.facts import Evaluate, Facts, Reading, load_facts
from kairos.services.sending.ledger import watch
from kairos.services.sending.reserve import FINISHED, ended, reserve
from kairos.services.shops import load_shop

_TRIES = 8
"""Decisions in one call when others change the same items; then the state machine's own retry takes over."""

_NEVER_KEPT: frozenset[Reason] = frozenset({"erased", "customer unknown"})
"""What was decided about who is erased leaves no trace."""

_OF_THE_SCENARIO: frozenset[Reason] = frozenset({"webhooks are queued", "cart changed lately"})
"""Waits before the message is due at all; all others defer one that is."""


class Sending(NamedTuple):
    """What answering needs. queue: takes messages of all channels, each saying which."""

    items: Items
    clock: Clock
    key: IdentityKey
    evaluate: Evaluate
    queue: Queue


def answer(given: Sending, request: StepRequest) -> Answer:
    """Decide on facts read in this call; reserve and queue, or say why not.

    The same step asked again gets the same message: still reserved, it is queued once more, since the
    crash may have come before the queue. Raises Conflict after _TRIES decisions on moving facts.
    """
    for _ in range(_TRIES):
        try:
            item = given.items.get(keys.run(request.shop, request.run))
            if item is None:
                return _over("run unknown")
            return _answer_once(given, request, Run.model_validate(item.body), item.version)
        except Conflict:
            continue
    raise Conflict(f"The facts for run {request.run}, step {request.step} keep changing.")


def answer_member(given: Sending, request: StepRequest, member: Run) -> Answer:
    """The very same decision for a broadcast's member, whose run stands in no registry.

    A broadcast that was stopped, or is done, ends it at once, and nothing of that is kept: resumed, it asks
    again. Raises Conflict likewise.
    """
    broadcast = broadcast_of(member.cause) or ""
    for _ in range(_TRIES):
        held = given.items.get(keys.broadcast(member.shop, broadcast))
        if held is None or Broadcast.model_validate(held.body).is_over:
            return _over("broadcast stopped")
        try:
            return _answer_once(given, request, member, None)
        except Conflict:
            continue
    raise Conflict(f"The facts for a member of {broadcast} keep changing.")


def _answer_once(given: Sending, request: StepRequest, run: Run, version: str | None) -> Answer:
    shop = load_shop(given.items, request.shop)
    if shop is None:
        return _over("shop unknown")
    step = Step(shop=request.shop, scenario=run.scenario, run=request.run, step=request.step)
    known = given.items.get(keys.message(request.shop, step.message_id))
    if known is not None:
        return _resume(given.queue, LedgerEntry.model_validate(known.body))
    if run.state == "ended":
        return _over("run ended")
    reading = Reading(given.items, given.clock, given.key, given.evaluate)
    facts = load_facts(reading, request, shop, run, version)
    return _act(given, facts, decide(facts))


def _act(given: Sending, facts: Facts, decided: Answer) -> Answer:
    address = address_for(facts)
    if decided.decision == "send" and address is not None:
        watch(given.items, given.clock, facts.shop.id, facts.step.message_id)
        entry = reserve(given.items, facts, decided, address)
        _queue(given.queue, entry)
        return decided
    writes = _kept(facts, decided)
    is_last = decided.decision == "end" or (decided.decision == "skip" and facts.request.last)
    if is_last and facts.run_version is not None:
        writes.append(ended(facts.run, facts.request.run, facts.run_version, _why(facts, decided), facts.now))
    # One after the other: what is kept is kept once, and together in a transaction they cost twice as much.
    for write in writes:
        given.items.write(write)
    return decided


def _kept(facts: Facts, decided: Answer) -> list[Put]:
    """The decision on record, for a broadcast's member with what leads to it; of an erased customer nothing
    more is kept."""
    if decided.reason in _NEVER_KEPT:
        return []
    until = facts.now + timedelta(seconds=decided.wait_seconds) if decided.decision == "wait" else None
    told = Decision(
        what=_what(decided),
        step=facts.request.step,
        reason=_why(facts, decided) if decided.decision == "end" else decided.reason,
        at=facts.now,
        last_at=facts.now,
        until=until,
        facts=decided.facts,
    )
    write = kept_write(facts.kept, facts.run, told)
    if write is None:
        return []
    return [write] if facts.run_version is not None else [_pointed(facts, decided), write]


def _pointed(facts: Facts, decided: Answer) -> Put:
    waits = decided.decision == "wait"
    run = facts.run if waits else ended_as(facts.run, _why(facts, decided), facts.now)
    return pointed_at(run, facts.was_passed_over or decided.decision in {"wait", "skip"})


def _what(decided: Answer) -> What:
    if decided.decision == "wait":
        return "waited" if decided.reason in _OF_THE_SCENARIO else "deferred"
    return "skipped" if decided.decision == "skip" else "ended"


def _why(facts: Facts, decided: Answer) -> str:
    if decided.reason == "condition not met":
        return why_unmet(facts.scenario, facts.conditions) or decided.reason
    return f"{FINISHED}: {decided.reason}" if decided.decision == "skip" else decided.reason


def _resume(queue: Queue, entry: LedgerEntry) -> Answer:
    if entry.state == "reserved":
        _queue(queue, entry)
    return Answer(decision="send", reason="already reserved", message_id=entry.message_id, facts=entry.facts)


def _queue(queue: Queue, entry: LedgerEntry) -> None:
    queue.send({"shop": entry.step.shop, "message_id": entry.message_id, "channel": entry.channel})


def _over(reason: Reason) -> Answer:
    return Answer(decision="end", reason=reason)
