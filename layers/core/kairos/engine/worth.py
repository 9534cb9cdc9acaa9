"""What the members of each segment are worth: the daily history's figures, which add up over partitions."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from kairos.engine.asking import Partition
from kairos.engine.passing import BITS
from kairos.engine.sources import relation

DIGITS = 3
"""Significant digits to which spendings are kept, so that their sums over partitions stay small."""


class Worth(NamedTuple):
    """One segment. members: customers in it. buyers: those of them with counting orders, all in the shop's
    currency; revenue (minor units) and orders: of the buyers. spendings: buyers by revenue, to DIGITS.
    """

    members: int
    buyers: int
    orders: int
    revenue: int
    spendings: Counter[int]

    def plus(self, other: "Worth") -> "Worth":
        """Both together."""
        return Worth(
            self.members + other.members,
            self.buyers + other.buyers,
            self.orders + other.orders,
            self.revenue + other.revenue,
            self.spendings + other.spendings,
        )

    @property
    def basket(self) -> int | None:
        """Revenue by order, minor units; None without orders."""
        return self.revenue // self.orders if self.orders else None

    def spending(self, percent: int) -> int | None:
        """The least spending that so many per cent of the buyers do not exceed; None without buyers."""
        rank, reached = -(-percent * self.buyers // 100), 0
        for amount, buyers in sorted(self.spendings.items()):
            reached += buyers
            if reached >= rank:
                return amount
        return None


NOTHING = Worth(0, 0, 0, 0, Counter())


def worth(partition: Partition, membership: str, positions: Sequence[int]) -> dict[int, Worth]:
    """By position of the layout. membership: a relation as engine.passing.memberships gives it."""
    bits = [f"(w{one // BITS} & {1 << one % BITS}::UBIGINT) <> 0" for one in positions]
    buys = "orders > 0 AND foreign_orders = 0"
    sums = ", ".join(
        f"count_if({bit}), sum(orders) FILTER (WHERE {bit} AND {buys})::BIGINT,"
        f" sum(revenue) FILTER (WHERE {bit} AND {buys})"
        for bit in bits
    )
    counts = ", ".join(f"count_if({bit} AND {buys})" for bit in bits)
    customers = f"{relation(partition.sources['customers'])} JOIN {membership} USING (customer)"
    if not bits:
        return {}
    [told] = partition.connection.execute(f"SELECT {sums} FROM {customers}").fetchall()
    amounts = partition.connection.execute(
        f"SELECT {_rounded('revenue')} AS amount, {counts} FROM {customers} GROUP BY amount"
    ).fetchall()
    spendings = [Counter({row[0]: row[at] for row in amounts if row[at]}) for at in range(1, len(bits) + 1)]
    return {
        position: Worth(
            told[3 * at] or 0,  # of no rows, count_if knows nothing
            spendings[at].total(),
            told[3 * at + 1] or 0,
            int(told[3 * at + 2] or 0),
            spendings[at],
        )
        for at, position in enumerate(positions)
    }


def _rounded(amount: str) -> str:
    """SQL: the amount to so many significant digits, half up; small and negative ones as they are."""
    unit = f"(10 ** greatest(length(({amount})::VARCHAR) - {DIGITS}, 0))::BIGINT"
    return f"CASE WHEN {amount} < 0 THEN {amount} ELSE ({amount} + {unit} // 2) // {unit} * {unit} END"
