"""Looks for messages that were forgotten, and for phones whose owners were erased, every hour."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.endpoints import remove_orphans
from kairos.services.sending.sweeping import sweep

_LOG = bootstrap.logger()
_SWEEPING = bootstrap.sweeping()
_PHONES = bootstrap.phone_endpoints()


def handler(_event: Mapping[str, Any], _context: object) -> None:
    """A tick of the schedule; what it can't do now, the next one does."""
    try:
        for (look, error), times in sweep(_SWEEPING).items():
            _LOG.error("Messages not looked at", extra={"look": look, "error": error, "times": times})
    finally:
        remove_orphans(bootstrap.items(), _PHONES)
