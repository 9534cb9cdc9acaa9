"""Look at a running stack from outside: its API, queues, executions and outbox."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from kairos.adapters.clock import ScaledClock
from kairos.domain.run import run_id
from local.anchors import Anchors
from local.traffic import Client


class Visit(NamedTuple):
    """One thing that an execution did. at: by the shown clock. what: a state entered, or a task's answer."""

    at: datetime
    state: str
    answer: dict[str, Any] | None = None


class Execution(NamedTuple):
    """An execution so far. status: RUNNING, SUCCEEDED, FAILED …; output: of a finished one."""

    status: str
    visits: list[Visit]
    output: dict[str, Any]

    @property
    def states(self) -> list[str]:
        """The states entered, in order."""
        return [one.state for one in self.visits if one.answer is None]


_FILED_WITHIN = 60
"""Seconds."""


class RunningStack:
    """told: the content of stack.json."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.told = told
        self.client = Client(told["api_url"])
        self.anchors = Anchors.from_json(told["clock"])
        self._outbox = Path(told["outbox"])

    def shown_now(self) -> datetime:
        """What the stack's clock shows."""
        return self.shown(datetime.now(UTC))

    def shown(self, real: datetime) -> datetime:
        """A real instant as the stack's functions see it: history as it is, later ones ahead."""
        anchors = self.anchors
        return ScaledClock(anchors.wait_scale, anchors.real, anchors.shown).shown(real)

    def aws(self, service: str) -> Any:
        """A boto3 client of the emulator."""
        return boto3.client(
            service,
            endpoint_url=self.told["endpoint_url"],
            region_name=self.told["region"],
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - what the emulator takes
            config=Config(retries={"total_max_attempts": 2}),
        )

    def api(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A request with the owner's key. path: below the API's address; answers status and JSON."""
        return self.client.ask_json(method, path, body, self.told["api_key"])

    def customer(self, shop: str, email: str) -> dict[str, Any] | None:
        """The profile behind this address, None where there is none. Raises LookupError for a refusal."""
        status, answer = self.api("GET", f"/v1/shops/{shop}/customers?{urlencode({'email': email})}")
        if status != HTTPStatus.OK:
            raise LookupError(f"Asked for a customer, the API answered {status}: {answer}")
        found: list[dict[str, Any]] = answer["customers"]
        return found[0] if found else None

    def waiting_in(self, queue: str) -> int:
        """Messages in the queue, those being worked on included. queue: RecordQueueUrl, DeadLettersUrl …"""
        told = self.aws("sqs").get_queue_attributes(
            QueueUrl=self.told["outputs"][queue], AttributeNames=["All"]
        )["Attributes"]
        names = ("", "NotVisible", "Delayed")
        return sum(int(told.get(f"ApproximateNumberOfMessages{name}", 0)) for name in names)

    def dead_letters(self, shop: str) -> int:
        """Deliveries of the shop that could not be recorded, once the dead letters' queue has been filed.

        Raises TimeoutError where it is not within a minute.
        """
        ends = time.monotonic() + _FILED_WITHIN
        while self.waiting_in("DeadLettersUrl"):
            if time.monotonic() > ends:
                raise TimeoutError(f"The dead letters were not filed within {_FILED_WITHIN} s.")
            time.sleep(0.2)
        status, answer = self.api("GET", f"/v1/shops/{shop}/dead-letters")
        if status != HTTPStatus.OK:
            raise LookupError(f"Asked for dead letters, the API answered {status}: {answer}")
        return len(answer["letters"])

    def mails(self, skip: int = 0) -> list[dict[str, Any]]:
        """What stands in the outbox after the first `skip` records: see local/mends/outbox.py."""
        if not self._outbox.exists():
            return []
        with self._outbox.open(encoding="utf-8") as lines:
            return [
                json.loads(line)
                for number, line in enumerate(lines)
                if number >= skip and line.endswith("\n")
            ]

    def execution(self, shop: str, cart_token: str) -> Execution | None:
        """The run of abandoned_cart for this cart; None while there is none."""
        states = self.aws("stepfunctions")
        machine = self.told["outputs"]["AbandonedCartArn"].replace(":stateMachine:", ":execution:")
        arn = f"{machine}:{run_id(shop, 'abandoned_cart', f'cart:{cart_token}')}"
        try:
            told = states.describe_execution(executionArn=arn)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ExecutionDoesNotExist":
                return None
            raise
        history = states.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        return Execution(told["status"], list(_visits(history)), json.loads(told.get("output") or "{}"))


def _visits(events: list[dict[str, Any]]) -> Iterator[Visit]:
    state = ""
    for one in events:
        at = one["timestamp"].astimezone(UTC)
        if one["type"].endswith("StateEntered"):
            state = one["stateEnteredEventDetails"]["name"]
            yield Visit(at, state)
        elif one["type"] in {"TaskSucceeded", "LambdaFunctionSucceeded"}:
            details = one.get("taskSucceededEventDetails") or one.get("lambdaFunctionSucceededEventDetails")
            told = json.loads((details or {}).get("output") or "{}")
            yield Visit(at, state, told.get("Payload", told))
