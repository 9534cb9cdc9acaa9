"""What is asked of one table's rows: every number over a customer's rows, in one scan of the table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from kairos.domain.criteria.query import OneOf, Turn, Window, every, some
from kairos.engine.sources import Sources, Split, relation
from kairos.engine.tables import TABLES

NEVER = 2**32 - 1
"""A turn that never comes, in seconds since 1970."""

_WHICH = "((customer::UBIGINT << 32) | number)"
"""One order or cart of a customer as a number: found in 0.6 of the time that a pair of columns takes."""

_SCANNED_APART = frozenset({"acts", "engagement"})
"""Tables of which the recent rows are so few that what asks for them alone is worth a scan of its own."""

_SOON = 5 * 86_400
"""Rows so many seconds younger than those that turn now do not turn before the next full pass.

That is due within 36 hours; months may be three days shorter than the ones before.
"""

_ASKED_FOR_FEW = frozenset({"attributes", "contacts", "memberships"})
"""Tables of which nearly all rows belong to no rule, so that leaving them out first is worth its test."""

_FEW_TESTS = 2
"""Up to so many tests of rows are worth making twice: before the rows are grouped, which costs more."""

Numbers = tuple[tuple[int, int], ...]
"""Pairs of code and number."""


class _Feature(NamedTuple):
    aggregate: str
    passing: str
    since: int

    @property
    def sql(self) -> str:
        if self.passing == "true":
            return self.aggregate
        if self.aggregate == "count(*)":  # a third less to do than counting with a FILTER
            return f"count_if({self.passing})"
        return f"{self.aggregate} FILTER (WHERE {self.passing})"


class Facts:
    """The numbers asked of a table; each only once. name: gives fresh names with a prefix."""

    def __init__(self, table: str, name: Callable[[str], str]) -> None:
        self.table = table
        self._name = name
        self._features: dict[_Feature, str] = {}
        self._turns: dict[tuple[str, Turn], None] = {}
        self._details: dict[tuple[str, str], str] = {}
        self._numbers: dict[tuple[str, Numbers], str] = {}

    def feature(self, aggregate: str, where: str, window: Window | None) -> str:
        """See Query.feature."""
        passing = every([where or "true", window.sql if window else "true"])
        return self._named(_Feature(aggregate, passing, window.since if window else 0))

    def turning(self, where: str, turn: Turn) -> None:
        """The customer is due when the first of the rows for which `where` holds turns."""
        self._turns[where or "true", turn] = None

    def having(self, details: str, where: str) -> str:
        """See Query.having."""
        return self._details.setdefault((details, where), self._name("h"))

    def number(self, column: str, numbers: Numbers) -> str:
        """The number that belongs to the code in the column; 0 where none does."""
        return self._numbers.setdefault((column, numbers), self._name("n"))

    def _named(self, feature: _Feature) -> str:
        known = self._features.get(feature) or self._name("f")
        self._features[feature] = known
        return known

    def scans(self, sources: Sources) -> Iterable["Scan"]:
        """The scans that answer all of it: one, or one more for what only recent rows can answer."""
        source = sources[self.table]
        hot_since = source.since if isinstance(source, Split) and self.table in _SCANNED_APART else NEVER
        for recent in (False, True):
            features = [one for one in self._features if (one.since >= hot_since) == recent]
            turns = [one for one in self._turns if (one[1].after >= hot_since) == recent]
            if features or turns:
                yield self._scan(features, turns, sources)

    def _scan(
        self, features: Sequence[_Feature], turns: Sequence[tuple[str, Turn]], sources: Sources
    ) -> "Scan":
        since = min([one.since for one in features] + [turn.after for _, turn in turns])
        tests = [*(one.passing for one in features), *(_turns_soon(*one) for one in turns)]
        first = self.table in _ASKED_FOR_FEW or len(tests) <= _FEW_TESTS
        # A single test that rows were chosen by holds for all that are left.
        alone = first and len(tests) == 1
        columns = {self._features[one]: one.aggregate if alone else one.sql for one in features}
        names = dict.fromkeys(columns, 0)
        due = self._name("t") if turns else None
        if due:
            columns[due] = f"min({first_turn([(_turns_soon(*one), turning('ts', one[1])) for one in turns])})"
            names[due] = NEVER
        listed = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
        when = f"ts > {since}" if since else "true"
        if first:
            when = every([when, tests[0].chosen if alone and isinstance(tests[0], OneOf) else some(tests)])
        rows = self._rows(sources, since)
        where = "" if when == "true" else f" WHERE {when}"
        return Scan(names, due, f"SELECT customer, {listed} FROM {rows}{where} GROUP BY customer")

    def _rows(self, sources: Sources, since: int) -> str:
        rows = relation(sources[self.table], since)
        if not self._details and not self._numbers:
            return rows
        columns, joins = [], []
        for details in sorted({key[0] for key in self._details}):
            wanted = {where: name for (of, where), name in self._details.items() if of == details}
            columns += [f"coalesce(having_{details}.{name}, false) AS {name}" for name in wanted.values()]
            joins.append(self._having(details, wanted, sources, since))
        for (column, numbers), name in self._numbers.items():
            columns.append(f"coalesce({name}_.figure, 0) AS {name}")
            joins.append(
                f"LEFT JOIN (SELECT unnest('{[code for code, _ in numbers]}'::UINTEGER[]) AS code,"
                f" unnest('{[number for _, number in numbers]}'::BIGINT[]) AS figure) {name}_"
                f" ON facts.{column} = {name}_.code"
            )
        return f"(SELECT facts.*, {', '.join(columns)} FROM {rows} facts {' '.join(joins)})"

    def _having(self, details: str, wanted: Mapping[str, str], sources: Sources, since: int) -> str:
        """All tests of the details in one scan of them."""
        since = since if "ts" in TABLES[details] else 0
        tests = ", ".join(f"bool_or({where}) AS {name}" for where, name in wanted.items())
        passing = every([some(wanted), f"ts > {since}" if since else "true"])
        return (
            f"LEFT JOIN (SELECT {_WHICH} AS which, {tests} FROM {relation(sources[details], since)}"
            f" WHERE {passing} GROUP BY which) having_{details}"
            f" ON ((facts.customer::UBIGINT << 32) | facts.number) = having_{details}.which"
        )


class Scan(NamedTuple):
    """names: of its numbers, and what each is where a customer has no rows. due: which of them is a turn."""

    names: Mapping[str, int]
    due: str | None
    sql: str


def soon(expression: str, turn: Turn) -> str:
    """SQL: the time turns before the next full pass, as far as can be told from it."""
    return f"{expression} BETWEEN {turn.after + 1} AND {turn.after + _SOON}"


def turning(expression: str, turn: Turn) -> str:
    """SQL: when the time turns. BIGINT throughout: of other numbers DuckDB is ten times slower at `least`."""
    turns = f"{expression}::BIGINT + {turn.length}"
    return f"greatest({turns}, {turn.floor})" if turn.floor else turns


def first_turn(turns: Iterable[tuple[str, str]]) -> str:
    """SQL: the least of the times of which the test holds, NEVER or NULL where none does.

    turns: tests and times. Hardly any customer or row turns soon: what is exact is reckoned for these alone.
    """
    listed = list(turns)
    each = [f"CASE WHEN {when} THEN {at} ELSE {NEVER} END" for when, at in listed]
    return f"CASE WHEN {some(when for when, _ in listed)} THEN least({', '.join([*each, str(NEVER)])}) END"


def _turns_soon(where: str, turn: Turn) -> str:
    return every([soon("ts", turn), where])
