"""One pass over a partition: which segments every customer is in, when to look again, and what changed."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kairos.domain.criteria.rule import Rule
from kairos.domain.moment import Moment
from kairos.engine.asking import Partition
from kairos.engine.plan import Plan, words_of
from kairos.engine.sources import Sources, Split, relation

BITS = 64
"""Segments in a word."""


def words_for(positions: int) -> int:
    """How many words so many positions take; one at least."""
    return max(-(-positions // BITS), 1)


def memberships(
    partition: Partition,
    rules: Sequence[Rule | None],
    moment: Moment,
    among: Iterable[int] | None = None,
) -> str:
    """SQL of a relation: customer (UINTEGER), w0, w1 … (UBIGINT, as words_for says), due (UINTEGER).

    rules: by position of the layout; None for a position that stands for no segment any more, whose bit
    then is 0. due: seconds since 1970 when time alone may change something about the customer, right where
    it lies within 36 hours, NEVER (engine.facts) or any later time otherwise; always later than now.
    among: numbers of customers, to decide these alone; all where it is not given.

    One row for each customer, in the order of `customers`. To be written with COPY or CREATE TABLE AS, which
    takes no more memory than the pass itself; or joined.
    """
    plan = Plan(moment, partition.words, with_turns=True)
    bits = [rule.sql(plan) if rule is not None else "false" for rule in rules]
    outputs = words_of(bits or ["false"])
    sources = partition.sources if among is None else _restricted(partition.sources, among)
    return plan.select(outputs, sources)


def _restricted(sources: Sources, among: Iterable[int]) -> Sources:
    """The same relations, of these customers alone."""
    listed = ", ".join(map(str, sorted(set(among)))) or "NULL"

    def some(rows: str) -> str:
        return f"(SELECT * FROM {rows} WHERE customer IN ({listed}))"

    return {
        name: Split(some(source.full), some(source.hot), source.since)
        if isinstance(source, Split)
        else some(source)
        for name, source in sources.items()
    }


def write_memberships(partition: Partition, rules: Sequence[Rule | None], moment: Moment, path: str) -> None:
    """The full pass, into a Parquet file: what `sources["membership"]` becomes."""
    quoted = path.replace("'", "''")
    partition.connection.execute(
        f"COPY ({memberships(partition, rules, moment)}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)"
    )


def due_customers(partition: Partition, now: int) -> list[int]:
    """Numbers of the customers to look at again by then (seconds since 1970), as last computed."""
    rows = relation(partition.sources["membership"])
    found = partition.connection.execute(
        f"SELECT customer FROM {rows} WHERE due <= {int(now)} ORDER BY customer"
    ).fetchall()
    return [row[0] for row in found]


def next_due(partition: Partition) -> int | None:
    """When the first of its customers is due; None where it has none."""
    [(first,)] = partition.connection.execute(
        f"SELECT min(due) FROM {relation(partition.sources['membership'])}"
    ).fetchall()
    return None if first is None else int(first)


class Difference(NamedTuple):
    """A customer whose membership is another now. old, new: words; due: as newly computed."""

    customer: int
    old: tuple[int, ...]
    new: tuple[int, ...]
    due: int


def differences(partition: Partition, old: str, new: str, words: int) -> list[Difference]:
    """Customers of `new` who stood otherwise, or not at all, in `old`; by their number.

    old, new: relations as `memberships` gives them, at least so many words wide. Who is missing in `old`
    was in no segment.
    """
    was = [f"coalesce(o.w{one}, 0)" for one in range(words)]
    now = [f"n.w{one}" for one in range(words)]
    other = " OR ".join(f"xor({one}, {two}) <> 0" for one, two in zip(was, now, strict=True))
    found = partition.connection.execute(
        f"SELECT n.customer, n.due, {', '.join([*was, *now])} FROM {new} n LEFT JOIN {old} o USING (customer)"
        f" WHERE {other} ORDER BY n.customer"
    ).fetchall()
    return [
        Difference(customer, tuple(told[:words]), tuple(told[words:]), due) for customer, due, *told in found
    ]
