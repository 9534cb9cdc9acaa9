"""Looks again: the facts about one customer that a running scenario branches on."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.checking import check, read_request

_LOG = bootstrap.logger()
_CHECKING = bootstrap.checking()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A CheckRequest; answers Facts, both as JSON. What it can't read now it raises, for the retry."""
    request = read_request(event)
    found = check(_CHECKING, request)
    _LOG.info(
        "Looked again",
        extra={
            "shop": request.shop,
            "run": request.run,
            "decision": found.decision,
            "reason": found.reason,
        },
    )
    return found.model_dump(mode="json")
