"""How many codes of a pool are free and given, counted in the transactions that give them and take them back.

In shares, by the codes' hashes: two messages that are given codes at the same instant seldom meet in one.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Literal, NamedTuple

from kairos import keys
from kairos.ports import Item, Items, Key, Put, Unchanged

SHARES = 16


class Stock(NamedTuple):
    """Codes of one pool, by what became of them."""

    free: int
    given: int


def tally_key(shop: str, pool: str, code: str) -> Key:
    """Where the code is counted."""
    return keys.pool_tally(shop, pool, sha256(code.encode()).digest()[0] % SHARES)


def counted(shop: str, pool: str, code: str, held: Item | None, free: int, given: int) -> Put:
    """The write that counts what becomes of one code. held: the count as it was read."""
    return changed(tally_key(shop, pool, code), held, free, given)


def changed(key: Key, held: Item | None, free: int, given: int) -> Put:
    """The write that adds to a count, if nobody changed it since it was read."""
    known = held.body if held else {"free": 0, "given": 0}
    body = {"free": known["free"] + free, "given": known["given"] + given}
    version = str(int(held.version) + 1) if held else "1"
    return Put(Item(key, version, body), Unchanged(held.version if held else None))


def added(
    shop: str, pool: str, codes: Iterable[str], held: Mapping[Key, Item], by: Literal[1, -1] = 1
) -> list[Put]:
    """The writes that count codes which are new to the pool; by -1: free ones that leave it ungiven."""
    new: dict[Key, int] = {}
    for code in codes:
        key = tally_key(shop, pool, code)
        new[key] = new.get(key, 0) + by
    return [changed(key, held.get(key), number, 0) for key, number in new.items()]


def stock_of(items: Items, shop: str, pool: str) -> Stock:
    """How many are free and given: one read of a few small items, however many codes there are."""
    counts = [item.body for item in items.query(keys.pool_tally(shop, pool, 0).pk, "tally#")]
    return Stock(sum(one["free"] for one in counts), sum(one["given"] for one in counts))
