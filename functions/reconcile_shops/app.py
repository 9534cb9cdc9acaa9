"""Asks the shops' own APIs for what their webhooks did not bring, and queues it to be recorded."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.ports import NotRead
from kairos.services.reconciling.ticking import tick

TIME_FOR_A_PAGE = 90_000
"""Milliseconds that one more page may need: its request, those for the parts of each of its documents where
a platform lists them apart (for 45 seconds, and one document more), and each document onto the queue."""

_LOG = bootstrap.logger()


def _tell(shop: str, error: Exception) -> None:
    """The kind of error alone: what it says may hold what customers said."""
    _LOG.error("Reconciling failed", extra={"shop": shop, "error": type(error).__name__})


def _tell_refusal(shop: str, refusal: NotRead) -> None:
    _LOG.warning("Shop can't be read", extra={"shop": shop, "reason": refusal.reason})


def handler(_event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """A tick of the schedule; what it has no time for, the next one does."""

    def has_time() -> bool:
        left: int = context.get_remaining_time_in_millis()
        return left > TIME_FOR_A_PAGE

    done = tick(bootstrap.reconciling(has_time, _tell, _tell_refusal))
    _LOG.info("Reconciled", extra={"shops": len(done)})
    return {"shops": done}
