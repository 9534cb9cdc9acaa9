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
    the quiet hours twice.
    """
    if hours is None or not is_quiet(now, hours, zone):
        return None
    today = now.astimezone(zone).date()
    ends = [_instant(today + timedelta(days=day), hours.end, fold, zone) for day in (0, 1) for fold in (0, 1)]
    later = sorted(end for end in ends if end > now and not is_quiet(end, hours, zone))
    return later[0]


def _instant(day: date, at: time, fold: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC)
