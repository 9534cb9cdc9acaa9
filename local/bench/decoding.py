"""The floor: reading a query's columns from their files, and nothing else."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

Read = Mapping[str, Mapping[str, str]]
"""File -> its columns that are read -> their types."""


def columns_read(connection: duckdb.DuckDBPyConnection, query: str) -> Read:
    """What the query reads, as DuckDB's own profile of a run of it says."""
    with TemporaryDirectory() as folder:
        profile = Path(folder) / "profile.json"
        connection.execute("PRAGMA enable_profiling = 'json'")
        connection.execute(f"PRAGMA profiling_output = '{profile}'")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE profiled AS {query}")
        connection.execute("PRAGMA disable_profiling")
        told = json.loads(profile.read_text())
    read: dict[str, dict[str, str]] = {}
    for operator in told["operator"]:
        _gather(connection, operator, read)
    return read


def _gather(
    connection: duckdb.DuckDBPyConnection, operator: Mapping[str, Any], read: dict[str, dict[str, str]]
) -> None:
    more = operator.get("extra_info", {})
    if file := more.get("Filename(s)"):
        named = more.get("Projections", [])
        named = named if isinstance(named, list) else [named]
        filtered = str(more.get("Filters", ""))
        for column, kind, *_ in connection.execute(f"DESCRIBE FROM '{file}'").fetchall():
            if column in named or re.search(rf"\b{column}\b", filtered):
                read.setdefault(file, {})[column] = kind
    for child in operator.get("children", ()):
        _gather(connection, child, read)


def decode(connection: duckdb.DuckDBPyConnection, read: Read) -> None:
    """Read them all: adding up is the least that makes DuckDB decode a column."""
    for file, columns in read.items():
        sums = ", ".join(
            f"count_if({column})" if kind == "BOOLEAN" else f"sum({column})"
            for column, kind in columns.items()
        )
        connection.execute(f"SELECT {sums} FROM '{file}'").fetchall()
