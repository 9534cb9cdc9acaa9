"""SNS: what is asked of it, what its errors mean, what it reports."""

import base64
import gzip
import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from botocore.stub import Stubber

from kairos.adapters.sns import PushProvider, SmsProvider, SnsEndpoints, sns_client
from kairos.adapters.sns_reports import read_push_event, read_sms_log
from kairos.domain.errors import Refused, Throttled
from kairos.ports import NotSent, Push, Sms
from kairos.services.reporting import PushEvent, Report

SMS = Sms("+41791234567", "Hello", "Lumen", "Promotional", "0.50")
PHONE = "arn:aws:sns:eu-central-1:123456789012:endpoint/GCM/lumen/1"
APP = "arn:aws:sns:eu-central-1:123456789012:app/GCM/lumen"
PUSH = Push(PHONE, "Lumen", "Your cart", "https://shop.example.com", None, "m1", 3600)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    return boto3.client("sns", region_name="eu-central-1", config=Config(retries={"total_max_attempts": 1}))


class Raising:
    """A client whose every call ends in this error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _name: str) -> Any:
        def call(**_: Any) -> None:
            raise self._error

        return call


def error(code: str, status: int = 400, message: str = "no") -> ClientError:
    told: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "Publish")


def text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def test_a_text_message_goes_with_sender_kind_and_price(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response(
            "publish",
            {"MessageId": "sns-1"},
            {
                "PhoneNumber": "+41791234567",
                "Message": "Hello",
                "MessageAttributes": {
                    "AWS.SNS.SMS.SMSType": text("Promotional"),
                    "AWS.SNS.SMS.SenderID": text("Lumen"),
                    "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": "0.50"},
                },
            },
        )
        assert SmsProvider(client).send(SMS) == "sns-1"


def test_a_notification_says_the_same_to_every_platform() -> None:
    asked: dict[str, Any] = {}

    class Client:
        def publish(self, **told: Any) -> dict[str, str]:
            asked.update(told)
            return {"MessageId": "sns-2"}

    picture = PUSH._replace(image="https://shop.example.com/1.jpg")
    assert PushProvider(Client()).send(picture) == "sns-2"
    assert (asked["TargetArn"], asked["MessageStructure"]) == (PHONE, "json")
    payloads = {
        name: json.loads(told) for name, told in json.loads(asked["Message"]).items() if name != "default"
    }
    data = {"message_id": "m1", "url": "https://shop.example.com", "image": "https://shop.example.com/1.jpg"}
    assert payloads["APNS"] == payloads["APNS_SANDBOX"]
    assert payloads["APNS"]["aps"]["alert"] == {"title": "Lumen", "body": "Your cart"}
    assert payloads["APNS"]["aps"]["mutable-content"] == 1
    assert data.items() <= payloads["APNS"].items()
    message = payloads["GCM"]["fcmV1Message"]["message"]
    assert message["notification"] == {"title": "Lumen", "body": "Your cart", "image": data["image"]}
    assert message["data"] == data


def test_a_long_text_stays_within_what_platforms_take() -> None:
    asked: dict[str, Any] = {}

    class Client:
        def publish(self, **told: Any) -> dict[str, str]:
            asked.update(told)
            return {"MessageId": "sns-2"}

    PushProvider(Client()).send(PUSH._replace(text="ü" * 5000))
    payloads = json.loads(asked["Message"])
    assert all(len(payloads[name].encode()) <= 4096 for name in ("APNS", "GCM"))


@pytest.mark.parametrize("code", ["Throttled", "ThrottlingException", "AuthorizationError", "ExpiredToken"])
def test_a_refusal_for_the_moment_is_known(code: str) -> None:
    with pytest.raises(NotSent) as refused:
        SmsProvider(Raising(error(code))).send(SMS)
    assert (refused.value.for_now, refused.value.gone) == (True, False)


def test_an_expired_certificate_of_the_app_may_be_renewed() -> None:
    with pytest.raises(NotSent) as refused:
        PushProvider(Raising(error("PlatformApplicationDisabled"))).send(PUSH)
    assert refused.value.for_now


@pytest.mark.parametrize("code", ["EndpointDisabled", "NotFound"])
def test_a_phone_that_is_gone_is_known(code: str) -> None:
    with pytest.raises(NotSent) as refused:
        PushProvider(Raising(error(code))).send(PUSH)
    assert refused.value.gone


@pytest.mark.parametrize(
    "says",
    [
        "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified",
        "invalid parameter: targetarn reason: no endpoint found for the target ARN specified",
    ],
)
def test_a_phone_whose_endpoint_was_deleted_is_gone_however_sns_spells_it(says: str) -> None:
    with pytest.raises(NotSent) as refused:
        PushProvider(Raising(error("InvalidParameter", message=says))).send(PUSH)
    assert (refused.value.for_now, refused.value.gone) == (False, True)


@pytest.mark.parametrize(
    "says",
    [
        "Invalid parameter: PhoneNumber Reason: +41791234567 is opted out",
        "Invalid parameter: Phone number is Opted Out",
    ],
)
def test_a_number_whose_owner_opted_out_is_gone(says: str) -> None:
    with pytest.raises(NotSent) as refused:
        SmsProvider(Raising(error("InvalidParameter", message=says))).send(SMS)
    assert (refused.value.for_now, refused.value.gone) == (False, True)


@pytest.mark.parametrize(
    "says",
    [
        "Invalid parameter: PhoneNumber Reason: +41791234567 is not valid to publish to",
        "Invalid parameter: Message too long",
    ],
)
def test_a_parameter_that_is_wrong_by_itself_leaves_the_address(says: str) -> None:
    with pytest.raises(NotSent) as refused:
        SmsProvider(Raising(error("InvalidParameter", message=says))).send(SMS)
    assert (refused.value.for_now, refused.value.gone) == (False, False)


def test_a_number_that_sns_finds_wrong_is_refused_for_good() -> None:
    with pytest.raises(NotSent) as refused:
        SmsProvider(Raising(error("InvalidParameter"))).send(SMS)
    assert (refused.value.for_now, refused.value.gone) == (False, False)


@pytest.mark.parametrize(
    "unclear", [error("InternalError", 500), ReadTimeoutError(endpoint_url="x"), error("Unheard", 400)]
)
def test_what_tells_nothing_is_passed_on(unclear: Exception) -> None:
    with pytest.raises(type(unclear)):
        SmsProvider(Raising(unclear)).send(SMS)


def test_without_a_connection_nothing_was_sent() -> None:
    with pytest.raises(NotSent) as refused:
        SmsProvider(Raising(ConnectTimeoutError(endpoint_url="x"))).send(SMS)
    assert refused.value.for_now


def test_botocore_never_tries_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    sns_client.cache_clear()
    assert sns_client().meta.config.retries["total_max_attempts"] == 1


def test_a_phone_is_registered_and_enabled(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response(
            "create_platform_endpoint",
            {"EndpointArn": PHONE},
            {"PlatformApplicationArn": APP, "Token": "t" * 20},
        )
        stub.add_response(
            "set_endpoint_attributes",
            {},
            {"EndpointArn": PHONE, "Attributes": {"Token": "t" * 20, "Enabled": "true"}},
        )
        assert SnsEndpoints(client).create(APP, "t" * 20) == PHONE


def test_a_phone_registered_otherwise_before_is_used_again(client: Any) -> None:
    told = f"Invalid parameter: Token Reason: Endpoint {PHONE} already exists with the same Token, but ..."
    with Stubber(client) as stub:
        stub.add_client_error("create_platform_endpoint", "InvalidParameter", told, 400)
        stub.add_response("set_endpoint_attributes", {})
        assert SnsEndpoints(client).create(APP, "t" * 20) == PHONE


def test_a_token_that_sns_does_not_take_is_told() -> None:
    with pytest.raises(Refused, match="token"):
        SnsEndpoints(Raising(error("InvalidParameter"))).create(APP, "t" * 20)
    with pytest.raises(Throttled):
        SnsEndpoints(Raising(error("InternalError", 500))).create(APP, "t" * 20)


def test_removing_a_phone_that_is_gone_does_no_harm() -> None:
    SnsEndpoints(Raising(error("NotFound", 404))).delete(PHONE)


def lines(*told: dict[str, Any], kind: str = "DATA_MESSAGE") -> str:
    events = [{"id": str(at), "message": json.dumps(one)} for at, one in enumerate(told)]
    return base64.b64encode(
        gzip.compress(json.dumps({"messageType": kind, "logEvents": events}).encode())
    ).decode()


def status(outcome: str, **delivery: Any) -> dict[str, Any]:
    return {
        "notification": {"messageId": "sns-1", "timestamp": "2026-11-21 12:00:34.558"},
        "delivery": {"destination": "+41791234567", "priceInUSD": 0.05} | delivery,
        "status": outcome,
    }


AT = datetime(2026, 11, 21, 12, 0, 34, 558000, UTC)


def test_the_log_of_a_text_message_tells_that_it_arrived() -> None:
    assert read_sms_log(lines(status("SUCCESS", providerResponse="Message has been accepted"))) == [
        Report("sns-1", "delivery", AT, False, None)
    ]


@pytest.mark.parametrize(
    ("why", "permanent"),
    [
        ("Phone number is opted out", True),
        ("Invalid phone number", True),
        ("Phone is currently unreachable/unavailable", False),
        ("This delivery would exceed max price", False),
    ],
)
def test_the_log_tells_why_a_text_message_failed(why: str, permanent: bool) -> None:
    assert read_sms_log(lines(status("FAILURE", providerResponse=why))) == [
        Report("sns-1", "bounce", AT, permanent, why)
    ]


def test_what_is_no_status_is_left() -> None:
    assert read_sms_log(lines({"something": "else"})) == []
    assert read_sms_log(lines(kind="CONTROL_MESSAGE")) == []


def notified(**told: Any) -> dict[str, Any]:
    return {"Message": json.dumps(told), "Timestamp": "2026-11-21T12:00:00.000Z"}


def test_a_dead_phone_is_read_from_either_event() -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    deleted = read_push_event(notified(EventType="EndpointDeleted", EndpointArn=PHONE))
    assert deleted == PushEvent("gone", PHONE, None, noon, None)
    failed = notified(
        EventType="DeliveryFailure", EndpointArn=PHONE, FailureType="InvalidPlatformToken", MessageId="sns-2"
    )
    assert read_push_event(failed) == PushEvent("gone", PHONE, "sns-2", noon, "InvalidPlatformToken")


def test_a_failure_that_may_pass_leaves_the_phone() -> None:
    told = read_push_event(
        notified(EventType="DeliveryFailure", EndpointArn=PHONE, FailureType="Throttled", MessageId="sns-2")
    )
    assert told is not None
    assert told.kind == "failed"


@pytest.mark.parametrize("message", ["no json", "[]", '{"EventType": "EndpointCreated"}', "{}"])
def test_other_notifications_are_left(message: str) -> None:
    assert read_push_event({"Message": message, "Timestamp": "2026-11-21T12:00:00.000Z"}) is None
