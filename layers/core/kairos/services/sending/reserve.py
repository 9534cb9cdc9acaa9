"""One transaction reserves a message: ledger entry, counter, pointer, code, the end of the run."""

from typing import Any

from kairos import keys
from kairos.domain.message import Answer, LedgerEntry
from kairos.domain.run import Run
from kairos.ports import Check, Item, Items, Put, Unchanged, Write
from kairos.services.codes import CodeClaim, claim_writes
from kairos.services.sending.decide import variant_of
from kairos.services.sending.facts import CHANNEL, Facts
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
        _counted(facts),
        Put(Item(pointer, "1", named)),
        *_code(facts, entry),
    ]
    if facts.request.last:
        writes.append(ended(facts.run, facts.request.run, facts.run_version, FINISHED))
    items.transact(writes)
    return entry


def ended(run: Run, run_id: str, version: str, reason: str) -> Put:
    """The write that marks the run ended, if nobody changed it meanwhile."""
    over = run.model_copy(update={"state": "ended", "reason": reason})
    return Put(Item(keys.run(run.shop, run_id), str(int(version) + 1), over.as_json()), Unchanged(version))


def _entry(facts: Facts, answer: Answer, address: Address) -> LedgerEntry:
    wish, free = facts.request.code, facts.free if facts.request.code else None
    return LedgerEntry(
        message_id=facts.step.message_id,
        step=facts.step,
        customer=facts.customer.id,
        channel=CHANNEL,
        address_node=address.node,
        state="reserved",
        reserved_at=facts.now,
        code=free.code if free else None,
        code_pool=free.pool if free else None,
        code_valid_for=wish.valid_for if wish else None,
        variant=variant_of(facts),
        cause=facts.run.cause,
        facts=answer.facts,
    )


def _counted(facts: Facts) -> Write:
    key, held = keys.sends(facts.shop.id, facts.customer.id), facts.sends
    count = held.body["count"] + 1 if held else 1
    body: dict[str, Any] = {"count": count, "last_at": facts.now.isoformat()}
    version = str(int(held.version) + 1) if held else "1"
    return Put(Item(key, version, body), Unchanged(held.version if held else None))


def _code(facts: Facts, entry: LedgerEntry) -> list[Write]:
    free, wish = facts.free, facts.request.code
    if free is None or wish is None:
        return []
    claim = CodeClaim(
        pool=free.pool,
        code=free.code,
        percent=wish.percent,
        message_id=entry.message_id,
        given_at=facts.now,
        valid_for=wish.valid_for,
    )
    return claim_writes(facts.shop.id, facts.customer.id, free, claim)
