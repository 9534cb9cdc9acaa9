"""Looks for messages that were forgotten, every hour."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.sending.sweeping import sweep

_SWEEPING = bootstrap.sweeping()


def handler(_event: Mapping[str, Any], _context: object) -> None:
    """A tick of the schedule; what it can't do now, the next one does."""
    sweep(_SWEEPING)
