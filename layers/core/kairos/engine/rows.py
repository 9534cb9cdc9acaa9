"""Rows of the snapshot's tables."""

from collections.abc import Callable, Hashable
from datetime import datetime

Row = tuple[int | bool, ...]
Rows = dict[str, list[Row]]
"""Table -> rows, columns in the order of kairos.engine.tables.TABLES."""

Code = Callable[[str, Hashable], int]
"""Dictionary, word -> its code."""


def seconds(at: datetime | None) -> int:
    """Seconds since 1970, 0 for never."""
    return 0 if at is None else int(at.timestamp())
