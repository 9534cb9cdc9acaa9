"""Segments over real order histories, imported, give the counts that plain SQL over the raw files gives.

The files lie beside the repository (../shared/data/orders); nothing of them is copied.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from kairos.domain.criteria.rule import parse_rule
from kairos.domain.moment import Moment
from kairos.domain.shop import Shop
from kairos.engine.asking import count
from kairos.engine.encode import Dictionaries, encode
from kairos.engine.loading import create_tables, load
from kairos.engine.sources import relation_of
from kairos.engine.tables import TABLES
from kairos.engine.thresholds import thresholds, write_counted
from tests.payloads import DATA
from tests.unit.importing.world import SHOP, World

CDNOW = DATA / "orders/cdnow/CDNOW_sample.txt"
RETAIL = DATA / "orders/online-retail-by-day"

CDNOW_FACTS = """
    CREATE TABLE purchases AS
    SELECT customer, strptime(day, '%Y%m%d') AS placed, round(100 * dollars)::BIGINT AS cents FROM (
        SELECT parts[2] AS customer, parts[3] AS day, parts[5]::DECIMAL(12, 2) AS dollars FROM (
            SELECT regexp_split_to_array(trim(line), '\\s+') AS parts
            FROM read_csv(?, columns = {'line': 'VARCHAR'}, delim = '|', header = false)))
"""
RETAIL_FACTS = """
    CREATE TABLE purchases AS
    SELECT customer, min(told) AS placed, sum(round(100 * quantity * price)::BIGINT)::BIGINT AS cents FROM (
        SELECT InvoiceNo AS invoice, regexp_replace(CustomerID, '\\.0$', '') AS customer,
            InvoiceDate::TIMESTAMP AS told, Quantity::INTEGER AS quantity, UnitPrice::DECIMAL(12, 3) AS price
        FROM read_csv(?, all_varchar = true) WHERE CustomerID <> '' AND InvoiceNo NOT LIKE 'C%')
    GROUP BY customer, invoice
"""
BUYERS = """
    CREATE TABLE buyers AS
    SELECT customer, count(*) AS orders, sum(cents)::BIGINT AS spent, max(placed) AS last
    FROM purchases GROUP BY customer
"""
AT_LEAST_AS_GOOD = "(SELECT count(*) FROM buyers WHERE {0} >= one.{0})"
"""How many buyers do as well as this one, who is in the top p per cent if they are at most p per cent."""


class History(NamedTuple):
    """raw: an independent table of `buyers`. of: the engine's count for a rule at a day."""

    raw: duckdb.DuckDBPyConnection
    of: Callable[[dict[str, Any], datetime], int]

    def said(self, question: str) -> int:
        found = self.raw.execute(question).fetchone()
        assert found is not None
        return int(found[0])


class Imported(NamedTuple):
    """See kairos.engine.asking.Partition."""

    connection: duckdb.DuckDBPyConnection
    sources: dict[str, str]
    words: dict[str, list[Any]]


def history(shop: Shop, world: World, facts: str, files: str | list[str], folder: Path) -> History:
    raw = duckdb.connect()
    raw.execute(facts, [files])
    raw.execute(BUYERS)
    engine, words = duckdb.connect(), Dictionaries()
    create_tables(engine)
    rows: dict[str, list[Any]] = {table: [] for table in TABLES}
    for number, profile in enumerate(world.profiles()):
        for table, told in encode(profile, shop, number, words).items():
            rows[table] += told
    load(engine, rows)
    partition = Imported(engine, {table: table for table in TABLES}, words.words)
    write_counted(partition, str(folder / "counted.parquet"))
    figures = thresholds(engine, relation_of(str(folder / "counted.parquet")))

    def of(rule: dict[str, Any], now: datetime) -> int:
        return count(partition, parse_rule(rule), Moment(now, shop, figures))

    return History(raw, of)


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> History:
    if not CDNOW.exists():
        pytest.skip("the histories lie beside the repository")
    shop = SHOP.model_copy(update={"currency": "USD", "timezone": "UTC"})
    world = World(shop)
    columns = {"customer_id": 2, "placed_at": 3, "quantity": 4, "total": 5}
    told = world.run(
        CDNOW.read_bytes(),
        kind="orders",
        header=False,
        separator="blanks",
        mapping={"columns": columns, "date_formats": ["%Y%m%d"]},
    )
    assert told["state"] == "done", told
    return history(shop, world, CDNOW_FACTS, str(CDNOW), tmp_path_factory.mktemp("cdnow"))


