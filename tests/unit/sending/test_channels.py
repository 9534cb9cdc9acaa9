"""Every channel takes a reserved message the same way, each in its own form."""

import json
from datetime import timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.domain.channel_settings import SmsSettings
from kairos.domain.standard_webhooks import signature
from kairos.ports import Email, NotSent, OutgoingWebhook, Push, Sms, WebPush
from kairos.services.endpoints import endpoints_of
from kairos.services.feedback import Feedbacks
from kairos.services.reporting import PushEvent, Report, record_push_event, record_report
from kairos.services.sending.content import RenderedEmail, RenderedShort
from kairos.services.short_links import lengthen
from kairos.services.unsubscribing import verify
from tests.unit.sending.customers import PHONE, has_phone
from tests.unit.sending.devices import (
    BROWSER,
    BROWSER_KEYS,
    OTHER_ARN,
    PHONE_ARN,
    WEBHOOK_SECRET,
    has_device,
    has_platform_id,
    world_with_channels,
)
from tests.unit.sending.world import START, NoCounts, World

GONE = NotSent("EndpointDisabled", for_now=False, gone=True)


def state(world: World) -> tuple[str, str | None]:
    entry = world.entry()
    assert entry is not None
    return entry.state, entry.reason


def delivered(world: World, channel: str) -> Any:
    """What the provider was given for a message of this channel."""
    assert world.ask(channels=[channel]).decision == "send"
    world.deliver_all()
    assert state(world) == ("sent", None)
    [message] = world.provider.calls
    return message


def saying(world: World, text: str) -> None:
    """Every short message says this."""
    world.render = lambda *_: RenderedShort(title="Lumen", text=text, url="https://shop.example.com")


def test_a_text_message_is_the_text_alone_with_the_shops_sender_kind_and_price() -> None:
    world = world_with_channels(sms=SmsSettings(sender_id="Lumen", max_price="0.50", opt_out=""))
    has_phone(world)
    saying(world, "Your cart: https://shop.example.com/c")
    told = Sms(PHONE, "Your cart: https://shop.example.com/c", "Lumen", "Promotional", "0.50")
    assert delivered(world, "sms") == told


def test_a_text_message_says_how_to_opt_out_where_the_template_does_not() -> None:
    world = world_with_channels(sms=SmsSettings(opt_out="Stop: {link}"))
    has_phone(world)
    saying(world, "Your cart waits")
    text = delivered(world, "sms").text
    assert text.startswith("Your cart waits\nStop: https://api.example.com/v1/unsubscribe/")
    short = text.rpartition("/")[2]
    assert len(short) == 12
    token = verify(world.key, lengthen(world.items, short))
    assert (token.channel, token.address_node) == ("sms", world.key.node("lumen", "phone", PHONE))


def test_a_text_message_that_says_how_to_opt_out_says_it_once() -> None:
    world = world_with_channels(sms=SmsSettings(opt_out="STOP to 8400"))
    has_phone(world)
    saying(world, "Your cart waits. stop to 8400")
    assert delivered(world, "sms").text == "Your cart waits. stop to 8400"


@pytest.mark.parametrize(("text", "outcome"), [("a" * 306, "sent"), ("a" * 307, "refused")])
def test_a_text_message_longer_than_the_shop_pays_for_is_not_sent(text: str, outcome: str) -> None:
    world = world_with_channels(sms=SmsSettings(most_segments=2, opt_out=""))
    has_phone(world)
    saying(world, text)
    world.ask(channels=["sms"])
    world.deliver_all()
    assert state(world) == (outcome, None if outcome == "sent" else "text too long")
    assert len(world.provider.calls) == (1 if outcome == "sent" else 0)


def test_a_notification_reaches_the_phone_that_was_registered() -> None:
    world = world_with_channels()
    has_device(world, "push", PHONE_ARN)
    said = world.ask(channels=["push"])
    world.deliver_all()
    assert world.provider.calls == [
        Push(
            PHONE_ARN,
            "abandoned_cart",
            "reminder_1 None",
            "https://shop.example.com",
            None,
            said.message_id,
            3600,
        )
    ]


