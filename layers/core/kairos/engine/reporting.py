"""What a report counts in one partition of the snapshot: sums that add up over partitions."""

from collections import Counter
from typing import Any, NamedTuple

from kairos.domain.codes import CHANNELS, LEDGER_STATES, code_of
from kairos.domain.consent import Channel
from kairos.domain.results import Period, WindowSeconds
from kairos.domain.uplift import Arm
from kairos.engine.asking import Partition
from kairos.engine.sources import relation

_SENT = code_of(LEDGER_STATES, "sent")
_EMAIL = code_of(CHANNELS, "email")


class Asked(NamedTuple):
    """scenario: its name. as_of: seconds since 1970 up to which the snapshot is right."""

    scenario: str
    period: Period
    windows: WindowSeconds
    as_of: int


class Place(NamedTuple):
    """Where a message belongs."""

    step: str
    channel: Channel


class Counted(NamedTuple):
    """messages: figures by place, (place, figure) -> number. refused: (step, reason) -> messages.

    deferred, skipped: (step, reason) -> decisions. runs: started, under_way, held_out, moments; ended: by
    reason. treated, held_out: the two sides that are compared; waiting: customers whose time is not over.
    """

    messages: Counter[tuple[Place, str]]
    refused: Counter[tuple[str, str]]
    deferred: Counter[tuple[str, str]]
    skipped: Counter[tuple[str, str]]
    runs: Counter[str]
    ended: Counter[str]
    treated: Arm
    held_out: Arm
    waiting: int

    def plus(self, other: "Counted") -> "Counted":
        """Both together."""
        return Counted(
            _sum(self.messages, other.messages),
            _sum(self.refused, other.refused),
            _sum(self.deferred, other.deferred),
            _sum(self.skipped, other.skipped),
            _sum(self.runs, other.runs),
            _sum(self.ended, other.ended),
            self.treated.plus(other.treated),
            self.held_out.plus(other.held_out),
            self.waiting + other.waiting,
        )


def _sum[Key](one: Counter[Key], other: Counter[Key]) -> Counter[Key]:
    """Both together, also what is 0 or less, which adding Counters would leave out."""
    total = Counter(one)
    total.update(other)
    return total


NOTHING = Counted(Counter(), Counter(), Counter(), Counter(), Counter(), Counter(), Arm(), Arm(), 0)


def counted(partition: Partition, asked: Asked) -> Counted:
    """The partition's share of the report."""
    words = partition.words["scenario"]
    if asked.scenario not in words:
        return NOTHING
    return _Counting(partition, asked, words.index(asked.scenario)).counted()


