"""A shop whose time the waits move: the real definition, our real handlers, and SES alone a fake."""

import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import boto3
import jsonata
import moto.stepfunctions.parser.asl.jsonata.jsonata as bridge
import pytest
import yaml
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
    StateTaskServiceSfn,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from kairos import bootstrap, keys
from kairos.adapters.events import detail_of
from kairos.adapters.memory import MemoryItems
from kairos.adapters.step_functions import StepFunctionsExecutions
from kairos.domain.activity import ActivityBatch
from kairos.domain.cart import CartSnapshot, CheckoutStep
from kairos.domain.consent import Channel, ConsentState, ConsentStatement
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot
from kairos.domain.event import Event
from kairos.domain.identity import Identities, IdentityKey
from kairos.domain.order import Amounts, Line, OrderSnapshot, OrderStatus
from kairos.domain.run import Run
from kairos.domain.sending_rules import SendingRules
from kairos.domain.shop import QuietHours, Sender, Shop
from kairos.domain.snapshot import Snapshot
from kairos.ports import Email, Item, Put
from kairos.services.checking import Checking, evaluate
from kairos.services.customers import resolve
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.recording.record import Recorder
from kairos.services.sending.content import Content, RenderedEmail
from kairos.services.sending.deliver import Delivering
from kairos.services.sending.send import Sending
from kairos.services.starting import Starting
from tests.invocation import Invocation
from tests.shelves import without_segments

