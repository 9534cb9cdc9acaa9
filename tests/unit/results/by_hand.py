"""The same figures counted one by one from the stored items, without the snapshot: slow, and plain."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

from kairos.domain.message import LedgerEntry
from kairos.domain.purchases import OrderFact
from kairos.domain.run import Run
from kairos.ports import Item
from kairos.services.customers import read_customer
from kairos.services.engagement import people_only
from tests.unit.recording.world import SHOP

HOUR = timedelta(hours=1)
CLICKED, OPENED, RECEIVED, COMPARED = 5 * 24 * HOUR, 5 * 24 * HOUR, 12 * HOUR, 30 * 24 * HOUR
"""The defaults, as docs/results.md states them."""


class Message(NamedTuple):
    """entry: of the ledger. told: (kind, when) of each report, machines left out."""

    entry: LedgerEntry
    told: list[tuple[str, datetime]]

    def touches(self) -> Iterator[tuple[datetime, datetime]]:
        """(when, until when it claims an order)."""
        if self.entry.state != "sent":
            return
        for kind, at in self.told:
            if kind in {"click", "open"}:
                yield at, at + (CLICKED if kind == "click" else OPENED)
        if self.entry.channel != "email":
            came = min((at for kind, at in self.told if kind == "delivery"), default=None)
            arrived = came or self.entry.calling_at or self.entry.reserved_at
            if came or not self.has("bounce"):
                yield arrived, arrived + RECEIVED

    def has(self, kind: str) -> bool:
        return any(one == kind for one, _ in self.told)


class Book:
    """What is stored of a shop, read once. now: as of when it is counted.

    Of customers who were erased nothing is counted.
    """

    def __init__(self, items: Any, now: datetime) -> None:
        self.items, self.stored, self.now = items, items.stored, now
        self._orders: dict[str, tuple[OrderFact, ...] | None] = {}
        self.messages = [one for one in self._messages() if self._is_known(one.entry.customer)]
        runs = [Run.model_validate(item.body) for key, item in self.stored.items() if key.sk == "run"]
        runs += [_member(item) for key, item in self.stored.items() if key.sk.startswith("member#")]
        self.runs = {run.id: run for run in runs if self._is_known(run.customer)}

    def orders(self, customer: str) -> tuple[OrderFact, ...]:
        """The customer's, tests left out."""
        return self._read(customer) or ()

    def _is_known(self, customer: str) -> bool:
        return self._read(customer) is not None

    def _read(self, customer: str) -> tuple[OrderFact, ...] | None:
        if customer not in self._orders:
            profile = read_customer(self.items, SHOP.id, customer).profile
            theirs = tuple(one for one in profile.orders if not one.test) if profile else None
            self._orders[customer] = theirs
        return self._orders[customer]

    def _messages(self) -> list[Message]:
        events: dict[str, list[Item]] = {}
        for key, item in self.stored.items():
            if key.sk.startswith("event#"):
                events.setdefault(key.pk, []).append(item)
        entries = {
            key.pk: LedgerEntry.model_validate(item.body)
            for key, item in self.stored.items()
            if key.sk == "message"
        }
        return [
            Message(entry, people_only(events.get(pk, [])))
            for pk, entry in entries.items()
            if entry.purpose == "marketing"
        ]


def _member(pointer: Item) -> Run:
    """The run of a broadcast's member, which is kept with its customer alone."""
    told, customer = pointer.body, pointer.key.pk.rpartition("#")[2]
    return Run(
        shop=SHOP.id,
        scenario=told["scenario"],
        cause=f"broadcast:{told['broadcast']}:{customer}",
        customer=customer,
        registered_at=told["at"],
        state="ended" if "ended_at" in told else "started",
        reason=told.get("reason"),
        settings={},
    )


