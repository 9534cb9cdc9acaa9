"""Pools of discount codes that a shop has made in its own system and uploaded."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from kairos import keys
from kairos.domain.errors import Conflict, Refused
from kairos.ports import Check, Delete, Item, Items, Key, Put, Unchanged, Write
from kairos.services.codes.claims import FreeCode
from kairos.services.codes.tally import SHARES, added, stock_of, tally_key

MOST_PER_UPLOAD = 5000
"""Codes in one upload: some 120 transactions, well within the API's 29 seconds."""

_POOL = re.compile(r"^[a-z0-9][a-z0-9_-]{0,63}$")
_PER_TRANSACTION = (100 - SHARES) // 2
_LONGEST_CODE = 64
_LOOKED_AT = 25
_PAGES = 40
"""Of codes held already, that one message clears away: a thousand codes, within two or three seconds."""


def free_code(items: Items, shop: str, pool: str | None, message_id: str) -> FreeCode | None:
    """A code to give with this message, None where the pool is unknown or empty.

    Messages look at the same few codes but start at different ones, so that they seldom collide. A text
    that is held already, given by another pool or in other letters, is passed over: it can be used but once.
    Where all that were looked at are held, they leave the pool.
    """
    if pool is None:
        return None
    for _ in range(_PAGES):
        found = items.query(keys.free_code(shop, pool, "").pk, "free#", limit=_LOOKED_AT)
        first = int(message_id[:8], 16) % len(found) if found else 0
        in_turn = (*found[first:], *found[:first])
        holders: dict[Key, Item] = {}
        for some in (in_turn[:1], in_turn[1:]):  # the first is nearly always free: one read
            holders |= items.get_many(_holder(shop, item.body["code"]) for item in some)
            item = next((one for one in some if _holder(shop, one.body["code"]) not in holders), None)
            if item is not None:
                code = item.body["code"]
                return FreeCode(pool, code, item.version, items.get(tally_key(shop, pool, code)))
        if not found:
            return None
        _discard(items, shop, pool, found, holders)
    return None


def _holder(shop: str, code: str) -> Key:
    return keys.code_holder(shop, code.casefold())


def _discard(items: Items, shop: str, pool: str, dead: Sequence[Item], holders: Mapping[Key, Item]) -> None:
    """Take codes out of the pool that are held by their text, so that those behind them come forward.

    Only while they are still held: one that came back to this very pool meanwhile stays.
    """
    codes = [item.body["code"] for item in dead]
    held = {key: holder.version for key, holder in holders.items()}
    tallies = items.get_many(tally_key(shop, pool, code) for code in codes)
    writes: list[Write | Check] = [Delete(item.key, Unchanged(item.version)) for item in dead]
    writes += [Check(key, Unchanged(version)) for key, version in held.items()]
    writes += added(shop, pool, codes, tallies, by=-1)
    with suppress(Conflict):  # somebody else discards them, or gives or takes back one: look again
        items.transact(writes)


def upload(items: Items, shop: str, pool: str, codes: Sequence[str]) -> dict[str, Any]:
    """Add codes to a pool, made if need be. Answers {"pool", "added", "known"}.

    Uploading the same codes again adds none, also not those given meanwhile. A code in other letters, upper
    or lower case, is the same, and one whose text a customer holds is known, whatever pool gave it. Raises
    Refused for a pool name that can't be one, and for codes that are empty, too long or too many.
    """
    if not _POOL.match(pool):
        raise Refused("pool", f"{pool[:80]!r} can't name a pool.", "Use a-z, 0-9, _ and -, at most 64.")
    wanted = _clean(codes)
    by_text: dict[str, str] = {}
    for code in wanted:
        by_text.setdefault(code.casefold(), code)
    unlike = list(by_text.values())
    items.write(Put(Item(keys.pool_pointer(shop, pool), "1", {"pool": pool})))
    new = 0
    for at in range(0, len(unlike), _PER_TRANSACTION):
        new += _add(items, shop, pool, unlike[at : at + _PER_TRANSACTION])
    return {"pool": pool, "added": new, "known": len(wanted) - new}


def pools(items: Items, shop: str, warn_below: int = 0) -> list[dict[str, Any]]:
    """The shop's pools in order: {"pool", "free", "given", "low"} each. low: fewer free than `warn_below`."""
    prefix = keys.pool_pointer(shop, "").sk
    names = [item.body["pool"] for item in items.query(keys.shop(shop).pk, prefix)]
    stocks = {name: stock_of(items, shop, name) for name in names}
    return [
        {"pool": name, "free": one.free, "given": one.given, "low": one.free < warn_below}
        for name, one in stocks.items()
    ]


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
    held = {code: _holder(shop, code) for code in codes}
    tallies = {tally_key(shop, pool, code) for code in codes}
    for _ in range(5):
        known = items.get_many([*free.values(), *given.values(), *held.values(), *tallies])
        new = [code for code in codes if not {free[code], given[code], held[code]} & known.keys()]
        writes: list[Write | Check] = [Check(given[code], Unchanged(None)) for code in new]
        writes += [Put(Item(free[code], "1", {"code": code}), Unchanged(None)) for code in new]
        writes += added(shop, pool, new, known)
        try:
            if writes:
                items.transact(writes)
            return len(new)
        except Conflict:
            continue
    raise Conflict(f"Pool {pool} is being changed by others.")
