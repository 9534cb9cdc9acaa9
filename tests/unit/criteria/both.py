"""Both readings of a rule about one customer."""

from functools import cache
from typing import Any

import duckdb

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.engine.encode import Dictionaries, encode
from kairos.engine.loading import create_tables, load
from kairos.engine.plan import Plan
from kairos.engine.tables import TABLES
from tests.unit.criteria.people import moment


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:", config={"threads": 1})
    create_tables(connection)
    return connection


def holds(told: Any, of: Profile, at: Moment | None = None) -> bool:
    """What the closure says, and the engine too."""
    rule, at = parse_rule(told), at or moment()
    said = rule.matches(of, at)
    with _connection().cursor() as cursor:
        cursor.begin()
        words = Dictionaries()
        load(cursor, encode(of, at.shop, 0, words))
        plan = Plan(at, words.words, with_turns=True)
        query = plan.select({"said": rule.sql(plan)}, {table: table for table in TABLES})
        found = cursor.execute(query).fetchall()
        cursor.rollback()
    assert [row[:2] for row in found] == [(0, said)], f"the closure says {said}, the engine {found}"
    return said
