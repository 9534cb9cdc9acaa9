"""A file cut into parts: all rows of one order lie in the same part, in the order of the file."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from kairos.adapters.history.reader import Reader
from kairos.adapters.history.rows import Row
from kairos.domain.errors import Refused
from kairos.domain.imports import BadRow
from kairos.services.importing.sharing import Sharing

PART_BYTES = 1_000_000
"""Bytes of the file that make a part: some ten seconds of work, and a few dozen megabytes of memory."""

MOST_PARTS = 500
"""Parts are written all at once, and a function may hold 1,024 files open (Lambda quotas)."""

MOST_ROWS = 500_000
"""Rows of one part; more fall together by mistake, and would take all memory."""


MOST_REPORTED = 200_000
"""Bad rows that are told one by one; whoever has more has one mistake, not so many."""


class Cut(NamedTuple):
    """rows: all of them. unread: how many could not even be read; bad: the first of those."""

    rows: int
    unread: int
    bad: tuple[BadRow, ...]


def parts_of(size: int) -> int:
    """How many parts a file of so many bytes is cut into."""
    return max(1, min(MOST_PARTS, size // PART_BYTES))


def cut(rows: Iterable[Row | BadRow], reader: Reader, parts: int, folder: Path) -> Cut:
    """Write the parts into the folder, named by their number. Raises Refused for the whole file."""
    total, unread, bad, sizes = 0, 0, list[BadRow](), [0] * parts
    sharing = Sharing(reader.fields)
    with ExitStack() as stack:
        files = [
            stack.enter_context((folder / str(part)).open("w", encoding="utf-8")) for part in range(parts)
        ]
        for row in rows:
            total += 1
            if isinstance(row, BadRow):
                unread += 1
                if unread <= MOST_REPORTED:
                    bad.append(row)
                continue
            sharing.look(row.cells)
            part = zlib.crc32(reader.belongs_with(row.cells).encode()) % parts
            sizes[part] += 1
            files[part].write(json.dumps((row.line, row.cells)) + "\n")
            if sizes[part] > MOST_ROWS:
                problem = f"More than {MOST_ROWS:,} rows seem to belong together."
                raise Refused("mapping.columns", problem, "Name the column of the order's id.")
    return Cut(total, unread, tuple(bad))


def rows_of(part: bytes) -> Iterator[Row]:
    """The rows of a part."""
    for line in part.splitlines():
        number, cells = json.loads(line)
        yield Row(number, cells)


def grouped(rows: Iterable[Row], reader: Reader) -> Iterator[tuple[Sequence[Row], int]]:
    """The rows that tell one thing together, with how many of the same content came before.

    The second is 0 but for rows that are an order each by themselves.
    """
    together: dict[str, list[Row]] = {}
    alike: dict[tuple[str, ...], int] = {}
    for row in rows:
        group = reader.group_of(row.cells)
        if group is not None:
            together.setdefault(group, []).append(row)
            continue
        content = tuple(row.cells)
        occurrence = alike.get(content, 0)
        alike[content] = occurrence + 1
        yield [row], occurrence
    for some in together.values():
        yield some, 0
