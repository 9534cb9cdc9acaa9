"""Starts broadcasts: those whose time has come at any shop, and one for a price that dropped."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.broadcasts.price_drops import start_price_drop
from kairos.services.broadcasts.ticking import tick
from kairos.services.starting import read_event

_LOG = bootstrap.logger()
_COUNTS = bootstrap.counts()


def _tell(shop: str, what: str, error: Exception) -> None:
    """The kind of error alone: what it says may hold what a shop wrote."""
    _LOG.error("Starting failed", extra={"shop": shop, "what": what, "error": type(error).__name__})


_TICKING = bootstrap.broadcast_ticking(_tell)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A tick of the schedule, or PriceDropped from the bus.

    What it can't start of the latter it raises: the event is delivered again. Else the next tick starts it.
    """
    if event.get("detail-type") == "PriceDropped":
        told = read_event(event["detail-type"], event["detail"])
        result = start_price_drop(_TICKING.executing, told)
        _COUNTS.add("ScenarioStarts", scenario="price_drop", reason=result)
        _LOG.info("Price drop decided", extra={"shop": told.shop, "cause": told.cause, "result": result})
        return {"price_drop": result}
    started = tick(_TICKING)
    _LOG.info("Broadcasts looked for", extra={"shops": len(started), "started": sum(started.values())})
    return {"started": started}
