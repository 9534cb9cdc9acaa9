"""From when on a reserved message is not sent any more."""

from datetime import datetime, timedelta

from kairos.ports import Clock
from kairos.services.sending.ledger import real_now

LATE_AFTER = timedelta(days=1)
"""Real time from the reservation, after which a message comes too late. The one clock may run ahead."""


def late_since(clock: Clock) -> datetime:
    """What was reserved at this time of the one clock, or before it, comes too late now."""
    return clock.shown(real_now(clock) - LATE_AFTER)
