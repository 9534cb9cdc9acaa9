"""Codes given to customers: each once, in the same transaction that reserves its message.

A code goes back to its pool, or is forgotten, when its message was definitely not sent.
"""

import base64
from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from kairos import keys
from kairos.domain.message import CodeKind, CodeWish, LedgerEntry, Reason
from kairos.domain.value import Instant, Value
from kairos.ports import Delete, Item, Items, Put, Unchanged, Write
from kairos.services.codes.tally import counted, tally_key

_MADE_LENGTH = 10
"""Characters of a code that the shop makes: 50 bits, not to be guessed, and still read over a telephone."""


class CodeClaim(Value):
    """A code given to a customer. pool: None for one that the shop's own API makes. percent: what it takes
    off, where that is its kind.

    valid_for: seconds from sending; expires_at: set when it is sent. asked_until: the validity that the
    shop's API was asked for, set before it was; made: the API said that it has the code.
    """

    pool: str | None = None
    code: str
    kind: CodeKind = "percent"
    percent: int
    message_id: str
    given_at: Instant
    valid_for: int
    expires_at: Instant | None = None
    asked_until: Instant | None = None
    made: bool = False

    def is_open(self, now: Instant, used: Iterable[str]) -> bool:
        """Neither used nor expired; one still waiting to be sent is open."""
        over = self.expires_at or self.given_at + timedelta(seconds=self.valid_for)
        return now < over and self.code.casefold() not in {code.casefold() for code in used}


class FreeCode(NamedTuple):
    """A code that may be given. pool, version, tally: of the pool's item and of the count that it is in, as
    they were read; None for a code that is yet to be made."""

    pool: str | None
    code: str
    version: str | None
    tally: Item | None = None


def objection(
    claims: Sequence[CodeClaim], used: Iterable[str], wish: CodeWish, now: Instant
) -> Reason | None:
    """Why this customer may be given no code now, None where nothing speaks against it."""
    used = tuple(used)
    if any(claim.is_open(now, used) for claim in claims):
        return "code still open"
    if any(now < claim.given_at + timedelta(seconds=wish.pause) for claim in claims):
        return "code given lately"
    return None


def claims_of(items: Items, shop: str, nodes: Iterable[str]) -> tuple[CodeClaim, ...]:
    """Every code ever given to the customer that these nodes are."""
    found = [item for node in nodes for item in items.query(keys.node(shop, node), "code#")]
    return tuple(CodeClaim.model_validate(item.body) for item in found)


def made_code(shop: str, wish: CodeWish, message_id: str) -> FreeCode | None:
    """The code that the shop's API shall make for this message; None where the wish is for one of a pool.

    Its text follows from the message, so that asking again asks for the same.
    """
    if wish.source != "shop":
        return None
    drawn = sha256(f"{shop}\x00{message_id}\x00code".encode()).digest()
    return FreeCode(None, base64.b32encode(drawn).decode()[:_MADE_LENGTH], None)


def claim_of(wish: CodeWish, free: FreeCode, message_id: str, now: Instant) -> CodeClaim:
    """The claim that gives this code with this message."""
    return CodeClaim(
        pool=free.pool,
        code=free.code,
        kind=wish.kind,
        percent=wish.percent,
        message_id=message_id,
        given_at=now,
        valid_for=wish.valid_for,
    )


def claim_writes(shop: str, customer: str, free: FreeCode, claim: CodeClaim) -> list[Write]:
    """The part of the reservation that gives the code: it fails if anybody was given it meanwhile."""
    held = keys.code_claim(shop, customer, claim.message_id)
    holder = keys.code_holder(shop, free.code.casefold())
    named = {"customer": customer, "message_id": claim.message_id}
    writes: list[Write] = [
        Put(Item(held, "1", claim.as_json()), Unchanged(None)),
        Put(Item(holder, "1", named), Unchanged(None)),
    ]
    if free.pool is None:
        return writes
    given = keys.given_code(shop, free.pool, free.code)
    return [
        *writes,
        Delete(keys.free_code(shop, free.pool, free.code), Unchanged(free.version)),
        Put(Item(given, "1", {"code": free.code, "message_id": claim.message_id}), Unchanged(None)),
        counted(shop, free.pool, free.code, free.tally, free=-1, given=1),
    ]


def sent_writes(items: Items, entry: LedgerEntry) -> list[Write]:
    """The part of the sending that starts the code's validity."""
    held = items.get(keys.code_claim(entry.step.shop, entry.customer, entry.message_id))
    if held is None or entry.code_expires_at is None:
        return []
    return [changed_claim(held, expires_at=entry.code_expires_at)]


def changed_claim(held: Item, **changes: object) -> Put:
    """The write that changes a claim, if nobody changed it meanwhile."""
    claim = CodeClaim.model_validate(held.body).model_copy(update=changes)
    return Put(Item(held.key, str(int(held.version) + 1), claim.as_json()), Unchanged(held.version))


def release_writes(items: Items, entry: LedgerEntry) -> list[Write]:
    """The part of a refusal that takes the code back, which nobody ever saw: into its pool, if it has one.

    The claim and the holder may be gone, their customer erased; that the pool's code was given with this
    message still stands then. The same transaction changes the entry, so that it happens once.
    """
    if not entry.code:
        return []
    shop = entry.step.shop
    writes: list[Write] = [Delete(keys.code_claim(shop, entry.customer, entry.message_id))]
    holder = items.get(keys.code_holder(shop, entry.code.casefold()))
    if holder is not None and holder.body["message_id"] == entry.message_id:
        writes.append(Delete(holder.key))
    return [*writes, *_back_to_pool(items, entry, entry.code)]


def _back_to_pool(items: Items, entry: LedgerEntry, code: str) -> list[Write]:
    """None where the code is of no pool, or the pool is gone with its shop."""
    shop, pool = entry.step.shop, entry.code_pool
    given = items.get(keys.given_code(shop, pool, code)) if pool else None
    if pool is None or given is None or given.body["message_id"] != entry.message_id:
        return []
    tally = items.get(tally_key(shop, pool, code))
    return [
        Delete(given.key, Unchanged(given.version)),
        Put(Item(keys.free_code(shop, pool, code), "1", {"code": code})),
        counted(shop, pool, code, tally, free=1, given=-1),
    ]
