"""Fifty segments such as shops have, and any number more that differ in their figures."""

from collections.abc import Mapping
from random import Random
from typing import Any

Rule = dict[str, Any]
_SEED = 20261101


class _Figures:
    """The figures of the first fifty, and others around them for the further ones."""

    def __init__(self, rng: Random | None) -> None:
        self.rng = rng

    def about(self, number: int) -> int:
        """The number, or one up to 30 % off."""
        return number if self.rng is None else max(1, round(number * self.rng.uniform(0.7, 1.3)))

    def days(self, number: int) -> str:
        return f"P{self.about(number)}D"

    def money(self, number: int) -> str:
        return f"{self.about(number)}.00"

    def shift(self, degrees: float) -> float:
        return degrees if self.rng is None else round(degrees + self.rng.uniform(-1, 1), 3)

    def number(self, first: int, most: int) -> int:
        return first if self.rng is None else self.rng.randrange(most)


def both(*parts: Rule) -> Rule:
    return {"all": list(parts)}


def either(*parts: Rule) -> Rule:
    return {"any": list(parts)}


def no(part: Rule) -> Rule:
    return {"not": part}


def _orders(at_least: int, within: str | None = None, **more: Any) -> Rule:
    window = {"window": {"within": within}} if within else {}
    return {"kind": "order_count", "at_least": at_least, **window, **more}


