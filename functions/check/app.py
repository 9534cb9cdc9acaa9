"""Looks again: the facts about one customer that a running scenario branches on."""

from typing import Any

from kairos import bootstrap
from kairos.services.checking import CheckRequest, check


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """event: kairos.services.checking.CheckRequest as JSON; answers Facts as JSON, every field present."""
    request = CheckRequest.model_validate(event)
    return check(bootstrap.checking(), request).model_dump(mode="json")
