"""A shop's customers in an opened partition, without a bucket."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any

import duckdb

from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.engine.encode import Dictionaries, encode
from kairos.engine.loading import create_tables, load
from kairos.engine.tables import TABLES
from kairos.services.segments.population import Population

_numbers = count(1)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One for all partitions, with the empty tables of one: to start a database and make these costs thirty
    times what attaching a copy of them does."""
    database = duckdb.connect(":memory:", config={"threads": 1})
    database.execute("ATTACH ':memory:' AS empty")
    pattern = database.cursor()
    pattern.execute("USE empty")
    create_tables(pattern)
    pattern.execute("CREATE TABLE ids (customer UINTEGER, id VARCHAR)")
    return database


def _empty() -> duckdb.DuckDBPyConnection:
    """A connection to empty tables that nobody else sees."""
    connection, name = _database().cursor(), f"partition_{next(_numbers)}"
    connection.execute(f"ATTACH ':memory:' AS {name}")
    connection.execute(f"COPY FROM DATABASE empty TO {name} (SCHEMA)")
    connection.execute(f"USE {name}")
    return connection


class MemoryPartition:
    """See engine.asking.Partition."""

    def __init__(self, shop: Shop, profiles: Sequence[Profile]) -> None:
        self.connection = _empty()
        self.sources = {name: name for name in (*TABLES, "ids")}
        dictionaries = Dictionaries()
        self.words: Mapping[str, Sequence[Any]] = dictionaries.words
        rows: dict[str, list[Any]] = {table: [] for table in TABLES}
        for number, profile in enumerate(profiles, start=1):
            for table, told in encode(profile, shop, number, dictionaries).items():
                rows[table] += told
            self.connection.execute("INSERT INTO ids VALUES (?, ?)", [number, profile.id])
        load(self.connection, rows)


def crowd(moment: Moment, *partitions: Sequence[Profile]) -> Population:
    """The population of these customers, by partition."""
    opened = [MemoryPartition(moment.shop, some) for some in partitions]
    return Population(opened, moment, moment.now)
