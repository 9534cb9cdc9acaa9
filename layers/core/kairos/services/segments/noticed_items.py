"""A store that tells the snapshot whose runs, messages and decisions were written.

Reports count these, and no rule does: so that no other way leads from them to the snapshot, and whoever
writes one cannot forget to tell. What is not told because the writer was killed is found by the nightly
comparison of snapshot and table (services.snapshot.checking).
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kairos import keys
from kairos.ports import Check, Item, Items, Key, Put, Queue, Write
from kairos.services.segments.touching import Touched, tell_snapshot

_RUN, _MESSAGE = keys.run("", "").sk, keys.message("", "").sk
_MEMBER = keys.member_pointer("", "", "").sk
_DECISION = keys.decision("", "", "", "").sk.split("#", 1)[0] + "#"
_REMEMBERED = 1_000
"""Runs of which it is remembered whose they are; their decisions don't say. A member's run is in no registry,
but whoever keeps a decision for it has written its pointer just before."""


class NoticedItems:
    """See ports.Items. inner: the store; snapshot: the queue that is told."""

    def __init__(self, inner: Items, snapshot: Queue) -> None:
        self._inner, self._snapshot = inner, snapshot
        self._customers: OrderedDict[str, str] = OrderedDict()

    def get(self, key: Key) -> Item | None:
        """See ports.Items."""
        held = self._inner.get(key)
        if held is not None:
            self._remember(held)
        return held

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """See ports.Items."""
        return self._inner.get_many(keys)

    def versions(self, keys: Iterable[Key]) -> dict[Key, str]:
        """See ports.Items."""
        return self._inner.versions(keys)

    def query(self, pk: str, prefix: str = "", limit: int | None = None) -> list[Item]:
        """See ports.Items."""
        return self._inner.query(pk, prefix, limit)

    def write(self, write: Write) -> None:
        """See ports.Items."""
        self._inner.write(write)
        self._notice([write])

    def write_each(self, writes: Sequence[Write]) -> list[Write]:
        """See ports.Items."""
        lost = self._inner.write_each(writes)
        self._notice([one for one in writes if one not in lost])
        return lost

    def transact(self, writes: Sequence[Write | Check]) -> None:
        """See ports.Items."""
        self._inner.transact(writes)
        self._notice(writes)

    def put_batch(self, items: Iterable[Item]) -> None:
        """See ports.Items."""
        listed = list(items)
        self._inner.put_batch(listed)
        self._notice([Put(one) for one in listed])

    def _notice(self, writes: Sequence[Write | Check]) -> None:
        touched: dict[str, set[str]] = {}
        for one in writes:
            if isinstance(one, Put):
                self._remember(one.item)
        for one in writes:
            if isinstance(one, Put) and (whose := self._whose(one.item)) is not None:
                shop, customer = whose
                touched.setdefault(shop, set()).add(customer)
        for shop, customers in touched.items():
            tell_snapshot(self._snapshot, shop, Touched(frozenset(customers)))

    def _whose(self, item: Item) -> tuple[str, str] | None:
        """Shop and customer of what was written; None where no report counts it."""
        shop = item.key.pk.partition("#")[0]
        if item.key.sk == _RUN:
            return shop, item.body["customer"]
        if item.key.sk == _MESSAGE:
            return (shop, item.body["customer"]) if _is_counted(item.body) else None
        if item.key.sk.startswith(_DECISION):
            customer = self._customer_of(item.key.pk)
            return (shop, customer) if customer else None
        return None

    def _customer_of(self, pk: str) -> str | None:
        if pk not in self._customers:
            self.get(Key(pk, _RUN))
        return self._customers.get(pk)

    def _remember(self, item: Item) -> None:
        run = _run_of(item)
        if run is not None:
            pk, customer = run
            self._customers[pk] = customer
            self._customers.move_to_end(pk)
            while len(self._customers) > _REMEMBERED:
                self._customers.popitem(last=False)


def _run_of(item: Item) -> tuple[str, str] | None:
    """Partition and customer of the run that the item is, or of the member's that it points to."""
    if item.key.sk == _RUN and "customer" in item.body:
        return item.key.pk, item.body["customer"]
    if item.key.sk.startswith(_MEMBER):
        shop, _, customer = item.key.pk.partition("#node#")
        return keys.run(shop, item.key.sk.removeprefix(_MEMBER)).pk, customer
    return None


def _is_counted(body: Mapping[str, Any]) -> bool:
    """calling: the next word follows within seconds, and if not, the nightly comparison brings it."""
    return bool(body.get("purpose", "marketing") == "marketing" and body["state"] != "calling")
