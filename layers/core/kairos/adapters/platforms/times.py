"""The one place where a source's timestamps become instants of our clock."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from kairos.domain.errors import Unreadable
from kairos.ports import Clock

_MOST_AHEAD = timedelta(days=1)
"""How far a source's clock may run ahead: a version from the future would beat every later true one."""

_REMEDY = "Send an ISO 8601 time with offset, such as 2026-03-01T12:30:00Z."


class Times:
    """Reads timestamps; every instant that leaves it has gone through the clock exactly once."""

    def __init__(self, clock: Clock, received_at: datetime) -> None:
        """received_at: real time at receipt, as the delivery tells it."""
        self._clock = clock
        self.received_at = clock.shown(received_at)

    def read(self, told: Any, field: str, zone: tzinfo = UTC) -> datetime | None:
        """The instant that the source tells, in UTC, as our clock shows it.

        zone: what a time without offset is meant in. None where nothing is told: absent, empty, or the
        zero date 0000-00-00 of PHP shops. Raises Unreadable for anything else that is no ISO 8601 time.
        """
        if told is None or told is False or (isinstance(told, str) and not told.strip()):
            return None
        if not isinstance(told, str):
            raise Unreadable(field, "is not a time in text form.", _REMEDY)
        if told.strip().startswith("0000-00-00"):
            return None
        return self._clock.shown(_parsed(told.strip(), field, zone))

    def version(self, told: Any, field: str, zone: tzinfo = UTC) -> datetime | None:
        """Like read, for a time that orders tellings: more than a day ahead of our clock is Unreadable."""
        moment = self.read(told, field, zone)
        if moment and moment > self._clock.now() + _MOST_AHEAD:
            raise Unreadable(field, "lies in the future.", "Set the clock of the sender right.")
        return moment


def _parsed(text: str, field: str, zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise Unreadable(field, f"{text[:40]!r} is not a time.", _REMEDY) from wrong