def test_a_browser_is_sent_what_only_it_can_read_in_the_shops_name() -> None:
    world = world_with_channels()
    has_device(world, "web_push", BROWSER, **BROWSER_KEYS)
    message = delivered(world, "web_push")
    assert isinstance(message, WebPush)
    assert (message.endpoint, message.p256dh, message.auth) == (BROWSER, *BROWSER_KEYS.values())
    assert (message.vapid.private, message.vapid.contact) == (
        world.secret["vapid"],
        "mailto:shop@example.com",
    )
    assert message.at == int(START.timestamp())


def test_an_outgoing_webhook_is_signed_and_names_the_customer_as_the_platform_does() -> None:
    world = world_with_channels()
    has_platform_id(world)
    message = delivered(world, "webhook")
    assert isinstance(message, OutgoingWebhook)
    entry = world.entry()
    assert entry is not None
    assert message.url == "https://hooks.example.com/in"
    assert message.headers["webhook-id"] == entry.message_id
    assert message.headers["webhook-timestamp"] == str(int(START.timestamp()))
    assert message.headers["webhook-signature"] == signature(
        WEBHOOK_SECRET, entry.message_id, START, message.body
    )
    told = json.loads(message.body)["data"]
    assert (told["shop"], told["customer"], told["step"]) == ("lumen", "7", "reminder_1")
    assert verify(world.key, told["unsubscribe_url"].rpartition("/")[2]).channel == "webhook"


def test_a_mail_names_the_shops_tenant() -> None:
    message = delivered(world_with_channels(), "email")
    assert isinstance(message, Email)
    assert message.tenant == "lumen"


@pytest.mark.parametrize("channel", ["sms", "push", "web_push", "webhook"])
def test_a_channel_that_is_not_set_up_takes_nothing(channel: str) -> None:
    world = world_with_channels(**{channel: None})
    has_phone(world)
    has_platform_id(world)
    has_phone(world)
    has_device(world, "push", PHONE_ARN)
    has_device(world, "web_push", BROWSER, **BROWSER_KEYS)
    world.ask(channels=[channel])
    world.deliver_all()
    assert state(world) == ("refused", "channel not set up")
    assert world.provider.calls == []


@pytest.mark.parametrize("channel", ["web_push", "webhook"])
def test_a_channel_whose_secret_is_missing_takes_nothing(channel: str) -> None:
    world = world_with_channels()
    world.secret = {}
    has_platform_id(world)
    has_device(world, "web_push", BROWSER, **BROWSER_KEYS)
    world.ask(channels=[channel])
    world.deliver_all()
    assert state(world) == ("refused", "channel not set up")


def test_a_template_that_renders_a_mail_sends_no_text_message() -> None:
    world = world_with_channels()
    has_phone(world)
    world.render = lambda *_: RenderedEmail(subject="s", html="h", text="t")
    world.ask(channels=["sms"])
    world.deliver_all()
    assert state(world) == ("refused", "template failed")


@pytest.mark.parametrize("change", ["withdrawn", "suppressed"])
def test_consent_and_suppression_are_those_of_the_channels_own_address(change: str) -> None:
    world = world_with_channels()
    node = has_device(world, "push", PHONE_ARN)
    world.ask(channels=["push"])
    if change == "suppressed":
        world.put(keys.suppression("lumen", "push", node), {"reason": "complained"})
    else:
        del world.store.stored[keys.consent("lumen", "push", node)]
    world.deliver_all()
    assert state(world) == ("refused", "suppressed" if change == "suppressed" else "no consent")


