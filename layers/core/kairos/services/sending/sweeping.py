"""Finding messages that were forgotten, by the hour of real time in which they were reserved.

Two looks at each hour's messages: when it is over for an hour, what is still reserved is queued again; when
it is over for a day, what is still calling is given up as unknown, and what is still reserved has come too
late. One reading of the pointers and of their entries each: no scan, and nothing to write for the many that
were settled but how far it came, every hundred of them. The looks take turns, so that neither waits for the
other's backlog, and one entry that can't be looked at holds up none of those behind it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any, Literal, NamedTuple

from kairos import keys
from kairos.domain.message import LedgerEntry
from kairos.ports import Clock, Counts, Item, Items, Key, Put, Queue
from kairos.services.sending import ledger, settle

HOUR = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(hours=1)
"""A queue holds a message longer than that only while it is paced; queued twice, it is still sent once."""

GIVEN_UP_AFTER = timedelta(days=1)
Look = Literal["queued", "settled"]
_AGES: Mapping[Look, timedelta] = {"queued": FORGOTTEN_AFTER, "settled": GIVEN_UP_AFTER}
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


def sweep(given: Sweeping) -> Counter[tuple[str, str]]:
    """Both looks, at every hour not looked at yet. Repeating it does no harm; who was cut off goes on there.

    Answers how many entries could not be looked at, by look and the error's type name; they are looked at
    again an hour and a day later, as long as their pointers are kept. Raises the first error that ended a
    look, once the other is done.
    """
    now = ledger.real_now(given.clock)
    held = given.items.get(keys.swept())
    sweeping = _Sweep(given, now, dict(held.body) if held else {}, Counter())
    under_way = {"queued": sweeping.look("queued"), "settled": sweeping.look("settled")}
    broken: Exception | None = None
    while under_way:
        for name, look in tuple(under_way.items()):
            try:
                over = next(look, "over") == "over"
            except Exception as error:
                over, broken = True, broken or error
            if over:
                del under_way[name]
    if broken is not None:
        raise broken
    return sweeping.failed


class _Sweep(NamedTuple):
    """One sweep. told: as `keys.swept` holds it: by look, the last hour that is done, and under "LOOK within"
    how far the next one is, {"hour", "shard", "after": a pointer's sort key}. failed: see `sweep`."""

    given: Sweeping
    now: datetime
    told: dict[str, Any]
    failed: Counter[tuple[str, str]]

    def look(self, name: Look) -> Iterator[str]:
        """Goes on by one batch each time that it is asked."""
        self.told.setdefault(name, (_hour(self.now - _AGES[name]) - 2 * HOUR).isoformat())
        for hour in _due(self.told[name], self.now, _AGES[name]):
            for shard, pointers in _batches(self.given.items, hour, self.told.get(f"{name} within")):
                self._batch(name, pointers)
                after = pointers[-1].key.sk
                self._note({f"{name} within": {"hour": hour.isoformat(), "shard": shard, "after": after}})
                yield "more"
            self._note({name: hour.isoformat()})
            yield "more"

    def _note(self, told: dict[str, Any]) -> None:
        self.told.update(told)
        self.given.items.write(Put(Item(keys.swept(), "1", self.told)))

    def _batch(self, name: Look, pointers: Sequence[Item]) -> None:
        """Entries erased meanwhile are left out."""
        entries = self.given.items.get_many(_message(pointer) for pointer in pointers)
        for pointer in pointers:
            held = entries.get(_message(pointer))
            try:
                if held is not None:
                    _LOOKS[name](self.given, LedgerEntry.model_validate(held.body))
            except Exception as error:
                self.failed[name, type(error).__name__] += 1
                self.given.counts.add("SweepingFailed", look=name)
                self._again(pointer)

    def _again(self, pointer: Item) -> None:
        """Another pointer at this hour, that goes when the first would have gone."""
        shop, _, message_id = pointer.key.sk.rpartition("#")
        if pointer.expires_at is None or self.now.timestamp() < pointer.expires_at:
            key = keys.under_way(ledger.hour_of(self.now), shop, message_id)
            self.given.items.write(Put(pointer._replace(key=key)))


def _due(done: str, now: datetime, age: timedelta) -> Iterator[datetime]:
    """The beginnings of the hours that have been over for `age`, after the last one looked at."""
    last = _hour(now - age) - HOUR
    hour = max(datetime.fromisoformat(done) + HOUR, _hour(now - _LONGEST_REMEMBERED))
    while hour <= last:
        yield hour
        hour += HOUR


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _batches(
    items: Items, hour: datetime, within: Mapping[str, str] | None
) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """The pointers of that hour by their shard, behind those that were looked at already."""
    done = within if within and within["hour"] == hour.isoformat() else {"shard": "", "after": ""}
    for shard in _SHARDS:
        if shard < done["shard"]:
            continue
        pointers = items.query(keys.under_way(ledger.hour_of(hour), "", shard).pk)
        if shard == done["shard"]:
            pointers = [pointer for pointer in pointers if pointer.key.sk > done["after"]]
        for some in batched(pointers, _READ_AT_ONCE, strict=False):
            yield shard, some


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


_LOOKS: Mapping[Look, Callable[[Sweeping, LedgerEntry], None]] = {
    "queued": _queue_again,
    "settled": _give_up,
}
