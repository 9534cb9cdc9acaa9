"""What criteria compare with, drawn at or just beside what the customers of a shop really have."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from json import dumps
from typing import Any, Literal

from pydantic import ValidationError

from kairos.domain.catalogue import Catalogue
from kairos.domain.criteria.durations import before
from kairos.domain.criteria.numbers import CountTest, DecimalTest
from kairos.domain.criteria.times import TimeTest
from kairos.domain.money import decimals
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.domain.value import Value
from tests.agreement.chance import Chance

Json = dict[str, Any]
Happened = Literal[
    "orders",
    "carts",
    "acts",
    "engagement",
    "sent",
    "runs",
    "surveys",
    "memberships",
    "registered",
    "launched",
]

_BOUNDS = ("at_least", "at_most", "more_than", "less_than", "equals")


class Comparisons(Chance):
    """Fields of rules beside the values of a shop's customers, which whoever is one fills in."""

    shop: Shop
    now: datetime
    catalogue: Catalogue
    profiles: tuple[Profile, ...]
    product_ids: tuple[str, ...]

    # Times

    @cached_property
    def times(self) -> Mapping[Happened, Sequence[datetime]]:
        """When things happened to any customer; at least one of each."""
        drawn: dict[Happened, list[datetime]] = {
            "orders": [one.placed_at for who in self.profiles for one in who.orders],
            "carts": [one.changed_at for who in self.profiles for one in who.carts],
            "acts": [one.at for who in self.profiles for one in who.acts],
            "engagement": [one.at for who in self.profiles for one in who.engagement],
            "sent": [one.sent_at for who in self.profiles for one in who.engagement],
            "runs": [one.started_at for who in self.profiles for one in who.runs],
            "surveys": [one.at for who in self.profiles for one in who.surveys],
            "memberships": [one.entered_at for who in self.profiles for one in who.memberships],
            "registered": [one.registered_at for one in self.profiles if one.registered_at],
            "launched": [one.launched_at for one in self.catalogue.products.values() if one.launched_at],
        }
        return {name: times or [self.now - timedelta(days=30)] for name, times in drawn.items()}

    def time_of(self, what: Happened | Sequence[datetime]) -> datetime:
        """When one such thing happened to some customer."""
        return self.one(self.times[what] if isinstance(what, str) else what)

    def duration_to(self, at: datetime) -> str:
        """A length of time whose beginning lies at, or a second beside, that instant; one second if ahead."""
        months = 0
        if self.likely(0.4):
            most = max((self.now - at).days // 31, 0)
            months = self.one((0, min(1, most), most, self.number(0, most)))
        begins = before(f"P{months}M", self.now, self.shop.zone)
        rest = int((begins - at).total_seconds()) + self.off()
        if rest < 0:
            begins, months = self.now, 0
            rest = int((begins - at).total_seconds()) + self.off()
        if months == 0:
            rest = max(rest, 1)
        return _duration(months, rest)

    def duration(self, what: Happened | Sequence[datetime] = "orders") -> str:
        """A length of time that reaches back to such a thing, or a usual one."""
        if self.likely(0.2):
            return self.one(("PT1S", "PT1H", "P1D", "P7D", "P30D", "P60D", "P1M", "P6M", "P1Y"))
        return self.duration_to(self.time_of(what))

    def time_test(self, what: Happened | Sequence[datetime] = "orders") -> Json:
        """Fields of a TimeTest (older_than, within, exactly_days_ago, between) beside such a thing."""
        drawn: dict[str, Callable[[], Any]] = {
            "older_than": lambda: self.duration(what),
            "within": lambda: self.duration(what),
            "exactly_days_ago": lambda: self.days_ago(what),
            "between": lambda: self.days_between(what),
        }
        kind = self.rng.random()
        if kind < 0.35:
            names: tuple[str, ...] = ("within",)
        elif kind < 0.65:
            names = ("older_than",)
        elif kind < 0.8:
            names = self.one((("exactly_days_ago",), ("between",)))
        else:
            names = self.some(tuple(drawn), 3, least=2)
        return self.possible(TimeTest, lambda: {name: drawn[name]() for name in names})

    def possible(self, model: type[Value], draw: Callable[[], Json]) -> Json:
        """What is drawn until it asks for a range that something can lie in."""
        while True:
            told = draw()
            try:
                model.model_validate_json(dumps(told))
            except ValidationError as wrong:
                if any(one["type"] != "value_error" for one in wrong.errors()):
                    raise
                continue
            return told

    def days_ago(self, what: Happened | Sequence[datetime]) -> int:
        """Calendar days from the shop's day of such a thing to today, or one beside it."""
        zone = self.shop.zone
        days = (self.now.astimezone(zone).date() - self.time_of(what).astimezone(zone).date()).days
        return max(days + self.one((-1, 0, 0, 1)), 0)

    def days_between(self, what: Happened | Sequence[datetime]) -> Json:
        """Fields of Days around such a thing."""
        first, last = sorted((self.day_of(what), self.day_of(what)))
        ends = self.one((("first_day",), ("last_day",), ("first_day", "last_day")))
        return {
            name: day.isoformat()
            for name, day in zip(("first_day", "last_day"), (first, last), strict=True)
            if name in ends
        }

    def day_of(self, what: Happened | Sequence[datetime]) -> date:
        """The shop's calendar day of such a thing, or one beside it."""
        return self.time_of(what).astimezone(self.shop.zone).date() + timedelta(days=self.off())

    # Numbers

    def values(self, of: Callable[[Profile], Iterable[int | Fraction]]) -> list[int | Fraction]:
        """The numbers of all customers; at least a 0."""
        return [value for who in self.profiles for value in of(who)] or [0]

    def count_test(self, values: Iterable[int | Fraction] = range(6)) -> Json:
        """Fields of a CountTest at or one beside one of the values."""
        listed = list(values) or [0]
        return self.possible(
            CountTest, lambda: {name: max(int(self.one(listed)) + self.off(), 0) for name in self._bounds()}
        )

    def decimal_test(self, values: Iterable[int | Fraction], places: int = 0) -> Json:
        """Fields of a DecimalTest at or one unit beside one of the values, which are in 10 ** -places."""
        listed = list(values) or [0]
        return self.possible(
            DecimalTest, lambda: {name: self._decimal(self.one(listed), places) for name in self._bounds()}
        )

    def money_test(self, values: Iterable[int | Fraction]) -> Json:
        """The same of amounts in minor units of the shop's currency."""
        return self.decimal_test(values, decimals(self.shop.currency))

    def _decimal(self, value: int | Fraction, places: int) -> str:
        exact = Fraction(value) / 10**places
        digits = self.one((places, places, 4))
        unit = Fraction(1, 10**digits)
        near = max(round(exact / unit) + self.off(), 0)
        text = (Decimal(near) / 10**digits).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        return f"{text:f}"

    def _bounds(self) -> tuple[str, ...]:
        return self.some(_BOUNDS, 1 if self.likely(0.7) else 2)


def _duration(months: int, seconds: int) -> str:
    days, seconds = divmod(seconds, 86_400)
    date_part = "".join(f"{number}{unit}" for number, unit in ((months, "M"), (days, "D")) if number)
    time_part = f"T{seconds}S" if seconds or not date_part else ""
    return f"P{date_part}{time_part}"