def _fifty(f: _Figures) -> Mapping[str, Rule]:
    email = {"kind": "accepts_marketing", "channel": "email"}
    sms = {"kind": "accepts_marketing", "channel": "sms"}

    def tag(number: int) -> Rule:
        return {"kind": "tag", "any_of": [f"tag-{f.number(number, 12)}"]}

    def category(number: int) -> Rule:
        return {"categories": [f"category-{f.number(number, 40)}"]}

    return {
        "newsletter subscribers": email,
        "subscribers near home": both(email, {"kind": "country", "any_of": ["DE", "AT", "CH"]}),
        "young": {"kind": "age", "at_least": f.about(18), "at_most": 24},
        "grown up": {"kind": "age", "at_least": 25, "at_most": f.about(34)},
        "seniors": {"kind": "age", "at_least": f.about(60)},
        "women in Germany": both(
            {"kind": "country", "any_of": ["DE"]}, {"kind": "gender", "any_of": ["female"]}
        ),
        "new accounts": {"kind": "registered", "within": f.days(30)},
        "old accounts": {"kind": "registered", "older_than": f.days(730)},
        "tagged": both(tag(1), no(tag(2))),
        "tagged otherwise": either(tag(3), tag(4), tag(5)),
        "reachable by SMS in France": both(sms, {"kind": "country", "any_of": ["FR"]}),
        "speak German abroad": both(
            {"kind": "language", "any_of": ["de"]}, no({"kind": "country", "any_of": ["DE"]})
        ),
        "birthday this week": {"kind": "date_field", "name": "birthday", "next_days": 7},
        "from ads lately": both(
            email,
            {"kind": "acquisition_source", "any_of": ["ad", "social"]},
            {"kind": "registered", "within": f.days(180)},
        ),
        "big feet": {"kind": "attribute", "name": "shoe_size", "greater": str(f.number(43, 48))},
        "wholesale": {"kind": "customer_group", "any_of": ["wholesale"]},
        "evening buyers": {"kind": "preferred_time", "hours": {"first": 18, "last": 22}},
        "collectors of points": {"kind": "points", "at_least": f.about(500)},
        "big spenders": {"kind": "revenue", "more_than": f.money(500)},
        "loyal subscribers": both(email, _orders(f.about(4))),
        "dormant": {"kind": "last_order", "older_than": f.days(180)},
        "one-time buyers": {"kind": "order_count", "equals": 1},
        "prospects": {"kind": "order_count", "equals": 0},
        "fans of a category": {"kind": "ordered", **category(3)},
        "one category, not the other": both(
            {"kind": "ordered", **category(7)}, no({"kind": "ordered", **category(8)})
        ),
        "bought again lately": _orders(2, f.days(90)),
        "spent lately": {"kind": "revenue", "more_than": f.money(200), "window": {"within": f.days(90)}},
        "coupon customers": {"kind": "used_code"},
        "full price": both(_orders(3), {"kind": "used_code", "never": True}),
        "coupons lately": {"kind": "used_code", "window": {"within": f.days(180)}},
        "ordered two days ago": {"kind": "last_order", "exactly_days_ago": f.number(2, 10)},
        "bulk buyers": {"kind": "items_per_order", "at_least": str(f.about(6))},
        "a year without order": both(
            _orders(1), no(_orders(1, "P1Y")), {"kind": "last_visit", "within": "P14D"}
        ),
        "twice of a brand": {
            "kind": "ordered",
            "brands": [f"brand-{f.number(7, 100)}"],
            "times": {"at_least": 2},
            "window": {"within": "P1Y"},
        },
        "replenishment": {"kind": "replenishment_due"},
        "abandoned carts": {"kind": "abandoned_cart", "when": {"older_than": "PT4H", "within": f.days(14)}},
        "undecided": {"kind": "cart_adds_without_order", "at_least": f.about(3), "within": "P30D"},
        "looked often": {
            "kind": "viewed",
            **category(11),
            "times": {"at_least": 3},
            "window": {"within": f.days(30)},
        },
        "curious prospects": both(
            {"kind": "visits", "at_least": 2, "window": {"within": f.days(14)}},
            {"kind": "order_count", "equals": 0},
        ),
        "use a Mac": {"kind": "device", "any_of": ["mac"], "which": "last"},
        "opened lately": both(email, {"kind": "opened", "window": {"within": f.days(30)}}),
        "clicked twice, never bought": both(
            {"kind": "clicked", "times": {"at_least": 2}, "window": {"within": f.days(60)}},
            {"kind": "order_count", "equals": 0},
        ),
        "no longer open": both(email, no({"kind": "opened", "window": {"within": f.days(90)}})),
        "reminded of a cart": {
            "kind": "in_scenario",
            "scenario": "abandoned_cart",
            "window": {"within": "P30D"},
        },
        "top tenth by revenue": {"kind": "rank", "by": "revenue", "top": f.about(10)},
        "frequent, silent": both(
            {"kind": "rank", "by": "orders", "top": f.about(10)},
            {"kind": "last_order", "older_than": f.days(120)},
        ),
        "best by recency": {"kind": "rfm", "recency": {"at_least": 4}, "monetary": {"at_least": 4}},
        "around Munich": {
            "kind": "near",
            "latitude": f.shift(48.14),
            "longitude": f.shift(11.58),
            "km": f.about(50),
        },
        "around Berlin, subscribed": both(
            {"kind": "near", "latitude": f.shift(52.52), "longitude": f.shift(13.4), "km": f.about(30)}, email
        ),
        "in Paris and active": both(
            {"kind": "near", "latitude": f.shift(48.85), "longitude": f.shift(2.35), "km": 100},
            _orders(1, f.days(180)),
        ),
    }


TEN = (
    "newsletter subscribers",
    "women in Germany",
    "dormant",
    "one-time buyers",
    "big spenders",
    "bought again lately",
    "fans of a category",
    "coupons lately",
    "looked often",
    "opened lately",
)
"""Ten of the fifty, which the rivals are written for by hand."""


def ten() -> list[Rule]:
    """Their rules."""
    named = _fifty(_Figures(None))
    return [named[name] for name in TEN]


def segments(count: int = 50) -> list[Rule]:
    """So many rules as JSON; the first fifty as they stand, the others with figures of their own."""
    rules: list[Rule] = []
    rng: Random | None = None
    while len(rules) < count:
        rules += _fifty(_Figures(rng)).values()
        rng = rng or Random(_SEED)  # noqa: S311 - a seed that can be repeated is wanted
    return rules[:count]
