"""An execution that failed ends its run."""

import json
from datetime import UTC, datetime

from kairos import bootstrap
from kairos.domain.run import Run
from kairos.services.runs import confirm_start, read_run, register
from tests.functions.conftest import Aws, read_event


def test_a_run_whose_execution_failed_is_over(aws: Aws) -> None:
    app = aws.load_app("end_failed_runs")
    at = datetime(2026, 3, 2, tzinfo=UTC)
    run = Run(shop="demo", scenario="win_back", cause="c", customer="c1", registered_at=at, settings={})
    items = bootstrap.items()
    register(items, run)
    confirm_start(items, run)
    event = read_event("execution_failed")
    event["detail"]["input"] = json.dumps({**json.loads(event["detail"]["input"]), "run": run.id})
    app.handler(event, None)
    found = read_run(items, "demo", run.id)
    assert found is not None
    assert (found.state, found.reason) == ("ended", "execution failed")
