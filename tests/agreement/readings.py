"""Both readings of rules over a drawn shop: closures, and one query of the engine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

import duckdb

from kairos.domain.catalogue import Catalogue
from kairos.domain.criteria.rule import Rule
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.engine.encode import Dictionaries, encode
from kairos.engine.loading import create_tables, load
from kairos.engine.plan import Plan, words_of
from kairos.engine.sources import Split
from kairos.engine.tables import TABLES
from kairos.services.segments.standing import products_of
from tests.agreement.world import World


class Disagreement(NamedTuple):
    """A rule of which the closure and the engine give different answers about a customer."""

    rule: int
    customer: int
    closure: bool
    engine: bool


class Partition:
    """A world's customers as the engine sees them; their numbers are their places among the profiles."""

    def __init__(self, world: World, connection: duckdb.DuckDBPyConnection) -> None:
        self.world, self.connection = world, connection
        dictionaries = Dictionaries()
        self.words: Mapping[str, Sequence[Any]] = dictionaries.words
        for table in TABLES:
            connection.execute(f"DROP TABLE IF EXISTS {table}")
        create_tables(connection)
        rows: dict[str, list[Any]] = {table: [] for table in TABLES}
        for number, profile in enumerate(world.profiles):
            for table, told in encode(profile, world.shop, number, dictionaries).items():
                rows[table] += told
        load(connection, rows)
        self.sources = dict(self._sources())

    def _sources(self) -> Iterator[tuple[str, str | Split]]:
        """The tables; of some of those with times also what is recent, beginning near what happened."""
        for table, columns in TABLES.items():
            source: str | Split = table
            if "ts" in columns and self.world.likely(0.5):
                times = self.connection.table(table).order("ts").project("ts").fetchall() or [(1,)]
                since = max(self.world.one(times)[0] + self.world.off(), 1)
                source = Split(table, f"(FROM {table} WHERE ts > {since})", since)
            yield table, source

    @cached_property
    def moments(self) -> list[Moment]:
        """For the closures of each customer: the catalogue holds their own products, as it does live."""
        return [own_moment(self.world, one) for one in self.world.profiles]

    def closures(self, rules: Sequence[Rule]) -> list[list[bool]]:
        """What the closures say, by customer and rule."""
        pairs = list(zip(self.world.profiles, self.moments, strict=True))
        return [[rule.matches(profile, moment) for rule in rules] for profile, moment in pairs]

    def engine(self, rules: Sequence[Rule]) -> list[list[bool]]:
        """What one query says, by customer and rule."""
        plan = Plan(self.world.moment(), self.words)
        bits = words_of([rule.sql(plan) for rule in rules])
        found = self.connection.execute(plan.select(bits, self.sources)).fetchall()
        assert sorted(row[0] for row in found) == list(range(len(self.world.profiles)))
        return [[bool(row[1 + at // 64] >> at % 64 & 1) for at in range(len(rules))] for row in sorted(found)]

    def disagreements(self, rules: Sequence[Rule]) -> Iterator[Disagreement]:
        """Where the two differ."""
        both = zip(self.closures(rules), self.engine(rules), strict=True)
        for customer, (closures, engine) in enumerate(both):
            if closures != engine:
                for at, (one, other) in enumerate(zip(closures, engine, strict=True)):
                    if one != other:
                        yield Disagreement(at, customer, one, other)


def own_moment(world: World, profile: Profile) -> Moment:
    """The moment for closures about this customer."""
    own = products_of(profile)
    known = {name: one for name, one in world.catalogue.products.items() if name in own}
    return replace(world.moment(), catalogue=Catalogue(known))
