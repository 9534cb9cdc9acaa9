"""One page of a Scan for the price of a page; the stock emulator sorts the whole table for each of them.

A million items cost it some seconds a page, during which nobody else is answered.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from hashlib import sha1
from itertools import islice
from typing import Any

_PAGE_BYTES = 1_000_000
"""More than a page may hold, whatever items are reckoned to weigh."""

_WINDOW = "kairos.scan.window"
"""The name under which the stock code finds the part of the table that it is to look at."""

Items = Mapping[str, Mapping[str, dict[str, Any]]]


class _Sorted:
    """The partition keys of a table in order, kept from page to page."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._known: set[str] = set()

    def since(self, items: Items, start: str) -> Iterator[str]:
        """Those from `start` on that are there now."""
        if new := items.keys() - self._known:
            self._known |= new
            self._keys += sorted(new)
            self._keys.sort()  # two sorted runs: merged, not sorted anew
        if len(self._keys) > 2 * len(items):
            self._known &= items.keys()
            self._keys = sorted(self._known)
        return (key for key in islice(self._keys, bisect_left(self._keys, start), None) if key in items)


def mend() -> None:
    """Show the stock code as much of the table as a page can hold."""
    from ministack.services import dynamodb

    stock = dynamodb._scan
    orders: dict[int, _Sorted] = {}

    def scan(data: dict[str, Any]) -> Any:
        table = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName")))
        if not table or data.get("IndexName") or data.get("ReturnConsumedCapacity"):
            return stock(data)
        order = orders.setdefault(id(table["items"]), _Sorted())
        dynamodb._tables[_WINDOW] = {**table, "items": _window(order, table, data)}
        try:
            return stock({**data, "TableName": _WINDOW})
        finally:
            del dynamodb._tables[_WINDOW]

    def _window(order: _Sorted, table: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        start_pk, start_sk = _start(table, data.get("ExclusiveStartKey") or {})
        most = int(data["Limit"]) if str(data.get("Limit", "")).isdigit() else None
        number = weight = 0
        window: dict[str, Any] = {}
        for pk in order.since(table["items"], start_pk):
            if not _in_segment(pk, data):
                continue
            held = table["items"][pk]
            window[pk] = held
            sort_keys = sorted(held)
            for sk in sort_keys[bisect_right(sort_keys, start_sk) if pk == start_pk else 0 :]:
                number += 1
                weight += dynamodb._item_size_bytes(held[sk])
            if weight > 2 * _PAGE_BYTES or (most is not None and number > most):
                break
        return window

    def _start(table: dict[str, Any], told: dict[str, Any]) -> tuple[str, str]:
        keys = (table["pk_name"], table.get("sk_name"))
        pk, sk = (dynamodb._extract_key_val(told.get(name, {})) if name else "" for name in keys)
        return str(pk or ""), str(sk or "")

    dynamodb._scan = scan


def _in_segment(pk: str, data: dict[str, Any]) -> bool:
    """As the stock code parts a table."""
    segments, segment = data.get("TotalSegments"), data.get("Segment")
    if segments is None or segment is None or not int(segments) > 0:
        return True
    drawn = sha1(pk.encode(), usedforsecurity=False).digest()
    return int.from_bytes(drawn[:4]) % int(segments) == int(segment)
