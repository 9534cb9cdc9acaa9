"""Two real histories: what is imported is what an independent query over the raw files finds.

They lie beside the repository, see tests/payloads.py; nothing of them is copied.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import duckdb
import pytest

from kairos.domain.profile import Profile
from tests.payloads import DATA, needs_data
from tests.unit.importing.world import World

CDNOW = DATA / "orders/cdnow/CDNOW_sample.txt"
CDNOW_WISH: dict[str, Any] = {
    "kind": "orders",
    "header": False,
    "separator": "blanks",
    "mapping": {
        "columns": {"customer_id": 1, "placed_at": 3, "quantity": 4, "line_total": 5},
        "currency": "USD",
    },
}
ONLINE_RETAIL = DATA / "orders/online-retail-by-day"
ONLINE_RETAIL_WISH: dict[str, Any] = {
    "kind": "orders",
    "mapping": {
        "columns": {
            "order_id": "InvoiceNo", "placed_at": "InvoiceDate", "customer_id": "CustomerID",
            "country": "Country", "product_id": "StockCode", "title": "Description",
            "quantity": "Quantity", "unit_price": "UnitPrice",
        },
        "currency": "GBP",
        "timezone": "Europe/London",
        "cancelled_prefix": "C",
    },
}  # fmt: skip


class Imported(NamedTuple):
    """A history that was imported. profiles: every customer's, folded afresh."""

    world: World
    told: dict[str, Any]
    profiles: list[Profile]

    @property
    def revenue(self) -> Decimal:
        return revenue(self.profiles)


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """The raw files as views: `purchase` of CDNOW, `retail` of Online Retail."""
    needs_data()
    with duckdb.connect() as connection:
        lines = connection.read_csv(str(CDNOW), columns={"line": "VARCHAR"}, sep="\0", header=False)
        lines.create_view("cdnow_line")
        connection.execute("""
            CREATE VIEW purchase AS
            SELECT cells[1] AS customer, cells[3] AS day, CAST(cells[4] AS INTEGER) AS pieces,
                   CAST(cells[5] AS DECIMAL(12, 2)) AS dollars
            FROM (SELECT string_split_regex(trim(line), '\\s+') AS cells FROM cdnow_line)
        """)
        connection.read_csv(f"{ONLINE_RETAIL}/*.csv", all_varchar=True, header=True).create_view("retail_row")
        connection.execute("""
            CREATE VIEW retail AS
            SELECT InvoiceNo AS invoice, replace(CustomerID, '.0', '') AS customer,
                   InvoiceNo LIKE 'C%' AS cancels, CAST(Quantity AS DECIMAL(12)) AS pieces,
                   round(CAST(Quantity AS DECIMAL(12)) * CAST(UnitPrice AS DECIMAL(12, 4)), 2) AS pounds
            FROM retail_row
        """)
        yield connection


