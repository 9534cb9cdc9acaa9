"""Activity under load, against the stack of `make up`.

`python -m local.bench.activity [--rate 200] [--seconds 300]`

A shop of its own is made, visitors post batches at the rate asked for whatever the answers take, and at the
end every event is looked for in the table. Like the script tag, they post a batch again until it is accepted.
"""

import argparse
import itertools
import json
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from kairos.adapters.dynamodb.stored import from_stored
from local.place import default_place
from local.running_stack import RunningStack

EVENTS_A_BATCH = 8
"""What a visitor does in half a minute: pages, products, a search, something put into the cart."""

BATCHES_A_VISIT = 4
_CONNECTIONS = 32
_DRAINED_WITHIN = 1800
_TRIES = 20
KINDS = ("page", "product", "page", "search", "page", "product", "cart", "page")


class Loss(NamedTuple):
    """What became of the events. statuses: of the posts; lost: sent and not found; found: all there are."""

    sent: int
    found: int
    lost: int
    statuses: Counter[int]
    dead: int
    posted_in: float
    recorded_after: float


def batches() -> Iterator[dict[str, Any]]:
    """Batches of one visitor after the other, without end."""
    while True:
        visitor = str(uuid.uuid4())
        for _ in range(BATCHES_A_VISIT):
            yield {"visitor": visitor, "sent_at": _now(), "events": [_event(kind) for kind in KINDS]}


def _event(kind: str) -> dict[str, Any]:
    told = {"id": str(uuid.uuid4()), "kind": kind, "at": _now(), "target": "4711", "device": "phone"}
    return told | ({"stage": "added"} if kind == "cart" else {})


def _now() -> str:
    return datetime.now(UTC).isoformat()


def open_shop(stack: RunningStack) -> tuple[str, str]:
    """A new shop; its id and its write key. Raises LookupError where it is refused."""
    name = f"load-{uuid.uuid4().hex[:8]}"
    wish = {
        "name": "Load",
        "platform": "generic",
        "currency": "EUR",
        "sender": {"email": "shop@example.com", "name": "Load"},
        "secrets": {"webhook": uuid.uuid4().hex},
    }
    status, answer = stack.api("PUT", f"/v1/shops/{name}", wish)
    if status != HTTPStatus.CREATED:
        raise LookupError(f"The shop was answered with {status}: {answer}")
    return name, answer["write_key"]


def run(stack: RunningStack, rate: float, seconds: float) -> Loss:
    """Post `rate` events a second for so long, wait until all is recorded, and count."""
    name, key = open_shop(stack)
    dead, every = stack.dead_letters(name), EVENTS_A_BATCH / rate
    begun, statuses = time.monotonic(), Counter[int]()

    def post(told: tuple[int, dict[str, Any]]) -> set[str]:
        number, batch = told
        time.sleep(max(0.0, begun + number * every - time.monotonic()))
        path, raw = f"/v1/shops/{name}/activity?key={key}", json.dumps(batch).encode()
        for _ in range(_TRIES):
            status = stack.client.ask("POST", path, raw, {"content-type": "text/plain;charset=UTF-8"}).status
            statuses[status] += 1
            if status == HTTPStatus.OK:
                return {one["id"] for one in batch["events"]}
        raise ConnectionError(f"A batch was never accepted: {status}.")

    many = itertools.islice(batches(), round(seconds * rate / EVENTS_A_BATCH))
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        sent = {one for some in pool.map(post, enumerate(many)) for one in some}
    posted_in = time.monotonic() - begun
    await_recorded(stack)
    recorded_after = time.monotonic() - begun - posted_in
    found = stored_events(stack, name)
    dead = stack.dead_letters(name) - dead
    return Loss(len(sent), len(found), len(sent - found), statuses, dead, posted_in, recorded_after)


def await_recorded(stack: RunningStack) -> None:
    """Until the queue is empty, twice in a row: a message may be between queue and worker.

    Raises TimeoutError.
    """
    deadline, empty = time.monotonic() + _DRAINED_WITHIN, 0
    while empty < 2:
        empty = empty + 1 if stack.waiting_in("RecordQueueUrl") == 0 else 0
        if time.monotonic() > deadline:
            raise TimeoutError(f"The queue was not empty within {_DRAINED_WITHIN} s.")
        time.sleep(0.5)


def stored_events(stack: RunningStack, shop: str) -> set[str]:
    """The ids of all events that the table holds of this shop."""
    found: set[str] = set()
    told = {
        "TableName": stack.told["outputs"]["TableName"],
        "FilterExpression": "begins_with(pk, :shop) AND begins_with(sk, :activity)",
        "ExpressionAttributeValues": {":shop": {"S": f"{shop}#node#"}, ":activity": {"S": "activity#"}},
    }
    for page in stack.aws("dynamodb").get_paginator("scan").paginate(**told):
        for item in page["Items"]:
            found.update(one["id"] for one in from_stored(item).body["activities"])
    return found


def main(arguments: list[str]) -> int:
    """Answers 1 where anything was lost, counted twice, or could not be read."""
    parser = argparse.ArgumentParser(prog="python -m local.bench.activity", description=__doc__)
    parser.add_argument("--rate", type=float, default=200, help="events a second")
    parser.add_argument("--seconds", type=float, default=300)
    told = parser.parse_args(arguments)
    place = default_place()
    if not place.stack_file.exists():
        print("The stack is not up. Run `make up` first.", file=sys.stderr)
        return 1
    loss = run(RunningStack(json.loads(place.stack_file.read_text())), told.rate, told.seconds)
    print(
        f"{loss.sent} events accepted in {loss.posted_in:.1f} s ({loss.sent / loss.posted_in:.0f} a second), "
        f"answers {dict(loss.statuses)}; all recorded {loss.recorded_after:.1f} s later: {loss.found} found, "
        f"{loss.lost} lost, {loss.found - loss.sent} too many, {loss.dead} dead letters"
    )
    return 1 if loss.lost or loss.dead or loss.found != loss.sent else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
