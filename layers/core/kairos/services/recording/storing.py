"""The three ways in which recording writes: what is missing, what is newer, and what two must agree on."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from kairos.domain.errors import Conflict
from kairos.ports import Item, Items, Key, Newer, Put, Unchanged

ROUNDS = 12
"""Attempts to agree before the record fails and is delivered again."""


def write_missing(items: Items, wanted: Iterable[Item]) -> None:
    """Put those that are not there yet. For items that never change, so that repetition costs only a read."""
    listed = list(wanted)
    held = items.get_many(item.key for item in listed)
    for item in listed:
        if item.key not in held:
            items.write(Put(item))


def fact(key: Key, body: Mapping[str, Any] | None = None) -> Item:
    """An item that never changes once it is true."""
    return Item(key, "1", dict(body or {}))


def put_newer(items: Items, key: Key, version: str, body: Mapping[str, Any]) -> None:
    """Put the telling unless an equal or newer one is stored: then it is known already."""
    held = items.get(key)
    if held is None or held.version < version:
        with suppress(Conflict):
            items.write(Put(Item(key, version, dict(body)), Newer()))


def agree(items: Items, key: Key, change: Callable[[Item | None], Item | None]) -> None:
    """Read, change, write if nobody wrote meanwhile, else again. change: the item to put, None to leave it.

    The version of the item to put is set here, to a counter. Raises Conflict when it never comes to rest.
    """
    for _ in range(ROUNDS):
        held = items.get(key)
        wanted = change(held)
        if wanted is None:
            return
        counted = wanted._replace(version=str(int(held.version) + 1) if held else "1")
        with suppress(Conflict):
            items.write(Put(counted, Unchanged(held.version if held else None)))
            return
    raise Conflict(f"{key.sk!r} was changed by others {ROUNDS} times in a row.")


def remember(items: Items, key: Key, **more: Iterable[str]) -> None:
    """Unite the named lists of a trace with `more`; what was once told stays told."""

    def unite(held: Item | None) -> Item | None:
        known = held.body if held else {}
        united = {name: sorted({*known.get(name, ()), *told}) for name, told in more.items() if told}
        return None if {**known, **united} == known else Item(key, "", {**known, **united})

    agree(items, key, unite)
