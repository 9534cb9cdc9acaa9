"""API keys: shown once, kept as a hash, each with a role and the shops that it opens."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from kairos import keys
from kairos.domain.access import Caller, Role
from kairos.domain.errors import Conflict, Forbidden, NotFound, Refused
from kairos.domain.shop import ShopId
from kairos.domain.value import Instant, Value
from kairos.ports import Check, Clock, Delete, Item, Items, Put, Unchanged, Write

MOST_SHOPS = 40
"""Shops of one key: it is made in one transaction, two operations a shop."""

START = "kairos_"
"""How every key begins, so that scanners of leaked secrets can tell one."""


class KeyWish(Value):
    """The key that is wanted. shops: all that it opens, only the shop in the address if left out.

    name: for people, to tell keys apart. expires_at: opens nothing from then on; None for never.
    """

    role: Role
    name: Annotated[str, StringConstraints(max_length=100)] = ""
    shops: Annotated[tuple[ShopId, ...] | None, Field(min_length=1, max_length=MOST_SHOPS)] = None
    expires_at: Instant | None = None


class ApiKey(Value):
    """A key as it is kept, under its hash and, by id, at each of its shops.

    created_by: id of the person or key that made it, which it outlives; "" where it was not kept yet.
    """

    id: str
    role: Role
    name: str = ""
    shops: tuple[str, ...]
    last_four: str
    created_at: Instant
    created_by: str = ""
    expires_at: Instant | None = None

    def shown(self, caller: Caller) -> dict[str, Any]:
        """What may be shown: never the secret, and no shop that the caller's own key does not open."""
        shops = [shop for shop in self.shops if caller.opens(shop)]
        return {**self.model_dump(mode="json"), "shops": shops}


def hash_of(secret: str) -> str:
    """What a key is found by: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def find_caller(items: Items, clock: Clock, secret: str) -> Caller | None:
    """Who holds this key; None where there is no such key, or no longer."""
    item = items.get(keys.api_key(hash_of(secret)))
    if item is None:
        return None
    known = ApiKey.model_validate(item.body)
    if known.expires_at is not None and known.expires_at <= clock.now():
        return None
    return Caller(key_id=known.id, role=known.role, shops=known.shops)


def create_key(items: Items, clock: Clock, caller: Caller, shop: str, wish: KeyWish) -> dict[str, Any]:
    """Make a key and show it, this once, as "key". Raises Forbidden, Refused, NotFound."""
    shops = tuple(sorted(set(wish.shops or (shop,))))
    if shop not in shops:
        raise Refused("shops", f"The shop {shop!r} itself is missing.", "Add it, or post to another shop.")
    if not all(caller.opens(one) for one in shops):
        raise Forbidden("Your own key does not open all of these shops.")
    if wish.expires_at is not None and wish.expires_at <= clock.now():
        raise Refused("expires_at", "That time has passed.", "Send a later time, or none.")
    secret = START + secrets.token_urlsafe(32)
    known = ApiKey(
        id=secrets.token_hex(8),
        role=wish.role,
        name=wish.name,
        shops=shops,
        last_four=secret[-4:],
        created_at=clock.now(),
        created_by=caller.key_id,
        expires_at=wish.expires_at,
    )
    items.transact([*_existing(items, shops), *_writes(known, hash_of(secret))])
    return {**known.shown(caller), "key": secret}


def list_keys(items: Items, caller: Caller, shop: str) -> list[dict[str, Any]]:
    """Every key of the shop, oldest first."""
    pointers = items.query(keys.shop(shop).pk, keys.shop_api_key(shop, "").sk)
    held = items.get_many(keys.api_key(one.body["hash"]) for one in pointers)
    known = sorted(
        (ApiKey.model_validate(one.body) for one in held.values()), key=lambda k: (k.created_at, k.id)
    )
    return [one.shown(caller) for one in known]


def withdraw_key(items: Items, shop: str, key_id: str) -> None:
    """The key opens this shop no more, from now on; with no shop left it is gone. Raises NotFound."""
    pointer = items.get(keys.shop_api_key(shop, key_id))
    if pointer is None:
        raise NotFound("key", key_id)
    close_shop(items, shop, pointer)


def close_shop(items: Items, shop: str, pointer: Item) -> None:
    """Take the shop from the key that the shop's item points to. Repeating it changes nothing."""
    for _ in range(5):
        held = items.get(keys.api_key(pointer.body["hash"]))
        writes: list[Write | Check] = [Delete(pointer.key)]
        if held is not None:
            writes.append(_without(held, shop))
        try:
            items.transact(writes)
        except Conflict:
            continue
        return
    raise Conflict("The key is being changed by others.")


def _without(held: Item, shop: str) -> Write:
    known = ApiKey.model_validate(held.body)
    left = tuple(one for one in known.shops if one != shop)
    if not left:
        return Delete(held.key, Unchanged(held.version))
    body = known.model_copy(update={"shops": left}).as_json()
    return Put(Item(held.key, str(int(held.version) + 1), body), Unchanged(held.version))


def _existing(items: Items, shops: tuple[str, ...]) -> list[Check]:
    """That every shop exists while the key is made, so that none can be opened before its owner made it."""
    held: Mapping[Any, Item] = items.get_many(keys.shop(one) for one in shops)
    for one in shops:
        if keys.shop(one) not in held:
            raise NotFound("shop", one)
    return [Check(item.key, Unchanged(item.version)) for item in held.values()]


def _writes(known: ApiKey, key_hash: str) -> list[Write]:
    pointers = [Item(keys.shop_api_key(shop, known.id), "1", {"hash": key_hash}) for shop in known.shops]
    return [
        Put(Item(keys.api_key(key_hash), "1", known.as_json()), Unchanged(None)),
        *(Put(one, Unchanged(None)) for one in pointers),
    ]
