"""Makes what was told of shops' sites part of their files by day."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.site.compacting import compact_all

TIME_TO_STOP = 15
"""Seconds kept to stop in order."""

_LOG = bootstrap.logger()


def _tell(shop: str, error: Exception) -> None:
    """The kind of error alone: what it says may hold what visitors did."""
    _LOG.error("Compacting a site failed", extra={"shop": shop, "error": type(error).__name__})


def handler(_event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """A tick of the schedule."""

    def has_time(seconds: int) -> bool:
        left: int = context.get_remaining_time_in_millis() // 1000
        return left > seconds + TIME_TO_STOP

    done = compact_all(bootstrap.compacting_sites(has_time, _tell))
    _LOG.info("Compacted sites", extra={"shops": len(done)})
    return {"shops": done}
