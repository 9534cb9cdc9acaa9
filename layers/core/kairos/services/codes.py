"""Discount codes: pools uploaded by a shop, and who was given which code with which message.

The codes are made in the shop and worth what the scenario's settings say. Each is given once, in the same
transaction that reserves its message, and goes back to its pool when that message was definitely not sent.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.errors import Conflict, Refused
from kairos.domain.message import CodeWish, LedgerEntry, Reason
from kairos.domain.value import Instant, Value
from kairos.ports import Check, Delete, Item, Items, Put, Unchanged, Write

MOST_PER_UPLOAD = 5000
"""Codes in one upload: some 100 transactions, well within the API's 29 seconds."""

_POOL = re.compile(r"^[a-z0-9][a-z0-9_-]{0,63}$")
_PER_TRANSACTION = 50
_LONGEST_CODE = 64
_LOOKED_AT = 25


class CodeClaim(Value):
    """A code given to a customer. percent: what it takes off.

    valid_for: seconds from sending; expires_at: set when it is sent.
    """

    pool: str
    code: str
    percent: int
    message_id: str
    given_at: Instant
    valid_for: int
    expires_at: Instant | None = None

    def is_open(self, now: Instant, used: Iterable[str]) -> bool:
        """Neither used nor expired; one still waiting to be sent is open."""
        over = self.expires_at or self.given_at + timedelta(seconds=self.valid_for)
        return now < over and self.code.casefold() not in {code.casefold() for code in used}


class FreeCode(NamedTuple):
    """A code that may be given, with the version of its item."""

    pool: str
    code: str
    version: str


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


def free_code(items: Items, shop: str, pool: str | None, message_id: str) -> FreeCode | None:
    """A code to give with this message, None where the pool is unknown or empty.

    Messages look at the same few codes but start at different ones, so that they seldom collide.
    """
    if pool is None:
        return None
    free = items.query(keys.free_code(shop, pool, "").pk, "free#", limit=_LOOKED_AT)
    if not free:
        return None
    item = free[int(message_id[:8], 16) % len(free)]
    return FreeCode(pool, item.body["code"], item.version)


def claim_writes(shop: str, customer: str, free: FreeCode, claim: CodeClaim) -> list[Write]:
    """The part of the reservation that gives the code: it fails if anybody was given it meanwhile."""
    given = keys.given_code(shop, free.pool, free.code)
    held = keys.code_claim(shop, customer, claim.message_id)
    return [
        Delete(keys.free_code(shop, free.pool, free.code), Unchanged(free.version)),
        Put(Item(given, "1", {"code": free.code, "message_id": claim.message_id}), Unchanged(None)),
        Put(Item(held, "1", claim.as_json()), Unchanged(None)),
    ]


def sent_writes(items: Items, entry: LedgerEntry) -> list[Write]:
    """The part of the sending that starts the code's validity."""
    held = items.get(keys.code_claim(entry.step.shop, entry.customer, entry.message_id))
    if held is None or entry.code_expires_at is None:
        return []
    claim = CodeClaim.model_validate(held.body).model_copy(update={"expires_at": entry.code_expires_at})
    return [Put(Item(held.key, str(int(held.version) + 1), claim.as_json()), Unchanged(held.version))]


def release_writes(items: Items, entry: LedgerEntry) -> list[Write]:
    """The part of a refusal that puts the code, which nobody ever saw, back into its pool."""
    shop = entry.step.shop
    held = keys.code_claim(shop, entry.customer, entry.message_id)
    if not entry.code or not entry.code_pool or items.get(held) is None:
        return []
    free = keys.free_code(shop, entry.code_pool, entry.code)
    return [
        Delete(held),
        Delete(keys.given_code(shop, entry.code_pool, entry.code)),
        Put(Item(free, "1", {"code": entry.code})),
    ]


def upload(items: Items, shop: str, pool: str, codes: Sequence[str]) -> dict[str, Any]:
    """Add codes to a pool, made if need be. Answers {"pool", "added", "known"}.

    Uploading the same codes again adds none, also not those given meanwhile. Raises Refused for a pool
    name that can't be one, and for codes that are empty, too long or too many.
    """
    if not _POOL.match(pool):
        raise Refused("pool", f"{pool[:80]!r} can't name a pool.", "Use a-z, 0-9, _ and -, at most 64.")
    wanted = _clean(codes)
    items.write(Put(Item(keys.pool_pointer(shop, pool), "1", {"pool": pool})))
    added = 0
    for at in range(0, len(wanted), _PER_TRANSACTION):
        added += _add(items, shop, pool, wanted[at : at + _PER_TRANSACTION])
    return {"pool": pool, "added": added, "known": len(wanted) - added}


def pools(items: Items, shop: str) -> list[dict[str, Any]]:
    """The shop's pools in order: {"pool", "free", "given"} each."""
    prefix = keys.pool_pointer(shop, "").sk
    found = [item.body["pool"] for item in items.query(keys.shop(shop).pk, prefix)]
    return [{"pool": pool, **_counts(items, shop, pool)} for pool in found]


def _counts(items: Items, shop: str, pool: str) -> dict[str, int]:
    pk = keys.free_code(shop, pool, "").pk
    return {kind: len(items.query(pk, f"{kind}#")) for kind in ("free", "given")}


def _clean(codes: Sequence[str]) -> list[str]:
    if len(codes) > MOST_PER_UPLOAD:
        raise Refused("codes", f"{len(codes)} are too many at once.", f"Send at most {MOST_PER_UPLOAD}.")
    for at, code in enumerate(codes):
        if not code.strip() or len(code.strip()) > _LONGEST_CODE:
            remedy = f"Send codes of 1 to {_LONGEST_CODE} characters."
            raise Refused(f"codes[{at}]", f"{code[:80]!r} can't be a discount code.", remedy)
    return list(dict.fromkeys(code.strip() for code in codes))


def _add(items: Items, shop: str, pool: str, codes: list[str]) -> int:
    free = {code: keys.free_code(shop, pool, code) for code in codes}
    given = {code: keys.given_code(shop, pool, code) for code in codes}
    for _ in range(5):
        known = items.get_many([*free.values(), *given.values()])
        new = [code for code in codes if free[code] not in known and given[code] not in known]
        writes: list[Write | Check] = [Check(given[code], Unchanged(None)) for code in new]
        writes += [Put(Item(free[code], "1", {"code": code}), Unchanged(None)) for code in new]
        try:
            if writes:
                items.transact(writes)
            return len(new)
        except Conflict:
            continue
    raise Conflict(f"Pool {pool} is being changed by others.")
