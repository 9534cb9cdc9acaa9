"""Real bodies, posted signed to the deployed stack: each becomes a profile, and chaos changes nothing."""

import json
import os
import random
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from kairos.domain.customer import ConsentSnapshot
from local.running_stack import RunningStack
from local.traffic import Plain
from tests.adapters.platforms.test_real_payloads import MISSING, OURS, read
from tests.integration.shops import open_shop, sender_of, stored, until_recorded
from tests.payloads import TOPIC_HEADER, Payload, needs_data

PLATFORMS = ("shopify", "woocommerce")
KILLED = 6


@pytest.fixture(scope="module")
def running(stack: dict[str, Any]) -> RunningStack:
    needs_data()
    return RunningStack(stack)


def posted(payload: Payload) -> Plain:
    """The body with its platform's headers."""
    headers = {"Content-Type": "application/json", TOPIC_HEADER[payload.platform]: payload.topic}
    if payload.platform == "shopify":  # told alike each time, for the bodies that tell no time of their own
        headers["X-Shopify-Triggered-At"] = "2024-05-06T07:08:09.123456Z"
    return Plain(payload.raw, headers)


def of_platform(platform: str) -> list[Payload]:
    return [one for one in OURS if one.platform == platform]


def of_shop(running: RunningStack, shop: str) -> list[dict[str, Any]]:
    """The shop's items that deliveries leave: neither its settings nor the snapshot, which follows later, nor
    dead letters, of which every delivery makes its own."""
    apart = f"{shop}#snapshot", f"{shop}#dead"
    return [
        item
        for item in stored(running)
        if item["pk"]["S"].startswith(f"{shop}#") and not item["pk"]["S"].startswith(apart)
    ]


def body_of(item: dict[str, Any]) -> dict[str, Any]:
    read_back: dict[str, Any] = json.loads(item["body"]["S"])
    return read_back


def customers_named(payload: Payload) -> set[tuple[str, str]]:
    """Kind and value of the strongest identity of each living order, cart or customer in the body."""
    named = set()
    for told in read(payload):
        identities = getattr(told, "identities", None)
        if identities is None or getattr(told, "deleted", False) or isinstance(told, ConsentSnapshot):
            continue
        kinds = ("platform_id", "email", "phone")
        found = next(((kind, getattr(identities, kind)) for kind in kinds if getattr(identities, kind)), None)
        if found:
            named.add(found)
    return named


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_real_body_becomes_a_profile_unless_the_table_names_what_it_lacks(
    running: RunningStack, platform: str
) -> None:
    shop = open_shop(running, platform)
    counts = sender_of(running, shop, platform).post_all(posted(one) for one in of_platform(platform))
    assert counts.accepted == counts.posted > 20, counts.errors
    until_recorded(running)

    items = of_shop(running, shop)
    nodes = {
        (told["kind"], told["value"]): item["pk"]["S"].rpartition("#")[2]
        for item in items
        if item["sk"]["S"] == "identity"
        for told in [body_of(item)]
    }
    profiles = {node for item in items if item["sk"]["S"] == "profile" for node in body_of(item)["nodes"]}
    lost = {
        payload.path: named
        for payload in of_platform(platform)
        if payload.path not in MISSING
        for named in customers_named(payload)
        if nodes.get(named) not in profiles
    }
    unread = [
        path for path, field in MISSING.items() if path.startswith(platform) and "customer" not in field
    ]
    assert lost == {}
    assert running.dead_letters(shop) == len(unread)


def test_a_signed_body_that_is_no_utf8_arrives_byte_for_byte_and_is_judged_later(
    running: RunningStack,
) -> None:
    shop = open_shop(running, "shopify")
    headers = {"Content-Type": "application/json", TOPIC_HEADER["shopify"]: "products/update"}
    body = Plain('{"id": 1, "title": "Möbel"}'.encode("latin-1"), headers)
    assert sender_of(running, shop, "shopify").post(body).status == HTTPStatus.OK
    until_recorded(running)
    assert running.dead_letters(shop) == 1


