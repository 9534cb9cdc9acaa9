"""Quiet hours: local wall time, across midnight and clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kairos.domain.shop import QuietHours


def is_quiet(now: datetime, hours: QuietHours | None, zone: ZoneInfo) -> bool:
    """Whether the wall clock in `zone` stands in the quiet hours: from start up to, not including, end."""
    if hours is None or hours.start == hours.end:
        return False
    local = now.astimezone(zone).time()
    if hours.start < hours.end:
        return hours.start <= local < hours.end
    return local >= hours.start or local < hours.end


def quiet_until(now: datetime, hours: QuietHours | None, zone: ZoneInfo) -> datetime | None:
    """The next moment at which a message may go, in UTC; None where it may go now.

    An end that the clock change skips counts as the moment right after it; one that comes twice ends
    the quiet hours twice. Clocks that are set back to before the start end them until it comes again.
    """
    if hours is None or not is_quiet(now, hours, zone):
        return None
    today = now.astimezone(zone).date()
    ends = [end for day in (0, 1) for end in _instants(today + timedelta(days=day), hours.end, zone)]
    later = sorted(end for end in ends if end > now and not is_quiet(end, hours, zone))
    set_back = _set_back(now.astimezone(UTC), later[0], zone)
    return set_back if set_back and not is_quiet(set_back, hours, zone) else later[0]


def _set_back(before: datetime, after: datetime, zone: ZoneInfo) -> datetime | None:
    """When clocks are set back between the two, which are a day or so apart; None where they are not."""
    was, becomes = _offset(before, zone), _offset(after, zone)
    return _changed(before, after, zone) if becomes < was else None


def _instants(day: date, at: time, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When clocks show that time: once, twice, or, where it is left out, right after."""
    first, second = (datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return first, second
    # Left out: reckoned by the offset before the change it comes after it, and the other way round.
    return (_changed(second, first, zone),)


def _changed(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """When the clocks change between the two, once and on a full second."""
    changed = _offset(after, zone)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        before, after = (before, middle) if _offset(middle, zone) == changed else (middle, after)
    return after.replace(microsecond=0)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
