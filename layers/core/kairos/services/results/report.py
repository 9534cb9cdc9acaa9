"""The report of one scenario: what its messages did, brought and cost, and what would have come anyway."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from kairos.domain.codes import CHANNELS
from kairos.domain.costing import PRICES_OF, Cost, Work, cost_of
from kairos.domain.exchange_rates import RATES_OF
from kairos.domain.money import amount_text, decimals
from kairos.domain.results import (
    FIGURES,
    MONEY,
    UNKNOWN_COST,
    UNKNOWN_MARGIN,
    VERDICTS,
    Period,
    ResultSettings,
)
from kairos.domain.scenario import Scenario
from kairos.domain.shop import Shop
from kairos.domain.uplift import LEAST_BUYERS, LEAST_CUSTOMERS, Arm, Difference, compare
from kairos.engine import reporting
from kairos.engine.asking import Partition
from kairos.engine.reporting import Counted, Place
from kairos.services.results.asking import WINDOWS

_COST_DIGITS = 4
"""Decimal places beyond the currency's own to which costs are told: a mail costs a hundredth of a cent."""


class Wish(NamedTuple):
    """What is reported. holdout_percent: as the scenario stands now. language: one of VERDICTS."""

    shop: Shop
    scenario: Scenario
    period: Period
    settings: ResultSettings
    holdout_percent: int
    language: str


def count(partitions: Iterable[Partition], wish: Wish, as_of: datetime) -> Counted:
    """The sums of all partitions."""
    asked = reporting.Asked(wish.scenario.name, wish.period, wish.settings.seconds, int(as_of.timestamp()))
    total = reporting.NOTHING
    for one in partitions:
        total = total.plus(reporting.counted(one, asked))
    return total


def report(told: Counted, wish: Wish, as_of: datetime) -> dict[str, Any]:
    """The report as JSON; docs/results.md says what each figure is. Money in the shop's currency."""
    total = _sums(told.messages)
    cost = cost_of(_work(told, total, wish.scenario.is_broadcast), wish.shop.currency, wish.settings)
    return {
        "scenario": wish.scenario.name,
        "title": wish.scenario.title,
        "from": wish.period.start.isoformat(),
        "to": wish.period.end.isoformat(),
        "as_of": as_of.isoformat(),
        "currency": wish.shop.currency,
        "windows": {name: getattr(wish.settings, name) for name in WINDOWS},
        "runs": {
            **{name: told.runs[name] for name in ("started", "under_way", "held_out")},
            "ended": dict(sorted(told.ended.items())),
        },
        "total": _figures(total, wish.shop.currency),
        "steps": [_step(one, told, wish.shop.currency) for one in _steps(told)],
        "cost": _cost(cost, wish.shop.currency),
        "profit": _profit(total["revenue"], cost, wish),
        "holdout": _holdout(told, wish),
    }


def _sums(messages: Mapping[tuple[Place, str], int], step: str | None = None) -> Counter[str]:
    """By figure, of all places or of one step's."""
    sums: Counter[str] = Counter()
    for (place, figure), number in messages.items():
        if step is None or place.step == step:
            sums[figure] += number
    return sums


def _steps(told: Counted) -> list[str]:
    named = {place.step for place, _ in told.messages}
    return sorted(named | {step for step, _ in (*told.deferred, *told.skipped, *told.refused)})


def _step(step: str, told: Counted, currency: str) -> dict[str, Any]:
    reasons = {
        f"{name}_for": {why: number for (of, why), number in sorted(counts.items()) if of == step}
        for name, counts in (
            ("refused", told.refused),
            ("deferred", told.deferred),
            ("skipped", told.skipped),
        )
    }
    channels = [one for one in CHANNELS if Place(step, one) in {place for place, _ in told.messages}]
    return {
        "step": step,
        **_figures(_sums(told.messages, step), currency),
        **reasons,
        "channels": [
            {"channel": one, **_figures(_of_place(told, Place(step, one)), currency)} for one in channels
        ],
    }


