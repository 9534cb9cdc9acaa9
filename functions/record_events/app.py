"""Turns queued webhooks and activity into items, profiles and events."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kairos import bootstrap
from kairos.services.recording.messages import message_of

TIME_TO_FINISH = 8_000
"""Milliseconds that one more delivery may need; with fewer left it waits for the next batch."""

_LOG = bootstrap.logger()


def _tell(record: str, error: Exception) -> None:
    """The kind of error alone: what it says may hold what the customer said."""
    _LOG.warning("Recording failed for now", extra={"record": record, "error": type(error).__name__})


_BATCHES = bootstrap.recording(_tell)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """An SQS batch; answers which of its messages have to be delivered again."""
    failed = _BATCHES.record(
        [message_of(record) for record in event["Records"]],
        datetime.now(UTC),
        lambda: context.get_remaining_time_in_millis() > TIME_TO_FINISH,
    )
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}
