"""What becomes of a broadcast that is done: those still queued or waiting are counted, and nobody is kept."""

from collections import Counter
from collections.abc import Sequence

from kairos import keys
from kairos.domain.broadcast import Broadcast
from kairos.ports import Delete, Items
from kairos.services.broadcasts import queued, waiting
from kairos.services.broadcasts.store import Held, find, put_aside

_AT_ONCE = 90
"""With the broadcast's own write below the 100 that one transaction takes."""


def settle(items: Items, shop: str, broadcast: str) -> None:
    """Count who was queued or waited as left out for the reason of its end, and let go of all its members.

    Repeated, also after a crash, it goes on where it was. Whoever decides for a batch meanwhile finds it
    gone, or is counted. Raises Conflict where that came between: repeat it.
    """
    held = find(items, shop, broadcast)
    while queued.fold(items, held):
        held = find(items, shop, broadcast)
    while left := queued.unfinished(items, held.broadcast)[:_AT_ONCE]:
        number = sum(len(one.members) for one, _ in left)
        held = _left_out(items, held, number, [queued.gone(item) for _, item in left])
    while later := waiting.everybody(items, held.broadcast, _AT_ONCE):
        known = [one for one in later if one.since.batch < held.broadcast.batches]
        held = _left_out(items, held, len(known), waiting.forgetting(later), waited=len(known))
    queued.clear(items, held.broadcast)
    items.write(Delete(keys.broadcast_customers(shop, broadcast)))
    put_aside(items, held.broadcast)


def _left_out(items: Items, held: Held, number: int, gone: Sequence[Delete], waited: int = 0) -> Held:
    counted = Counter({held.broadcast.reason or held.broadcast.state: number})
    counts = held.broadcast.counts.plus(counted)
    after: Broadcast = held.broadcast.model_copy(
        update={"counts": counts.model_copy(update={"waiting": counts.waiting - waited})}
    )
    items.transact([held.put(after), *gone])
    return held.after(after)
