"""Reading and changing ledger entries, always conditional on what was read."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from kairos import keys
from kairos.domain.errors import Conflict
from kairos.domain.message import LedgerEntry
from kairos.ports import Clock, Item, Items, Put, Unchanged, Write

_WATCHED_FOR = 14 * 86400
"""Seconds after which the pointer by which a forgotten message is found goes by itself."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TRIES = 8


class Held(NamedTuple):
    """An entry with the version that a change must find."""

    entry: LedgerEntry
    version: str

    def change(self, **fields: object) -> Put:
        """The write that changes these fields, if nobody changed the entry meanwhile."""
        changed = LedgerEntry.model_validate(self.entry.model_dump() | fields)
        key = keys.message(changed.step.shop, changed.message_id)
        return Put(Item(key, str(int(self.version) + 1), changed.as_json()), Unchanged(self.version))


def load(items: Items, shop: str, message_id: str) -> Held | None:
    """The entry, None where there is none (erased)."""
    item = items.get(keys.message(shop, message_id))
    return Held(LedgerEntry.model_validate(item.body), item.version) if item else None


def is_erased(items: Items, entry: LedgerEntry) -> bool:
    """Its customer was erased since it was reserved: nothing of what they do with it may be kept."""
    return is_marked(items.get(keys.erasure(entry.step.shop, entry.customer)), entry)


def is_marked(mark: Item | None, entry: LedgerEntry) -> bool:
    """Likewise, by the marker of the entry's customer as it was read."""
    return mark is not None and datetime.fromisoformat(mark.body["at"]) >= entry.reserved_at


def update(items: Items, shop: str, message_id: str, change: Callable[[Held], list[Write]]) -> bool:
    """Apply what `change` makes of the entry as it now stands; read again where somebody was faster.

    Answers False where there is no entry or nothing to change. Raises Conflict after _TRIES.
    """
    for _ in range(_TRIES):
        held = load(items, shop, message_id)
        writes = change(held) if held else []
        if not writes:
            return False
        try:
            items.transact(writes)
        except Conflict:
            continue
        return True
    raise Conflict(f"Message {message_id} is being changed by others.")


def real_now(clock: Clock) -> datetime:
    """Real time, for what real machines do: a call that began, a queue that redelivers."""
    return _EPOCH + clock.real_elapsed(_EPOCH)


def watch(items: Items, clock: Clock, shop: str, message_id: str) -> None:
    """Note that this message is about to be reserved, so that services.sending.sweeping finds it if it is
    forgotten. Comes before the reservation: a note of what never was reserved leads nowhere, and goes by
    itself."""
    watch_from(items, real_now(clock), shop, message_id)


def watch_from(items: Items, at: datetime, shop: str, message_id: str) -> None:
    """Likewise, of a message that is to be looked for as one reserved at that real time."""
    key = keys.under_way(hour_of(at), shop, message_id)
    items.write(Put(Item(key, "1", {}, int(at.timestamp()) + _WATCHED_FOR)))


def hour_of(at: datetime) -> str:
    """The hour of real time, "2026-11-22T03"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H")
