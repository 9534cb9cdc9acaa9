"""Times at which a customer may get messages, by the clock where they live."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kairos.domain.holidays import is_holiday
from kairos.domain.shop import QuietHours
from kairos.services.sending.quiet import is_quiet, quiet_until

_MOST_STEPS = 400
"""More than a year of public holidays in a row: there is no such country."""

_A_DAY_AT_MOST = timedelta(hours=25)
"""A day on which the clocks are set back."""


class AllowedHours(NamedTuple):
    """quiet: None for none. country: whose holidays are kept, with its province; None to keep none."""

    quiet: QuietHours | None
    zone: ZoneInfo
    country: str | None = None
    province: str | None = None

    def on_holiday(self, at: datetime) -> bool:
        """Whether that instant lies on a public holiday there."""
        if self.country is None:
            return False
        return is_holiday(at.astimezone(self.zone).date(), self.country, self.province)

    def is_open(self, at: datetime) -> bool:
        """Whether a message may go then."""
        return not (is_quiet(at, self.quiet, self.zone) or self.on_holiday(at))

    def first_open(self, at: datetime) -> datetime:
        """That instant, or the next at which a message may go."""
        for _ in range(_MOST_STEPS):
            if until := quiet_until(at, self.quiet, self.zone):
                at = until
            elif self.on_holiday(at):
                at = _next_day(at, self.zone)
            else:
                break
        return at

    def at_hour(self, at: datetime, hour: int) -> datetime | None:
        """That instant if its hour of day is this one, else the next within a day that is, and is open."""
        if self.hour_of(at) == hour and self.is_open(at):
            return at
        today = at.astimezone(self.zone).date()
        for days in (0, 1):
            on_the_hour = datetime.combine(today + timedelta(days=days), time(hour), self.zone).astimezone(
                UTC
            )
            found = self.first_open(on_the_hour)
            if at < found <= at + _A_DAY_AT_MOST and self.hour_of(found) == hour:
                return found
        return None

    def hour_of(self, at: datetime) -> int:
        """The hour of day that clocks there show."""
        return at.astimezone(self.zone).hour


def spread(at: datetime, message_id: str, over: timedelta, fits: Callable[[datetime], bool]) -> datetime:
    """The instant, put off by a share of `over` that the message's id draws; by less where that does not fit.

    So that what was made to wait for the same moment does not go all at once, and asking again says the same.
    """
    late = over * (int(message_id[:8], 16) / 2**32)
    while late >= timedelta(seconds=1):
        if fits(at + late):
            return at + late
        late /= 2
    return at


def _next_day(at: datetime, zone: ZoneInfo) -> datetime:
    """When the next day begins there, by the wall clock; never earlier than a moment later."""
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return max(datetime.combine(tomorrow, time(), zone).astimezone(UTC), at + timedelta(minutes=1))
