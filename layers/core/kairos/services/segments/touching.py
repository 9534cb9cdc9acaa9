"""Word to the snapshot of whose facts have changed, and which products'."""

from collections.abc import Iterable
from itertools import batched
from typing import NamedTuple

from kairos.domain.segment import Cause
from kairos.ports import Queue

MOST_IDS = 100
"""Customers in one message: the snapshot reads each of them afresh within one invocation."""


class Touched(NamedTuple):
    """What recording has changed of one shop. customers: ids; products: ids."""

    customers: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()

    def and_(self, other: "Touched") -> "Touched":
        """Both."""
        return Touched(self.customers | other.customers, self.products | other.products)


def tell_snapshot(queue: Queue, shop: str, touched: Touched, cause: Cause = "event") -> None:
    """Queue what the snapshot has to read again. Repeating it costs a read, and changes nothing."""
    for customers in _some(touched.customers):
        queue.send({"shop": shop, "customers": customers, "cause": cause})
    for products in _some(touched.products):
        queue.send({"shop": shop, "products": products})


def _some(ids: Iterable[str]) -> Iterable[list[str]]:
    return map(list, batched(sorted(ids), MOST_IDS, strict=False))
