"""What recording tells of a site between two compactions: rows and erasures, a line of JSON for each."""

import gzip
import json
from collections.abc import Iterable
from typing import NamedTuple

from kairos.domain.site.rows import Gone, Row


class DeltaBroken(Exception):
    """The file is none of ours, or damaged."""


class Told(NamedTuple):
    """What one file tells."""

    rows: tuple[Row, ...] = ()
    gone: tuple[Gone, ...] = ()


def pack(told: Told) -> bytes:
    """The bytes of a file, the same for equal tellings."""
    lines = [json.dumps(one, separators=(",", ":")) for one in (*told.rows, *told.gone)]
    return gzip.compress("\n".join(lines).encode(), 6, mtime=0)


def unpack(body: bytes) -> Told:
    """What a file tells. Raises DeltaBroken."""
    try:
        lines = [json.loads(line) for line in gzip.decompress(body).decode().splitlines()]
        rows = tuple(Row(*line) for line in lines if len(line) > len(Gone._fields))
        gone = tuple(Gone(*line) for line in lines if len(line) <= len(Gone._fields))
    except (OSError, EOFError, ValueError, TypeError) as wrong:
        raise DeltaBroken(type(wrong).__name__) from wrong
    return Told(rows, gone)


def together(told: Iterable[Told]) -> Told:
    """All of them."""
    listed = list(told)
    return Told(
        tuple(row for one in listed for row in one.rows), tuple(row for one in listed for row in one.gone)
    )
