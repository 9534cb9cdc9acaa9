"""Questions about one partition that need no full pass, asked at any moment.

How many, who, what a change would do, what is typical: every answer can be added up over partitions.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

import duckdb

from kairos.domain.criteria.rule import Rule
from kairos.domain.moment import Moment
from kairos.engine.plan import Plan
from kairos.engine.sources import Sources, relation
from kairos.engine.tables import UNKNOWN_DAY

DAY = 86_400


class Partition(Protocol):
    """An opened partition. sources: the tables, and `ids` (customer, id); words: the dictionaries."""

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """DuckDB."""

    @property
    def sources(self) -> Sources:
        """Relations by name."""

    @property
    def words(self) -> Mapping[str, Sequence[Any]]:
        """Texts by dictionary and code."""


def size(partition: Partition) -> int:
    """How many customers it holds."""
    return _number(partition, f"SELECT count(*) FROM {relation(partition.sources['customers'])}")


def count(partition: Partition, rule: Rule, moment: Moment) -> int:
    """How many customers the rule is true of."""
    return _number(partition, f"SELECT count(*) FROM {_asked(partition, moment, hit=rule)} WHERE hit")


def glimpse(partition: Partition, rule: Rule, moment: Moment, most: int) -> tuple[int, list[str]]:
    """How many customers it is true of, and the ids of some: always the same ones, but of no kind."""
    [(number, some)] = partition.connection.execute(
        f"SELECT count(*), arg_min(customer, hash(customer), {int(most)})"
        f" FROM {_asked(partition, moment, hit=rule)} WHERE hit"
    ).fetchall()
    listed = ", ".join(str(int(one)) for one in some or ()) or "NULL"
    found = partition.connection.execute(
        f"SELECT id FROM {relation(partition.sources['ids'])} WHERE customer IN ({listed}) ORDER BY id"
    ).fetchall()
    return int(number), [row[0] for row in found]


def members(partition: Partition, rule: Rule, moment: Moment, after: str, most: int) -> list[str]:
    """Ids of the customers it is true of, in their order, beginning after that id.

    after: "" for the beginning, else a customer's id (as domain.cursor judges it: no other text).
    """
    found = partition.connection.execute(
        f"SELECT id FROM {_asked(partition, moment, hit=rule)} JOIN {relation(partition.sources['ids'])}"
        f" USING (customer) WHERE hit AND id > ? ORDER BY id LIMIT {int(most)}",
        [after],
    ).fetchall()
    return [row[0] for row in found]


class Change(NamedTuple):
    """What a change of a rule does. running: runs under way of those who leave, by scenario."""

    enter: int
    leave: int
    running: Counter[str]


def change(partition: Partition, old: Rule | None, new: Rule, moment: Moment) -> Change:
    """Who enters and who leaves when one rule takes another's place; with no old one, all enter."""
    if old is None:
        return Change(count(partition, new, moment), 0, Counter())
    asked = _asked(partition, moment, was=old, will=new)
    numbers = partition.connection.execute(
        "SELECT count(*) FILTER (WHERE will AND NOT was), count(*) FILTER (WHERE was AND NOT will)"
        f" FROM {asked}"
    ).fetchall()
    [(enter, leave)] = numbers
    runs = partition.connection.execute(
        f"SELECT scenario, count(*) FROM {relation(partition.sources['runs'])} WHERE ended_at = 0"
        f" AND customer IN (SELECT customer FROM {asked} WHERE was AND NOT will) GROUP BY scenario"
    ).fetchall()
    named = {partition.words["scenario"][code]: number for code, number in runs}
    return Change(enter, leave, Counter(named))


def running(partition: Partition, scenario: str) -> int:
    """Runs of the scenario that are under way."""
    words = partition.words["scenario"]
    if scenario not in words:
        return 0
    runs = relation(partition.sources["runs"])
    return _number(
        partition,
        f"SELECT count(*) FROM {runs} WHERE ended_at = 0 AND scenario = {list(words).index(scenario)}",
    )


