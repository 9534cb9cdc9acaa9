"""A drawn shop in one partition or several, as the engine opens them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import duckdb

from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.engine.encode import Dictionaries, encode
from kairos.engine.loading import create_tables, load
from kairos.engine.sources import Sources
from kairos.engine.tables import TABLES


class Opened(NamedTuple):
    """Tables in memory; customers are numbered as they are given."""

    connection: duckdb.DuckDBPyConnection
    sources: Sources
    words: Mapping[str, Sequence[Any]]


@contextmanager
def opened(profiles: Sequence[Profile], shop: Shop) -> Iterator[Opened]:
    """A partition of these customers."""
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        create_tables(connection)
        dictionaries = Dictionaries()
        rows: dict[str, list[Any]] = {table: [] for table in TABLES}
        for number, profile in enumerate(profiles):
            for table, told in encode(profile, shop, number, dictionaries).items():
                rows[table] += told
        load(connection, rows)
        yield Opened(connection, {table: table for table in TABLES}, dictionaries.words)
