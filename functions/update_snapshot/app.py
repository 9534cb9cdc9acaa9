"""Evaluates customers who changed, and tells the snapshot of them."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.recording.messages import message_of
from kairos.services.snapshot.messages import update_all

TIME_TO_FINISH = 60_000
"""Milliseconds that one more shop may need; with fewer left its messages wait for the next batch."""

_LOG = bootstrap.logger()
_UPDATING = bootstrap.updating()


def _tell(shop: str, error: Exception) -> None:
    """The kind of error alone: what it says may hold what customers said."""
    _LOG.warning("Updating failed for now", extra={"shop": shop, "error": type(error).__name__})


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """An SQS batch; answers which of its messages have to be delivered again."""
    failed = update_all(
        _UPDATING,
        [message_of(record) for record in event["Records"]],
        lambda: context.get_remaining_time_in_millis() > TIME_TO_FINISH,
        _tell,
    )
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}
