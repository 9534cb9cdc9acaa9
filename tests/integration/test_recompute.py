"""Segments that are always true, on the deployed stack: after an order, by the tick, after an edited rule."""

import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kairos import keys
from kairos.adapters.dynamodb.items import DynamoItems
from kairos.adapters.s3 import S3Objects
from kairos.domain.membership import Membership, segments_of
from kairos.engine.local_files import LocalFiles
from kairos.ports import Items
from kairos.services.segments.shelf import load_segments
from kairos.services.shops import load_shop
from kairos.services.snapshot.manifests import change_manifest, load_manifest
from kairos.services.snapshot.reading import Snapshots
from local.running_stack import RunningStack
from local.traffic import Plain
from tests.integration.shops import open_shop, sender_of, switch_on, until, until_recorded
from tests.unit.snapshot.world import Counted

ROOT = Path(__file__).parents[2]
WITHIN = 2.0
"""Seconds from an order's webhook to its customer's right segments."""


class Watched:
    """A shop with a few segments of its own, and an ear on the bus."""

    def __init__(self, running: RunningStack, folder: Path) -> None:
        self.running, self._folder = running, folder
        self.shop = open_shop(running, "generic", currency="EUR")
        self.items: Items = DynamoItems(running.aws("dynamodb"), running.told["outputs"]["TableName"])
        self._ear, self._news = self._listening(), list[tuple[str, str, str | None]]()
        for segment, rule in (
            ("buyers", {"kind": "order_count", "at_least": 1}),
            ("loyal", {"kind": "order_count", "at_least": 2}),
            # Two hours last a second and a half on the stack's clock.
            ("lapsed", {"kind": "last_order", "older_than": "PT2H"}),
        ):
            self.put_rule(segment, rule)

    def _listening(self) -> str:
        """A queue that hears what the bus is told of this shop."""
        sqs, events = self.running.aws("sqs"), self.running.aws("events")
        name = f"ear-{uuid.uuid4().hex[:8]}"
        url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        bus = self.running.told["outputs"]["BusName"]
        pattern = json.dumps({"source": ["kairos"], "detail": {"shop": [self.shop]}})
        events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
        events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "ear", "Arn": arn}])
        return url

    def listen(self) -> None:
        """Forget what was heard so far."""
        self.heard()
        self._news.clear()

    def heard(self) -> list[tuple[str, str, str | None]]:
        """Name, cause and customer of every event since `listen`."""
        sqs, found = self.running.aws("sqs"), self._news
        while messages := sqs.receive_message(QueueUrl=self._ear, MaxNumberOfMessages=10).get("Messages"):
            for one in messages:
                told = json.loads(one["Body"])
                found.append((told["detail-type"], told["detail"]["cause"], told["detail"].get("customer")))
                sqs.delete_message(QueueUrl=self._ear, ReceiptHandle=one["ReceiptHandle"])
        return [*found]

    def put_rule(self, segment: str, rule: Any) -> None:
        path = f"/v1/shops/{self.shop}/segments"
        status, told = self.running.api("POST", path, {"id": segment, "name": segment, "rule": rule})
        assert status == 201, told

    def change_rule(self, segment: str, rule: Any) -> None:
        path = f"/v1/shops/{self.shop}/segments/{segment}"
        status, told = self.running.api("PUT", path, {"rule": rule})
        assert status == 200, told

    def order(self, name: str, number: int, ago: timedelta = timedelta()) -> None:
        at = (datetime.now(UTC) - ago).isoformat()
        who = {"id": name, "email": f"{name}@example.com"}
        amounts = {"currency": "EUR", "total": "25.00"}
        told = {"type": "order", "id": f"{name}-{number}", "updated_at": at, "placed_at": at}
        body = {**told, "status": "paid", "amounts": amounts, "customer": who}
        sender = sender_of(self.running, self.shop, "generic")
        sent = sender.post(Plain(json.dumps(body).encode(), {"Content-Type": "application/json"}))
        assert sent.status == 200, sent.body

    def settled(self) -> None:
        """Until all that was posted is recorded and in the snapshot, and the shop has nothing to wait for."""
        until_recorded(self.running)
        until(lambda: self.running.waiting_in("SnapshotQueueUrl") == 0, "the snapshot is told", 300)
        until(self._is_at_rest, "no recompute is wanted any more")

    def _is_at_rest(self) -> bool:
        manifest = load_manifest(self.items, self.shop)
        lease = self.items.get(keys.recompute_lease(self.shop))
        return manifest.wanted == manifest.done and lease is None

    def customer(self, name: str) -> str:
        found = self.running.customer(self.shop, f"{name}@example.com")
        assert found is not None
        return str(found["id"])

    def segments(self, customer: str) -> set[str]:
        """Of those above, as the table has them."""
        shop = load_shop(self.items, self.shop)
        assert shop is not None
        held = self.items.get(keys.membership(self.shop, customer))
        membership = Membership.model_validate(held.body if held else {})
        found = segments_of(membership, load_segments(self.items, shop).layout)
        return found.keys() & {"buyers", "loyal", "lapsed"}

    def tick(self) -> list[str]:
        """One tick of the schedule. Answers the shops that were recomputed."""
        event = (ROOT / "events" / "tick.json").read_bytes()
        name = self.running.told["outputs"]["RecomputeFunctionName"]
        answer = self.running.aws("lambda").invoke(FunctionName=name, Payload=event)
        told = json.loads(answer["Payload"].read())
        assert "errorMessage" not in told, told
        return list(told["shops"])

    def in_snapshot(self, segment: str) -> set[str]:
        """The segment's members, by the API that reads the snapshot."""
        status, told = self.running.api("GET", f"/v1/shops/{self.shop}/segments/{segment}/members")
        assert status == 200, told
        return {one["id"] for one in told["members"]}

    def executions(self) -> int:
        machine = self.running.told["outputs"]["AbandonedCartArn"]
        found = self.running.aws("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
        return len(found)


@pytest.fixture(scope="module")
def running(stack: dict[str, Any]) -> RunningStack:
    return RunningStack(stack)


@pytest.fixture(scope="module")
def shop(running: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Ada ordered long ago."""
    made = Watched(running, tmp_path_factory.mktemp("snapshot"))
    switch_on(running, made.shop)
    made.order("ada", 1, timedelta(days=30))
    made.settled()
    made.tick()
    return made


def test_right_after_an_orders_webhook_the_customers_segments_are_right(shop: Watched) -> None:
    ada = shop.customer("ada")
    assert shop.segments(ada) == {"buyers", "lapsed"}
    shop.listen()
    shop.order("ada", 2, timedelta(days=20))
    posted = time.monotonic()
    until(lambda: "loyal" in shop.segments(ada), "Ada is loyal", 30)
    took = time.monotonic() - posted
    assert took < WITHIN
    until(lambda: ("SegmentEntered", "segment:loyal", ada) in shop.heard(), "the bus is told", 10)


def test_a_rule_that_only_time_makes_true_turns_within_one_tick(shop: Watched) -> None:
    shop.order("bob", 1)
    shop.settled()
    bob = shop.customer("bob")
    assert shop.segments(bob) >= {"buyers"}
    turns = shop.running.shown_now() + timedelta(hours=2)
    until(lambda: shop.running.shown_now() > turns, "two hours have passed")
    shop.tick()
    assert shop.segments(bob) == {"buyers", "lapsed"}
    until(lambda: ("SegmentEntered", "segment:lapsed", bob) in shop.heard(), "the bus is told", 10)
    assert bob in shop.in_snapshot("lapsed")


def test_an_edited_rule_takes_effect_at_once_and_starts_no_scenario(shop: Watched) -> None:
    shop.settled()
    shop.listen()
    started, bob = shop.executions(), shop.customer("bob")
    shop.change_rule("loyal", {"kind": "order_count", "at_least": 1})
    until(lambda: "loyal" in shop.segments(bob), "Bob is loyal by the new rule", 60)
    shop.settled()
    until(lambda: "SegmentsRecomputed" in {name for name, _, _ in shop.heard()}, "the bus is told", 10)
    assert [one for one in shop.heard() if one[1] == "segment:loyal"] == []
    assert shop.executions() == started
    assert shop.in_snapshot("loyal") == {bob, shop.customer("ada")}


def test_a_big_shop_is_recomputed_by_the_state_machine(shop: Watched) -> None:
    """As if there were customers enough for three partitions: divided anew, then recomputed one by one."""
    for number in range(8):
        shop.order(f"buyer{number}", 1)
    shop.settled()
    change_manifest(
        shop.items, shop.shop, lambda held: held.model_copy(update={"count": 3, "broken": "a test"})
    )
    shop.tick()
    until(lambda: not load_manifest(shop.items, shop.shop).broken, "the snapshot is divided", 120)
    assert load_manifest(shop.items, shop.shop).current.count == 3  # type: ignore[union-attr]
    until(lambda: shop.items.get(keys.recompute_lease(shop.shop)) is None, "the recompute has ended", 120)
    turns = shop.running.shown_now() + timedelta(hours=2)
    until(lambda: shop.running.shown_now() > turns, "two hours have passed")
    shop.tick()
    buyers = {shop.customer(f"buyer{number}") for number in range(8)}
    until(lambda: all("lapsed" in shop.segments(one) for one in buyers), "all turned", 120)
    until(lambda: shop.items.get(keys.recompute_lease(shop.shop)) is None, "the recompute has ended", 120)
    manifest = load_manifest(shop.items, shop.shop)
    assert (manifest.failed, manifest.broken) == ((), "")
    assert buyers <= shop.in_snapshot("lapsed")


def test_the_snapshot_in_the_bucket_is_what_the_table_says(shop: Watched, tmp_path: Path) -> None:
    shop.settled()
    held = load_shop(shop.items, shop.shop)
    assert held is not None
    files = S3Objects(shop.running.aws("s3"), shop.running.told["outputs"]["BucketName"])
    snapshots = Snapshots(shop.items, LocalFiles(files, tmp_path), Counted())
    versions = {
        customer: version
        for opened in snapshots.open_all(held)[1]
        for customer, version in opened.ids_of(opened.numbers()).values()
    }
    stored = {one: shop.items.get(keys.profile(shop.shop, one)) for one in versions}
    assert {one: item.version for one, item in stored.items() if item} == versions
    assert len(versions) == 10
