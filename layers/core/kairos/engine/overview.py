"""What happened in a shop within a time, by scenario: sums that add up over partitions."""

from collections import Counter
from typing import Any, NamedTuple

from kairos.domain.codes import CHANNELS, LEDGER_STATES, code_of
from kairos.domain.results import Period, WindowSeconds
from kairos.engine.asking import Partition
from kairos.engine.reporting import touches_sql
from kairos.engine.sources import relation

_EMAIL = code_of(CHANNELS, "email")
_OUTCOMES = {
    "under_way": ("reserved", "calling"),
    "sent": ("sent",),
    "refused": ("refused",),
    "unknown": ("unknown",),
}
FIGURES = (
    "messages", *_OUTCOMES, "delivered", "opened", "clicked", "bounced", "complained", "mails",
    "started", "held_out", "orders", "revenue",
)  # fmt: skip
"""By scenario. mails: those sent by e-mail, of which bounces and complaints are a share. orders, revenue:
placed within the period and claimed by one of its messages, minor units of the shop's currency."""


class Overview(NamedTuple):
    """by_scenario: (scenario, figure) -> number. orders, revenue: of the whole shop, minor units."""

    by_scenario: Counter[tuple[str, str]]
    orders: int
    revenue: int

    def plus(self, other: "Overview") -> "Overview":
        """Both together."""
        sums = Counter(self.by_scenario)
        sums.update(other.by_scenario)
        return Overview(sums, self.orders + other.orders, self.revenue + other.revenue)

    def total(self, figure: str) -> int:
        """Of all scenarios together."""
        return sum(number for (_, name), number in self.by_scenario.items() if name == figure)

    def of(self, scenario: str, figure: str) -> int:
        """Of one scenario."""
        return self.by_scenario[scenario, figure]


NOTHING = Overview(Counter(), 0, 0)


def overview(partition: Partition, period: Period, windows: WindowSeconds) -> Overview:
    """The partition's share."""
    start, end = (int(at.timestamp()) for at in period)
    within = f"ts >= {start} AND ts < {end}"
    found: Counter[tuple[str, str]] = Counter()
    for sql, names in (
        _messages(partition, within),
        _runs(partition, within),
        _claimed(partition, start, end, windows),
    ):
        for code, *numbers in partition.connection.execute(sql).fetchall():
            scenario = str(partition.words["scenario"][code])
            found.update({(scenario, name): int(one) for name, one in zip(names, numbers, strict=True)})
    [(orders, revenue)] = partition.connection.execute(
        "SELECT count(*), coalesce(sum(net) FILTER (WHERE NOT foreign_money), 0)::HUGEINT"
        f" FROM {_from(partition, 'orders')} WHERE counts AND {within}"
    ).fetchall()
    return Overview(found, int(orders), int(revenue))


_Asked = tuple[str, tuple[str, ...]]


def _messages(partition: Partition, within: str) -> _Asked:
    def of(states: tuple[str, ...]) -> str:
        return f"state IN ({', '.join(str(code_of(LEDGER_STATES, one)) for one in states)})"

    sums: dict[str, Any] = {
        "messages": "count(*)",
        **{name: f"count_if({of(states)})" for name, states in _OUTCOMES.items()},
        "delivered": "count_if(delivered_at > 0)",
        "opened": "count_if(was_touched)",
        "clicked": "count_if(coalesce(was_clicked, false))",
        "bounced": "count_if(bounced_at > 0)",
        "complained": "count_if(complained_at > 0)",
        "mails": f"count_if({of(('sent',))} AND channel = {_EMAIL})",
    }
    return (
        f"SELECT scenario, {', '.join(sums.values())} FROM (SELECT *, was_clicked IS NOT NULL AS was_touched"
        f" FROM (SELECT * FROM {_from(partition, 'messages')} WHERE {within}) LEFT JOIN"
        f" (SELECT customer, number, bool_or(clicked) AS was_clicked FROM {_from(partition, 'touches')}"
        " GROUP BY customer, number) USING (customer, number)) GROUP BY scenario",
        tuple(sums),
    )


def _runs(partition: Partition, within: str) -> _Asked:
    return (
        "SELECT scenario, count_if(NOT held_out), count_if(held_out)"
        f" FROM {_from(partition, 'courses')} WHERE {within} GROUP BY scenario",
        ("started", "held_out"),
    )


def _claimed(partition: Partition, start: int, end: int, windows: WindowSeconds) -> _Asked:
    """Each order goes to the message that was touched last before it, as in reports."""
    last = "arg_max(t.number, (t.ts::UBIGINT << 24) | t.number)"
    claimed = (
        f"SELECT o.customer, o.number AS bought, o.net, o.foreign_money, {last} AS number"
        f" FROM {_from(partition, 'orders')} o JOIN ({touches_sql(partition, windows)}) t"
        " ON o.customer = t.customer AND t.ts <= o.ts AND o.ts < t.until"
        f" WHERE o.counts AND o.ts >= {start} AND o.ts < {end}"
        " GROUP BY o.customer, o.number, o.net, o.foreign_money"
    )
    return (
        "SELECT scenario, count(*), coalesce(sum(net) FILTER (WHERE NOT foreign_money), 0)::HUGEINT"
        f" FROM ({claimed}) JOIN {_from(partition, 'messages')} USING (customer, number) GROUP BY scenario",
        ("orders", "revenue"),
    )


def _from(partition: Partition, table: str) -> str:
    return relation(partition.sources[table])
