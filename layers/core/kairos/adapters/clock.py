"""The one clock: real in AWS, ahead of real time on a laptop."""

from datetime import UTC, datetime, timedelta

_LAST_INSTANT = datetime(9999, 1, 1, tzinfo=UTC)


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        """See ports.Clock."""
        return datetime.now(UTC)

    def shown(self, real: datetime) -> datetime:
        """See ports.Clock."""
        return real

    def real_elapsed(self, since: datetime) -> timedelta:
        """See ports.Clock."""
        return datetime.now(UTC) - since


class ScaledClock:
    """Runs 1 / wait_scale times as fast since `real_anchor`, when it showed `shown_anchor`.

    Instants up to the anchor are shown as they are (history stays history); later ones run ahead, so
    that a shop's real timestamps and the scaled waits tell the same time, up to the year 9999.
    """

    def __init__(self, wait_scale: float, real_anchor: datetime, shown_anchor: datetime) -> None:
        self._scale = wait_scale
        self._real_anchor = real_anchor
        self._shown_anchor = shown_anchor

    def now(self) -> datetime:
        """See ports.Clock."""
        return self.shown(datetime.now(UTC))

    def shown(self, real: datetime) -> datetime:
        """See ports.Clock."""
        if real <= self._real_anchor:
            return real
        ahead = (real - self._real_anchor).total_seconds() / self._scale
        room = (_LAST_INSTANT - self._shown_anchor).total_seconds()
        return self._shown_anchor + timedelta(seconds=min(ahead, room))

    def real_elapsed(self, since: datetime) -> timedelta:
        """See ports.Clock."""
        return datetime.now(UTC) - since