ROOT = Path(__file__).parents[2]
CART = "cart-1"
BUYER = "buyer@example.org"
NOBODY = Identities()
WHO = Identities(platform_id="17", email=BUYER)
MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class SteppedClock:
    """Shows what it is told; real time is the same time."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def shown(self, real: datetime) -> datetime:
        return real

    def real_elapsed(self, since: datetime) -> timedelta:
        return self.at - since


class Outbox:
    """SES: takes everything."""

    def __init__(self) -> None:
        self.mails: list[Email] = []

    def send(self, email: Email) -> str:
        self.mails.append(email)
        return f"ses-{len(self.mails)}"


class NoCounts:
    def add(self, name: str, amount: int = 1, **labels: str) -> None:
        pass


class NoObjects:
    """An empty bucket."""

    def put(self, key: str, body: bytes, content_type: str = "application/json") -> None:
        raise NotImplementedError

    def get(self, key: str) -> bytes:
        raise NotImplementedError

    def delete(self, key: str) -> None:
        pass


class World:
    """One shop with the scenario on. Whatever is planned for a time happens when a wait passes it.

    tagged: shop, order and tag of each order tagged in the shop's own system.
    """

    def __init__(self, shop_id: str, start: datetime = MONDAY_NOON) -> None:
        self.id = shop_id
        self.items = MemoryItems()
        self.clock = SteppedClock(start)
        self.key = IdentityKey(secret=b"secret")
        self.outbox = Outbox()
        self.started: list[ExecutionWorker] = []
        self.waited: list[int] = []
        self.tagged: list[tuple[str, str, str]] = []
        self._recorder = Recorder(
            self.items,
            self,
            self.key,
            self.clock,
            lambda *_: (),
            lambda *_: None,
            lambda *_: None,
            NoObjects(),
            without_segments,
        )
        self._planned: list[tuple[datetime, Callable[[], None]]] = []
        self._crashes: dict[str, Exception] = {}
        self._handlers: dict[str, Callable[[Mapping[str, Any], object], Any]] = {}
        self.put_shop()
        self.put_scenario()

    # ------------------------------------------------------------ the shop

    def put_shop(self, quiet_hours: QuietHours | None = None, free_shipping: bool = False) -> None:
        self.shop = Shop(
            id=self.id,
            name="Shoes",
            platform="shopify",
            currency="EUR",
            timezone="Europe/Berlin",
            sender=Sender(email="hello@example.com", name="Shoes"),
            quiet_hours=quiet_hours,
            free_shipping=free_shipping,
            sending=SendingRules(spread="PT0S"),
        )
        self.items.write(Put(Item(keys.shop(self.id), "1", self.shop.as_json())))

    def put_scenario(self, enabled: bool = True, holdout_percent: int = 0, **settings: Any) -> None:
        body = {
            "enabled": enabled,
            "holdout_percent": holdout_percent,
            "settings": {"code_pool": "five", **settings},
        }
        self.items.write(Put(Item(keys.scenario_settings(self.id, "abandoned_cart"), "1", body)))

    def put_codes(self, *codes: str) -> None:
        for code in codes:
            self.items.write(Put(Item(keys.free_code(self.id, "five", code), "1", {"code": code})))

    # ------------------------------------------------------------ what happens there

    def record(self, *told: Snapshot) -> None:
        """As record_events does once it has read a delivery."""
        self._recorder.record_all(self.shop, told, "told")

    def publish(self, events: Sequence[Event]) -> None:
        """The bus, whose rules take carts and the ways into scenarios to start_scenario."""
        for event in events:
            if event.name == "CartChanged" or event.cause.startswith("segment:kairos-"):
                told = {"source": "kairos", "detail-type": event.name, "detail": detail_of(event)}
                self._handlers["start_scenario"](told, None)

    def consent(self, state: ConsentState = "granted") -> None:
        now = self.clock.now()
        said = ConsentStatement(channel="email", address=BUYER, state=state, stated_at=now, source="form")
        self.record(ConsentSnapshot(updated_at=now, identities=Identities(email=BUYER), consents=(said,)))

    def register(self) -> None:
        """The buyer makes an account."""
        now = self.clock.now()
        self.record(CustomerSnapshot(id="17", updated_at=now, registered_at=now, identities=WHO))

    def order(
        self, ago: timedelta = timedelta(), status: OrderStatus = "paid", cart: str | None = None
    ) -> None:
        at = self.clock.now() - ago
        self.record(
            OrderSnapshot(
                id=f"order-{at.isoformat()}",
                updated_at=at,
                placed_at=at,
                status=status,
                amounts=Amounts(currency="EUR", total=5000, tax=798),
                identities=WHO,
                cart_token=cart,
            )
        )

    def cart(self, items: int = 1, step: CheckoutStep = "cart", who: Identities = NOBODY) -> CartSnapshot:
        """The cart as it now stands."""
        line = Line(product_id="p1", title="Shoe", quantity=items, unit_price=5000)
        return CartSnapshot(
            id=CART,
            updated_at=self.clock.now(),
            currency="EUR",
            total=5000 * items,
            lines=(line,) if items else (),
            identities=who,
            restore_url="https://shoes.example.com/cart/1",
            step=step,
        )

    def change_cart(self, items: int = 1, step: CheckoutStep = "cart") -> None:
        """The buyer changes the cart."""
        self.record(self.cart(items, step, WHO))

    def check_out(self, email: str = BUYER) -> None:
        """A checkout that came from the cart and says whose it is."""
        told = {"kind": "checkout", "id": "checkout-1", "cart_token": CART, "step": "contact"}
        self.record(self.cart(who=Identities(email=email)).model_copy(update=told))

    def browse(self, visitor: str) -> None:
        """The script tag tells the cart of somebody unknown."""
        seen = Identities(visitor=visitor, verified=False)
        self.record(
            ActivityBatch(
                visitor=visitor, updated_at=self.clock.now(), cart=self.cart(who=seen), identities=seen
            )
        )

    def identify(self, visitor: str) -> None:
        """A signed identify of this visitor as the buyer."""
        now = self.clock.now()
        known = WHO.model_copy(update={"visitor": visitor})
        self.record(ActivityBatch(visitor=visitor, updated_at=now, identities=known, identified_at=now))

    def erase(self) -> None:
        """The shop passes on that the buyer wants to be forgotten."""
        nodes = resolve(self.items, self.id, self.key.node(self.id, "email", BUYER)).nodes
        erase_customer(Erasing(self.items, NoObjects(), self.id, self.clock.now()), nodes)

    def queue_lags(self, seconds: float) -> None:
        body = {"lag_seconds": seconds, "seen_at": self.clock.now().isoformat()}
        self.items.write(Put(Item(keys.backlog(), "1", body)))

    # ------------------------------------------------------------ time

    def later(self, action: Callable[[], Any], **after: float) -> None:
        """Plan something for so long after now."""
        self._planned.append((self.clock.now() + timedelta(**after), action))

    def wait(self, seconds: int) -> None:
        """Move the clock, stopping at whatever is planned on the way."""
        assert seconds >= 0
        self.waited.append(seconds)
        until = self.clock.at + timedelta(seconds=seconds)
        while due := sorted((one for one in self._planned if one[0] <= until), key=lambda one: one[0]):
            self._planned.remove(due[0])
            self.clock.at = max(self.clock.at, due[0][0])
            due[0][1]()
        self.clock.at = until

    # ------------------------------------------------------------ the machinery

    def connect(self, machine: "Machine", monkeypatch: pytest.MonkeyPatch) -> None:
        """Load the real handlers on this world's store, clock and outbox."""
        self._machine = machine
        executions = StepFunctionsExecutions(machine.client, machine.scenarios)
        given = {
            "checking": Checking(self.items, self.clock),
            "starting": Starting(self.items, self.clock, executions),
            "sending": Sending(self.items, self.clock, self.key, evaluate, self._EmailQueue(self)),
            "delivering": Delivering(
                self.items,
                self.clock,
                self.key,
                {"email": self.outbox},
                _render,
                lambda *_: "ready",
                lambda _shop: {},
                NoCounts(),
                "https://api.example.com",
            ),
            "counts": NoCounts(),
            "tagging": lambda shop, order, tag: self.tagged.append((shop.id, order, tag)),
        }
        for name, part in given.items():
            monkeypatch.setattr(bootstrap, name, lambda part=part: part)
        for name in ("check", "start_scenario", "send_message", "take_step", "deliver_message"):
            self._handlers[name] = _load(name).handler

    class _EmailQueue:
        """The queue with deliver_message behind it, at once."""

        def __init__(self, world: "World") -> None:
            self._world = world

        def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:  # noqa: ARG002
            record = {
                "messageId": "1",
                "body": json.dumps(body),
                "attributes": {"ApproximateReceiveCount": "1"},
            }
            answer = self._world._handlers["deliver_message"]({"Records": [record]}, Invocation())
            assert answer == {"batchItemFailures": []}

    def invoke(self, parameters: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """A Lambda invocation by the state machine."""
        name, event = parameters["FunctionName"], json.loads(parameters["Payload"])
        error = None
        try:
            if name in self._crashes:
                raise self._crashes.pop(name)
            answer = self._handlers[name](event, None)
        except Exception as failure:
            answer, error = {"errorType": type(failure).__name__, "errorMessage": str(failure)}, "Unhandled"
        payload = json.loads(BytesIO(json.dumps(answer).encode()).read())
        told = {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": payload}
        return {**told, "FunctionError": error} if error else told

    def crash_once(self, function: str, error: Exception) -> None:
        """Let the function's next invocation fail with this error."""
        self._crashes[function] = error

    def run(self) -> list[str]:
        """Let the one execution that was started go to its end; the names of the states entered."""
        assert len(self.started) == 1
        return self.run_one()

    def run_one(self) -> list[str]:
        """Let the execution that was started first go to its end; the names of the states entered."""
        worker = self.started.pop(0)
        worker._execution_logic()
        arn = worker._evaluation_details.execution_details.arn
        ended = self._machine.client.describe_execution(executionArn=arn)
        told = self._machine.client.get_execution_history(executionArn=arn, maxResults=1000)
        history = told["events"]
        assert ended["status"] == "SUCCEEDED", history[-1]
        self.output = json.loads(ended["output"])
        self.history = json.dumps(history, default=str)
        return [one["stateEnteredEventDetails"]["name"] for one in history if one["type"].endswith("Entered")]

    def only_run(self) -> Run:
        """The one run on record."""
        runs = [item for key, item in self.items.stored.items() if key.sk == "run"]
        assert len(runs) == 1
        return Run.model_validate(runs[0].body)

    @property
    def subjects(self) -> list[str]:
        return [mail.subject for mail in self.outbox.mails]


def _render(scenario: str, step: str, _channel: Channel, content: Content) -> RenderedEmail:
    words = f"{scenario} {step} {content.variant or ''} {content.code or ''}".strip()
    return RenderedEmail(subject=" ".join(words.split()), html="<p>Hello</p>", text="Hello")


def _load(function: str) -> ModuleType:
    path = ROOT / "functions" / function / "app.py"
    spec = importlib.util.spec_from_file_location(f"statemachines_{function}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Machine(NamedTuple):
    """The real definition, as the interpreter knows it. scenarios: ARNs by name."""

    client: Any
    arn: str
    scenarios: Mapping[str, str]


FUNCTIONS = {
    "CheckFunctionArn": "check",
    "SendMessageFunctionArn": "send_message",
    "TakeStepFunctionArn": "take_step",
    "RunBroadcastFunctionArn": "run_broadcast",
}
_SHARED = {"FollowStepsArn": "follow_steps", "BroadcastArn": "broadcast"}
"""Machines that others hand over to, by their placeholders."""


@contextmanager
def interpreter(
    machine: str = "abandoned_cart", functions: Mapping[str, str] = FUNCTIONS
) -> Iterator[Machine]:
    """The interpreter of a definition, with JSONata in Python. functions: by its placeholders."""

    def evaluated(expression: str) -> Any:
        result = jsonata.Jsonata(expression).evaluate(None)
        return json.loads(json.dumps(result, default=lambda _: None))

    with (
        pytest.MonkeyPatch.context() as patch,
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
    ):
        patch.setattr(bridge, "_eval_jsonata", evaluated)
        client = boto3.client("stepfunctions", "eu-central-1")
        arn = _made(client, machine, functions)
        yield Machine(client, arn, {machine: arn})


def _made(client: Any, machine: str, functions: Mapping[str, str]) -> str:
    """The machine of that name, and before it those that it hands over to; its ARN."""
    text = (ROOT / "statemachines" / f"{machine}.asl.yaml").read_text()
    for placeholder, function in functions.items():
        text = text.replace(f"${{{placeholder}}}", function)
    for placeholder, shared in _SHARED.items():
        if f"${{{placeholder}}}" in text:
            text = text.replace(f"${{{placeholder}}}", _made(client, shared, functions))
    made = client.create_state_machine(
        name=machine,
        definition=json.dumps(yaml.safe_load(text)),
        roleArn="arn:aws:iam::123456789012:role/machine",
    )
    return str(made["stateMachineArn"])


def install(world: World, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambdas in this process, waits that move the world's clock, executions that run when told to."""

    def waited(_state: WaitFunction, env: object, wait_seconds: int) -> None:  # noqa: ARG001
        world.wait(wait_seconds)

    def kept(worker: ExecutionWorker) -> None:
        world.started.append(worker)

    monkeypatch.setattr(WaitFunction, "_wait_interval", waited)
    monkeypatch.setattr(retrier_decl.time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(lambda_eval_utils, "_invoke_lambda_function", world.invoke)

    def handed_over(
        _task: object,
        env: Any,
        resource_runtime_part: object,  # noqa: ARG001
        normalised_parameters: Mapping[str, Any],
        state_credentials: object,  # noqa: ARG001
    ) -> None:
        """The interpreter names the parameters of a nested start as AWS does, its own client otherwise."""
        named = {f"{name[0].lower()}{name[1:]}": value for name, value in normalised_parameters.items()}
        env.stack.append({"ExecutionArn": machine.client.start_execution(**named)["executionArn"]})

    monkeypatch.setattr(StateTaskServiceSfn, "_eval_service_task", handed_over)
    monkeypatch.setattr(ExecutionWorker, "start", kept)
    world.connect(machine, monkeypatch)
