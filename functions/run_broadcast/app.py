"""Queues the next members of a broadcast, and says what its state machine waits for."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from kairos import bootstrap
from kairos.domain.refusing import refused
from kairos.services.broadcasts.paging import PageRequest, take_page

_LOG = bootstrap.logger()
# Built once: what a shop's snapshot was opened with stays for the next page.
_PAGING = bootstrap.paging()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A PageRequest; answers a Page, both as JSON. What it can't do now it raises, for the retry."""
    try:
        request = PageRequest.model_validate(event)
    except ValidationError as wrong:
        raise refused(wrong, PageRequest) from None
    page = take_page(_PAGING, request)
    _LOG.info(
        "Page taken",
        extra={
            "shop": request.shop,
            "broadcast": request.broadcast,
            "decision": page.decision,
            "reason": page.reason,
            "wait_seconds": page.wait_seconds,
        },
    )
    return page.model_dump(mode="json")
