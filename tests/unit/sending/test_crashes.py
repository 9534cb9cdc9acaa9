"""The sender is killed everywhere: never twice, never silently forgotten."""

import contextlib
import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos import bootstrap, keys
from kairos.services.feedback import Feedback, Feedbacks, record
from kairos.services.sending.send import Sending
from tests.functions.template import read_template
from tests.invocation import Invocation
from tests.unit.sending.test_decide import CODE
from tests.unit.sending.test_deliver import REJECTED, THROTTLED
from tests.unit.sending.world import Crash, FakeQueue, NoCounts, World

ROOT = Path(__file__).parents[3]
SENDING = ROOT / "layers/core/kairos/services"
WATCHED = {
    *(str(path) for path in (SENDING / "sending").glob("*.py")),
    str(SENDING / "codes.py"),
    str(ROOT / "functions/deliver_message/app.py"),
    str(ROOT / "functions/send_message/app.py"),
}


class Faulty:
    """A port whose n-th call (counted over all faulty ports) ends the process before or after its work."""

    def __init__(self, inner: Any, calls: list[str], at: int, after: bool) -> None:
        self._inner, self._calls, self._at, self._after = inner, calls, at, after

    def __getattr__(self, name: str) -> Any:
        inner = getattr(self._inner, name)
        if not callable(inner):
            return inner

        def call(*args: Any, **named: Any) -> Any:
            self._calls.append(name)
            hit = len(self._calls) == self._at
            if hit and not self._after:
                raise Crash
            answer = inner(*args, **named)
            if hit:
                raise Crash
            return answer

        return call


def _no_calls() -> list[str]:
    return []


def ask(world: World) -> None:
    world.ask(code=CODE, last=True)


def send_and_deliver(world: World) -> None:
    ask(world)
    world.deliver_once()


def recover(world: World) -> None:
    """What real machines do after a crash: the state machine asks again, the queue delivers again."""
    for _ in range(3):
        try:
            ask(world)
            world.clock.advance(180)
            world.deliver_all()
        except Crash:  # the provider's own, still to come
            world.clock.advance(180)
    world.sweep()


def assert_kept(world: World) -> None:
    """At most once, and never forgotten."""
    entry = world.entry()
    assert entry is not None
    assert len(world.provider.accepted) <= 1
    assert entry.state in {"sent", "refused", "unknown"}
    assert entry.state == "sent" or entry.reason
    if world.provider.accepted:
        assert entry.state in {"sent", "unknown"}
    if entry.state == "sent":
        assert len(world.provider.accepted) == 1
    assert world.run_now().state == "ended"
    free, taken = (len(world.store.query("lumen#pool#pool", kind)) for kind in ("free#", "given#"))
    assert free + taken == 2
    assert taken == (0 if entry.state == "refused" else 1)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    "outcome", ["accepted", "crash before", "crash after", THROTTLED, REJECTED, OSError()]
)
def test_killed_before_and_after_every_call_to_anything(after: bool, outcome: Any) -> None:
    at = 0
    while True:
        at += 1
        world, calls = World(), _no_calls()
        world.upload_codes("A1", "A2")
        world.provider.outcomes = [outcome]
        provider, queue = world.provider, world.queue
        world.items = Faulty(world.store, calls, at, after)
        world.provider = Faulty(provider, calls, at, after)
        world.queue = Faulty(queue, calls, at, after)
        with contextlib.suppress(Crash):
            send_and_deliver(world)
        world.items, world.provider, world.queue = world.store, provider, queue
        recover(world)
        assert_kept(world)
        if len(calls) < at:
            break
    assert at > 30


def app(name: str, monkeypatch: pytest.MonkeyPatch, world: World) -> Any:
    """functions/NAME/app.py over this world."""
    sending = Sending(world.items, world.clock, world.key, world.evaluate, world.queue)
    monkeypatch.setattr(bootstrap, "sending", lambda: sending)
    monkeypatch.setattr(bootstrap, "delivering", lambda: world.delivering)
    path = ROOT / "functions" / name / "app.py"
    spec = importlib.util.spec_from_file_location(f"crash_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def batch(world: World) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": str(at),
                "body": json.dumps(body),
                "attributes": {"ApproximateReceiveCount": str(received + 1)},
            }
            for at, (body, received) in enumerate(world.queue.messages)
        ]
    }


def through_the_functions(world: World, send: Any, deliver: Any) -> None:
    """One ask and one batch, as Lambda runs them."""
    send.handler(world.request(code=CODE, last=True).model_dump(mode="json"), None)
    event, waiting = batch(world), list(world.queue.messages)
    again = {one["itemIdentifier"] for one in deliver.handler(event, Invocation())["batchItemFailures"]}
    world.queue.messages = [
        (body, received + 1) for at, (body, received) in enumerate(waiting) if str(at) in again
    ]


