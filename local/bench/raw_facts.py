"""The engine without what is maintained for each customer: everything counted from the facts themselves."""

from kairos.domain.criteria.rule import parse_rule
from kairos.engine.plan import Plan, words_of
from kairos.engine.sources import Sources, relation
from local.bench.engine_runs import folder_of, moment_of, opened
from local.bench.measuring import Run
from local.bench.segments import TEN, ten
from local.bench.shops import PARTITION


def raw(sources: Sources) -> Sources:
    """The same, with the columns of `customers` that the ten ask for, and `bought`, from orders and lines."""
    orders, lines = relation(sources["orders"]), relation(sources["lines"])
    counted = (
        "SELECT customer, count(*) AS orders, sum(revenue)::BIGINT AS revenue, max(ts) AS last_order,"
        f" count_if(foreign_money) AS foreign_orders FROM {orders} WHERE counts GROUP BY customer"
    )
    replaced = ", ".join(
        f"CASE WHEN o.{column} IS NULL THEN 0 ELSE o.{column} END AS {column}"
        for column in ("orders", "revenue", "last_order", "foreign_orders")
    )
    customers = relation(sources["customers"])
    return {
        **sources,
        "customers": f"(SELECT c.* REPLACE ({replaced}) FROM {customers} c"
        f" LEFT JOIN ({counted}) o USING (customer))",
        "bought": f"(SELECT customer, ts, product, quantity FROM {lines} WHERE counts)",
    }


def ten_of_raw(customers: str, partition: str = str(PARTITION)) -> Run:
    """The ten, in one pass over the facts. told: how many are in each."""
    told = opened(folder_of(int(customers), int(partition)))
    moment, asked, sources = moment_of(told), [parse_rule(one) for one in ten()], raw(told.sources)

    def run() -> list[int]:
        plan = Plan(moment, told.words)
        outputs = words_of([rule.sql(plan) for rule in asked])
        told.connection.execute(f"CREATE OR REPLACE TEMP TABLE w AS {plan.select(outputs, sources)}")
        counts = ", ".join(f"count_if(w0 & {1 << place} <> 0)" for place in range(len(TEN)))
        [found] = told.connection.execute(f"SELECT {counts} FROM w").fetchall()
        return list(found)

    return run


CONTENDERS = {"ten_of_raw": ten_of_raw}