class ByHand:
    """book: what is counted. scenario, start, end: what of it."""

    def __init__(self, book: Book, scenario: str, start: datetime, end: datetime) -> None:
        self.book, self.scenario, self.start, self.end = book, scenario, start, end
        self._redeemed: set[str] = set()

    def _wanted(self, scenario: str, at: datetime) -> bool:
        return scenario == self.scenario and self.start <= at < self.end

    def figures(self) -> dict[tuple[str, str], Counter[str]]:
        """(step, channel) -> figures."""
        found: dict[tuple[str, str], Counter[str]] = {}
        theirs: dict[str, list[Message]] = {}
        for one in self.book.messages:
            entry = one.entry
            theirs.setdefault(entry.customer, []).append(one)
            figures = self._of(one)
            if self._wanted(entry.step.scenario, entry.reserved_at):
                found.setdefault((entry.step.step, entry.channel), Counter()).update(figures)
        for customer, mine in theirs.items():
            mine.sort(key=lambda one: (one.entry.reserved_at, one.entry.step.scenario, one.entry.step.step))
            for order in self.book.orders(customer):
                self._claim(order, mine, found)
        return found

    def _of(self, one: Message) -> dict[str, int]:
        entry = one.entry
        under_way = entry.state in {"reserved", "calling"}
        seen = entry.state == "sent"
        figures = {
            "messages": 1,
            "under_way": under_way,
            "sent": entry.state == "sent",
            "refused": entry.state == "refused",
            "unknown": entry.state == "unknown",
            "delivered": seen and one.has("delivery"),
            "opened": seen and one.has("open"),
            "clicked": seen and one.has("click"),
            "bounced": seen and one.has("bounce"),
            "complained": seen and one.has("complaint"),
            "unsubscribed": seen and one.has("unsubscribe"),
            "codes_issued": entry.code is not None and entry.state in {"calling", "sent", "unknown"},
        }
        if entry.code and entry.state != "refused":
            using = [
                order for order in self.book.orders(entry.customer)
                if order.is_purchase and order.placed_at >= entry.reserved_at
                and entry.code.casefold() in {code.casefold() for code in order.codes}
            ]  # fmt: skip
            if using:
                figures["codes_redeemed"] = 1
                self._redeemed.add(min(using, key=lambda order: (order.placed_at, order.id)).id)
        return {name: int(number) for name, number in figures.items()}

    def _claim(
        self, order: OrderFact, mine: list[Message], found: dict[tuple[str, str], Counter[str]]
    ) -> None:
        claims = [
            (at, number) for number, one in enumerate(mine)
            for at, until in one.touches() if at <= order.placed_at < until
        ]  # fmt: skip
        if not order.counts or not claims:
            return
        last = mine[max(claims)[1]].entry
        if self._wanted(last.step.scenario, last.reserved_at):
            foreign = order.currency != SHOP.currency
            revenue = 0 if foreign else order.revenue_without_tax
            found[last.step.step, last.channel].update(
                {"orders": 1, "revenue": revenue, "foreign_orders": int(foreign)}
            )
            if order.id in self._redeemed and not foreign:
                net = Fraction(order.revenue_without_tax, order.revenue)
                found[last.step.step, last.channel]["discount"] += floor(
                    order.discount * net + Fraction(1, 2)
                )

    def passed_over(self, what: str) -> Counter[tuple[str, str]]:
        """(step, reason) -> decisions of that kind."""
        runs = self.book.runs
        found: Counter[tuple[str, str]] = Counter()
        for key, item in self.book.stored.items():
            if key.sk.startswith("decision#") and item.body["what"] == what:
                run = runs.get(key.pk.rpartition("#")[2])
                if run is not None and self._wanted(run.scenario, datetime.fromisoformat(item.body["at"])):
                    found[item.body["step"], item.body["reason"]] += 1
        return found

    def entered(self) -> Counter[str]:
        """started, under_way, held_out, and "ended: REASON"."""
        found: Counter[str] = Counter()
        for run in self.book.runs.values():
            if not self._wanted(run.scenario, run.registered_at):
                continue
            if run.reason == "holdout":
                found["held_out"] += 1
                continue
            found["started"] += 1
            found["under_way" if run.state != "ended" else f"ended: {run.reason}"] += 1
        return found

    def sides(self) -> dict[str, list[Any]]:
        """Orders and revenue of each customer who was treated, was held out, or whose time is not over."""
        found: dict[str, list[Any]] = {"treated": [], "held_out": [], "waiting": []}
        theirs = [run for run in self.book.runs.values() if run.scenario == self.scenario]
        for customer in {run.customer for run in theirs}:
            runs = sorted((run for run in theirs if run.customer == customer), key=lambda r: r.registered_at)
            entered = [run.registered_at for run in runs if self.start <= run.registered_at < self.end]
            if not entered:
                continue
            until = entered[0] + COMPARED
            bought = [
                one
                for one in self.book.orders(customer)
                if one.counts and entered[0] < one.placed_at <= until
            ]
            spent = sum(one.revenue_without_tax for one in bought if one.currency == SHOP.currency)
            side = "held_out" if runs[0].reason == "holdout" else "treated"
            found["waiting" if until > self.book.now else side].append((len(bought), spent))
        return found
