"""Works on imports of history, a message each; one that takes longer goes on with another message."""

import json
from collections.abc import Mapping
from typing import Any

from kairos import bootstrap

TIME_TO_FINISH = 120_000
"""Milliseconds that one more step may need: a part takes some ten seconds, and a busy store longer."""

_LOG = bootstrap.logger()


def _tell(phase: str, error: Exception) -> None:
    """The kind of error alone: what it says may hold what the file says."""
    _LOG.warning("Importing failed for now", extra={"phase": phase, "error": type(error).__name__})


_IMPORTING = bootstrap.importing(_tell)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """An SQS batch of one; a message that ends without an answer is delivered again."""
    for record in event["Records"]:
        told = json.loads(record["body"])
        _IMPORTING.work(
            told["shop"], told["import"], lambda: context.get_remaining_time_in_millis() > TIME_TO_FINISH
        )
    return {"batchItemFailures": []}
