"""SNS's reports, the hourly sweep and the registration of devices, as Lambda runs them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kairos import bootstrap, keys
from kairos.adapters import sns_signature
from kairos.domain.message import LedgerEntry
from kairos.ports import Item, Put
from kairos.services.sending.ledger import load
from tests.functions.conftest import Aws, client, read_event
from tests.unit.sending.customers import has_phone
from tests.unit.sending.devices import PHONE_ARN, has_device, world_with_channels
from tests.unit.sending.world import World

Event = Callable[[str], dict[str, Any]]


@pytest.fixture
def world(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> World:
    """A shop with a phone and a notification that went there, in the mocked table."""
    queue = aws.sqs.create_queue(QueueName="messages")["QueueUrl"]
    queues = dict.fromkeys(("email", "sms", "push", "web_push", "webhook"), queue)
    monkeypatch.setenv("MESSAGE_QUEUES", json.dumps(queues))
    made = world_with_channels()
    made.put(keys.listed_shop("lumen"), {})
    has_phone(made)
    has_device(made, "push", PHONE_ARN)
    return made


def sent(world: World, channel: str) -> LedgerEntry:
    """The world's message on this channel, as it stands in the table."""
    world.ask(channels=[channel])
    world.deliver_all()
    for item in world.store.stored.values():
        bootstrap.items().write(Put(item))
    entry = world.entry()
    assert entry is not None
    return entry


def reason(entry: LedgerEntry) -> str | None:
    held = load(bootstrap.items(), "lumen", entry.message_id)
    assert held is not None
    return held.entry.reason


def test_a_line_of_the_log_suppresses_the_number_that_opted_out(world: World, aws: Aws, event: Event) -> None:
    entry = sent(world, "sms")
    aws.load_app("record_sms_status").handler(event("sms_status"), None)
    assert reason(entry) == "bounced"
    assert bootstrap.items().get(keys.suppression("lumen", "sms", entry.address_node)) is not None


def test_a_notification_that_sns_did_not_sign_changes_nothing(world: World, aws: Aws, event: Event) -> None:
    sent(world, "push")
    before = aws.table_keys()
    sns_signature.fetched.cache_clear()
    told = event("push_event")
    told["Records"][0]["Sns"]["SigningCertUrl"] = "https://example.com/SimpleNotificationService-0.pem"
    aws.load_app("record_push_events").handler(told, None)
    assert aws.table_keys() == before


def test_a_phone_that_sns_reports_dead_is_forgotten(
    world: World, aws: Aws, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = sent(world, "push")
    monkeypatch.setattr(sns_signature, "is_genuine", lambda *_: True)
    aws.load_app("record_push_events").handler(event("push_event"), None)
    items = bootstrap.items()
    assert items.get(keys.endpoint("lumen", world.node, "push", entry.address_node)) is None
    assert items.get(keys.suppression("lumen", "push", entry.address_node)) is not None


@pytest.mark.usefixtures("aws")
def test_a_laptop_takes_what_its_emulator_did_not_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "local")
    assert bootstrap.genuine_notification()(read_event("push_event")["Records"][0]["Sns"])


def test_the_hourly_sweep_gives_up_what_was_called_yesterday(
    world: World, aws: Aws, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The world's clock stands on 21 November 2026: the function's, two days later."""

    class Later:
        def now(self) -> datetime:
            return datetime(2026, 11, 23, 14, tzinfo=UTC)

        def real_elapsed(self, since: datetime) -> Any:
            return self.now() - since

    world.provider.outcomes = [TimeoutError()]
    entry = sent(world, "email")
    monkeypatch.setattr(bootstrap, "clock", Later)
    aws.load_app("sweep_messages").handler(event("tick"), None)
    assert reason(entry) == "no answer"


@pytest.mark.usefixtures("world")
def test_the_sweep_removes_from_sns_the_phones_of_erased_customers(aws: Aws, event: Event) -> None:
    sns = client("sns")
    app = sns.create_platform_application(Name="lumen", Platform="GCM", Attributes={})[
        "PlatformApplicationArn"
    ]
    arn = sns.create_platform_endpoint(PlatformApplicationArn=app, Token="t" * 32)["EndpointArn"]
    bootstrap.items().write(Put(Item(keys.orphaned_endpoint("0"), "1", {"arn": arn})))
    aws.load_app("sweep_messages").handler(event("tick"), None)
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.get_endpoint_attributes(EndpointArn=arn)


@pytest.mark.usefixtures("world")
def test_a_sweep_that_fails_keeps_no_phone_from_being_removed_and_is_told(
    aws: Aws, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeping = aws.load_app("sweep_messages")
    removed: list[object] = []

    def broken(_given: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(sweeping, "sweep", broken)
    monkeypatch.setattr(sweeping, "remove_orphans", lambda *_: removed.append(True))
    with pytest.raises(ConnectionError):
        sweeping.handler(event("tick"), None)
    assert removed
