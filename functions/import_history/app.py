"""Works on imports of history, a message each; one that takes longer goes on with another message."""

import gc
import json
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kairos import bootstrap

TIME_TO_FINISH = 120_000
"""Milliseconds that one more step may need: a part takes some ten seconds, and a busy store longer."""

# Rows become hundreds of thousands of objects, none of them in a cycle: looking for cycles among them as
# often as usual takes a sixth of the time.
gc.set_threshold(200_000, 20, 100)

_LOG = bootstrap.logger()


def _tell(phase: str, error: Exception) -> None:
    """The kind of error and its place alone: what it says may hold what the file says."""
    places = [f"{Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)]
    told = {"phase": phase, "error": type(error).__name__, "places": places}
    _LOG.warning("Importing failed for now", extra=told)


_IMPORTING = bootstrap.importing(_tell)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """An SQS batch of one; a message that ends without an answer is delivered again."""
    for record in event["Records"]:
        told = json.loads(record["body"])
        _IMPORTING.work(
            told["shop"], told["import"], lambda: context.get_remaining_time_in_millis() > TIME_TO_FINISH
        )
    return {"batchItemFailures": []}
