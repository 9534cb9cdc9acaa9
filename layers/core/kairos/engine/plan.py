"""The query being written: which columns and features the rules need, each computed once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from kairos.domain.criteria.query import Turn, Window, every
from kairos.domain.moment import Moment
from kairos.engine.sources import Sources, relation

NEVER = 2**32 - 1
"""A turn that never comes, in seconds since 1970."""

_WHICH = "((customer::UBIGINT << 32) | number)"
"""One order or cart of a customer as a number: found in 0.6 of the time that a pair of columns takes."""


class Expressible(Protocol):
    """A rule or a criterion."""

    def sql(self, query: "Plan") -> str:
        """It as SQL of the plan."""


class Plan:
    """Fulfils kairos.domain.criteria.query.Query. words: the partition's dictionaries.

    with_turns: also gather when time alone could change each customer's answers.
    """

    def __init__(self, moment: Moment, words: Mapping[str, Sequence[Any]], with_turns: bool = False) -> None:
        self._moment = moment
        self._words = words
        self._with_turns = with_turns
        self._columns: set[str] = set()
        self._features: dict[tuple[str, str, str, int], str] = {}
        self._details: dict[tuple[str, str, str], str] = {}
        self._numbers: dict[tuple[str, str, tuple[tuple[int, int], ...]], str] = {}
        self._turns: list[str] = []
        self._row_turns: dict[tuple[str, Turn], str] = {}
        self._segments: dict[str, str] = {}

    @property
    def moment(self) -> Moment:
        """See Query."""
        return self._moment

    def column(self, name: str) -> str:
        """See Query."""
        self._columns.add(name)
        return name

    def codes(self, dictionary: str, wanted: Callable[[Any], bool]) -> frozenset[int]:
        """See Query."""
        return frozenset(
            code for code, word in enumerate(self._words[dictionary]) if word is not None and wanted(word)
        )

    def feature(self, table: str, aggregate: str, where: str = "", window: Window | None = None) -> str:
        """See Query."""
        passing = every([where or "true", window.sql if window else "true"])
        since = window.since if window else 0
        for turn in window.turns if window else ():
            self._row_turns.setdefault((table, turn), f"t{len(self._row_turns)}")
        return self._features.setdefault((table, aggregate, passing, since), f"f{len(self._features)}")

    def having(self, table: str, details: str, where: str) -> str:
        """See Query."""
        return self._details.setdefault((table, details, where), f"h{len(self._details)}")

    def number(self, table: str, column: str, dictionary: str, of: Callable[[Any], int]) -> str:
        """See Query."""
        words = enumerate(self._words[dictionary])
        numbers = tuple((code, number) for code, word in words if word is not None and (number := of(word)))
        if not numbers:
            return "0"
        return self._numbers.setdefault((table, column, numbers), f"n{len(self._numbers)}")

    def segment(self, segment: str) -> str:
        """See Query."""
        rule = self._moment.segments[segment]
        if segment not in self._segments:
            self._segments[segment] = rule.sql(self)  # type: ignore[attr-defined]
        return self._segments[segment]

    def turn(self, expression: str, turns: Iterable[Turn]) -> None:
        """See Query."""
        self._turns += [
            f"CASE WHEN {expression} > {turn.after} THEN {_turning(expression, turn)} ELSE {NEVER} END"
            for turn in turns
        ]

    def turn_at(self, at: int, where: str = "true") -> None:
        """See Query."""
        self._turns.append(f"CASE WHEN {where} THEN {at} ELSE {NEVER} END")

    def select(self, outputs: Mapping[str, str], sources: Sources) -> str:
        """The whole query: customer and each output (name -> SQL that was written for this plan)."""
        tables = sorted({key[0] for key in self._features} | {key[0] for key in self._row_turns})
        if not self._with_turns:
            tables = sorted({key[0] for key in self._features})
        ctes = [self._aggregate(table, sources) for table in tables]
        joins = [f"LEFT JOIN {table}_ USING (customer)" for table in tables]
        features = [f"coalesce({name}, 0) AS {name}" for name in self._features.values()]
        turns = [f"coalesce({name}, {NEVER}) AS {name}" for name in self._row_turns.values()]
        columns = ["customer", *sorted(self._columns), *features, *(turns if self._with_turns else [])]
        ctes.append(
            f"seen AS (SELECT {', '.join(columns)} FROM {relation(sources['customers'])} {' '.join(joins)})"
        )
        wanted = [f"{sql} AS {name}" for name, sql in outputs.items()]
        if self._with_turns:
            wanted.append(f"{self._next_turn()} AS due")
        return f"WITH {', '.join(ctes)} SELECT customer, {', '.join(wanted)} FROM seen"

    def _next_turn(self) -> str:
        soon = int(self._moment.now.timestamp()) + 1
        turns = [*self._turns, *self._row_turns.values()]
        earliest = f"least({', '.join([*turns, str(NEVER)])})"
        return f"greatest({earliest}, {soon})::UINTEGER"

    def _aggregate(self, table: str, sources: Sources) -> str:
        features = [
            f"{aggregate} FILTER (WHERE {passing}) AS {name}"
            if passing != "true"
            else f"{aggregate} AS {name}"
            for (of, aggregate, passing, _), name in self._features.items()
            if of == table
        ]
        if self._with_turns:
            features += [
                f"min({_turning('ts', turn)}) FILTER (WHERE ts > {turn.after}) AS {name}"
                for (of, turn), name in self._row_turns.items()
                if of == table
            ]
        since = self._since(table)
        where = f" WHERE ts > {since}" if since else ""
        rows = self._with_details(table, sources, since)
        return f"{table}_ AS (SELECT customer, {', '.join(features)} FROM {rows}{where} GROUP BY customer)"

    def _since(self, table: str) -> int:
        """Rows at or before it matter to nothing that is asked of the table."""
        sinces = [since for (of, _, _, since) in self._features if of == table]
        if self._with_turns:
            sinces += [turn.after for (of, turn) in self._row_turns if of == table]
        return min(sinces, default=0)

    def _with_details(self, table: str, sources: Sources, since: int) -> str:
        details = {key: name for key, name in self._details.items() if key[0] == table}
        numbers = {key: name for key, name in self._numbers.items() if key[0] == table}
        if not details and not numbers:
            return relation(sources[table], since)
        tests = [
            f"{_WHICH} IN (SELECT {_WHICH} FROM {relation(sources[of])} WHERE {where}) AS {name}"
            for (_, of, where), name in details.items()
        ]
        tests += [f"coalesce({name}_.figure, 0) AS {name}" for name in numbers.values()]
        joins = [
            f"LEFT JOIN (SELECT unnest('{[code for code, _ in pairs]}'::UINTEGER[]) AS code,"
            f" unnest('{[number for _, number in pairs]}'::BIGINT[]) AS figure) {name}_"
            f" ON facts.{column} = {name}_.code"
            for (_, column, pairs), name in numbers.items()
        ]
        rows = relation(sources[table], since)
        return f"(SELECT facts.*, {', '.join(tests)} FROM {rows} facts {' '.join(joins)})"


def _turning(expression: str, turn: Turn) -> str:
    """SQL: when a time turns."""
    turns = f"{expression}::BIGINT + {turn.length}"
    return f"greatest({turns}, {turn.floor})" if turn.floor else turns


def words_of(bits: Sequence[str]) -> dict[str, str]:
    """Truths packed into 64-bit words w0, w1 …: eight to a byte first, which is what makes it fast."""
    packed = {}
    for start in range(0, len(bits), 64):
        parts = []
        for shift in range(0, len(bits[start : start + 64]), 8):
            eight = bits[start + shift : min(start + shift + 8, start + 64)]
            byte = " | ".join(
                f"(({sql})::UTINYINT * {1 << place}::UTINYINT)" for place, sql in enumerate(eight)
            )
            parts.append(f"(({byte})::UBIGINT << {shift})")
        packed[f"w{start // 64}"] = f"({' | '.join(parts)})"
    return packed