def asked(database: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = database.execute(query).fetchone()
    assert row is not None
    return row


def imported(body: bytes, wish: dict[str, Any]) -> Imported:
    world = World()
    told = world.run(body, **wish)
    return Imported(world, told, world.profiles())


@pytest.fixture(scope="module")
def cdnow() -> Imported:
    needs_data()
    return imported(CDNOW.read_bytes(), CDNOW_WISH)


def retail_file() -> bytes:
    """All days in one file, as a shop would export them."""
    text = io.StringIO()
    writer = csv.writer(text)
    for number, day in enumerate(sorted(ONLINE_RETAIL.glob("*.csv"))):
        with day.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        writer.writerows(rows if number == 0 else rows[1:])
    return text.getvalue().encode()


@pytest.fixture(scope="module")
def retail() -> Imported:
    needs_data()
    return imported(retail_file(), ONLINE_RETAIL_WISH)


def revenue(profiles: list[Profile]) -> Decimal:
    return Decimal(sum(one.revenue for each in profiles for one in each.counting_orders)) / 100


# CDNOW: 2,357 customers, 6,919 rows, 244,091.94 dollars, 51.1 % of customers with one row.


def test_every_row_of_cdnow_is_an_order_of_its_customer(cdnow: Imported) -> None:
    told, profiles = cdnow.told, cdnow.profiles
    assert told["rows"] == {"in_file": 6919, "read": 6919, "good": 6919, "bad": 0, "nobody": 0, "erased": 0}
    assert len(profiles) == told["customers"] == 2357
    assert sum(len(one.orders) for one in profiles) == told["orders"] == 6919
    assert cdnow.revenue == Decimal("244091.94")
    once = sum(len(one.orders) == 1 for one in profiles)
    assert round(100 * once / len(profiles), 1) == 51.1


def test_each_customer_of_cdnow_bought_what_the_raw_file_says(
    cdnow: Imported, database: duckdb.DuckDBPyConnection
) -> None:
    rows = database.execute(
        "SELECT customer, count(*), sum(pieces), sum(dollars), min(day), max(day) FROM purchase GROUP BY ALL"
    ).fetchall()
    zone = cdnow.world.shop.zone
    assert {
        (
            one.platform_id,
            len(one.orders),
            sum(order.items for order in one.orders),
            revenue([one]),
            f"{one.orders[0].placed_at.astimezone(zone):%Y%m%d}",
            f"{one.orders[-1].placed_at.astimezone(zone):%Y%m%d}",
        )
        for one in cdnow.profiles
    } == set(rows)


def test_cdnow_imported_twice_is_the_same_history(cdnow: Imported) -> None:
    before = cdnow.world.history()
    cdnow.world.run(CDNOW.read_bytes(), **CDNOW_WISH)
    assert cdnow.world.history() == before


# Online Retail: the facts are those of the queries.


def test_the_rows_of_online_retail_are_kept_or_counted_as_nobodys(
    retail: Imported, database: duckdb.DuckDBPyConnection
) -> None:
    query = "SELECT count(*), count(*) FILTER (customer IS NULL) FROM retail"
    rows, nobody = asked(database, query)
    told = retail.told["rows"]
    assert (told["in_file"], told["nobody"], told["bad"]) == (rows, nobody, 0)
    assert told["good"] == rows - nobody


def test_the_invoices_of_online_retail_are_orders_and_those_that_take_back_count_for_nothing(
    retail: Imported, database: duckdb.DuckDBPyConnection
) -> None:
    customers, invoices, cancelled, pounds, pieces = asked(
        database,
        """
        SELECT count(DISTINCT customer), count(DISTINCT invoice) FILTER (NOT cancels),
               count(DISTINCT invoice) FILTER (cancels), sum(pounds) FILTER (NOT cancels),
               sum(pieces) FILTER (NOT cancels)
        FROM retail WHERE customer IS NOT NULL
        """,
    )
    statuses = Counter(order.status for one in retail.profiles for order in one.orders)
    assert len(retail.profiles) == retail.told["customers"] == customers
    assert (statuses["paid"], statuses["cancelled"]) == (invoices, cancelled)
    assert retail.revenue == pounds
    assert sum(order.items for one in retail.profiles for order in one.counting_orders) == pieces


def test_each_customer_of_online_retail_spent_what_the_raw_files_say(
    retail: Imported, database: duckdb.DuckDBPyConnection
) -> None:
    rows = database.execute(
        """
        SELECT customer, count(DISTINCT invoice), sum(pounds) FROM retail
        WHERE customer IS NOT NULL AND NOT cancels GROUP BY ALL
        """
    ).fetchall()
    assert {
        (one.platform_id, len(one.counting_orders), revenue([one]))
        for one in retail.profiles
        if one.counting_orders
    } == set(rows)


def test_days_imported_one_by_one_are_the_same_history(retail: Imported) -> None:
    one_by_one = World()
    for day in sorted(ONLINE_RETAIL.glob("2010-12-0*.csv")):
        one_by_one.run(day.read_bytes(), **ONLINE_RETAIL_WISH)
    history = one_by_one.history()
    assert len(history) > 1000
    assert history.items() <= retail.world.history().items()