@pytest.fixture(scope="module")
def retail(tmp_path_factory: pytest.TempPathFactory) -> History:
    if not RETAIL.exists():
        pytest.skip("the histories lie beside the repository")
    shop = SHOP.model_copy(update={"currency": "GBP", "timezone": "UTC"})
    world, days = World(shop), sorted(RETAIL.glob("*.csv"))
    columns = {
        "order_id": "InvoiceNo", "placed_at": "InvoiceDate", "customer_id": "CustomerID",
        "product_id": "StockCode", "quantity": "Quantity", "unit_price": "UnitPrice",
    }  # fmt: skip
    told = world.run(whole(days), kind="orders", mapping={"columns": columns, "cancelled_prefix": "C"})
    assert told["state"] == "done", told
    return history(shop, world, RETAIL_FACTS, [str(day) for day in days], tmp_path_factory.mktemp("retail"))


def whole(days: list[Path]) -> bytes:
    """One file of all days, with one header."""
    first, *others = (day.read_bytes() for day in days)
    return b"".join([first, *(body.partition(b"\n")[2] for body in others)])


AS_OF = {"cdnow": datetime(1998, 7, 1, tzinfo=UTC), "retail": datetime(2011, 3, 1, tzinfo=UTC)}
NAMES = pytest.mark.parametrize("name", AS_OF)


@pytest.fixture
def told(name: str, request: pytest.FixtureRequest) -> History:
    found: History = request.getfixturevalue(name)
    return found


@NAMES
def test_every_buyer_is_imported(told: History, name: str) -> None:
    buyers = told.of({"kind": "order_count", "at_least": 1}, AS_OF[name])
    assert buyers == told.said("SELECT count(*) FROM buyers") > 0


@NAMES
def test_one_time_buyers(told: History, name: str) -> None:
    assert told.of({"kind": "order_count", "equals": 1}, AS_OF[name]) == told.said(
        "SELECT count(*) FROM buyers WHERE orders = 1"
    )


@NAMES
@pytest.mark.parametrize("days", [30, 180])
def test_last_order_older_than(told: History, name: str, days: int) -> None:
    assert told.of({"kind": "last_order", "older_than": f"P{days}D"}, AS_OF[name]) == told.said(
        f"SELECT count(*) FROM buyers WHERE last <= '{AS_OF[name]:%Y-%m-%d}'::TIMESTAMP - INTERVAL {days} DAY"
    )


@NAMES
def test_the_top_tenth_by_spend(told: History, name: str) -> None:
    as_good = AT_LEAST_AS_GOOD.format("spent")
    expected = told.said(
        f"SELECT count(*) FROM buyers one WHERE 10 * {as_good} <= (SELECT count(*) FROM buyers)"
    )
    assert told.of({"kind": "rank", "by": "revenue", "top": 10}, AS_OF[name]) == expected > 0


@NAMES
@pytest.mark.parametrize("score", range(1, 6))
@pytest.mark.parametrize(
    ("measure", "column"), [("recency", "last"), ("frequency", "orders"), ("monetary", "spent")]
)
def test_rfm_scores(told: History, name: str, measure: str, column: str, score: int) -> None:
    as_good = AT_LEAST_AS_GOOD.format(column)
    fifths = " + ".join(
        f"(5 * {as_good} <= {fifth} * (SELECT count(*) FROM buyers))::INTEGER" for fifth in range(1, 5)
    )
    rule = {"kind": "rfm", measure: {"any_of": [score]}}
    assert told.of(rule, AS_OF[name]) == told.said(
        f"SELECT count(*) FROM buyers one WHERE 1 + {fifths} = {score}"
    )
