"""What `reconcile_shops` does at each tick of the schedule: every shop that is due, in turns."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from kairos import keys
from kairos.domain.reconciliation import Reconciliation
from kairos.services.reconciling.looking import Reconciling, look
from kairos.services.reconciling.standing import load_all
from kairos.services.sending.ledger import real_now

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def tick(given: Reconciling) -> list[str]:
    """Look at every shop that is due, the longest overdue first, while there is time. Answers which.

    A shop that has more to read than fits into one turn goes on after all others; those left are the first
    with the next tick. One that fails keeps no other from its own. The rest cost one read together for each
    hundred of them.
    """
    now = real_now(given.clock)
    shops = [item.key.sk for item in given.items.query(keys.listed_shop("").pk)]
    known = load_all(given.items, shops)
    due = deque(sorted(_due(shops, known, now)))
    done: dict[str, None] = {}
    while due and given.has_time():
        since, shop = due.popleft()
        done[shop] = None
        try:
            if look(given, shop) == "more":
                due.append((since, shop))
        except Exception as error:
            given.on_error(shop, error)
    return list(done)


def _due(
    shops: Iterable[str], known: Mapping[str, Reconciliation], now: datetime
) -> Iterator[tuple[datetime, str]]:
    """Since when, and which; a shop that was never looked at comes first."""
    for shop in shops:
        told = known.get(shop)
        due_at = told.due_at if told else _EVER
        if due_at is not None and due_at <= now:
            yield due_at, shop