def forget(running: RunningStack, shop: str) -> None:
    """Remove all that deliveries left, so that the same shop begins anew."""
    table = running.aws("dynamodb")
    for item in of_shop(running, shop):
        table.delete_item(
            TableName=running.told["outputs"]["TableName"], Key={"pk": item["pk"], "sk": item["sk"]}
        )


def canonical(running: RunningStack, shop: str) -> dict[str, Any]:
    """What is stored, without counters of writes and without times of receipt."""
    found = {
        f"{item['pk']['S']} {item['sk']['S']}": segments_alone(body_of(item))
        if item["sk"]["S"] == "membership"
        else without_receipt(running, item["body"]["S"])
        for item in of_shop(running, shop)
    }
    return {key: told for key, told in found.items() if told != []}


def segments_alone(membership: dict[str, Any]) -> list[str]:
    """Which segments, by position: when each turned, and by which detour, is how it was received."""
    return sorted(membership["entered"])


def without_receipt(running: RunningStack, text: str) -> Any:
    """Times since the stack's start are times of receipt: no body tells one so late."""
    start = running.anchors.real.isoformat()[:19]
    masked = re.sub(
        r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[0-9.:+Z]*",
        lambda found: found[0] if found[0][:19] < start else "received",
        text,
    )
    return json.loads(masked)


def record_workers(running: RunningStack) -> list[int]:
    """Processes of record_events that this stack's emulator, and no other, started."""
    emulator = json.loads(Path(running.told["outbox"]).with_name("emulator.json").read_text())["pid"]
    told = subprocess.run(
        ["/bin/ps", "-ww", "-o", "pid=,args=", "--ppid", str(emulator)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(line.split()[0]) for line in told.stdout.splitlines() if "RecordEvents" in line]


@contextmanager
def workers_dying(running: RunningStack, seed: random.Random) -> Iterator[list[int]]:
    """Now and then a worker that records is killed, as fast as new ones start; the list fills with those."""
    over, killed = threading.Event(), list[int]()

    def kill() -> None:
        while len(killed) < KILLED and not over.wait(0.5):
            workers = record_workers(running)
            if workers:
                victim = seed.choice(workers)
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


@contextmanager
def quick_redelivery(running: RunningStack) -> Iterator[None]:
    """What a killed worker held comes back after seconds, not minutes, and as often as it takes."""
    queues, url = running.aws("sqs"), running.told["outputs"]["RecordQueueUrl"]
    names = ["VisibilityTimeout", "RedrivePolicy"]
    before = queues.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    patient = json.dumps(json.loads(before["RedrivePolicy"]) | {"maxReceiveCount": 100})
    queues.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5", "RedrivePolicy": patient})
    try:
        yield
    finally:
        queues.set_queue_attributes(QueueUrl=url, Attributes=before)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_three_times_shuffled_with_dying_workers_leaves_what_once_in_order_left(
    running: RunningStack, platform: str
) -> None:
    shop, seed = open_shop(running, platform), random.Random(5)  # noqa: S311 - chaos that repeats itself
    sender, bodies = sender_of(running, shop, platform), [posted(one) for one in of_platform(platform)]
    for body in bodies:
        assert sender.post(body).status == 200
    until_recorded(running)
    once = canonical(running, shop)
    forget(running, shop)
    assert canonical(running, shop) == {}

    thrice = bodies * 3
    seed.shuffle(thrice)
    with quick_redelivery(running), workers_dying(running, seed) as killed:
        assert sender.post_all(thrice).accepted == len(thrice)
        until_recorded(running, 180)
    again = canonical(running, shop)

    assert len(killed) >= 2
    assert again.keys() == once.keys()
    assert {key: again[key] for key in again if again[key] != once[key]} == {}
