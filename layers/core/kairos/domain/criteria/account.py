"""Criteria about the account: since when, which tags and groups, what it agreed to, where it came from."""

from typing import Literal

from kairos.domain.consent import Channel
from kairos.domain.criteria.criterion import Criterion, Names, TimeTest
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile


def _folded(names: tuple[str, ...]) -> set[str]:
    return {name.strip().casefold() for name in names}


class Registered(TimeTest, Criterion):
    """When the account was made; a customer without one has no such time."""

    kind: Literal["registered"] = "registered"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.holds(profile.registered_at, moment)


class AcceptsMarketing(Criterion):
    """The address that messages on this channel would go to has consented, and not withdrawn since."""

    kind: Literal["accepts_marketing"] = "accepts_marketing"
    channel: Channel

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.channel in profile.accepts


class Tag(Criterion):
    """Carries at least one of the tags, whatever their case."""

    kind: Literal["tag"] = "tag"
    any_of: Names

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return bool(_folded(profile.tags) & _folded(self.any_of))


class CustomerGroup(Criterion):
    """Belongs to one of the customer groups."""

    kind: Literal["customer_group"] = "customer_group"
    any_of: Names

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return profile.group is not None and profile.group.strip().casefold() in _folded(self.any_of)


class AcquisitionSource(Criterion):
    """Came from one of the sources (shop, in store, coupon giveaway, newsletter, ad …)."""

    kind: Literal["acquisition_source"] = "acquisition_source"
    any_of: Names

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        source = profile.acquisition
        return source is not None and source.strip().casefold() in _folded(self.any_of)
