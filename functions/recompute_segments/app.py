"""Recomputes segments: of every shop that has anything due, of one at once, or a step of a big one."""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from kairos import bootstrap
from kairos.services.snapshot.parts import Watch
from kairos.services.snapshot.planning import Result, Step, plan
from kairos.services.snapshot.stepping import step_of_machine
from kairos.services.snapshot.ticking import recompute_wished, tick

TIME_TO_STOP = 15
"""Seconds kept to stop in order."""

MOST_NAMED = 50
"""Customers named in one line of the log."""

_LOG = bootstrap.logger()


def _tell(shop: str, step: str, error: Exception) -> None:
    """The kind of error alone: what it says may hold what customers said."""
    _LOG.error("Recomputing failed", extra={"shop": shop, "step": step, "error": type(error).__name__})


def _differ(shop: str, customers: Collection[str]) -> None:
    """Their ids, which say nothing by themselves."""
    _LOG.warning("Snapshot repaired", extra={"shop": shop, "customers": sorted(customers)[:MOST_NAMED]})


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """A tick of the schedule, wishes of the queue, or a task of the state machine."""

    def has_time(seconds: int) -> bool:
        left: int = context.get_remaining_time_in_millis() // 1000
        return left > seconds + TIME_TO_STOP

    watch = Watch(lambda: datetime.now(UTC), has_time)
    ticking = bootstrap.ticking(context.aws_request_id, watch, _tell, _differ)
    match event.get("task"):
        case "plan":
            results = [Result.model_validate(one) for one in event["results"]]
            planned = plan(ticking.recomputing, event["shop"], event["holder"], results)
            return {"steps": [step.as_json() for step in planned.steps]}
        case "step":
            step = Step.model_validate(event["step"])
            return step_of_machine(ticking.recomputing, event["shop"], event["holder"], step).as_json()
    if "Records" in event:
        wished = [json.loads(record["body"])["shop"] for record in event["Records"]]
        recompute_wished(ticking, wished)
        return {"batchItemFailures": []}
    done = tick(ticking)
    _LOG.info("Ticked", extra={"shops": len(done)})
    return {"shops": done}
