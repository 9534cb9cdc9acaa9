"""A PostgreSQL server of our own, with the facts of an invented shop in it, indexed as one would."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb

from kairos.engine.tables import SCHEMA_VERSION
from local.bench.postgres_tables import INDEXES, TABLES
from local.bench.shops import GENERATOR, HOME

_SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "2GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "8GB",
    "fsync": "off",
    "max_parallel_workers_per_gather": "0",  # one thread, as the engine has
}


def missing() -> str:
    """Why there can be no server here; empty where there can."""
    programs = [name for name in ("initdb", "pg_ctl", "postgres") if not shutil.which(name)]
    return f"no {', '.join(programs)} here" if programs else ""


@contextmanager
def server(customers: int, folder: Path) -> Iterator[Any]:
    """A connection (psycopg) to a server with the shop's facts; they stay for the next time."""
    home = (HOME / f"postgres-{customers}-v{GENERATOR}.{SCHEMA_VERSION}").resolve()
    ready = home / "ready"
    if not ready.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        _own(home)
        _run("initdb", "-D", str(home / "data"), "-A", "trust", "-U", "bench", "-E", "UTF8", "--no-sync")
    _run("pg_ctl", "-D", str(home / "data"), "-w", "-l", str(home / "log"), "-o", _options(home), "start")
    try:
        psycopg = import_module("psycopg")
        with psycopg.connect(host=str(home), user="bench", dbname="postgres", autocommit=True) as connection:
            if not ready.exists():
                _fill(connection, folder)
                ready.touch()
            yield connection
    finally:
        _run("pg_ctl", "-D", str(home / "data"), "-w", "-m", "fast", "stop")


def _options(home: Path) -> str:
    settings = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    return f"-k {home} {settings}"


def _user() -> str | None:
    """PostgreSQL refuses to run as root: then as somebody who may do little."""
    if os.geteuid():
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _own(home: Path) -> None:
    if user := _user():
        shutil.chown(home, user)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, user=_user())
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")


def _fill(connection: Any, folder: Path) -> None:
    """Tables as a shop keeps them: times, amounts and words as such, not as the engine's numbers."""
    with duckdb.connect(":memory:") as source:
        for table in TABLES:
            connection.execute(f"CREATE UNLOGGED TABLE {table.name} ({table.columns})")
            rows = source.execute(
                f"SELECT concat_ws('|', {table.values}) FROM '{folder / table.name}.parquet'"
            )
            with connection.cursor() as cursor:
                copied = f"COPY {table.name} FROM STDIN (FORMAT csv, DELIMITER '|')"
                with cursor.copy(copied) as copy:
                    while chunk := rows.fetchmany(_AT_ONCE):
                        copy.write("\n".join(row[0] for row in chunk) + "\n")
    for index in INDEXES:
        connection.execute(index)
    connection.execute("VACUUM ANALYZE")


_AT_ONCE = 100_000
