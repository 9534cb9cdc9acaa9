"""Shops to measure the engine on: seeded, in the snapshot's layout, kept under .local/bench.

A shop is partitions of some customers each; a partition is a folder with a Parquet file for each table of
kairos.engine.tables, sorted by customer, and "_hot" files beside those that grow with time.
"""

import shutil
from pathlib import Path
from typing import NamedTuple

import duckdb

from kairos.engine.dictionaries import Kept, Words, packed
from kairos.engine.sources import Sources, Split, relation_of
from kairos.engine.tables import REPORTED, SCHEMA_VERSION, TABLES
from local.bench.chances import DAY, MACROS, SECONDS
from local.bench.shop_sql import statements
from local.bench.shop_words import dictionaries

MEASURED = tuple(table for table in TABLES if table not in REPORTED)
"""The tables that rules ask of."""

HOME = Path(".local/bench")
PARTITION = 100_000
"""Customers of a partition, as the design plans them."""

GENERATOR = 5
"""Grows with every change of what is generated, so that no older shop is measured."""

HOT_DAYS = {"acts": 92, "engagement": 92, "orders": 400, "lines": 400}

_ORDER = {
    "orders": "number", "lines": "number, product", "bought": "product", "carts": "number",
    "cart_lines": "number, product", "memberships": "segment", "attributes": "attribute",
    "contacts": "contact", "engagement": "sent_at, ts", "customers": "customer",
}  # fmt: skip
_PARQUET = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"


class Invented(NamedTuple):
    """A shop. customers: in all. partitions: their folders."""

    customers: int
    partitions: tuple[Path, ...]


def invent(customers: int, partition: int = PARTITION) -> Invented:
    """The shop of that many customers, made where it is not there yet."""
    home = HOME / f"shop-{customers}-by-{partition}-v{GENERATOR}.{SCHEMA_VERSION}"
    folders = []
    for number, first in enumerate(range(0, customers, partition)):
        folder = home / f"p{number:02d}"
        if not (folder / "customers.parquet").exists():
            print(f"inventing customers {first:,} to {first + partition:,} in {folder}", flush=True)
            write_partition(folder, first, min(partition, customers - first))
        folders.append(folder)
    return Invented(customers, tuple(folders))


def write_partition(folder: Path, first: int, customers: int) -> None:
    """Write one partition; it appears whole or not at all. first: its first customer's number in the shop."""
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    with duckdb.connect(":memory:") as connection:
        for macro in MACROS:
            connection.execute(macro)
        for name, select in statements(first, customers).items():
            connection.execute(f"CREATE TEMP TABLE {name} AS {select}")
        for table in MEASURED:
            _write(connection, table, unfinished)
    (unfinished / "words").write_bytes(packed(dictionaries(customers)))
    unfinished.rename(folder)


def _write(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> None:
    columns = ", ".join(f"{column}::{kind} AS {column}" for column, kind in TABLES[table].items())
    rows = f"SELECT {columns} FROM {table} ORDER BY customer, {_ORDER.get(table, 'ts')}"
    connection.execute(f"COPY ({rows}) TO '{folder / table}.parquet' {_PARQUET}")
    if table in HOT_DAYS:
        hot = rows.replace(f"FROM {table} ", f"FROM {table} WHERE ts > {_since(table)} ")
        connection.execute(f"COPY ({hot}) TO '{folder / table}_hot.parquet' {_PARQUET}")


def _since(table: str) -> int:
    return SECONDS - HOT_DAYS[table] * DAY


def words_of(folder: Path) -> Words:
    """The partition's dictionaries."""
    return Words(Kept((folder / "words").read_bytes()))


def sources_of(folder: Path) -> Sources:
    """The partition's files."""

    def file(name: str) -> str:
        return relation_of(str(folder / f"{name}.parquet"))

    return {
        table: Split(file(table), file(f"{table}_hot"), _since(table)) if table in HOT_DAYS else file(table)
        for table in MEASURED
    }
