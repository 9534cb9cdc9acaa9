"""A shop's customers in an opened partition, without a bucket."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.engine.encode import Dictionaries, encode
from kairos.engine.loading import create_tables, load
from kairos.engine.tables import TABLES
from kairos.services.segments.population import Population


class MemoryPartition:
    """See engine.asking.Partition."""

    def __init__(self, shop: Shop, profiles: Sequence[Profile]) -> None:
        self.connection = duckdb.connect(":memory:")
        self.sources = {name: name for name in (*TABLES, "ids")}
        dictionaries = Dictionaries()
        self.words: Mapping[str, Sequence[Any]] = dictionaries.words
        create_tables(self.connection)
        self.connection.execute("CREATE TABLE ids (customer UINTEGER, id VARCHAR)")
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
