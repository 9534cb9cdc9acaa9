"""When a rule is read: the instant, the shop's calendar and currency, and what compares customers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from kairos.domain.catalogue import Catalogue
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.domain.standing import Thresholds
from kairos.domain.value import to_the_second


class Matching(Protocol):
    """A rule, as far as another rule that refers to it needs to know."""

    def matches(self, profile: Profile, moment: "Moment") -> bool:
        """Whether it is true of the customer at that moment."""


class Flips:
    """Gathers when time alone could next change what is being evaluated. next: the earliest, if any."""

    def __init__(self) -> None:
        self.next: datetime | None = None

    def add(self, at: datetime) -> None:
        """Time may change the answer at that instant."""
        if self.next is None or at < self.next:
            self.next = at


@dataclass(frozen=True)
class Moment:
    """now: by the one clock, taken to whole seconds. shop: for time zone and currency.

    thresholds: what sets customers apart from each other, as last computed. catalogue: the products that
    rules may ask about. segments: rules by segment id, for criteria that refer to them. flips: where to
    note when time alone could change an answer; each comparison that is made with a time notes its own.
    """

    now: datetime
    shop: Shop
    thresholds: Thresholds = field(default_factory=Thresholds)
    catalogue: Catalogue = field(default_factory=Catalogue)
    segments: Mapping[str, Matching] = field(default_factory=lambda: MappingProxyType({}))
    flips: Flips | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "now", to_the_second(self.now))

    def note(self, at: datetime) -> None:
        """An answer given at this moment may change at that instant."""
        if self.flips is not None:
            self.flips.add(at)
