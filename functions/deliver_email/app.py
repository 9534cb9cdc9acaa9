"""Hands reserved e-mails to the provider, each at most once."""

import json
from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.sending.deliver import deliver

MOST_RECEIVES = 5
"""After so many receives the queue gives up: EmailQueue's maxReceiveCount in template.yaml."""

_LOG = bootstrap.logger()
_DELIVERING = bootstrap.delivering()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """An SQS batch; answers which of its messages the queue shall deliver again."""
    again = [record["messageId"] for record in event["Records"] if not _settled(record)]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in again]}


def _settled(record: Mapping[str, Any]) -> bool:
    """One message by itself, so that a poisoned one holds up no other."""
    last_chance = int(record["attributes"]["ApproximateReceiveCount"]) >= MOST_RECEIVES
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
