"""Rows, as kairos.engine.encode makes them, into tables of a DuckDB connection."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import duckdb

from kairos.engine.rows import Row
from kairos.engine.tables import TABLES

_AT_ONCE = 50_000


def create_tables(connection: duckdb.DuckDBPyConnection, names: Iterable[str] = TABLES) -> None:
    """Make these tables, empty."""
    for name in names:
        columns = ", ".join(f"{column} {kind} NOT NULL" for column, kind in TABLES[name].items())
        connection.execute(f"CREATE TABLE {name} ({columns})")


def load(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, Iterable[Row]]) -> None:
    """Append the rows (by table, columns in the order of TABLES) in the order given.

    Whole columns go over as lists: a row at a time would take DuckDB 10 ms each.
    """
    for name, told in rows.items():
        kinds = ", ".join(f"unnest(?::{kind}[])" for kind in TABLES[name].values())
        left = iter(told)
        while chunk := list(islice(left, _AT_ONCE)):
            columns: list[Sequence[int | bool]] = list(zip(*chunk, strict=True))
            connection.execute(f"INSERT INTO {name} SELECT {kinds}", [list(column) for column in columns])
