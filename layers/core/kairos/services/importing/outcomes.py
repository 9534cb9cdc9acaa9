"""What became of the parts, kept beside them until all are done: bad rows, and customers to be told about."""

import csv
import heapq
import io
import json
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kairos.domain.imports import BadRow
from kairos.ports import Objects
from kairos.services.importing.parts import MOST_REPORTED
from kairos.services.importing.places import outcome_file

SHARE = 500_000
"""Customers told about in one share: so many fit the memory of a function many times over."""


class Outcome(NamedTuple):
    """Of one part. touched: nodes whose customers may have changed, sorted."""

    bad: tuple[BadRow, ...] = ()
    touched: tuple[str, ...] = ()


def save_outcome(objects: Objects, place: str, outcome: Outcome) -> None:
    """Writing it again changes nothing."""
    told = {"bad": [one.as_json() for one in outcome.bad], "touched": outcome.touched}
    objects.put(place, json.dumps(told).encode())


def outcomes(objects: Objects, shop: str, import_id: str, parts: int) -> Iterator[Outcome]:
    """Those of all parts, and first of the rows that are in none."""
    for part in (None, *range(parts)):
        told = json.loads(objects.get(outcome_file(shop, import_id, part)))
        yield Outcome(tuple(map(BadRow.model_validate, told["bad"])), tuple(told["touched"]))


def shares_of(touched: int) -> int:
    """In how many shares so many customers are told about."""
    return -(-touched // SHARE)


def share(told: Iterable[Outcome], number: int, shares: int) -> list[str]:
    """The nodes of one share, each once, sorted."""
    return sorted(
        {node for one in told for node in one.touched if zlib.crc32(node.encode()) % shares == number}
    )


def bad_rows_csv(told: Iterable[Outcome]) -> bytes:
    """The bad rows by their line. Cells that a spreadsheet would take for a formula are made text."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["line", "column", "problem"])
    bad = (one for outcome in told for one in outcome.bad)
    for one in heapq.nsmallest(MOST_REPORTED, bad, key=lambda one: one.line):
        table.writerow([one.line, _safe(one.field), _safe(one.problem)])
    return text.getvalue().encode()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