def test_a_phone_that_is_gone_is_forgotten_and_the_message_takes_the_other_one() -> None:
    world = world_with_channels()
    has_device(world, "push", OTHER_ARN)
    world.clock.advance(60)
    gone = has_device(world, "push", PHONE_ARN)
    world.ask(channels=["push"])
    world.provider.outcomes = [GONE]
    world.deliver_all()
    assert state(world) == ("sent", None)
    assert [one.endpoint for one in world.provider.calls] == [PHONE_ARN, OTHER_ARN]
    left = endpoints_of(world.items, "lumen", [world.node])
    assert [one["id"] for one in left] == [world.key.node("lumen", "visitor", OTHER_ARN)]
    assert world.store.get(keys.suppression("lumen", "push", gone)) is not None


def test_where_the_only_browser_is_gone_the_message_ends() -> None:
    world = world_with_channels()
    has_device(world, "web_push", BROWSER, **BROWSER_KEYS)
    world.ask(channels=["web_push"])
    world.provider.outcomes = [GONE]
    world.deliver_all()
    assert state(world) == ("refused", "address gone")
    assert endpoints_of(world.items, "lumen", [world.node]) == []


def reports(world: World) -> Feedbacks:
    return Feedbacks(world.items, world.clock, NoCounts(), world.snapshot)


def test_what_snss_log_says_is_kept_for_the_message_that_it_means() -> None:
    world = world_with_channels()
    node = has_phone(world)
    delivered(world, "sms")
    record_report(reports(world), Report("provider-1", "bounce", START, True, "Phone number is opted out"))
    assert state(world) == ("sent", "bounced")
    assert world.store.get(keys.suppression("lumen", "sms", node)) is not None


def test_the_log_of_somebody_elses_messages_changes_nothing() -> None:
    world = world_with_channels()
    before = world.dump()
    record_report(reports(world), Report("unheard", "bounce", START, True, "Invalid phone number"))
    assert world.dump() == before


def test_a_phone_that_sns_calls_dead_is_forgotten_wherever_it_is_registered() -> None:
    world = world_with_channels()
    world.put(keys.listed_shop("lumen"), {})
    node = has_device(world, "push", PHONE_ARN)
    delivered(world, "push")
    event = PushEvent("gone", PHONE_ARN, "provider-1", START + timedelta(minutes=1), "InvalidPlatformToken")
    record_push_event(reports(world), event)
    record_push_event(reports(world), event)
    assert endpoints_of(world.items, "lumen", [world.node]) == []
    assert world.store.get(keys.suppression("lumen", "push", node)) is not None
    entry = world.entry()
    assert entry is not None
    events = world.store.query(keys.message("lumen", entry.message_id).pk, "event#")
    assert [one.body["kind"] for one in events] == ["bounce"]


@pytest.mark.parametrize(
    ("optional", "outcome"), [(True, ("sent", None)), (False, ("refused", "no code to be had"))]
)
def test_a_code_that_the_shop_does_not_make_is_left_out_or_ends_the_message(
    optional: bool, outcome: tuple[str, str | None]
) -> None:
    world = World()
    world.upload_codes("A1")
    world.ask(code={"pool": "pool", "optional": optional})
    world.issue = lambda entry: "never" if entry.code else "ready"
    world.deliver_all()
    assert state(world) == outcome
    entry = world.entry()
    assert entry is not None
    assert len(world.store.query("lumen#pool#pool", "free#")) == 1
    if optional:
        assert entry.code is None
        assert world.provider.calls[0].text == "None"


def test_a_code_that_the_shop_makes_later_is_waited_for() -> None:
    world = World()
    world.upload_codes("A1")
    world.ask(code={"pool": "pool"})
    answers = ["later", "later", "ready"]
    world.issue = lambda _entry: answers.pop(0)
    world.deliver_all()
    assert state(world) == ("sent", None)
    assert world.provider.calls[0].text == "A1"


def test_a_code_that_never_comes_is_waited_for_only_as_long_as_the_queue_does() -> None:
    world = World()
    world.upload_codes("A1")
    world.ask(code={"pool": "pool"})
    world.issue = lambda _entry: "later"
    world.deliver_all()
    assert state(world) == ("refused", "no code to be had")
