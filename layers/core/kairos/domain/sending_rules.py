"""When and to whom a shop sends: caps, priorities, time zones, hours and holidays, each its own to tune."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from kairos.domain.criteria.durations import ExactDuration, ExactLastingDuration, exact_seconds
from kairos.domain.value import Value

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2, in capitals."""

_DAY = 86_400
_LONGEST = {"spread": _DAY // 4, "yield_for": 30 * _DAY, "give_up_after": 366 * _DAY}


class Cap(Value):
    """At most so many messages within any stretch of time of this length: the window rolls exactly."""

    messages: Annotated[int, Field(ge=1, le=100)]
    within: ExactLastingDuration

    @property
    def seconds(self) -> int:
        """The window's length."""
        return exact_seconds(self.within)

    def stretched(self, by: int) -> "Cap":
        """As many messages within so many times the time."""
        return Cap(messages=self.messages, within=f"PT{self.seconds * by}S")


FEWER_BY = 2
"""How many times longer the window of a customer is who asked to hear less often; our own default."""


class SendingRules(Value):
    """A shop's rules for choosing the moment. Durations as exact ISO 8601 texts.

    Sources: (s) the marketing guides that the product is built from, (o) our own choice.

    Consent. soft_opt_in: countries where somebody who bought may be mailed about similar things without
    having been asked, unless they ever withdrew (o: none).

    Frequency, one budget per customer over all scenarios and channels. super_active, moderate, sleeping:
    by engagement level (s); who was never mailed is capped as moderate. free_until_delivered: no cap
    before so many messages were delivered (s).

    Priority. places_for_priority: so many of the budget's last places are left to a scenario of higher
    priority that is under way; yield_for: at most so long (o). give_up_after: a step that has been
    deferred for so long is left out (o).

    Time. shop_zone_for_all: quiet hours and preferred hours by the shop's clock, not the customer's.
    preferred_hour: send at the customer's own hour, where a step asks for it. usual_hour (0-23): for those
    whose own is not known. avoid_holidays: nothing on public holidays of the customer's country;
    country: for those whose own is not known. spread: what was made to wait is spread over this time (o).
    """

    soft_opt_in: tuple[Country, ...] = ()
    super_active: Cap = Cap(messages=4, within="P7D")
    moderate: Cap = Cap(messages=1, within="P7D")
    sleeping: Cap = Cap(messages=1, within="P30D")
    free_until_delivered: Annotated[int, Field(ge=0, le=1000)] = 5
    places_for_priority: Annotated[int, Field(ge=0, le=100)] = 1
    yield_for: ExactDuration = "P3D"
    give_up_after: ExactLastingDuration = "P60D"
    shop_zone_for_all: bool = False
    preferred_hour: bool = True
    usual_hour: Annotated[int, Field(ge=0, le=23)] | None = None
    avoid_holidays: bool = False
    country: Country | None = None
    spread: ExactDuration = "PT15M"

    @model_validator(mode="after")
    def _not_too_long(self) -> Self:
        for name, most in _LONGEST.items():
            if exact_seconds(getattr(self, name)) > most:
                raise ValueError(f"{name} is longer than {most // 3600} hours; use a shorter time")
        for name in ("super_active", "moderate", "sleeping"):
            if getattr(self, name).seconds > 366 * _DAY:
                raise ValueError(f"{name} looks back further than a year; use 'P366D' at most")
        return self

    @property
    def longest_window(self) -> int:
        """Seconds that the longest cap looks back, of who asked to hear less often."""
        return FEWER_BY * max(cap.seconds for cap in (self.super_active, self.moderate, self.sleeping))