def lines_of(run: Callable[[], None], from_when: Callable[[], bool]) -> list[tuple[str, int]]:
    """Every watched line that this executes for the first time when `from_when` holds, in order."""
    seen: dict[tuple[str, int], bool] = {}
    _traced(run, lambda frame: seen.setdefault((frame.f_code.co_filename, frame.f_lineno), from_when()))
    return [line for line, wanted in seen.items() if wanted]


def kill_at(line: tuple[str, int], run: Callable[[], None]) -> bool:
    """Run it until it is about to execute this line; False if it never comes there."""

    def check(frame: FrameType) -> None:
        if (frame.f_code.co_filename, frame.f_lineno) == line:
            raise Crash

    try:
        _traced(run, check)
    except Crash:
        return True
    return False


def _traced(run: Callable[[], None], on_line: Callable[[FrameType], object]) -> None:
    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if frame.f_code.co_filename not in WATCHED:
            return None
        if event == "line":
            on_line(frame)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)


OUTCOMES: list[list[Any]] = [["accepted"], [THROTTLED, "accepted"], [REJECTED], [OSError()]]


@pytest.mark.parametrize("outcomes", OUTCOMES, ids=["accepted", "throttled", "rejected", "unclear"])
def test_killed_at_every_line(outcomes: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fresh() -> tuple[World, Callable[[], None]]:
        world = World()
        world.upload_codes("A1", "A2")
        world.provider.outcomes = list(outcomes)
        send, deliver = (app(name, monkeypatch, world) for name in ("send_message", "deliver_message"))
        return world, lambda: through_the_functions(world, send, deliver)

    world, run = fresh()
    # Up to the provider's answer all four run alike: once is enough.
    provider = world.provider
    lines = lines_of(run, lambda: outcomes == ["accepted"] or bool(provider.calls))
    assert len(lines) > (200 if outcomes == ["accepted"] else 5)
    for line in lines:
        world, run = fresh()
        assert kill_at(line, run), line
        recover(world)
        assert_kept(world)


@pytest.fixture(autouse=True)
def _quiet_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """The handlers log each of thousands of deliveries."""

    class Silent:
        def info(self, *_: Any, **__: Any) -> None: ...
        def error(self, *_: Any, **__: Any) -> None: ...

    monkeypatch.setattr(bootstrap, "logger", Silent)


def tell(world: World) -> None:
    """The provider reports what it took."""
    for email in world.provider.accepted:
        told = Feedback(
            shop="lumen",
            message_id=email.tags["message"],
            provider_id="p",
            kind="delivery",
            at=world.clock.now(),
        )
        record(Feedbacks(world.store, world.clock, NoCounts(), FakeQueue()), told)


@settings(max_examples=150, deadline=None)
@given(
    outcomes=st.lists(
        st.sampled_from(["accepted", "crash before", "crash after", "throttled", "rejected", "unclear"]),
        max_size=6,
    ),
    moves=st.lists(st.sampled_from(["ask", "deliver", "duplicate", "tell", "wait", "withdraw"]), max_size=14),
)
def test_whatever_happens_in_whatever_order(outcomes: list[str], moves: list[str]) -> None:
    world = World()
    world.upload_codes("A1", "A2")
    named = {"throttled": THROTTLED, "rejected": REJECTED, "unclear": OSError()}
    world.provider.outcomes = [named.get(one, one) for one in outcomes]
    ask(world)
    for move in moves:
        try:
            _move(world, move)
        except Crash:
            world.clock.advance(180)
    world.provider.outcomes = []
    recover(world)
    assert_kept(world)
    tell(world)
    entry = world.entry()
    assert entry is not None
    assert (entry.state == "sent") == bool(world.provider.accepted)


def _move(world: World, move: str) -> None:
    if move == "ask":
        ask(world)
    elif move == "deliver" and world.queue.messages:
        world.deliver_once(last_chance=world.queue.messages[0][1] >= 4)
    elif move == "duplicate":
        world.queue.messages = (world.queue.messages * 2)[:6]
    elif move == "tell":
        tell(world)
    elif move == "wait":
        world.clock.advance(180)
    elif move == "withdraw":
        world.consent("withdrawn")


def test_the_queue_gives_up_when_the_handler_thinks_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = read_template()["Resources"]["EmailQueue"]["Properties"]
    handler = app("deliver_message", monkeypatch, World())
    assert queue["RedrivePolicy"]["maxReceiveCount"] == handler.MOST_RECEIVES


def test_a_poisoned_message_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    said = world.ask()
    world.queue.messages.insert(0, ({"shop": "lumen", "message_id": "poison"}, 0))
    world.put(keys.message("lumen", "poison"), {"no": "entry"})
    handler = app("deliver_message", monkeypatch, world)
    answer = handler.handler(batch(world), Invocation())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    entry = world.entry()
    assert entry is not None
    assert (entry.message_id, entry.state) == (said.message_id, "sent")
