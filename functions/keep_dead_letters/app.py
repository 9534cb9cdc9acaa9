"""Keeps dead letters where their shops find them."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.dead_letters.keeping import buried_of

_LOG = bootstrap.logger()


def _tell(record: str, error: Exception) -> None:
    """The kind of error alone: what it says may hold what the customer said."""
    _LOG.warning("Keeping failed for now", extra={"record": record, "error": type(error).__name__})


_KEEPING = bootstrap.keeping_dead_letters(_tell)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """An SQS batch; answers which of its messages have to be delivered again."""
    failed = _KEEPING.keep([buried_of(record) for record in event["Records"]])
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}
