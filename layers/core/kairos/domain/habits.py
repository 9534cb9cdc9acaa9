"""When and how a customer tends to act, from all that they did."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kairos.domain.activity import OFF_SITE
from kairos.domain.consent import Channel
from kairos.domain.profile import Profile

LEAST_TIMES = 3
"""Orders and things done on the site, together, below which nobody has a habit yet; our own default."""


class Habits(NamedTuple):
    """channel: of the messages opened and clicked. hour (0-23), weekday (0 is Monday): of orders and of what
    was done on the site, in the shop's time zone. None where there is no habit to be seen."""

    channel: Channel | None = None
    hour: int | None = None
    weekday: int | None = None


def habits_of(profile: Profile, zone: ZoneInfo) -> Habits:
    """What the customer does most often; of what they do equally often, what they did last."""
    local = [at.astimezone(zone) for at in _times(profile)]
    answered = ((one.at, one.channel) for one in profile.engagement if one.kind in ("opened", "clicked"))
    channel = _most((channel for _, channel in sorted(answered)), 1)
    hour = _most((at.hour for at in local), LEAST_TIMES)
    weekday = _most((at.weekday() for at in local), LEAST_TIMES)
    return Habits(channel, hour, weekday)


def hour_to_send(profile: Profile, zone: ZoneInfo) -> int | None:
    """The hour of day (0-23, in that zone) of most orders, visits, and messages opened or clicked by people.

    Of equally many the latest; None below LEAST_TIMES of all these together.
    """
    answered = [one.at for one in profile.engagement if one.kind in ("opened", "clicked")]
    return _most((at.astimezone(zone).hour for at in sorted([*_times(profile), *answered])), LEAST_TIMES)


def _times(profile: Profile) -> list[datetime]:
    done = [act.at for act in profile.acts if act.kind not in OFF_SITE]
    return sorted([*done, *(order.placed_at for order in profile.counting_orders)])


def _most[Thing: (int, Channel)](seen: Iterable[Thing], least: int) -> Thing | None:
    """What is seen most often among at least so many, the latest of several; seen: oldest first."""
    counted: dict[Thing, tuple[int, int]] = {}
    number = 0
    for number, thing in enumerate(seen, start=1):
        counted[thing] = (counted.get(thing, (0, 0))[0] + 1, number)
    if number < max(least, 1):
        return None
    return max(counted.items(), key=lambda pair: pair[1])[0]
