"""The engine without what is maintained for each customer: everything counted from the facts themselves."""

from kairos.domain.criteria.rule import parse_rule
from kairos.engine.plan import Plan, words_of
from kairos.engine.sources import Sources, relation
from local.bench.engine_runs import folder_of, moment_of, opened
from local.bench.measuring import Run
from local.bench.segments import TEN, ten
from local.bench.shops import PARTITION

_COUNTED = {
    "orders": "count(*)",
    "revenue": "sum(revenue)::BIGINT",
    "last_order": "max(ts)",
    "foreign_orders": "count_if(foreign_money)",
}
"""What of the ten's columns of `customers` is maintained, and how it comes from the orders that count."""


class RawPlan(Plan):
    """Counts from orders what is maintained, in the scan that answers what is asked of them besides."""

    def column(self, name: str) -> str:
        """See Query."""
        return self.feature("orders", _COUNTED[name]) if name in _COUNTED else super().column(name)


def raw(sources: Sources) -> Sources:
    """The same, for the ten: orders that count alone, and `bought` from the lines."""
    orders, lines = relation(sources["orders"]), relation(sources["lines"])
    return {
        **sources,
        "orders": f"(SELECT * FROM {orders} WHERE counts)",
        "bought": f"(SELECT customer, ts, product, quantity FROM {lines} WHERE counts)",
    }


def ten_of_raw(customers: str, partition: str = str(PARTITION)) -> Run:
    """The ten, in one pass over the facts. told: how many are in each."""
    told = opened(folder_of(int(customers), int(partition)))
    moment, asked, sources = moment_of(told), [parse_rule(one) for one in ten()], raw(told.sources)

    def run() -> list[int]:
        plan = RawPlan(moment, told.words)
        outputs = words_of([rule.sql(plan) for rule in asked])
        told.connection.execute(f"CREATE OR REPLACE TEMP TABLE w AS {plan.select(outputs, sources)}")
        counts = ", ".join(f"count_if(w0 & {1 << place} <> 0)" for place in range(len(TEN)))
        [found] = told.connection.execute(f"SELECT {counts} FROM w").fetchall()
        return list(found)

    return run


CONTENDERS = {"ten_of_raw": ten_of_raw}
