"""Writing a partition anew: what changed since becomes part of its base, and what is gone is forgotten."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kairos.engine.dictionaries import packed
from kairos.engine.local_files import LocalFiles
from kairos.engine.manifest import HOT_DAYS, Base, FileRef
from kairos.engine.opening import Opened
from kairos.engine.sources import relation, relation_of
from kairos.engine.tables import DICTIONARIES, TABLES


def compact(local: LocalFiles, opened: Opened, folder: str, now: datetime) -> Base:
    """The base of all that the opened partition holds, in new files; none for a table without rows.

    Words that no row has any more, such as an erased customer's, are left out of the dictionaries; the
    others keep their codes.
    """
    tables: dict[str, FileRef] = {}
    hot: dict[str, FileRef] = {}
    since = {table: max(int((now - timedelta(days=days)).timestamp()), 0) for table, days in HOT_DAYS.items()}
    used: dict[str, set[int]] = {name: set() for name in DICTIONARIES}
    for table, columns in TABLES.items():
        rows, old = _rows(opened, table, since.get(table, 0))
        if not rows:
            continue
        path = write(opened, local.folder / f"{table}.parquet", f"FROM {relation(opened.sources[table])}")
        for column in columns.keys() & used.keys():
            used[column] |= _codes(opened, column, path)
        if old:
            recent = f"FROM {relation_of(str(path))} WHERE ts > {since[table]}"
            hot[table] = local.store(
                f"{folder}/{table}_hot", write(opened, local.folder / "hot.parquet", recent)
            )
        tables[table] = local.store(f"{folder}/{table}", path)
    ids = write(opened, local.folder / "ids.parquet", f"FROM {relation(opened.sources['ids'])}")
    membership = write(opened, local.folder / "w.parquet", f"FROM {relation(opened.sources['membership'])}")
    return Base(
        tables=tables,
        hot=hot,
        hot_since={table: since[table] for table in hot},
        dictionaries=local.put(f"{folder}/words", packed(_still_used(opened, used))),
        ids=local.store(f"{folder}/ids", ids),
        membership=local.store(f"{folder}/membership", membership),
        words=opened.words_wide,
        customers=len(opened.numbers()),
        last_number=opened.last_number,
        folded=opened.manifest.sequence,
    )


def _rows(opened: Opened, table: str, since: int) -> tuple[int, int]:
    """How many rows the table has, and how many of them a file of the recent ones would leave out."""
    old = f"count_if(ts <= {since})" if since else "0"
    [found] = opened.connection.execute(
        f"SELECT count(*), {old} FROM {relation(opened.sources[table])}"
    ).fetchall()
    return found


def write(opened: Opened, path: Path, query: str) -> Path:
    """The rows of a query in Parquet, in the order of their customers."""
    opened.connection.execute(
        f"COPY ({query} ORDER BY customer) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return path


def _codes(opened: Opened, column: str, path: Path) -> set[int]:
    found = opened.connection.execute(f"SELECT DISTINCT {column} FROM {relation_of(str(path))}").fetchall()
    return {code for (code,) in found}


def _still_used(opened: Opened, used: dict[str, set[int]]) -> dict[str, list[Any]]:
    return {
        name: [word if code in used[name] else None for code, word in enumerate(listed)]
        for name, listed in opened.words.items()
    }
