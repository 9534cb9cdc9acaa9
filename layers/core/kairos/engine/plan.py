"""The query being written: which columns and features the rules need, each computed once."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from kairos.domain.criteria.query import Turn, Window
from kairos.domain.moment import Moment
from kairos.engine.facts import NEVER, Facts, first_turn, soon, turning
from kairos.engine.sources import Sources, relation

__all__ = ["NEVER", "Plan", "words_of"]


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
        self._facts: dict[str, Facts] = {}
        self._turns: dict[tuple[str, str], None] = {}
        self._segments: dict[str, str] = {}
        self._names = Counter[str]()

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
        facts = self._of(table)
        if self._with_turns:
            for turn in window.turns if window else ():
                facts.turning(where, turn)
        return facts.feature(aggregate, where, window)

    def having(self, table: str, details: str, where: str) -> str:
        """See Query."""
        return self._of(table).having(details, where)

    def number(self, table: str, column: str, dictionary: str, of: Callable[[Any], int]) -> str:
        """See Query."""
        words = enumerate(self._words[dictionary])
        numbers = tuple((code, number) for code, word in words if word is not None and (number := of(word)))
        return self._of(table).number(column, numbers) if numbers else "0"

    def segment(self, segment: str) -> str:
        """See Query."""
        rule = self._moment.segments[segment]
        if segment not in self._segments:
            self._segments[segment] = rule.sql(self)  # type: ignore[attr-defined]
        return self._segments[segment]

    def turn(self, expression: str, turns: Iterable[Turn]) -> None:
        """See Query."""
        for turn in turns:
            self._turns[soon(expression, turn), turning(expression, turn)] = None

    def turn_at(self, at: int, where: str = "true") -> None:
        """See Query."""
        self._turns[where, str(at)] = None

    def select(self, outputs: Mapping[str, str], sources: Sources) -> str:
        """The whole query: customer and each output (name -> SQL that was written for this plan).

        With turns, also `due` (UINTEGER): when the customer has to be looked at next, NEVER at the latest.
        """
        scans = [scan for _, facts in sorted(self._facts.items()) for scan in facts.scans(sources)]
        ctes = [f"scan{place} AS ({scan.sql})" for place, scan in enumerate(scans)]
        joins = " ".join(f"LEFT JOIN scan{place} USING (customer)" for place in range(len(scans)))
        # What coalesce would do, in a fifth of its time.
        features = [
            f"CASE WHEN {name} IS NULL THEN {missing} ELSE {name} END AS {name}"
            for scan in scans
            for name, missing in scan.names.items()
        ]
        columns = ", ".join(["customer", *sorted(self._columns), *features])
        ctes.append(f"seen AS (SELECT {columns} FROM {relation(sources['customers'])} {joins})")
        wanted = [f"{sql} AS {name}" for name, sql in outputs.items()]
        if self._with_turns:
            wanted.append(f"{self._next_turn([scan.due for scan in scans if scan.due])} AS due")
        return f"WITH {', '.join(ctes)} SELECT customer, {', '.join(wanted)} FROM seen"

    def _next_turn(self, of_rows: Sequence[str]) -> str:
        next_second = int(self._moment.now.timestamp()) + 1
        turns = [*self._turns, *((f"{name} < {NEVER}", name) for name in of_rows)]
        return f"greatest(coalesce({first_turn(turns)}, {NEVER}), {next_second})::UINTEGER"

    def _of(self, table: str) -> Facts:
        return self._facts.setdefault(table, Facts(table, self._fresh))

    def _fresh(self, prefix: str) -> str:
        self._names[prefix] += 1
        return f"{prefix}{self._names[prefix]}"


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
