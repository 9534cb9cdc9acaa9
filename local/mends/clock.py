"""Step Functions tell the shown time: a wait until an instant counts from it, and so does the context object.

Not a gap of the emulator: its wait scale shortens waits, but its clock stays real, so that a machine told to
wait until a shown instant would wait for the whole lead of the shown clock on top.
"""

import os
from datetime import UTC, datetime

from kairos.adapters.clock import ScaledClock


def shown_now() -> datetime:
    """The instant that the functions' clock shows now."""
    real, shown = os.environ.get("CLOCK_REAL_ANCHOR"), os.environ.get("CLOCK_SHOWN_ANCHOR")
    if not real or not shown:
        return datetime.now(UTC)
    scale = float(os.environ["SFN_WAIT_SCALE"])
    return ScaledClock(scale, datetime.fromisoformat(real), datetime.fromisoformat(shown)).now()


def _shown_iso() -> str:
    return shown_now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def mend() -> None:
    """Replace the two places where the emulator's Step Functions read the real clock."""
    from ministack.services import stepfunctions

    def sleep_until(timestamp: str) -> None:
        delta = (datetime.fromisoformat(timestamp) - shown_now()).total_seconds()
        if delta > 0:
            stepfunctions._scaled_sleep(delta)

    stepfunctions._sleep_until = sleep_until
    stepfunctions.now_iso = _shown_iso
