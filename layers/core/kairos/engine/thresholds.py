"""The figures that compare customers, before a pass: counted in each partition, put together for the shop."""

from collections.abc import Sequence
from itertools import groupby

import duckdb

from kairos.domain.standing import Distribution, Measure, Thresholds
from kairos.engine.asking import Partition
from kairos.engine.sources import relation

MOST_PRODUCTS = 500
"""So many of the most sold products have an interval of their own."""

COLUMNS = {"measure": "VARCHAR", "product": "VARCHAR", "value": "BIGINT", "customers": "BIGINT"}
"""What a share holds. customers: so many have the value; of "sold", the value is 0 and they are orders."""

_OWN_MONEY = "orders > 0 AND foreign_orders = 0"

_MEASURES: dict[Measure, tuple[str, str]] = {
    "orders": ("orders", _OWN_MONEY),
    "revenue": ("revenue", _OWN_MONEY),
    "basket": (
        "CASE WHEN revenue >= 0 THEN revenue // orders ELSE -((orders - 1 - revenue) // orders) END",
        _OWN_MONEY,
    ),
    "last_order": ("last_order", _OWN_MONEY),
    "interval": ("order_interval", f"{_OWN_MONEY} AND orders > 1"),
}
"""Value over `customers`, and of whom; as kairos.domain.standing.Measure states them."""


def write_counted(partition: Partition, path: str) -> None:
    """The partition's share, into a Parquet file of COLUMNS: of each figure, how many customers have it."""
    partition.connection.execute(
        "CREATE OR REPLACE TEMP TABLE product_names AS"
        " SELECT unnest(?::UINTEGER[]) AS product, unnest(?::VARCHAR[]) AS name",
        [list(range(len(partition.words["product"]))), [word or "" for word in partition.words["product"]]],
    )
    quoted = path.replace("'", "''")
    partition.connection.execute(f"COPY ({_counted(partition)}) TO '{quoted}' (FORMAT parquet)")


def _counted(partition: Partition) -> str:
    customers = relation(partition.sources["customers"])
    bought = f"{relation(partition.sources['bought'])} JOIN product_names USING (product)"
    parts = [
        f"SELECT '{measure}' AS measure, '' AS product, ({value})::BIGINT AS value, count(*) AS customers"
        f" FROM {customers} WHERE {population} GROUP BY value"
        for measure, (value, population) in _MEASURES.items()
    ]
    parts.append(f"SELECT 'sold', name, 0, sum(orders)::BIGINT FROM {bought} GROUP BY name")
    parts.append(
        f"SELECT 'again', name, repeat_interval::BIGINT, count(*) FROM {bought} WHERE orders > 1"
        " GROUP BY name, repeat_interval"
    )
    return " UNION ALL BY NAME ".join([parts[0], *(f"SELECT * FROM ({part}) {_NAMED}" for part in parts[1:])])


_NAMED = f"part({', '.join(COLUMNS)})"


def thresholds(connection: duckdb.DuckDBPyConnection, shares: str, version: int = 0) -> Thresholds:
    """The shop's figures, exact. shares: a relation of what write_counted wrote for every partition."""
    measures = {measure: _distribution(connection, shares, measure) for measure in _MEASURES}
    return Thresholds(version=version, measures=measures, product_intervals=_intervals(connection, shares))


def _distribution(connection: duckdb.DuckDBPyConnection, shares: str, measure: Measure) -> Distribution:
    values = (
        f"SELECT value, sum(customers) AS number FROM {shares} WHERE measure = '{measure}' GROUP BY value"
    )
    [(count, total)] = connection.execute(
        f"SELECT sum(number), sum(value::HUGEINT * number) FROM ({values})"
    ).fetchall()
    if not count:
        return Distribution()
    found = connection.execute(
        f"WITH reached AS (SELECT value, sum(number) OVER (ORDER BY value)::BIGINT AS upto FROM ({values})),"
        f" ranks AS (SELECT p, (p * {int(count)} + 99) // 100 AS rank FROM range(1, 100) percents(p))"
        " SELECT value FROM ranks ASOF JOIN reached ON rank <= upto ORDER BY p"
    ).fetchall()
    return Distribution(count=int(count), total=int(total), percentiles=tuple(row[0] for row in found))


def _intervals(connection: duckdb.DuckDBPyConnection, shares: str) -> dict[str, int]:
    """Of the products in most orders, the median over those who came back for them."""
    most = (
        f"SELECT product FROM {shares} WHERE measure = 'sold' GROUP BY product"
        f" ORDER BY sum(customers) DESC, product LIMIT {MOST_PRODUCTS}"
    )
    found = connection.execute(
        f"SELECT product, value, sum(customers)::BIGINT FROM {shares}"
        f" WHERE measure = 'again' AND product IN ({most}) GROUP BY product, value ORDER BY product, value"
    ).fetchall()
    by_product = {
        product: [(value, number) for _, value, number in rows]
        for product, rows in groupby(found, key=lambda row: str(row[0]))
    }
    return {product: _median(values) for product, values in by_product.items()}


def _median(values: Sequence[tuple[int, int]]) -> int:
    """Of values in their order and how often each comes: the middle, of two the whole part of their mean."""
    count = sum(number for _, number in values)
    places, reached, middle = ((count - 1) // 2, count // 2), 0, []
    for value, number in values:
        middle += [value for place in places if reached <= place < reached + number]
        reached += number
    return sum(middle) // 2
