"""The ten segments by PostgreSQL: one indexed query for each, as one would write it."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from local.bench.engine_runs import folder_of
from local.bench.measuring import Elsewhere, Run
from local.bench.postgres_server import missing, server
from local.bench.shop_words import SHOP, catalogue
from local.bench.shops import PARTITION
from local.bench.ten_figures import BIG_SPENDING, days_ago

_TICKS_A_SECOND = 100.0


_COUNTING = "status IN ('paid', 'awaiting_transfer')"


def _buyers(having: str, where: str = "") -> str:
    return f"SELECT customer FROM orders WHERE {_COUNTING}{where} GROUP BY customer HAVING {having}"


def _after(days: int) -> str:
    """So many days before the moment that the shop is looked at."""
    return f"> to_timestamp({days_ago(days)})"


def _products(category: str) -> str:
    return ", ".join(f"'{name}'" for name in sorted(catalogue().chosen(categories=[category])))


def queries() -> Sequence[str]:
    """The members of each, in the order of local.bench.segments.TEN."""
    return (
        "SELECT customer FROM customers WHERE accepts_email",
        "SELECT customer FROM customers WHERE country = 'DE' AND gender = 'female'",
        _buyers(f"NOT max(placed_at) {_after(180)}"),
        _buyers("count(*) = 1"),
        _buyers(f"sum(total) > {BIG_SPENDING // 100} AND bool_and(currency = '{SHOP.currency}')"),
        _buyers("count(*) >= 2", f" AND placed_at {_after(90)}"),
        f"SELECT DISTINCT customer FROM lines WHERE {_COUNTING} AND product IN ({_products('category-3')})",
        f"SELECT DISTINCT customer FROM orders WHERE {_COUNTING} AND code IS NOT NULL"
        f" AND placed_at {_after(180)}",
        f"SELECT customer FROM acts WHERE kind = 'product' AND target IN ({_products('category-11')})"
        f" AND at {_after(30)} GROUP BY customer HAVING count(*) >= 3",
        "SELECT customer FROM customers c WHERE accepts_email AND EXISTS (SELECT 1 FROM engagement e"
        f" WHERE e.customer = c.customer AND e.kind = 'opened' AND e.at {_after(30)})",
    )


def postgres_ten(customers: str, partition: str = str(PARTITION)) -> Run | str:
    """By a server that was started before; its process's CPU counts."""
    if why := missing():
        return why
    opened = ExitStack()
    connection = opened.enter_context(server(int(customers), folder_of(int(customers), int(partition))))
    _ask(connection)  # what is read for the first time comes from the disk

    def run() -> Elsewhere:
        with opened:
            before = _spent(connection)
            counts = _ask(connection)
            return Elsewhere(_spent(connection) - before, counts)

    return run


def _ask(connection: Any) -> list[int]:
    """Who is in each is kept, as a pass keeps it; answers how many."""
    connection.execute("DROP TABLE IF EXISTS members")
    connection.execute("CREATE TEMP TABLE members (segment smallint NOT NULL, customer bigint NOT NULL)")
    return [
        connection.execute(f"INSERT INTO members SELECT {place}, customer FROM ({query}) found").rowcount
        for place, query in enumerate(queries())
    ]


def _spent(connection: Any) -> float:
    """Seconds of CPU of the server's process that serves us."""
    stat = Path(f"/proc/{connection.info.backend_pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND


CONTENDERS = {"postgres_ten": postgres_ten}