class _Counting:
    def __init__(self, partition: Partition, asked: Asked, scenario: int) -> None:
        self._partition, self._asked = partition, asked
        start, end = (int(at.timestamp()) for at in asked.period)
        self._scenario = f"scenario = {scenario}"
        self._within = f"{self._scenario} AND ts >= {start} AND ts < {end}"

    def counted(self) -> Counted:
        messages, refused = self._messages()
        deferred, skipped = self._passed_over()
        runs, ended = self._runs()
        treated, held_out, waiting = self._compared()
        return Counted(messages, refused, deferred, skipped, runs, ended, treated, held_out, waiting)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._partition.connection.execute(sql).fetchall()

    def _from(self, table: str) -> str:
        return relation(self._partition.sources[table])

    def _word(self, dictionary: str, code: int) -> str:
        return str(self._partition.words[dictionary][code] or "")

    def _place(self, message: int, channel: int) -> Place:
        return Place(self._word("message", message), CHANNELS[channel - 1])

    def _messages(self) -> tuple[Counter[tuple[Place, str]], Counter[tuple[str, str]]]:
        """What became of each message; and of which the last touch was before an order."""
        found: Counter[tuple[Place, str]] = Counter()
        for message, channel, *numbers in self._rows(self._figures_sql()):
            place = self._place(message, channel)
            found.update({(place, name): int(one) for name, one in zip(_SUMMED, numbers, strict=True)})
        for message, channel, orders, revenue, foreign, discount in self._rows(self._orders_sql()):
            place = self._place(message, channel)
            sums = {"orders": orders, "revenue": revenue, "foreign_orders": foreign, "discount": discount}
            found.update({(place, name): int(one) for name, one in sums.items()})
        refused = self._rows(
            f"SELECT message, reason, count(*) FROM {self._from('messages')}"
            f" WHERE {self._within} AND state = {code_of(LEDGER_STATES, 'refused')} GROUP BY ALL"
        )
        told = {(self._word("message", one), self._word("reason", why)): count for one, why, count in refused}
        return found, Counter(told)

    def _figures_sql(self) -> str:
        sums = ", ".join(f"{sql} AS {name}" for name, sql in _SUMMED.items())
        return (
            f"SELECT message, channel, {sums} FROM (SELECT * FROM {self._from('messages')}"
            f" WHERE {self._within}) LEFT JOIN (SELECT customer, number, bool_or(clicked) AS was_clicked,"
            f" bool_or(NOT clicked) AS was_opened FROM {self._from('touches')} GROUP BY customer, number)"
            " USING (customer, number) GROUP BY message, channel"
        )

    def _orders_sql(self) -> str:
        """Each order that counts goes to the message of all scenarios that was touched last before it; with
        it goes what our codes took off it, once, however many of them it names."""
        messages, touches = self._from("messages"), touches_sql(self._partition, self._asked.windows)
        # Of touches in the same second the later message's is the last.
        last = "arg_max(t.number, (t.ts::UBIGINT << 24) | t.number)"
        claimed = (
            f"SELECT o.customer, o.number AS bought, o.net, o.foreign_money, {last} AS number"
            f" FROM {self._from('orders')} o JOIN ({touches}) t"
            " ON o.customer = t.customer AND t.ts <= o.ts AND o.ts < t.until"
            " WHERE o.counts GROUP BY o.customer, o.number, o.net, o.foreign_money"
        )
        taken_off = (
            f"SELECT customer, redeemed AS bought, max(discount) AS off FROM {messages}"
            " WHERE redeemed > 0 GROUP BY customer, redeemed"
        )
        return (
            "SELECT message, channel, count(*), coalesce(sum(net) FILTER (WHERE NOT foreign_money), 0),"
            f" count_if(foreign_money), coalesce(sum(off), 0) FROM ({claimed})"
            f" LEFT JOIN ({taken_off}) USING (customer, bought)"
            f" JOIN {messages} USING (customer, number) WHERE {self._within} GROUP BY message, channel"
        )

    def _passed_over(self) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
        deferred: Counter[tuple[str, str]] = Counter()
        skipped: Counter[tuple[str, str]] = Counter()
        for message, reason, was_deferred, number in self._rows(
            f"SELECT message, reason, deferred, count(*) FROM {self._from('passed_over')}"
            f" WHERE {self._within} GROUP BY ALL"
        ):
            into = deferred if was_deferred else skipped
            into[self._word("message", message), self._word("reason", reason)] += number
        return deferred, skipped

    def _runs(self) -> tuple[Counter[str], Counter[str]]:
        runs: Counter[str] = Counter()
        ended: Counter[str] = Counter()
        for reason, held_out, under_way, number, moments in self._rows(
            "SELECT reason, held_out, ended_at = 0, count(*), sum(moments)::BIGINT"
            f" FROM {self._from('courses')} WHERE {self._within} GROUP BY ALL"
        ):
            if held_out:
                runs["held_out"] += number
                continue
            runs.update({"started": number, "moments": int(moments)})
            if under_way:
                runs["under_way"] += number
            else:
                ended[self._word("reason", reason)] += number
        return runs, ended

    def _compared(self) -> tuple[Arm, Arm, int]:
        """Who first entered within the period, by the side on which they were drawn when they first ever did;
        and what each bought within the time after."""
        courses, length = self._from("courses"), self._asked.windows.compared
        arms = {True: Arm(), False: Arm()}
        waiting = 0
        for held_out, is_over, *sums in self._rows(
            "WITH entered AS (SELECT customer, min(ts) AS ts, any_value(held) AS held FROM"
            f" (SELECT customer, ts, {self._scenario} AND {self._within} AS inside,"
            " first_value(held_out) OVER (PARTITION BY customer ORDER BY ts) AS held"
            f" FROM {courses} WHERE {self._scenario}) WHERE inside GROUP BY customer),"
            " spent AS (SELECT e.customer, any_value(e.held) AS held,"
            f" any_value(e.ts::BIGINT) + {length} <= {self._asked.as_of} AS is_over,"
            " count(o.customer) AS orders,"
            " coalesce(sum(o.net) FILTER (WHERE NOT o.foreign_money), 0)::HUGEINT AS net"
            f" FROM entered e LEFT JOIN {self._from('orders')} o ON o.customer = e.customer AND o.counts"
            f" AND o.ts > e.ts AND o.ts <= e.ts::BIGINT + {length} GROUP BY e.customer)"
            " SELECT held, is_over, count(*), count_if(orders > 0), sum(orders), sum(net), sum(net * net)"
            " FROM spent GROUP BY held, is_over"
        ):
            if is_over:
                arms[held_out] = Arm(*map(int, sums))
            else:
                waiting += int(sums[0])
        return arms[False], arms[True], waiting


def touches_sql(partition: Partition, windows: WindowSeconds) -> str:
    """Every touch of a message: customer, number, ts, and until when it claims an order."""
    clicked, opened, received, _ = windows
    return (
        "SELECT t.customer, t.number, t.ts,"
        f" t.ts::BIGINT + CASE WHEN t.clicked THEN {clicked} ELSE {opened} END AS until"
        f" FROM {relation(partition.sources['touches'])} t"
        " UNION ALL SELECT customer, number,"
        " CASE WHEN delivered_at > 0 THEN delivered_at ELSE sent_at END AS ts,"
        f" CASE WHEN delivered_at > 0 THEN delivered_at ELSE sent_at END::BIGINT + {received} AS until"
        f" FROM {relation(partition.sources['messages'])} WHERE state = {_SENT} AND channel <> {_EMAIL}"
        " AND (delivered_at > 0 OR bounced_at = 0)"
    )


def _in(*states: str) -> str:
    return f"state IN ({', '.join(str(code_of(LEDGER_STATES, one)) for one in states)})"


_SUMMED = {
    "messages": "count(*)",
    "under_way": f"count_if({_in('reserved', 'calling')})",
    "sent": f"count_if({_in('sent')})",
    "refused": f"count_if({_in('refused')})",
    "unknown": f"count_if({_in('unknown')})",
    "delivered": "count_if(delivered_at > 0)",
    "opened": "count_if(coalesce(was_opened, false))",
    "clicked": "count_if(coalesce(was_clicked, false))",
    "bounced": "count_if(bounced_at > 0)",
    "complained": "count_if(complained_at > 0)",
    "unsubscribed": "count_if(unsubscribed_at > 0)",
    "codes_issued": f"count_if(coded AND {_in('calling', 'sent', 'unknown')})",
    "codes_redeemed": "count_if(redeemed > 0)",
}
"""Figure -> how its messages are counted."""
