"""Asks the shops' APIs for what webhooks have named by an id alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kairos import bootstrap
from kairos.services.recording.messages import message_of

TIME_TO_FINISH = 60_000
"""Milliseconds that one more thing may need: an order takes five requests of eleven seconds at worst."""

_LOG = bootstrap.logger()


def _tell(record: str, error: Exception) -> None:
    """The kind of error alone: what it says may hold what the shop said."""
    _LOG.warning("Fetching failed for now", extra={"record": record, "error": type(error).__name__})


_FETCHING = bootstrap.fetching(_tell)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """An SQS batch; answers which of its messages have to be delivered again."""
    failed = _FETCHING.fetch(
        [message_of(record) for record in event["Records"]],
        lambda: datetime.now(UTC),
        lambda: context.get_remaining_time_in_millis() > TIME_TO_FINISH,
    )
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}
