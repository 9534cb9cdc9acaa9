"""Criteria about the account: since when, which tags and groups, what it agreed to, where it came from."""

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Literal, get_args

from pydantic import Field

from kairos.domain.catalogue import folded
from kairos.domain.codes import CHANNELS, bits_of, code_of
from kairos.domain.consent import Channel
from kairos.domain.criteria.criterion import Comparison, Criterion, Names
from kairos.domain.criteria.query import Query, every, isin
from kairos.domain.criteria.times import TimeTest
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.value import Value

Channels = Annotated[tuple[Channel, ...], Field(min_length=1)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


class Registered(TimeTest, Criterion):
    """When the account was made; a customer without one has no such time."""

    kind: Literal["registered"] = "registered"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.holds(profile.registered_at, moment)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return self.time_sql(query, query.column("registered_at"))


class AcceptsMarketing(Criterion):
    """The address that messages on this channel would go to has consented, and not withdrawn since."""

    kind: Literal["accepts_marketing"] = "accepts_marketing"
    channel: Channel

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.channel in profile.accepts

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return _has_bit(query.column("accepts"), (self.channel,))


def _has_bit(column: str, channels: tuple[Channel, ...]) -> str:
    """SQL: one of the channels is among those of the column."""
    return f"(({column} & {bits_of(CHANNELS, channels)}) <> 0)"


class _Worded(Criterion):
    """any_of: words, compared without regard to case."""

    any_of: Names

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The words as they are compared."""
        return frozenset(map(folded, self.any_of))

    def names(self, word: str) -> bool:
        """Whether it is one of the words."""
        return folded(word) in self.wanted


class Tag(_Worded):
    """Carries at least one of the tags, whatever their case."""

    kind: Literal["tag"] = "tag"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self._carried(profile.tags)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return isin(query.column("tags"), query.codes("tags", self._carried))

    def _carried(self, tags: Iterable[str]) -> bool:
        return any(map(self.names, tags))


class CustomerGroup(_Worded):
    """Belongs to one of the customer groups."""

    kind: Literal["customer_group"] = "customer_group"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return profile.group is not None and self.names(profile.group)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return isin(query.column("customer_group"), query.codes("customer_group", self.names))


class AcquisitionSource(_Worded):
    """Came from one of the sources (shop, in store, coupon giveaway, newsletter, ad …)."""

    kind: Literal["acquisition_source"] = "acquisition_source"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return profile.acquisition is not None and self.names(profile.acquisition)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return isin(query.column("acquisition"), query.codes("acquisition", self.names))


class ChannelIs(Comparison, Criterion):
    """How the customer is reached; every field given must hold.

    reachable_by: on at least one of these an address is known and not suppressed. prefers: one of these.
    """

    comparing = ("reachable_by", "prefers")
    kind: Literal["channel"] = "channel"
    reachable_by: Channels | None = None
    prefers: Channels | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return (self.reachable_by is None or not set(self.reachable_by).isdisjoint(profile.reachable)) and (
            self.prefers is None or profile.preferred_channel in self.prefers
        )

    def sql(self, query: Query) -> str:
        """See Criterion."""
        tests = []
        if self.reachable_by is not None:
            tests.append(_has_bit(query.column("reachable"), self.reachable_by))
        if self.prefers is not None:
            tests.append(isin(query.column("prefers"), (code_of(CHANNELS, one) for one in self.prefers)))
        return every(tests)


Hour = Annotated[int, Field(ge=0, le=23)]


class Hours(Value):
    """Whole hours of the day from `first` to `last`, both included; past midnight where last is smaller."""

    first: Hour
    last: Hour

    @property
    def listed(self) -> tuple[int, ...]:
        """Each of the hours."""
        return tuple((self.first + after) % 24 for after in range((self.last - self.first) % 24 + 1))


class PreferredTime(Comparison, Criterion):
    """When the customer tends to act, in the shop's time zone; every field given must hold."""

    comparing = ("hours", "weekdays")
    kind: Literal["preferred_time"] = "preferred_time"
    hours: Hours | None = None
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)] | None = None

    @property
    def numbered(self) -> tuple[int, ...]:
        """The weekdays as profiles state them: 0 is Monday."""
        return tuple(WEEKDAYS.index(day) for day in self.weekdays or ())

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return (self.hours is None or profile.preferred_hour in self.hours.listed) and (
            self.weekdays is None or profile.preferred_weekday in self.numbered
        )

    def sql(self, query: Query) -> str:
        """See Criterion."""
        tests = []
        if self.hours is not None:
            tests.append(isin(query.column("preferred_hour"), self.hours.listed))
        if self.weekdays is not None:
            tests.append(isin(query.column("preferred_weekday"), self.numbered))
        return every(tests)
