"""One transaction reserves a message: ledger entry, budget, pointer, code, decision, the end of the run."""

from collections.abc import Sequence
from datetime import datetime

from kairos import keys
from kairos.domain.broadcast import broadcast_of
from kairos.domain.message import Answer, LedgerEntry
from kairos.domain.run import Run
from kairos.ports import Check, Item, Items, Put, Unchanged, Write
from kairos.services.broadcasts.members import ended_as, pointed_at
from kairos.services.codes import claim_of, claim_writes
from kairos.services.sending.budget import Place, taken_writes
from kairos.services.sending.decide import code_for, variant_of
from kairos.services.sending.decisions import Decision, kept_write
from kairos.services.sending.facts import Facts
from kairos.services.sending.reaching import Address

FINISHED = "finished"
"""The reason with which a run ends that went all its way."""


def reserve(items: Items, facts: Facts, answer: Answer, address: Address) -> LedgerEntry:
    """Reserve it, all or nothing. Raises Conflict where anything changed since the facts were read."""
    entry = _entry(facts, answer, address)
    shop, customer = facts.shop.id, facts.customer.id
    pointer = keys.send_pointer(shop, customer, entry.message_id)
    named = {"message_id": entry.message_id, "run": facts.request.run, "step": facts.request.step}
    writes: list[Write | Check] = [
        Put(Item(keys.message(shop, entry.message_id), "1", entry.as_json()), Unchanged(None)),
        *_taken(facts),
        Put(Item(pointer, "1", named)),
        *_code(facts, entry),
        *_kept(facts, answer),
    ]
    version = facts.run_version
    if version is not None and facts.request.last:
        writes.append(ended(facts.run, facts.request.run, version, FINISHED, facts.now))
    elif version is not None:
        writes.append(Check(keys.run(shop, facts.request.run), Unchanged(version)))
    else:
        writes.append(pointed_at(ended_as(facts.run, FINISHED, facts.now), facts.was_passed_over))
    items.transact([*writes, *_not_erased(facts, address)])
    return entry


def ended(run: Run, run_id: str, version: str, reason: str, at: datetime) -> Put:
    """The write that marks the run ended, if nobody changed it meanwhile."""
    over = run.model_copy(update={"state": "ended", "reason": reason, "ended_at": at})
    return Put(Item(keys.run(run.shop, run_id), str(int(version) + 1), over.as_json()), Unchanged(version))


def _entry(facts: Facts, answer: Answer, address: Address) -> LedgerEntry:
    wish, free = (facts.wish, facts.free) if code_for(facts) else (None, None)
    return LedgerEntry(
        message_id=facts.step.message_id,
        step=facts.step,
        customer=facts.customer.id,
        channel=address.channel,
        address_node=address.node,
        priority=facts.scenario.priority,
        state="reserved",
        reserved_at=facts.now,
        code=free.code if free else None,
        code_pool=free.pool if free else None,
        code_wish=wish,
        code_valid_for=wish.valid_for if wish else None,
        variant=variant_of(facts),
        cause=facts.run.cause,
        broadcast=broadcast_of(facts.run.cause),
        facts=answer.facts,
    )


def _not_erased(facts: Facts, address: Address) -> list[Check]:
    """An erasure that began since the facts were read finds no message made after it."""
    erasures = facts.customer.erasures
    watched = {facts.customer.id, facts.run.customer, address.node} & erasures.keys()
    return [Check(keys.erasure(facts.shop.id, node), Unchanged(erasures[node])) for node in sorted(watched)]


def _taken(facts: Facts) -> Sequence[Write]:
    place = Place(message_id=facts.step.message_id, at=facts.now)
    return taken_writes(facts.shop.id, facts.customer.id, facts.budget, facts.shop.sending, place)


def _kept(facts: Facts, answer: Answer) -> Sequence[Write]:
    told = Decision(
        what="sent",
        step=facts.request.step,
        reason=answer.reason,
        at=facts.now,
        last_at=facts.now,
        facts=answer.facts,
    )
    write = kept_write(facts.kept, facts.run, told)
    return [write] if write else []


def _code(facts: Facts, entry: LedgerEntry) -> list[Write]:
    if facts.free is None or facts.wish is None or entry.code is None:
        return []
    claim = claim_of(facts.wish, facts.free, entry.message_id, facts.now)
    return claim_writes(facts.shop.id, facts.customer.id, facts.free, claim)
