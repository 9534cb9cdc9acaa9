"""What a criterion's SQL may ask of the query that it becomes part of. The engine fulfils it."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol

from kairos.domain.moment import Moment


class Turn(NamedTuple):
    """Rows with a time greater than `after` (seconds since 1970) turn `length` seconds after it, or later.

    floor: but none before that instant. Never later than they truly turn: who is found due looks again.
    """

    after: int
    length: int
    floor: int = 0


class Window(NamedTuple):
    """A test of a time as SQL. since: rows at or before it never pass (0: none is ruled out)."""

    sql: str
    since: int = 0
    turns: tuple[Turn, ...] = ()


class Query(Protocol):
    """One query over all customers of a partition, being written.

    Every piece of SQL is two-valued, for the tables hold no NULLs (see kairos.engine.tables).
    """

    @property
    def moment(self) -> Moment:
        """When it is asked."""

    def column(self, name: str) -> str:
        """A column of `customers`, as SQL."""

    def codes(self, dictionary: str, wanted: Callable[[Any], bool]) -> frozenset[int]:
        """Codes of the dictionary's words that are wanted. The test is the closure's own, in Python."""

    def feature(self, table: str, aggregate: str, where: str = "", window: Window | None = None) -> str:
        """A number over the customer's rows of a table, as SQL; 0 where no row passes.

        aggregate: "count(*)", "sum(revenue)", "max(ts)" …; where: SQL over the table's columns; window: a
        test of the column `ts`.
        """

    def having(self, table: str, details: str, where: str) -> str:
        """SQL for `where` of a feature over `table`: a row of `details` with its number passes."""

    def number(self, table: str, column: str, dictionary: str, of: Callable[[Any], int]) -> str:
        """SQL for features over `table`: the number `of` the word whose code stands in the column.

        of: gives 0 where it knows none; the row then has 0 too.
        """

    def segment(self, segment: str) -> str:
        """Another segment's rule, as SQL."""

    def turn(self, expression: str, turns: Iterable[Turn]) -> None:
        """The answer turns with this time (SQL over the customer's columns and features, in seconds)."""

    def turn_at(self, at: int, where: str = "true") -> None:
        """The answers for customers for whom `where` holds may turn at that instant."""


_SHORTEST_RUN = 3
"""Neighbouring codes that are worth a range."""

_FEW = 8
"""Comparisons that cost less than looking into a map of bits."""

_SPREAD = 4096
"""A map of more bits than this for each comparison costs more to read than it saves."""


class OneOf(str):
    """SQL: a number is one of many codes, as a test of rows like any other. chosen: the same as what a WHERE
    that tests nothing else of its rows should say; it joins with the codes, in half the time of the map."""

    chosen: str


def isin(expression: str, codes: Iterable[int]) -> str:
    """SQL: the expression, a whole number, is one of the codes.

    Neighbours are written as a range. Many codes become a map of bits: DuckDB compares with each of a list
    in turn (400 of them, 3 million rows: 0.43 s, with the map 0.03 s).
    """
    listed = sorted(set(codes))
    if not listed:
        return "false"
    runs: list[list[int]] = []
    for code in listed:
        if runs and code == runs[-1][-1] + 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    last = listed[-1]
    ranges = [f"{expression} BETWEEN {run[0]} AND {run[-1]}" for run in runs if len(run) >= _SHORTEST_RUN]
    single = [str(code) for run in runs if len(run) < _SHORTEST_RUN for code in run]
    compared = len(ranges) + len(single)
    if compared > _FEW and listed[0] >= 0 and last < compared * _SPREAD:
        wanted = set(listed)
        bits = "".join("1" if code in wanted else "0" for code in range(last + 1))
        looked_up = f"get_bit('{bits}'::BIT, ({expression})::INTEGER) = 1"
        test = OneOf(f"(CASE WHEN {expression} BETWEEN 0 AND {last} THEN {looked_up} ELSE false END)")
        test.chosen = f"{expression} IN (SELECT unnest({listed}::UINTEGER[]))"
        return test
    tests = [*ranges, *([f"{expression} IN ({', '.join(single)})"] if single else [])]
    return f"({' OR '.join(tests)})"


def every(tests: Iterable[str]) -> str:
    """SQL: all of the tests hold."""
    listed = [test for test in tests if test not in ("", "true")]
    if len(listed) == 1 and isinstance(listed[0], OneOf):
        return listed[0]
    return f"({' AND '.join(listed)})" if listed else "true"


def some(tests: Iterable[str]) -> str:
    """SQL: at least one of the tests holds."""
    listed = list(tests)
    return f"({' OR '.join(listed)})" if listed else "false"
