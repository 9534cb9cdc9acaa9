"""The script tag's file and its batches on the deployed stack, without a browser."""

import gzip
import json
import re
import urllib.request
import uuid
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from kairos.adapters.platforms.signatures import identify_signature
from local.running_stack import RunningStack
from tests.integration.shops import SECRET, open_shop, until

pytestmark = pytest.mark.emulator

TAG_SECRET = "a-tag-secret-of-the-tests"
BROWSER = {
    "endpoint": "https://push.example.com/send/1",
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    "wording": "Tell me of my cart",
}


class Tag(NamedTuple):
    """A shop with web push, and what its script tag is told."""

    running: RunningStack
    shop: str
    settings: dict[str, Any]

    def post(self, **told: Any) -> str:
        """Post a batch of a new visitor, signed where it identifies; answers the visitor."""
        visitor, now = str(uuid.uuid4()), datetime.now(UTC).isoformat()
        if who := told.get("identify"):
            who["signature"] = identify_signature(visitor, who, TAG_SECRET)
        event = {
            "id": "e1",
            "kind": "page",
            "at": now,
            "target": "https://shop.example.com/",
            "device": "phone",
        }
        body = {"visitor": visitor, "sent_at": now, "events": [event]} | told
        request = urllib.request.Request(
            self.settings["url"], json.dumps(body).encode(), {"content-type": "text/plain;charset=UTF-8"}
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
        return visitor


def script_of(stack: RunningStack, shop: str) -> str:
    address = f"{stack.told['api_url']}/v1/shops/{shop}/tag.js"
    as_a_browser = {"accept": "*/*", "accept-encoding": "gzip"}
    with urllib.request.urlopen(urllib.request.Request(address, headers=as_a_browser)) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        raw: bytes = answer.read()
    return gzip.decompress(raw).decode()


@pytest.fixture(scope="module")
def tag(stack: dict[str, Any]) -> Tag:
    running = RunningStack(stack)
    channels = {"web_push": {"contact": "mailto:shop@example.com"}}
    shop = open_shop(running, secrets={"webhook": SECRET, "tag": TAG_SECRET}, channels=channels)
    found = re.search(r"\((\{[^{}]*\}),window,document\)", script_of(running, shop))
    assert found
    return Tag(running, shop, json.loads(found[1]))


def test_the_tag_is_minified_and_knows_its_shop(tag: Tag) -> None:
    text = script_of(tag.running, tag.shop)
    assert "\n  " not in text
    assert tag.settings["url"].startswith(f"{tag.running.told['api_url']}/v1/shops/{tag.shop}/activity?key=")
    _, shop = tag.running.api("GET", f"/v1/shops/{tag.shop}")
    assert tag.settings["push"] == shop["channels"]["web_push"]["public_key"]
    assert tag.settings["url"].endswith(shop["write_key"])


def test_who_is_signed_for_is_a_customer_and_their_browser_takes_notifications(tag: Tag) -> None:
    email = f"ada-{uuid.uuid4().hex[:8]}@example.com"
    tag.post(identify={"email": email, "platform_id": uuid.uuid4().hex}, push=BROWSER)
    until(lambda: tag.running.customer(tag.shop, email) is not None, "the customer is known")
    customer = tag.running.customer(tag.shop, email)
    assert customer is not None
    endpoints = f"/v1/shops/{tag.shop}/customers/{customer['id']}/endpoints"

    def registered() -> bool:
        return [one["channel"] for one in tag.running.api("GET", endpoints)[1]["endpoints"]] == ["web_push"]

    until(registered, "the browser is registered")


def test_a_link_that_nobody_signed_makes_nobody_a_customer(tag: Tag) -> None:
    tag.post(identify={"link": "A" * 38})
    email = f"bob-{uuid.uuid4().hex[:8]}@example.com"
    tag.post(identify={"email": email, "platform_id": uuid.uuid4().hex})
    until(lambda: tag.running.customer(tag.shop, email) is not None, "what came later is recorded")
    assert tag.running.dead_letters(tag.shop) == 0
