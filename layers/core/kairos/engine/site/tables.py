"""The one table of a site's files, see kairos.domain.site.rows.Row."""

from collections.abc import Iterable
from itertools import batched

import duckdb

from kairos.domain.activity import MOST_PER_DAY
from kairos.domain.site.rows import CART_TOLD, KINDS, Row

COLUMNS = {
    "visitor": "UBIGINT",
    "ts": "BIGINT",
    "id": "UBIGINT",
    "kind": "UTINYINT",
    "target": "VARCHAR",
    "stage": "UTINYINT",
    "device": "UTINYINT",
    "seconds": "UINTEGER",
    "value": "BIGINT",
    "version": "BIGINT",
}
"""Column -> DuckDB type, in the order of Row's fields."""

DAY_MS = 86_400_000
IN_ORDER = "ts, kind, id"
"""How things done by one visitor follow each other."""

FIRST_NO_ACT = KINDS.index(CART_TOLD) + 1
"""The least code of what is told about carts and orders."""

_AT_ONCE = 50_000


def create(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Make the table, empty."""
    named = ", ".join(f"{name} {kind} NOT NULL" for name, kind in COLUMNS.items())
    connection.execute(f"CREATE OR REPLACE TABLE {table} ({named})")


def load(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Row]) -> None:
    """Append the rows; whole columns go over as lists, see engine.loading."""
    kinds = ", ".join(f"unnest(?::{kind}[])" for kind in COLUMNS.values())
    for some in batched(rows, _AT_ONCE, strict=False):
        columns = [list(column) for column in zip(*some, strict=True)]
        connection.execute(f"INSERT INTO {table} SELECT {kinds}", columns)


def united(relation: str) -> str:
    """SQL of the rows of the relation, each thing once, and of each visitor's day no more acts than are kept.

    The newest reading of a thing counts, then the one with most seconds; the rest of the order only makes it
    the same one always. Kept are the earliest acts, so that it is the same whatever came first.
    """
    columns = ", ".join(COLUMNS)
    return (
        f"SELECT {columns} FROM (SELECT {columns}, row_number() OVER"
        f" (PARTITION BY visitor, ts // {DAY_MS}, kind >= {FIRST_NO_ACT} ORDER BY {IN_ORDER}) AS place"
        f" FROM (SELECT {columns} FROM ({relation}) QUALIFY row_number() OVER (PARTITION BY visitor, id"
        " ORDER BY version DESC, seconds DESC, ts, kind, target, stage, device, value) = 1))"
        f" WHERE place <= {MOST_PER_DAY} OR kind >= {FIRST_NO_ACT}"
    )
