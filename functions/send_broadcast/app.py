"""Decides for batches of a broadcast's members, each as for any run's message."""

import json
from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.broadcasts.deciding import decide_batch

TIME_TO_FINISH = 5_000
"""Milliseconds that one more member may need: some reads and one transaction, with the table's retries."""

_LOG = bootstrap.logger()
_DECIDING = bootstrap.deciding()


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """An SQS batch; answers which of its messages the queue shall deliver again."""

    def enough_time() -> bool:
        left: int = context.get_remaining_time_in_millis()
        return left > TIME_TO_FINISH

    def done(record: Mapping[str, Any]) -> bool:
        """One message by itself, so that a poisoned one holds up no other."""
        named = {"record": record["messageId"]}
        try:
            told = json.loads(record["body"])
            named = {"shop": told["shop"], "broadcast": told["broadcast"], "batch": told["batch"]}
            outcome = decide_batch(_DECIDING, told["shop"], told["broadcast"], told["batch"], enough_time)
        except Exception as failure:
            # The error's name alone: its text may quote an address.
            _LOG.error("Batch failed", extra={**named, "error": type(failure).__name__})
            return False
        _LOG.info("Batch decided", extra={**named, "outcome": outcome})
        return outcome == "done"

    again = [record["messageId"] for record in event["Records"] if not done(record)]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in again]}
