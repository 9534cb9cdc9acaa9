"""`make bench`: how much the hot paths cost, as ratios to a bare boto3 call within one run.

Absolute times depend on the machine, ratios hardly do. Nothing here leaves the process, and nothing fails
because something is slow.
"""

import base64
import hashlib
import hmac
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from kairos import keys
from kairos.domain.catalogue import Catalogue
from kairos.domain.criteria.rule import parse_rule
from kairos.domain.judging import judge
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.services.customers import load_profile
from kairos.services.receiving import BATCHES_A_SECOND, BATCHES_AT_ONCE, Post, Receiver, Verdict
from kairos.services.segments.shelf import load_segments
from kairos.services.token_buckets import TokenBuckets
from local.costs import NOW, World
from local.demo_shop.cast import make_cast
from local.demo_shop.webhook import Webhook
from local.shop_generator import SEED, SHOP
from local.traffic import signature

_ROUNDS = 7
_without_segments = partial(load_segments, ready_made={})
_SECRET = {"platform": "shopify", "current": "a-secret", "previous": [], "write_key": "w", "tag_secret": "t"}

RULE = {
    "any": [
        {"all": [{"kind": "last_order", "within": "P6M"}, {"not": {"kind": "last_order", "within": "P15D"}}]},
        {"kind": "order_count", "at_least": 3},
        {"kind": "revenue", "more_than": "100.00", "window": {"within": "P1Y"}},
    ]
}


class Measured(NamedTuple):
    """seconds: of one call, the median of several rounds."""

    name: str
    seconds: float


class _Body:
    """A response's body, as urllib3 gives it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_options: Any) -> list[bytes]:
        return [self._content]


def sqs_that_answers_itself() -> Any:
    """A client of SQS whose requests are built, signed and parsed, but never sent."""
    client = boto3.client(
        "sqs",
        region_name="eu-west-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",  # noqa: S106 - opens nothing
        config=Config(parameter_validation=False),
    )
    answer = json.dumps({"MessageId": "1"}).encode()

    def respond(request: Any, **_more: Any) -> AWSResponse:
        return AWSResponse(request.url, 200, {"Content-Type": "application/x-amz-json-1.0"}, _Body(answer))

    client.meta.events.register("before-send.sqs.SendMessage", respond)
    return client


def measure(name: str, call: Callable[[], Any], seconds: float = 0.15) -> Measured:
    """The median of several rounds, each at least so long."""
    call()
    rounds = []
    for _ in range(_ROUNDS):
        begun, calls = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds:
            call()
            calls += 1
        rounds.append((time.perf_counter() - begun) / calls)
    return Measured(name, statistics.median(rounds))


class _Secrets:
    def judge(self, _shop: str, opens: Callable[[Mapping[str, Any]], Verdict]) -> Verdict | None:
        return opens(_SECRET)


def run() -> list[Measured]:
    """Everything measured; the first is what the others are compared with."""
    world = World(60)
    cast = make_cast(SEED, 0, world.shop.catalogue, lambda days: NOW - timedelta(days=days))
    order = cast[2].orders(NOW)
    sqs = sqs_that_answers_itself()
    raw = order.raw
    message = base64.b64encode(raw).decode()
    return [
        measure(
            "bare boto3 call (SendMessage, nothing sent)",
            lambda: sqs.send_message(QueueUrl="https://q/1/q", MessageBody=message),
        ),
        measure("HMAC of an order's body", lambda: hmac.new(b"a-secret", raw, hashlib.sha256).digest()),
        measure("receive a webhook, without its call of SQS", _receiving(order)),
        measure("record an order, without its calls of DynamoDB", _recording(world, order)),
        measure("the same of a shop without segments", _recording(World(60, _without_segments), order)),
        measure("read and fold one customer's profile", _folding(world)),
        measure("evaluate a rule of four criteria for 10 customers", _evaluating(world)),
        measure("evaluate all ready-made segments for one customer", _judging(world)),
    ]


def _receiving(order: Webhook) -> Callable[[], Any]:
    visitors = TokenBuckets(time.monotonic, BATCHES_A_SECOND, BATCHES_AT_ONCE)
    receiver, raw = Receiver(_Secrets(), lambda _delivery: None, visitors), order.raw
    headers = {name.lower(): value for name, value in order.headers.items()}
    headers["x-shopify-hmac-sha256"] = signature(_SECRET["current"], raw)  # type: ignore[arg-type]
    post = Post(SHOP, headers, {}, raw)
    return lambda: receiver.webhook("shopify", post)


def _recording(world: World, order: Webhook) -> Callable[[], Any]:
    """Each time a later telling, so that there is always something to write; the shelf is a batch's."""
    world.recorder, tellings = world.recorder.for_a_batch(), 0

    def record() -> None:
        nonlocal tellings
        tellings += 1
        at = (NOW + timedelta(seconds=tellings)).isoformat()
        world.post(order._replace(body=order.body | {"updated_at": at}))

    return record


def _profiles(world: World) -> list[Profile]:
    nodes = [world.key.node(SHOP, "email", email) for email in _emails(world)]
    found = [load_profile(world.items, SHOP, node) for node in nodes[:10]]
    return [one for one in found if one]


def _emails(world: World) -> list[str]:
    return [one.body["email"] for one in world.shop.history if one.topic == "orders/create"]


def _folding(world: World) -> Callable[[], Any]:
    node = world.key.node(SHOP, "email", _emails(world)[-1])
    return lambda: load_profile(world.items, SHOP, node)


def _evaluating(world: World) -> Callable[[], Any]:
    held = world.items.get(keys.shop(SHOP))
    shop = Shop.model_validate(held.body if held else {})
    rule, profiles = parse_rule(RULE), _profiles(world)
    moment = Moment(now=datetime.now(UTC), shop=shop)
    return lambda: [rule.matches(one, moment) for one in profiles]


def _judging(world: World) -> Callable[[], Any]:
    held = world.items.get(keys.shop(SHOP))
    shelf = load_segments(world.items, Shop.model_validate(held.body if held else {}))
    profile, now = _profiles(world)[0], datetime.now(UTC)
    return lambda: judge(shelf, profile, Catalogue(), {}, now)


def main() -> int:
    """Print the ratios."""
    measured = run()
    base = measured[0].seconds
    for one in measured:
        print(f"{one.seconds / base:8.2f}  {one.name} ({one.seconds * 1e6:,.0f} µs here)")
    print("\nRatios to the first line. A webhook is one such call; recording an order makes some thirty.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
