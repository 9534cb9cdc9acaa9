"""SES: what is asked of it, and what its errors mean."""

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.stub import ANY, Stubber

from kairos.adapters.ses import SesProvider, read_feedback, ses_client
from kairos.ports import Email, NotSent

EMAIL = Email(
    sender='"Lumen" <shop@example.com>',
    reply_to=None,
    to="anna@example.com",
    subject="Grüezi",
    html="<p>Hello</p>",
    text="Hello",
    headers={"List-Unsubscribe": "<https://api.example.com/u>", "List-Unsubscribe-Post": "One-Click"},
    tags={"message": "0" * 32, "shop": "lumen"},
)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    return boto3.client("sesv2", region_name="eu-central-1", config=Config(retries={"total_max_attempts": 1}))


class Raising:
    """A client whose call ends in this error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def send_email(self, **_: Any) -> None:
        raise self._error


def client_error(code: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "SendEmail",
    )


def test_a_mail_goes_as_simple_content_with_headers_tags_and_configuration_set(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response(
            "send_email",
            {"MessageId": "ses-1"},
            {
                "FromEmailAddress": EMAIL.sender,
                "Destination": {"ToAddresses": ["anna@example.com"]},
                "ReplyToAddresses": [],
                "Content": {"Simple": ANY},
                "ConfigurationSetName": "kairos",
                "EmailTags": [{"Name": "message", "Value": "0" * 32}, {"Name": "shop", "Value": "lumen"}],
            },
        )
        assert SesProvider(client, "kairos").send(EMAIL) == "ses-1"


@pytest.mark.parametrize(
    "error",
    [
        client_error("TooManyRequestsException", 429),
        client_error("LimitExceededException"),
        client_error("SendingPausedException"),
        client_error("AccessDeniedException", 403),
        client_error("SomethingNew", 429),
        ConnectTimeoutError(endpoint_url="https://email"),
        EndpointConnectionError(endpoint_url="https://email"),
    ],
)
def test_what_was_refused_for_the_moment_may_be_tried_again(error: Exception) -> None:
    with pytest.raises(NotSent) as refusal:
        SesProvider(Raising(error), "kairos").send(EMAIL)
    assert refusal.value.for_now


@pytest.mark.parametrize(
    "code",
    [
        "MessageRejected",
        "MailFromDomainNotVerifiedException",
        "AccountSuspendedException",
        "BadRequestException",
        "NotFoundException",
    ],
)
def test_what_was_refused_for_good_is_not(code: str) -> None:
    with pytest.raises(NotSent) as refusal:
        SesProvider(Raising(client_error(code)), "kairos").send(EMAIL)
    assert not refusal.value.for_now


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url="https://email"),
        ConnectionClosedError(endpoint_url="https://email"),
        client_error("InternalFailure", 500),
        client_error("ServiceUnavailable", 503),
        client_error("SomethingNew"),
    ],
)
def test_what_nobody_can_tell_is_never_called_a_refusal(error: Exception) -> None:
    with pytest.raises(type(error)):
        SesProvider(Raising(error), "kairos").send(EMAIL)


def test_the_client_makes_one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    ses_client.cache_clear()
    assert ses_client().meta.config.retries["total_max_attempts"] == 1
    ses_client.cache_clear()


def detail(kind: str, **parts: Any) -> dict[str, Any]:
    mail = {
        "timestamp": "2026-11-21T12:00:00.000Z",
        "messageId": "ses-1",
        "tags": {"message": ["0" * 32], "shop": ["lumen"]},
    }
    told: dict[str, Any] = json.loads(json.dumps({"eventType": kind, "mail": mail, **parts}))
    return told


@pytest.mark.parametrize(
    ("told", "kind", "permanent", "noted"),
    [
        (detail("Send", send={}), "send", False, None),
        (detail("Delivery", delivery={"timestamp": "2026-11-21T12:00:01Z"}), "delivery", False, None),
        (
            detail("Bounce", bounce={"bounceType": "Permanent", "bounceSubType": "NoEmail"}),
            "bounce",
            True,
            "NoEmail",
        ),
        (
            detail("Bounce", bounce={"bounceType": "Transient", "bounceSubType": "MailboxFull"}),
            "bounce",
            False,
            "MailboxFull",
        ),
        (detail("Complaint", complaint={"complaintFeedbackType": "abuse"}), "complaint", False, None),
        (detail("Reject", reject={"reason": "Bad content"}), "reject", False, "Bad content"),
        (detail("Open", open={"timestamp": "2026-11-21T13:00:00Z"}), "open", False, None),
        (
            detail("Click", click={"link": "https://shop.example.com"}),
            "click",
            False,
            "https://shop.example.com",
        ),
        (detail("DeliveryDelay", deliveryDelay={"delayType": "MailboxFull"}), "delay", False, "MailboxFull"),
        (detail("Rendering Failure", failure={}), "rendering_failure", False, None),
    ],
)
def test_every_event_of_ses_is_understood(
    told: dict[str, Any], kind: str, permanent: bool, noted: str | None
) -> None:
    read = read_feedback(told)
    assert read is not None
    assert (read.kind, read.permanent, read.detail, read.provider_id) == (kind, permanent, noted, "ses-1")


def test_an_event_without_our_tags_is_none_of_ours() -> None:
    told = detail("Send", send={})
    told["mail"]["tags"] = {}
    assert read_feedback(told) is None


def test_taking_a_mail_out_of_the_spam_folder_is_no_complaint() -> None:
    assert read_feedback(detail("Complaint", complaint={"complaintFeedbackType": "not-spam"})) is None


def test_the_same_event_has_the_same_id_and_another_click_another() -> None:
    first, again = (read_feedback(detail("Click", click={"link": "https://a.example.com"})) for _ in "ab")
    other = read_feedback(detail("Click", click={"link": "https://b.example.com"}))
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.id == again.id != other.id


def test_a_mail_goes_under_the_shops_tenant_where_it_has_one() -> None:
    asked: dict[str, Any] = {}

    class Client:
        def send_email(self, **told: Any) -> dict[str, str]:
            asked.update(told)
            return {"MessageId": "ses-1"}

    SesProvider(Client(), "kairos").send(EMAIL)
    assert "TenantName" not in asked
    SesProvider(Client(), "kairos").send(EMAIL._replace(tenant="lumen"))
    assert asked["TenantName"] == "lumen"


def opened(agent: str) -> dict[str, Any]:
    mail = {"messageId": "ses-1", "timestamp": "2026-11-21T12:00:00.000Z"}
    tags = {"message": ["0" * 32], "shop": ["lumen"]}
    part = {"timestamp": "2026-11-21T13:00:00.000Z", "userAgent": agent, "ipAddress": "192.0.2.1"}
    return {"eventType": "Open", "mail": mail | {"tags": tags}, "open": part}


@pytest.mark.parametrize(("agent", "machine"), [("Mozilla/5.0", True), ("Mozilla/5.0 (iPhone)", False)])
def test_an_open_says_whether_a_machine_made_it(agent: str, machine: bool) -> None:
    told = read_feedback(opened(agent))
    assert told is not None
    assert told.machine is machine


@pytest.mark.parametrize("everything", [True, False])
def test_a_subscription_says_whether_all_mail_is_refused(everything: bool) -> None:
    part = {
        "contactList": "list",
        "timestamp": "2026-11-21T13:00:00.000Z",
        "source": "UnsubscribeHeader",
        "newTopicPreferences": {"unsubscribeAll": everything, "topicSubscriptionStatus": []},
    }
    told = read_feedback(opened("") | {"eventType": "Subscription", "subscription": part})
    assert told is not None
    assert (told.kind, told.permanent) == ("subscription", everything)
