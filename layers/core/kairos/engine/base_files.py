"""The files of a partition's base, fetched and judged before anybody reads them."""

from collections.abc import Mapping
from os import SEEK_END
from pathlib import Path
from typing import Any

from kairos.engine.dictionaries import Kept
from kairos.engine.local_files import LocalFiles
from kairos.engine.manifest import Base, SnapshotBroken

_MAGIC = b"PAR1"
"""How a file of Parquet begins and ends."""


def read_dictionaries(local: LocalFiles, base: Base | None) -> Mapping[str, list[Any]]:
    """The words behind the codes; none without a base. Raises SnapshotBroken."""
    if base is None:
        return {}
    try:
        return Kept(local.path(base.dictionaries).read_bytes())
    except ValueError as wrong:
        raise SnapshotBroken(base.dictionaries.key, "It is damaged.") from wrong


def fetch_tables(local: LocalFiles, base: Base | None) -> dict[str, Path]:
    """Local files of the tables by name, of their recent rows ("orders hot"), of ids and membership.

    Raises SnapshotBroken.
    """
    if base is None:
        return {}
    refs = {**base.tables, "ids": base.ids, "membership": base.membership}
    refs |= {hot(table): ref for table, ref in base.hot.items()}
    paths = {name: local.path(ref) for name, ref in refs.items()}
    for name, path in paths.items():
        if not _is_parquet(path):
            raise SnapshotBroken(refs[name].key, "It is no Parquet file.")
    return paths


def hot(table: str) -> str:
    """What the recent rows of a table are called among the files."""
    return f"{table} hot"


def _is_parquet(path: Path) -> bool:
    """Whether the file begins and ends as one does."""
    with path.open("rb") as file:
        begins = file.read(len(_MAGIC)) == _MAGIC
        file.seek(-len(_MAGIC), SEEK_END)
        return begins and file.read() == _MAGIC
