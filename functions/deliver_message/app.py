"""Hands the reserved messages of one channel to its provider, each at most once."""

import json
from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.sending.deliver import deliver

MOST_RECEIVES = 5
"""After so many receives the queue gives up: maxReceiveCount of the channels' queues in template.yaml."""

TIME_TO_FINISH = 24_000
"""Milliseconds that one more message may need: 13 s of them for the call, and 8 s before that for the code
that its shop makes (see the adapters). Who is killed in a call never learns whether it was sent, so with
fewer left a message waits for the next batch, or after its last receive for the sweep."""

_LOG = bootstrap.logger()
_DELIVERING = bootstrap.delivering()


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """An SQS batch; answers which of its messages the queue shall deliver again."""

    def settled(record: Mapping[str, Any]) -> bool:
        last_chance = int(record["attributes"]["ApproximateReceiveCount"]) >= MOST_RECEIVES
        enough_time = context.get_remaining_time_in_millis() > TIME_TO_FINISH
        return enough_time and _settled(record, last_chance)

    again = [record["messageId"] for record in event["Records"] if not settled(record)]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in again]}


def _settled(record: Mapping[str, Any], last_chance: bool) -> bool:
    """One message by itself, so that a poisoned one holds up no other."""
    named = {"record": record["messageId"]}
    try:
        told = json.loads(record["body"])
        named = {"shop": told["shop"], "message_id": told["message_id"]}
        outcome = deliver(_DELIVERING, told["shop"], told["message_id"], last_chance)
    except Exception as failure:
        # The error's name alone: its text may quote an address.
        _LOG.error("Delivery failed", extra={**named, "error": type(failure).__name__})
        return False
    _LOG.info("Delivery ended", extra={**named, "outcome": outcome})
    return outcome == "settled"
