"""Criteria about custom events: whatever a shop's own pages and programs tell."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from kairos.domain.criteria.acts import AT_LEAST_ONCE, done_within, is_word, kind_sql, over_acts
from kairos.domain.criteria.criterion import Criterion, Text
from kairos.domain.criteria.numbers import CountTest, DecimalTest
from kairos.domain.criteria.query import Query, every, isin
from kairos.domain.criteria.texts import TextTest, number_in
from kairos.domain.criteria.times import TimeTest
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.visits import ActivityAct

Fields = tuple[tuple[str, str], ...]
"""An event's own values, by name."""

_PLACES = 4
_LARGEST = Decimal(10) ** 12


class FieldTest(TextTest):
    """One of the event's own values. An event without it does not pass."""

    name: Text

    def holds(self, fields: Fields) -> bool:
        """Whether the event's value passes."""
        return any(name == self.name and self.passes(value) for name, value in fields)


class FieldSum(DecimalTest):
    """The sum of one of the events' own values. What is no number, or above 10 ** 12, adds nothing."""

    field: Text

    def amount(self, fields: Fields) -> int:
        """What the event adds, in units of 10 ** -4; further digits are cut off."""
        number = next((number_in(value) for name, value in fields if name == self.field), None)
        return int(number.scaleb(_PLACES)) if number is not None and abs(number) <= _LARGEST else 0


class Event(Criterion):
    """A custom event came. name: which, whatever its case. fields: all of them pass. window: it came then.

    times: how often such events came. sum: of a value of theirs. At least once where neither is given.
    """

    kind: Literal["event"] = "event"
    name: Text
    fields: Annotated[tuple[FieldTest, ...], Field(max_length=20)] = ()
    times: CountTest | None = None
    sum: FieldSum | None = None
    window: TimeTest | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        came = done_within(filter(self._counts(), profile.acts), self.window, moment)
        times, total = self._tests()
        return (times is None or times.holds(len(came))) and (
            total is None or total.holds(sum(total.amount(act.fields) for act in came), _PLACES)
        )

    def sql(self, query: Query) -> str:
        """See Criterion."""
        where = [kind_sql("event"), isin("target", query.codes("target", is_word(self.name)))]
        if self.fields:
            where.append(isin("fields", query.codes("fields", self._passes)))
        tests, (times, total) = [], self._tests()
        if times is not None:
            tests.append(times.count_sql(over_acts(query, "count(*)", every(where), self.window)))
        if total is not None:
            amount = query.number("acts", "fields", "fields", total.amount)
            summed = "0" if amount == "0" else over_acts(query, f"sum({amount})", every(where), self.window)
            tests.append(total.decimal_sql(summed, _PLACES))
        return every(tests)

    def _tests(self) -> tuple[CountTest | None, FieldSum | None]:
        return (AT_LEAST_ONCE if self.times is None and self.sum is None else self.times), self.sum

    def _counts(self) -> Callable[[ActivityAct], bool]:
        named = is_word(self.name)
        return lambda act: (
            act.kind == "event"
            and act.target is not None
            and named(act.target)
            and (not self.fields or self._passes(act.fields))
        )

    def _passes(self, fields: Fields) -> bool:
        return all(test.holds(fields) for test in self.fields)
