"""Finding messages that were forgotten, by the hour of real time in which they were reserved.

Two looks at each hour's messages: when it is over for an hour, what is still reserved is queued again; when
it is over for a day, what is still calling is given up as unknown, and what is still reserved has come too
late. One reading of the pointers and of their entries each: no scan, and nothing to write for the many that
were settled.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import NamedTuple

from kairos import keys
from kairos.domain.message import LedgerEntry
from kairos.ports import Clock, Counts, Item, Items, Key, Put, Queue
from kairos.services.sending import ledger, settle

HOUR = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(hours=1)
"""A queue holds a message longer than that only while it is paced; queued twice, it is still sent once."""

GIVEN_UP_AFTER = timedelta(days=1)
_SHARDS = "0123456789abcdef"
_LONGEST_REMEMBERED = timedelta(days=13)
"""How far back a sweep looks that did not run for long; a day less than the pointers are kept."""

_READ_AT_ONCE = 100


class Sweeping(NamedTuple):
    """What sweeping needs. queue: takes reserved messages of all channels."""

    items: Items
    clock: Clock
    queue: Queue
    counts: Counts


def sweep(given: Sweeping) -> None:
    """Both looks, at every hour not looked at yet. Repeating it does no harm."""
    now = ledger.real_now(given.clock)
    held = given.items.get(keys.swept())
    told = held.body if held else {}
    for look, age in (("queued", FORGOTTEN_AFTER), ("settled", GIVEN_UP_AFTER)):
        for hour in _due(told.get(look), now, age):
            for entry in _entries(given.items, ledger.hour_of(hour)):
                if look == "queued":
                    _queue_again(given, entry)
                else:
                    _give_up(given, entry)
            told = {**told, look: hour.isoformat()}
            given.items.write(Put(Item(keys.swept(), "1", told)))


def _due(done: str | None, now: datetime, age: timedelta) -> Iterator[datetime]:
    """The beginnings of the hours that have been over for `age`, after the last one looked at."""
    last = _hour(now - age) - HOUR
    earliest = _hour(now - _LONGEST_REMEMBERED)
    hour = max(datetime.fromisoformat(done) + HOUR, earliest) if done else last
    while hour <= last:
        yield hour
        hour += HOUR


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _entries(items: Items, hour: str) -> Iterator[LedgerEntry]:
    """The ledger's entries reserved in that hour; those erased meanwhile are left out."""
    for shard in _SHARDS:
        pointers = items.query(keys.under_way(hour, "", shard).pk)
        wanted: Iterable[Key] = (_message(pointer) for pointer in pointers)
        for some in batched(wanted, _READ_AT_ONCE, strict=False):
            for item in items.get_many(some).values():
                yield LedgerEntry.model_validate(item.body)


def _message(pointer: Item) -> Key:
    shop, _, message_id = pointer.key.sk.rpartition("#")
    return keys.message(shop, message_id)


def _queue_again(given: Sweeping, entry: LedgerEntry) -> None:
    if entry.state == "reserved":
        body = {"shop": entry.step.shop, "message_id": entry.message_id, "channel": entry.channel}
        given.queue.send(body)
        given.counts.add("MessagesFoundAgain", channel=entry.channel)


def _give_up(given: Sweeping, entry: LedgerEntry) -> None:
    shop, message_id = entry.step.shop, entry.message_id
    if entry.state == "calling" and entry.called_at is not None:
        if given.clock.real_elapsed(entry.called_at) < GIVEN_UP_AFTER:
            # Called long after it was reserved: looked at once more, a day from its call.
            ledger.watch_from(given.items, entry.called_at, shop, message_id)
            return
        settle.unknown(given.items, given.clock, shop, message_id)
        given.counts.add("MessagesUnknown", channel=entry.channel)
    elif entry.state == "reserved" and settle.expired(given.items, given.clock, shop, message_id):
        given.counts.add("MessagesRefused", reason="delivered too late", channel=entry.channel)