class Typical(NamedTuple):
    """What the customers of a rule are like, in sums that add up.

    ages: sum of completed years, of so many with a known birthday. revenue, orders: of customers without
    orders in another currency, in minor units. intervals: customers by the days between their own orders.
    waits: customers by the days until their next order is due, 0 where it is overdue. bought: customers by
    the product that they bought within the year before.
    """

    members: int
    aged: int
    ages: int
    orders: int
    revenue: int
    intervals: Counter[int]
    waits: Counter[int]
    bought: Counter[str]

    def plus(self, other: "Typical") -> "Typical":
        """Both together."""
        return Typical(
            self.members + other.members,
            self.aged + other.aged,
            self.ages + other.ages,
            self.orders + other.orders,
            self.revenue + other.revenue,
            self.intervals + other.intervals,
            self.waits + other.waits,
            self.bought + other.bought,
        )


NOBODY = Typical(0, 0, 0, 0, 0, Counter(), Counter(), Counter())


def typical(partition: Partition, rule: Rule, moment: Moment, products: int = 50) -> Typical:
    """See Typical. products: of so many, those bought by most, it is told who bought them."""
    plan = Plan(moment, partition.words)
    columns = ("birth_day", "birth_md", "orders", "revenue", "foreign_orders", "order_interval", "last_order")
    outputs = {"hit": rule.sql(plan)} | {name: plan.column(name) for name in columns}
    seen = f"(SELECT * FROM ({plan.select(outputs, partition.sources)}) WHERE hit)"
    now = int(moment.now.timestamp())
    today = moment.now.astimezone(moment.shop.zone)
    [(many, aged, ages, orders, revenue)] = partition.connection.execute(
        f"SELECT count(*), count(*) FILTER (WHERE {_aged(today)}),"
        f" coalesce(sum({_age(today)}) FILTER (WHERE {_aged(today)}), 0)::BIGINT,"
        " coalesce(sum(orders) FILTER (WHERE foreign_orders = 0), 0)::BIGINT,"
        " coalesce(sum(revenue) FILTER (WHERE foreign_orders = 0), 0)::BIGINT"
        f" FROM {seen}"
    ).fetchall()
    interval = f"(order_interval + {DAY // 2}) // {DAY}"
    wait = f"greatest(last_order::BIGINT + order_interval - {now}, 0) // {DAY}"
    year = now - 365 * DAY
    lines = relation(partition.sources["lines"], year)
    bought = partition.connection.execute(
        f"SELECT product, count(DISTINCT customer) AS buyers FROM {lines} WHERE counts AND ts > {year}"
        f" AND customer IN (SELECT customer FROM {seen}) GROUP BY product ORDER BY buyers DESC, product"
        f" LIMIT {int(products)}"
    ).fetchall()
    return Typical(
        *(many, aged, ages, orders, revenue),
        _histogram(partition, interval, seen),
        _histogram(partition, wait, seen),
        Counter({partition.words["product"][code]: buyers for code, buyers in bought}),
    )


def _aged(today: datetime) -> str:
    """A birthday is known, and not ahead."""
    return f"birth_day BETWEEN {UNKNOWN_DAY + 1} AND {(today.date() - date(1970, 1, 1)).days}"


def _age(today: datetime) -> str:
    """Completed years, as the criterion `age` counts them."""
    day = today.year * 10_000 + today.month * 100 + today.day
    return f"(({day} - year(DATE '1970-01-01' + birth_day) * 10000 - birth_md) // 10000)"


def _histogram(partition: Partition, expression: str, seen: str) -> Counter[int]:
    """Customers with an interval of their own, by this number."""
    found = partition.connection.execute(
        f"SELECT {expression} AS days, count(*) FROM {seen} WHERE order_interval > 0 GROUP BY days"
    ).fetchall()
    return Counter({int(days): number for days, number in found})


def _asked(partition: Partition, moment: Moment, **rules: Rule) -> str:
    """The relation (customer and the truth of each rule)."""
    plan = Plan(moment, partition.words)
    outputs = {name: rule.sql(plan) for name, rule in rules.items()}
    return f"({plan.select(outputs, partition.sources)})"


def _number(partition: Partition, query: str) -> int:
    [(number,)] = partition.connection.execute(query).fetchall()
    return int(number)
