"""Notes that a run is over whose execution failed, so that it stands in nobody's way."""

import json
from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.services.runs import end_run

_LOG = bootstrap.logger()
_STARTING = bootstrap.starting()
_COUNTS = bootstrap.counts()
EXECUTION_FAILED = "execution failed"


def handler(event: Mapping[str, Any], _context: object) -> None:
    """One event of Step Functions by EventBridge: an execution has failed, timed out or been aborted."""
    told = json.loads(event["detail"]["input"])
    _COUNTS.add("RunsFailed", status=event["detail"]["status"])
    _LOG.error("Execution failed", extra={"shop": told["shop"], "run": told["run"]})
    end_run(_STARTING.items, told["shop"], told["run"], EXECUTION_FAILED, _STARTING.clock.now())
