"""One partition of the snapshot, opened to be asked: its base, with what changed since laid over it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from kairos.domain.shop import Shop
from kairos.engine.base_files import fetch_tables, hot, read_dictionaries
from kairos.engine.delta import Line, merge, unpack
from kairos.engine.encode import Dictionaries, encode
from kairos.engine.loading import create_tables
from kairos.engine.local_files import LocalFiles
from kairos.engine.manifest import Base, Delta, PartitionManifest
from kairos.engine.rows import Rows
from kairos.engine.sources import Split, relation, relation_of
from kairos.engine.tables import TABLES

MEMORY = "300MB"
"""What the database may take of a function's 512 MB; beyond it goes to the disk."""

LINES_AT_ONCE = 1000
"""Customers laid over at once; one takes some 40 kB while it is read."""

IDS = {"customer": "UINTEGER", "id": "VARCHAR", "version": "VARCHAR"}
"""Columns of the relation `ids`, and their types."""


class Opened:
    """A partition as it was at one moment. Numbers of customers are good within it alone.

    connection: DuckDB. manifest: what it was opened by. sources: relations by name: the tables of
    engine.tables, `ids` (customer, id, version of the profile) and `membership` (customer, w0 …, due; as
    many words as words_wide says). words: the dictionaries.
    """

    def __init__(self, local: LocalFiles, shop: Shop, manifest: PartitionManifest) -> None:
        """Raises SnapshotBroken."""
        self._local = local
        self._shop = shop
        self._base = manifest.base
        self._applied = self._base.folded if self._base else 0
        self._overlaid = False
        self.last_number = self._base.last_number if self._base else 0
        self.words_wide = self._base.words if self._base else 1
        self.manifest = manifest
        self.dictionaries = Dictionaries(read_dictionaries(local, self._base))
        self.connection = connect(local.folder)
        self._make_overlay()
        self._paths = fetch_tables(local, self._base)
        self._relate()
        self.refresh(manifest)

    @property
    def words(self) -> Mapping[str, Sequence[Any]]:
        """Texts by dictionary and code."""
        return self.dictionaries.words

    def refresh(self, manifest: PartitionManifest) -> bool:
        """Lay over it what changed since; False where it has to be opened anew. Raises SnapshotBroken."""
        if manifest.base != self._base:
            return False
        for some in _at_once(one for one in manifest.deltas if one.last > self._applied):
            self._lay_over([self._unpacked(one) for one in some], manifest)
            self._applied = some[-1].last
            self._local.forget(one.file for one in some)
        self.manifest = manifest
        return True

    def ids_of(self, numbers: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Customer and version of the profile, by number."""
        found = self.connection.execute(
            f"SELECT customer, id, version FROM {relation(self.sources['ids'])}"
            " WHERE customer IN (SELECT unnest(?::UINTEGER[]))",
            [list(numbers)],
        ).fetchall()
        return {number: (customer, version) for number, customer, version in found}

    def numbers(self, after: int = 0) -> list[int]:
        """The numbers of all customers beyond that one, in their order."""
        found = self.connection.execute(
            f"SELECT customer FROM {relation(self.sources['ids'])} WHERE customer > {after} ORDER BY customer"
        ).fetchall()
        return [number for (number,) in found]

    def rows(self, source: str, numbers: Iterable[int]) -> list[tuple[Any, ...]]:
        """The rows of these customers; source: a relation that begins with the customer's number."""
        listed = ", ".join(map(str, numbers)) or "NULL"
        return self.connection.execute(f"FROM {source} WHERE customer IN ({listed})").fetchall()

    def close(self, but: Base | None = None) -> None:
        """Give back memory and disk; but: a base of which files are needed further."""
        self.connection.close()
        needed = set(but.files) if but else set()
        self._local.forget(one for one in (self._base.files if self._base else ()) if one not in needed)

    @property
    def is_overlaid(self) -> bool:
        """Whether anything is laid over the base."""
        return self._overlaid

    def create(self, table: str, columns: Mapping[str, str]) -> None:
        """Make an empty table in the database, in the place of one of that name. columns: and their types."""
        named = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} ({named})")

    def _make_overlay(self) -> None:
        create_tables(self.connection)
        self.create("new_ids", IDS)
        self.create("new_membership", {**words_columns(self.words_wide), "due": "UINTEGER"})
        self.create("replaced", {"customer": "UINTEGER"})

    def _relate(self) -> None:
        hot_since = self._base.hot_since if self._base else {}
        self.sources: dict[str, str | Split] = {table: self._relation(table, table) for table in TABLES}
        self.sources["ids"] = self._relation("ids", "new_ids")
        self.sources["membership"] = self._relation(
            "membership", "new_membership", self._membership_of_base()
        )
        for table, since in hot_since.items():
            full = self._relation(table, table)
            self.sources[table] = Split(full, self._relation(hot(table), table), since)

    def _relation(self, file: str, new: str, columns: str = "*") -> str:
        """What the base's file holds of customers who were not replaced, and what is new."""
        if file not in self._paths:
            return new
        base = relation_of(str(self._paths[file]))
        if not self._overlaid and columns == "*":
            return base
        kept = f"SELECT {columns} FROM {base} WHERE customer NOT IN (FROM replaced)"
        return f"({kept} UNION ALL FROM {new})"

    def _membership_of_base(self) -> str:
        """Its columns, widened to as many words as the newest memberships have."""
        known = self._base.words if self._base else 0
        words = [f"w{one}" if one < known else f"0::UBIGINT AS w{one}" for one in range(self.words_wide)]
        return ", ".join(["customer", *words, "due"])

    def _lay_over(self, changes: Sequence[Sequence[Line]], manifest: PartitionManifest) -> None:
        lines = merge(changes)
        if not lines:
            return
        known = self.numbers_of(line.customer for line in lines)
        self._widen(max(len(line.words) for line in lines))
        self._remove(list(known.values()))
        rows: Rows = {}
        ids, membership = [], []
        for line in lines:
            if line.profile is None:
                continue
            number = known.get(line.customer) or self._next_number()
            for table, some in encode(line.profile, self._shop, number, self.dictionaries).items():
                rows.setdefault(table, []).extend(some)
            ids.append((number, line.customer, line.version))
            membership.append(self._membership_row(number, line, manifest))
        for table, told in rows.items():
            self.append(table, told)
        self.append("new_ids", ids)
        self.append("new_membership", membership)
        self._overlaid = True
        self._relate()

    def _unpacked(self, delta: Delta) -> list[Line]:
        return list(unpack(delta.file.key, self._local.path(delta.file)))

    def _next_number(self) -> int:
        self.last_number += 1
        return self.last_number

    def _membership_row(self, number: int, line: Line, manifest: PartitionManifest) -> tuple[int, ...]:
        missing = (0,) * (self.words_wide - len(line.words))
        return (number, *line.words, *missing, line.due_by(manifest))

    def append(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows to a table of the database.

        By way of a file of text, which is five times faster than lists as parameters.

        Nothing needs quoting: rows hold numbers, truths and customers' ids.
        """
        if not rows:
            return
        path = self._local.folder / f"{table}.csv"
        with path.open("w", encoding="ascii") as text:
            text.writelines(f"{','.join(map(str, row))}\n" for row in rows)
        told = self.connection.execute(f"DESCRIBE {table}").fetchall()
        columns = ", ".join(f"'{column[0]}': '{column[1]}'" for column in told)
        self.connection.execute(
            f"INSERT INTO {table} FROM read_csv('{path}', header = false, auto_detect = false,"
            f" delim = ',', quote = '', escape = '', columns = {{{columns}}})"
        )
        path.unlink()

    def numbers_of(self, customers: Iterable[str]) -> dict[str, int]:
        """The numbers of those of the customers who have one."""
        found = self.connection.execute(
            f"SELECT id, customer FROM {relation(self.sources['ids'])}"
            " WHERE id IN (SELECT unnest(?::VARCHAR[]))",
            [list(customers)],
        ).fetchall()
        return dict(found)

    def _remove(self, numbers: list[int]) -> None:
        if not numbers:
            return
        for table in (*TABLES, "new_ids", "new_membership") if self._overlaid else ():
            self.connection.execute(
                f"DELETE FROM {table} WHERE customer IN (SELECT unnest(?::UINTEGER[]))", [numbers]
            )
        self.connection.execute(
            "INSERT INTO replaced SELECT unnest(?::UINTEGER[]) EXCEPT FROM replaced", [numbers]
        )

    def _widen(self, words: int) -> None:
        for one in range(self.words_wide, words):
            self.connection.execute(
                "CREATE OR REPLACE TABLE new_membership AS"
                f" SELECT * EXCLUDE (due), 0::UBIGINT AS w{one}, due FROM new_membership"
            )
        self.words_wide = max(self.words_wide, words)


def words_columns(words: int) -> dict[str, str]:
    """A customer's number and so many words, and their types."""
    return {"customer": "UINTEGER", **{f"w{one}": "UBIGINT" for one in range(words)}}


def _at_once(deltas: Iterable[Delta]) -> Iterator[list[Delta]]:
    """The deltas in their order, as many together as memory easily holds."""
    some: list[Delta] = []
    for one in deltas:
        if some and sum(delta.customers for delta in (*some, one)) > LINES_AT_ONCE:
            yield some
            some = []
        some.append(one)
    if some:
        yield some


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """An empty database of one thread, that keeps within MEMORY by help of the folder."""
    connection = duckdb.connect(":memory:")
    for setting in ("threads = 1", f"memory_limit = '{MEMORY}'", f"temp_directory = '{folder}'"):
        connection.execute(f"SET {setting}")
    return connection
