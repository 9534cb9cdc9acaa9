"""From a state machine's question to a mail at SES, its events, and the unsubscribe page."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlparse

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sesv2.models import sesv2_backends

from kairos import bootstrap, keys
from kairos.adapters.ses import ses_client
from kairos.adapters.sqs import SqsQueue
from kairos.domain.consent import Consent
from kairos.domain.errors import Refused, Unavailable
from kairos.domain.message import LedgerEntry
from kairos.ports import Put
from kairos.services.short_links import shorten
from kairos.services.unsubscribing import Token, sign
from tests.functions.conftest import Aws
from tests.invocation import Invocation
from tests.unit.sending.world import EMAIL, World

Event = Callable[[str], dict[str, Any]]


class Stack:
    """The four functions over a table that holds one abandoned cart."""

    def __init__(self, aws: Aws, event: Event) -> None:
        self.aws, self.event = aws, event
        self.queue_url = aws.sqs.create_queue(QueueName="email")["QueueUrl"]
        self.snapshot_url = aws.sqs.create_queue(QueueName="snapshot")["QueueUrl"]
        self.world = World(secret=b"identity" * 8)

    def load(self) -> None:
        self.items = bootstrap.items()
        for item in self.world.store.stored.values():
            self.items.write(Put(item))
        boto3.client("sesv2").create_email_identity(EmailIdentity="shop@example.com")

    def ask(self, **fields: Any) -> dict[str, Any]:
        told = self.event("send_message") | {"run": self.world.run.id} | fields
        answer: dict[str, Any] = self.aws.load_app("send_message").handler(told, None)
        return answer

    def deliver(self, receive_count: int = 1, time_left: int = 30_000) -> list[dict[str, str]]:
        found = self.aws.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
        record = self.event("email_queue")["Records"][0]
        records = [
            record
            | {"messageId": one["MessageId"], "body": one["Body"]}
            | {"attributes": {"ApproximateReceiveCount": str(receive_count)}}
            for one in found.get("Messages", [])
        ]
        answer = self.aws.load_app("deliver_message").handler({"Records": records}, Invocation(time_left))
        failures: list[dict[str, str]] = answer["batchItemFailures"]
        return failures

    def tell(self, message_id: str, kind: str = "Delivery", **part: Any) -> None:
        event = self.event("email_feedback")
        detail = event["detail"]
        detail["eventType"] = kind
        del detail["bounce"]
        detail["mail"]["tags"] |= {"message": [message_id], "shop": ["lumen"]}
        detail[kind[0].lower() + kind[1:]] = {"timestamp": "2026-11-21T12:00:03.000Z"} | part
        self.aws.load_app("record_feedback").handler(event, None)

    def page(self, method: str, token: str, body: str = "", **headers: str) -> dict[str, Any]:
        told = self.event("unsubscribe") | {
            "httpMethod": method,
            "pathParameters": {"token": token},
            "headers": headers,
            "body": body,
            "isBase64Encoded": False,
        }
        answer: dict[str, Any] = self.aws.load_app("unsubscribe").handler(told, None)
        return answer

    def token(self) -> str:
        told = Token(shop="lumen", channel="email", address_node=self.world.node, message_id="0" * 32)
        return sign(bootstrap.identity_key(), told)

    def granted(self) -> bool:
        item = self.items.get(keys.consent("lumen", "email", self.world.node))
        assert item is not None
        return Consent.model_validate(item.body).granted

    def entry(self, message_id: str) -> LedgerEntry:
        item = self.items.get(keys.message("lumen", message_id))
        assert item is not None
        return LedgerEntry.model_validate(item.body)


@pytest.fixture
def stack(aws: Aws, event: Event, monkeypatch: pytest.MonkeyPatch) -> Stack:
    made = Stack(aws, event)
    monkeypatch.setenv("MESSAGE_QUEUES", json.dumps({"email": made.queue_url}))
    monkeypatch.setenv("SNAPSHOT_QUEUE_URL", made.snapshot_url)
    monkeypatch.setenv("CONFIGURATION_SET", "kairos")
    monkeypatch.setenv("API_URL", "https://api.example.com/dev")
    ses_client.cache_clear()
    made.load()
    return made


def told_the_snapshot(stack: Stack) -> list[Any]:
    found = stack.aws.sqs.receive_message(QueueUrl=stack.snapshot_url, MaxNumberOfMessages=10)
    return [json.loads(one["Body"]) for one in found.get("Messages", [])]


def sent() -> list[Any]:
    """What reached SES."""
    return list(sesv2_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].core_backend.sent_messages)


def test_a_due_reminder_reaches_ses_once(stack: Stack) -> None:
    answer = stack.ask()
    assert (answer["decision"], answer["reason"], answer["wait_seconds"]) == (
        "send",
        "all conditions hold",
        0,
    )
    assert stack.deliver() == []
    assert stack.entry(answer["message_id"]).state == "sent"
    assert stack.entry(answer["message_id"]).provider_id
    assert stack.deliver() == []
    assert len(sent()) == 1
    assert sent()[0].destinations["ToAddresses"] == [EMAIL]


def test_a_call_is_not_begun_that_could_not_end_in_time(stack: Stack) -> None:
    answer = stack.ask()
    assert len(stack.deliver(time_left=15_000)) == 1
    assert stack.entry(answer["message_id"]).state == "reserved"


def test_at_the_last_chance_no_such_call_is_begun_either(stack: Stack) -> None:
    answer = stack.ask()
    assert len(stack.deliver(receive_count=5, time_left=15_000)) == 1
    assert stack.entry(answer["message_id"]).state == "reserved"


def test_a_message_that_nobody_understands_holds_up_no_other(stack: Stack) -> None:
    stack.aws.sqs.send_message(QueueUrl=stack.queue_url, MessageBody="no message of ours")
    answer = stack.ask()

    assert len(stack.deliver()) == 1
    assert stack.entry(answer["message_id"]).state == "sent"


def test_the_answer_is_json_as_the_state_machine_reads_it(stack: Stack) -> None:
    answer = stack.ask(step="reminder_2", code={"pool": None}, only_if=[], quiet_for=None)
    assert json.loads(json.dumps(answer)) == answer
    assert set(answer) == {"decision", "reason", "wait_seconds", "message_id", "facts"}
    assert (answer["decision"], answer["reason"]) == ("skip", "no code left")


def test_a_question_that_nobody_understands_names_the_field(stack: Stack) -> None:
    with pytest.raises(Refused) as refused:
        stack.ask(only_iff=["cart_abandoned"])
    assert refused.value.field == "only_iff"


def test_a_sender_that_is_not_verified_is_refused_by_ses_and_kept_so(stack: Stack) -> None:
    boto3.client("sesv2").delete_email_identity(EmailIdentity="shop@example.com")
    answer = stack.ask()
    assert stack.deliver() == []
    assert stack.entry(answer["message_id"]).reason == "refused by the provider"


def test_an_event_of_ses_settles_and_is_kept(stack: Stack) -> None:
    answer = stack.ask()
    stack.deliver()
    stack.tell(answer["message_id"])
    stack.tell(answer["message_id"], "Open", ipAddress="192.0.2.1", userAgent="Mail")
    found = stack.items.query(keys.message("lumen", answer["message_id"]).pk, "event#")
    assert sorted(item.body["kind"] for item in found) == ["delivery", "open"]
    assert "192.0.2.1" not in str(found)


def test_a_hard_bounce_suppresses_the_address(stack: Stack) -> None:
    answer = stack.ask()
    stack.deliver()
    stack.tell(answer["message_id"], "Bounce", bounceType="Permanent", bounceSubType="NoEmail")
    assert stack.ask(step="reminder_2")["reason"] == "suppressed"


def test_mail_that_is_none_of_ours_is_no_concern(stack: Stack) -> None:
    event = stack.event("email_feedback")
    del event["detail"]["mail"]["tags"]["message"]
    stack.aws.load_app("record_feedback").handler(event, None)
    stack.tell("f" * 32)


def test_a_mail_programs_one_click_withdraws_and_is_answered_with_nothing(stack: Stack) -> None:
    answer = stack.page("POST", stack.token(), "List-Unsubscribe=One-Click")
    assert (answer["statusCode"], answer["body"]) == (200, "")
    assert not stack.granted()


def test_get_shows_a_page_and_changes_nothing(stack: Stack) -> None:
    answer = stack.page("GET", stack.token())
    assert answer["statusCode"] == 200
    assert "Lumen" in answer["body"]
    assert "<button" in answer["body"]
    assert '<html lang="de">' in answer["body"]
    assert stack.granted()


def test_the_pages_button_withdraws_and_the_page_confirms(stack: Stack) -> None:
    answer = stack.page("POST", stack.token(), "confirm=1")
    assert answer["statusCode"] == 200
    assert "Sie sind abgemeldet" in answer["body"]
    assert not stack.granted()
    assert stack.ask()["reason"] == "no consent"


def test_a_mistake_can_be_taken_back(stack: Stack) -> None:
    stack.page("POST", stack.token(), "confirm=1")
    answer = stack.page("POST", stack.token(), "undo=1")
    assert "Abmelden?" in answer["body"]
    assert stack.granted()


def test_head_answers_nothing_and_does_nothing(stack: Stack) -> None:
    answer = stack.page("HEAD", stack.token())
    assert (answer["statusCode"], answer["body"]) == (200, "")
    assert stack.granted()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forged_link_gets_a_page_that_says_so(stack: Stack, method: str) -> None:
    answer = stack.page(method, stack.token()[:-1] + "!", **{"Accept-Language": "fr-CH,fr;q=0.9"})
    assert answer["statusCode"] == 404
    assert "Ce lien ne fonctionne pas" in answer["body"]
    assert stack.granted()


@pytest.mark.parametrize("body", ["List-Unsubscribe=One-Click", "confirm=1", "undo=1"])
def test_the_snapshot_is_told_whose_consent_has_changed(stack: Stack, body: str) -> None:
    stack.page("POST", stack.token(), body)
    told = {"shop": "lumen", "customers": [stack.world.node], "cause": "event"}
    assert told_the_snapshot(stack) == [told]


def test_a_withdrawal_holds_though_the_snapshot_cannot_be_told(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_told: object) -> None:
        raise Unavailable("SQS failed.")

    monkeypatch.setattr(SqsQueue, "send", fails)
    assert stack.page("POST", stack.token(), "confirm=1")["statusCode"] == 200
    assert not stack.granted()


def test_the_page_loads_and_tells_nothing(stack: Stack) -> None:
    answer = stack.page("GET", stack.token())
    policy = answer["headers"]["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self'" in policy
    assert answer["headers"]["cache-control"] == "no-store"
    assert answer["headers"]["referrer-policy"] == "no-referrer"
    assert "<script" not in answer["body"]


def test_the_snapshot_is_told_who_has_opened_a_message(stack: Stack) -> None:
    answer = stack.ask()
    stack.deliver()
    told_the_snapshot(stack)
    stack.tell(answer["message_id"], "Open")
    (told,) = told_the_snapshot(stack)
    assert told["customers"] == [stack.entry(answer["message_id"]).customer]


def test_the_snapshot_is_told_whose_messages_were_reserved_and_sent(stack: Stack) -> None:
    answer = stack.ask()
    customer = stack.entry(answer["message_id"]).customer
    assert [one["customers"] for one in told_the_snapshot(stack)] == [[customer]]
    stack.deliver()
    assert [one["customers"] for one in told_the_snapshot(stack)] == [[customer]]


def test_the_link_in_the_mail_is_the_one_that_works(stack: Stack) -> None:
    stack.ask()
    stack.deliver()
    start = (body := sent()[0].body).index("https://api.example.com/dev/v1/unsubscribe/")
    link = body[start:].split()[0].split('"')[0].rstrip(">")
    assert stack.page("POST", urlparse(link).path.rpartition("/")[2], "confirm=1")["statusCode"] == 200
    assert not stack.granted()


def test_a_short_link_works_like_the_long_one_and_an_invented_one_does_not(stack: Stack) -> None:
    short = shorten(stack.items, bootstrap.clock(), bootstrap.identity_key(), stack.token())
    assert stack.page("GET", short)["statusCode"] == 200
    assert stack.granted()
    assert stack.page("POST", short, "confirm=1")["statusCode"] == 200
    assert not stack.granted()
    assert stack.page("GET", "A" * len(short))["statusCode"] == 404


def test_no_log_line_holds_the_address_or_the_name(
    stack: Stack, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    answer = stack.ask()
    stack.deliver()
    stack.tell(answer["message_id"], "Bounce", bounceType="Permanent")
    stack.page("POST", stack.token(), "confirm=1")
    captured = capsys.readouterr()
    logged = captured.out + captured.err + "".join(str(vars(record)) for record in caplog.records)
    assert "Delivery ended" in logged
    assert EMAIL not in logged
    assert "Anna" not in logged
