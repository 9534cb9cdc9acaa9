"""recompute_segments as it runs: the real definition, the real function, and partitions in memory."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from kairos import bootstrap
from kairos.domain.errors import Throttled
from kairos.services.snapshot.lease import LEASE, LeaseLost
from kairos.services.snapshot.ticking import Ticking
from tests.invocation import Invocation
from tests.statemachines.world import Machine, _load, interpreter
from tests.unit.recording.world import SHOP
from tests.unit.snapshot.world import World

EVERYTHING = {"BeginRecompute", "PlanSteps", "ChooseWork", "CarryOutSteps", "CarryOutStep", "EndRecompute"}


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """The real definition, ready to run."""
    with interpreter("recompute_segments", {"RecomputeFunctionArn": "recompute_segments"}) as made:
        yield made


class Running:
    """The machine over the partitions of a shop. fail: asked before each call of the function."""

    def __init__(self, world: World, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self._machine = world, machine
        self.calls: list[Mapping[str, Any]] = []
        self.fail: Callable[[Mapping[str, Any]], Exception | None] = lambda _: None
        self._workers: list[ExecutionWorker] = []
        monkeypatch.setattr(bootstrap, "ticking", self._ticking)
        self._handler = _load("recompute_segments").handler
        monkeypatch.setattr(retrier_decl.time, "sleep", lambda _seconds: None)
        monkeypatch.setattr(lambda_eval_utils, "_invoke_lambda_function", self._invoke)
        workers = self._workers

        def keep(worker: ExecutionWorker) -> None:
            workers.append(worker)

        monkeypatch.setattr(ExecutionWorker, "start", keep)

    def _ticking(self, holder: str, watch: Any, on_error: Any, on_difference: Any) -> Ticking:
        watch = watch._replace(now=lambda: self.world.real)
        told = {"watch": watch, "on_error": on_error, "on_difference": on_difference}
        return Ticking(self.world.recomputing()._replace(**told), self.world.machines, holder)

    def _invoke(self, parameters: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        event = json.loads(parameters["Payload"])
        self.calls.append(event)
        told: dict[str, Any] = {"StatusCode": 200, "ExecutedVersion": "$LATEST"}
        try:
            if error := self.fail(event):
                raise error
            return told | {"Payload": self._handler(event, Invocation(900_000))}
        except Exception as failure:
            payload = {"errorType": type(failure).__name__, "errorMessage": str(failure)}
            return told | {"Payload": payload, "FunctionError": "Unhandled"}

    def run(self, name: str) -> list[str]:
        """From its start to its end; the names of the states entered."""
        client = self._machine.client
        told = json.dumps({"shop": SHOP.id, "holder": name})
        arn = client.start_execution(stateMachineArn=self._machine.arn, name=name, input=told)["executionArn"]
        self._workers.pop()._execution_logic()
        history = client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        assert client.describe_execution(executionArn=arn)["status"] == "SUCCEEDED", history[-1]
        return [one["stateEnteredEventDetails"]["name"] for one in history if one["type"].endswith("Entered")]


@pytest.fixture
def running(tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Running:
    """Six buyers in three partitions; two hours later all of them are due."""
    world = World(tmp_path)
    for number in range(6):
        world.buy(f"buyer{number}@example.com")
    world.pump()
    world.divide(3)
    world.listen()
    world.wait(hours=2)
    return Running(world, machine, monkeypatch)


def lapsed(world: World) -> int:
    return sum("lapsed" in world.segments(one) for one in world.said())


def test_every_partition_is_recomputed_and_the_machine_ends(running: Running) -> None:
    states = running.run("all")
    assert set(states) == EVERYTHING
    steps = [call["step"] for call in running.calls if call["task"] == "step"]
    assert sorted(one["number"] for one in steps) == list(running.world.manifest.numbers)
    assert lapsed(running.world) == 6
    assert running.world.said() == running.world.facts_as_said()


def test_with_nothing_due_it_plans_and_ends(running: Running) -> None:
    running.run("first")
    assert running.run("second") == ["BeginRecompute", "PlanSteps", "ChooseWork", "EndRecompute"]


def test_what_fails_for_the_moment_is_tried_again(running: Running) -> None:
    failed: list[Any] = []

    def once(event: Mapping[str, Any]) -> Exception | None:
        if event not in failed and len(failed) < 4:
            failed.append(event)
            return Throttled("slow down") if event["task"] == "plan" else StepFailed("no luck")
        return None

    class StepFailed(Exception):
        pass

    running.fail = once
    running.run("again")
    assert running.world.manifest.failed == ()
    assert lapsed(running.world) == 6


def test_a_partition_that_fails_three_times_leaves_the_others_finished(running: Running) -> None:
    first = running.world.manifest.numbers[0]

    class StepFailed(Exception):
        pass

    def fails(event: Mapping[str, Any]) -> Exception | None:
        return StepFailed("no luck") if event.get("step", {}).get("number") == first else None

    right = running.world.manifest.right_at
    running.fail = fails
    states = running.run("fails")
    assert "NoteFailure" in states
    attempts = [one for one in running.calls if one.get("step", {}).get("number") == first]
    assert len(attempts) == 3
    assert running.world.manifest.failed == (first,)
    assert 0 < lapsed(running.world) < 6
    assert running.world.manifest.as_of(running.world.clock.at) == right
    running.fail = lambda _: None
    running.run("mended")
    assert running.world.manifest.failed == ()
    assert lapsed(running.world) == 6


def test_a_wish_that_comes_in_meanwhile_is_fulfilled_by_the_same_execution(running: Running) -> None:
    wished: list[bool] = []

    def wish(event: Mapping[str, Any]) -> None:
        if event["task"] == "step" and not wished:
            wished.append(True)
            running.world.put_segment("first", {"kind": "order_count", "equals": 1})
            running.world.wish()

    running.fail = wish
    running.run("wished")
    assert wished
    assert all("first" in running.world.segments(one) for one in running.world.said())
    assert running.world.manifest.wanted == running.world.manifest.done == 1


def test_an_execution_that_was_overtaken_ends_quietly(running: Running) -> None:
    def lost(event: Mapping[str, Any]) -> Exception | None:
        return LeaseLost("velo") if event.get("results") else None

    running.fail = lost
    assert running.run("overtaken")[-1] == "EndRecompute"
    running.fail = lambda _: None
    running.world.real += LEASE
    running.run("taken over")
    assert lapsed(running.world) == 6


def test_an_executions_history_holds_numbers_alone(running: Running) -> None:
    running.run("history")
    told = json.dumps(running.calls)
    assert "@" not in told
    assert all(one not in told for one in running.world.said())
