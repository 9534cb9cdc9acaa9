"""Where the rows of a partition's tables are read from."""

from collections.abc import Mapping
from typing import NamedTuple


class Split(NamedTuple):
    """A table of which the recent rows can be read without the others.

    full: SQL relation of all rows. hot: SQL relation of at least every row whose `ts` is greater than
    `since` (seconds since 1970); it may hold older ones. Any two relations will do, for example one file
    with everything and one with a copy of the recent rows, or "read_parquet(['cold', 'hot'])" and
    "read_parquet('hot')". Only of tables that have a column `ts`.
    """

    full: str
    hot: str
    since: int


Sources = Mapping[str, str | Split]
"""Table -> SQL relation with the columns of kairos.engine.tables.TABLES, by name, for every table.

The engine reads `hot` alone wherever nothing older is asked of the table. Order of rows is free, but rows
that lie by customer are read several times faster. A relation may be as simple as "read_parquet('…')" or a
table's name, or a query in parentheses that merges deltas. File names are the only texts in it; quote
them with `relation_of`.
"""


def relation_of(*files: str) -> str:
    """The SQL relation of these Parquet files, at least one."""
    quoted = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    return f"read_parquet([{quoted}])"


def relation(source: str | Split, since: int = 0) -> str:
    """What to read for rows with a `ts` greater than `since`; for all where that is 0."""
    if isinstance(source, str):
        return source
    return source.hot if since >= source.since else source.full