def _of_place(told: Counted, place: Place) -> Counter[str]:
    return Counter({figure: number for (of, figure), number in told.messages.items() if of == place})


def _figures(sums: Mapping[str, int], currency: str) -> dict[str, int | str]:
    return {
        name: amount_text(sums.get(name, 0), currency) if name in MONEY else sums.get(name, 0)
        for name in FIGURES
    }


def _work(told: Counted, total: Mapping[str, int], is_broadcast: bool) -> Work:
    """A broadcast's members have no state machine of their own."""
    sent = dict.fromkeys(CHANNELS, 0)
    for (place, figure), number in told.messages.items():
        sent[place.channel] += number if figure in {"sent", "unknown"} else 0
    machines = 0 if is_broadcast else told.runs["started"]
    return Work(sent, machines, told.runs["moments"], total.get("discount", 0))


def _cost(cost: Cost, currency: str) -> dict[str, Any]:
    return {
        "messages": _fine(cost.messages, currency),
        "transitions": _fine(cost.transitions, currency),
        "discounts": _fine(cost.discounts, currency),
        "total": _fine(cost.total, currency),
        "prices_of": PRICES_OF.isoformat(),
        "rates_of": RATES_OF.isoformat(),
    }


def _profit(revenue: int, cost: Cost, wish: Wish) -> dict[str, Any]:
    """What the orders would have brought at their regular price x margin - cost.

    Revenue is what was paid, after discounts, which are part of the cost: so they are added first, else they
    would be taken off twice.
    """
    currency, margin, spent = wish.shop.currency, wish.settings.margin_percent, cost.total
    regular = revenue + cost.discounts
    earned = None if spent is None or margin is None else regular * margin / 100 - spent
    unknown = UNKNOWN_COST if spent is None else UNKNOWN_MARGIN if margin is None else None
    return {
        "margin_percent": margin,
        "amount": _fine(earned, currency),
        "text": unknown[wish.language] if unknown else None,
        "revenue_less_cost": None if spent is None else _fine(regular - spent, currency),
    }


def _fine(amount: Decimal | None, currency: str) -> str | None:
    if amount is None:
        return None
    places = decimals(currency) + _COST_DIGITS
    exact = amount.scaleb(-decimals(currency)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{exact:f}"


def _holdout(told: Counted, wish: Wish) -> dict[str, Any]:
    found = compare(told.treated, told.held_out)
    currency = wish.shop.currency
    return {
        "percent": wish.holdout_percent,
        "compared_for": wish.settings.compared_for,
        "treated": _arm(told.treated, currency),
        "held_out": _arm(told.held_out, currency),
        "waiting": told.waiting,
        "verdict": found.verdict,
        "text": VERDICTS[wish.language][found.verdict],
        "needed": {"customers": LEAST_CUSTOMERS, "buyers": LEAST_BUYERS},
        "confidence_percent": 95,
        "conversion": _share(found.conversion),
        "revenue_per_customer": _amounts(found.revenue, currency),
        "revenue": _amounts(found.brought, currency),
    }


def _arm(arm: Arm, currency: str) -> dict[str, Any]:
    mean = arm.mean
    return {
        "customers": arm.customers,
        "buyers": arm.buyers,
        "orders": arm.orders,
        "revenue": amount_text(arm.revenue, currency),
        "conversion": None if arm.conversion is None else round(arm.conversion, 6),
        "revenue_per_customer": None if mean is None else _rounded(mean, currency),
    }


def _share(told: Difference | None) -> dict[str, float] | None:
    return None if told is None else {name: round(one, 6) for name, one in told._asdict().items()}


def _amounts(told: Difference | None, currency: str) -> dict[str, str] | None:
    return None if told is None else {name: _rounded(one, currency) for name, one in told._asdict().items()}


def _rounded(amount: float, currency: str) -> str:
    return amount_text(round(amount), currency)
