"""A shop whose broadcasts run: the scenario's own machine, the one that all share, and the real functions."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from kairos import bootstrap
from kairos.adapters.step_functions import StepFunctionsExecutions
from kairos.domain.broadcast import Broadcast
from kairos.services.broadcasts.paging import Paging
from tests.invocation import Invocation
from tests.statemachines.world import Machine, _load
from tests.unit.broadcasts.world import World

Handler = Callable[[Mapping[str, Any], object], Any]


class BroadcastWorld(World):
    """states: of all executions so far, in their order. Whatever is planned happens when a wait passes it."""

    def __init__(self, members: int, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(members)
        self.started: list[ExecutionWorker] = []
        self.states: list[str] = []
        self.outputs: list[Any] = []
        self.crashes: list[Exception] = []
        self.planned: list[tuple[timedelta, Callable[[], Any]]] = []
        self._machine = machine
        self._patch = monkeypatch

    def connect(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        """The real handlers on this world's store, clock and queues."""
        shared = {**machine.scenarios, "broadcast": machine.arn}
        self.machines = StepFunctionsExecutions(machine.client, {**shared, **machine.scenarios})
        paging = Paging(self.items, self.clock, self.open, self.batches)
        monkeypatch.setattr(bootstrap, "paging", lambda: paging)
        monkeypatch.setattr(bootstrap, "deciding", lambda: self.deciding)
        self._handlers: dict[str, Handler] = {
            name: _load(name).handler for name in ("run_broadcast", "send_broadcast")
        }

    def wait(self, seconds: int) -> None:
        """The queue's messages are taken, then the clock moves."""
        self.waits.append(seconds)
        self.take()
        self.clock.at += timedelta(seconds=seconds)
        for after, action in [one for one in self.planned if one[0] <= timedelta(seconds=sum(self.waits))]:
            self.planned.remove((after, action))
            action()

    def take(self) -> None:
        """As send_broadcast is given them."""
        taken, self.batches.messages = self.batches.messages, []
        records = [{"messageId": str(at), "body": json.dumps(one)} for at, one in enumerate(taken)]
        told = self._handlers["send_broadcast"]({"Records": records}, Invocation())
        assert told == {"batchItemFailures": []}

    def invoke(self, parameters: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """A Lambda invocation by the state machine."""
        error = None
        try:
            if self.crashes:
                raise self.crashes.pop(0)
            event = json.loads(parameters["Payload"])
            answer = self._handlers[parameters["FunctionName"]](event, Invocation())
        except Exception as failure:
            answer, error = {"errorType": type(failure).__name__, "errorMessage": str(failure)}, "Unhandled"
        told = {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": answer}
        return {**told, "FunctionError": error} if error else told

    def follow(self) -> list[str]:
        """Let every execution go to its end; the states entered."""
        while self.started:
            worker = self.started.pop(0)
            worker._execution_logic()
            arn = worker._evaluation_details.execution_details.arn
            ended = self._machine.client.describe_execution(executionArn=arn)
            told = self._machine.client.get_execution_history(executionArn=arn, maxResults=1000)
            assert ended["status"] == "SUCCEEDED", told["events"][-1]
            self.outputs.append(json.loads(ended["output"]))
            entered = [one for one in told["events"] if one["type"].endswith("Entered")]
            self.states += [one["stateEnteredEventDetails"]["name"] for one in entered]
        return self.states

    def of(self, scenario: str, **fields: Any) -> Broadcast:
        """One of the scenario, on record and started, by whose machine's table it goes."""
        return self.begin(scenario, None, **fields)
