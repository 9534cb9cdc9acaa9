"""Batches of members: queued by one execution, finished by whoever takes the message, counted once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import batched

from kairos import keys
from kairos.domain.broadcast import Batch, Broadcast
from kairos.domain.value import digest
from kairos.ports import Delete, Item, Items, Put, Queue, Unchanged, Write
from kairos.services.broadcasts.store import Held

_KEPT_FOR = timedelta(days=400 + 31)
"""As long as the shop lists the broadcast, should it stay stopped."""

_COUNTED_AT_ONCE = 90
"""With the broadcast's own write below the 100 that one transaction takes."""


def put(items: Items, queue: Queue, of: Broadcast, first: int, batches: Sequence[Batch]) -> None:
    """Keep the batches under the numbers from `first` on, and queue each."""
    items.put_batch(
        Item(keys.broadcast_batch(of.shop, of.id, number), _version(one), one.as_json(), _expiry(one))
        for number, one in enumerate(batches, start=first)
    )
    for number in range(first, first + len(batches)):
        _send(queue, of, number)


def unfinished(items: Items, of: Broadcast) -> list[tuple[Batch, Item]]:
    """The batches with members who are not decided for."""
    return [(batch, item) for _, batch, item in _batches(items, of) if not batch.done]


def send_again(items: Items, queue: Queue, of: Broadcast) -> None:
    """Queue all that are not finished once more."""
    for number, batch, _ in _batches(items, of):
        if not batch.done:
            _send(queue, of, number)


def fold(items: Items, held: Held) -> bool:
    """Count what batches came to into the broadcast, and let go of those finished. Answers whether any did.

    Raises Conflict where the broadcast or a batch changed meanwhile.
    """
    of = held.broadcast
    done = [(batch, item) for _, batch, item in _batches(items, of) if batch.done or batch.outcomes]
    for some in batched(done, _COUNTED_AT_ONCE, strict=False):
        counted = Counter[str]()
        for batch, _ in some:
            counted.update(batch.outcomes)
        after = of.model_copy(update={"counts": of.counts.plus(counted)})
        counting: list[Write] = [
            gone(item) if batch.done else _put(item, batch.model_copy(update={"outcomes": {}}))
            for batch, item in some
        ]
        items.transact([held.put(after), *counting])
        held = held.after(after)
        of = after
    return bool(done)


def load_batch(items: Items, shop: str, broadcast: str, number: int) -> tuple[Batch, Item] | None:
    """The batch as it stands; None once it was counted."""
    item = items.get(keys.broadcast_batch(shop, broadcast, number))
    return (Batch.model_validate(item.body), item) if item else None


def decided(batch: Batch, item: Item, outcomes: Mapping[str, int], left: Sequence[str]) -> Put:
    """The write that notes what came of its members but those left, if it is still the batch that was read.

    Without any left it is finished.
    """
    told = Counter(batch.outcomes)
    told.update(outcomes)
    further = {"done": not left, "outcomes": dict(told), "members": tuple(left)}
    return _put(item, batch.model_copy(update=further))


def gone(item: Item) -> Delete:
    """The write that lets go of the batch, if it is still the one that was read."""
    return Delete(item.key, Unchanged(item.version))


def clear(items: Items, of: Broadcast) -> None:
    """Let go of what an execution put that died before it said so, and another one put otherwise."""
    for item in items.query(keys.broadcast(of.shop, of.id).pk, "batch#"):
        items.write(Delete(item.key))


def _batches(items: Items, of: Broadcast) -> list[tuple[int, Batch, Item]]:
    """Those that the broadcast has put down as its own: others are put again, perhaps with other members."""
    held = items.query(keys.broadcast(of.shop, of.id).pk, "batch#")
    found = [(int(one.key.sk.partition("#")[2]), Batch.model_validate(one.body), one) for one in held]
    return [one for one in found if one[0] < of.batches]


def _put(item: Item, after: Batch) -> Put:
    return Put(Item(item.key, f"{item.version}+", after.as_json(), item.expires_at), Unchanged(item.version))


def _expiry(batch: Batch) -> int:
    return int((batch.queued_at + _KEPT_FOR).timestamp())


def _version(batch: Batch) -> str:
    """Of its content, so that a batch put again is the same one, and another one is not."""
    return digest(batch.as_json())[:16]


def _send(queue: Queue, of: Broadcast, number: int) -> None:
    queue.send({"shop": of.shop, "broadcast": of.id, "batch": number})
