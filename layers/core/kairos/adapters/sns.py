"""Amazon SNS: text messages and notifications on phones, one attempt per call, errors told apart."""

import json
import re
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from kairos.adapters.refusals import status_of
from kairos.domain.errors import Refused, Throttled
from kairos.ports import NotSent, Push, Sms

_FOR_NOW = frozenset(
    {
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "RequestThrottled",
        "KMSThrottling",
        "AuthorizationError",
        "AccessDenied",
        "AccessDeniedException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "ExpiredToken",
        "ExpiredTokenException",
        "PlatformApplicationDisabled",
    }
)
"""Refused before anything was sent; it may be accepted once the rush is over, or a permission or the
platform's certificate renewed (SNS API reference, Publish, Errors; common errors)."""

_GONE = frozenset({"EndpointDisabled", "OptedOut", "NotFound"})
"""The phone was reinstalled or wiped, its endpoint deleted, or its owner opted out with the carrier."""

_GONE_SAYS = re.compile(r"no endpoint found for the target arn specified|\bis opted out\b", re.IGNORECASE)
"""What SNS says with InvalidParameter of a deleted endpoint, and of a number whose owner opted out ("Phone
number is opted out": https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html, "Delivery failure
reasons"). Neither is among the errors of the API reference, so both are known by their words."""

_FOR_GOOD = frozenset(
    {"InvalidParameter", "ParameterValueInvalid", "InvalidParameterValue", "ValidationException", "UserError"}
)

_NOT_REACHED = (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    CredentialRetrievalError,
)
"""No connection stood, so nothing can have been sent. A read time-out or a broken line tells nothing."""

_TOO_MANY = 429
_APNS = ("APNS", "APNS_SANDBOX")
_TEXT_BYTES = 2048
"""Of a notification's text; the whole payload may have 4096 (APNs and FCM alike)."""


@cache
def sns_client() -> Any:
    """The client that sends: botocore's own retries would send twice where an answer was lost."""
    config = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})
    return boto3.client("sns", config=config)


class _Publisher:
    """client: as sns_client makes it."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def _published(self, **asked: Any) -> str | None:
        try:
            answer = self._client.publish(**asked)
        except ClientError as error:
            raise _judged(error) from error
        except ParamValidationError as error:
            raise NotSent("ParamValidationError", for_now=False) from error
        except _NOT_REACHED as error:
            raise NotSent(type(error).__name__, for_now=True) from error
        return str(answer["MessageId"])


class SmsProvider(_Publisher):
    """See ports.Provider."""

    def send(self, message: Sms) -> str | None:
        """See ports.Provider."""
        return self._published(
            PhoneNumber=message.to,
            Message=message.text,
            MessageAttributes=_sms_attributes(message),
        )


def _sms_attributes(message: Sms) -> dict[str, Any]:
    """https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html"""
    told = {"AWS.SNS.SMS.SMSType": _text(message.kind)}
    if message.sender_id is not None:
        told["AWS.SNS.SMS.SenderID"] = _text(message.sender_id)
    if message.max_price is not None:
        told["AWS.SNS.SMS.MaxPrice"] = {"DataType": "Number", "StringValue": message.max_price}
    return told


class PushProvider(_Publisher):
    """See ports.Provider."""

    def send(self, message: Push) -> str | None:
        """See ports.Provider."""
        seconds = _text(str(message.ttl))
        return self._published(
            TargetArn=message.endpoint,
            Message=_payloads(message),
            MessageStructure="json",
            MessageAttributes={
                "AWS.SNS.MOBILE.APNS.PUSH_TYPE": _text("alert"),
                "AWS.SNS.MOBILE.APNS.TTL": seconds,
                "AWS.SNS.MOBILE.APNS_SANDBOX.TTL": seconds,
                "AWS.SNS.MOBILE.FCM.TTL": seconds,
            },
        )


def _payloads(message: Push) -> str:
    """What each platform gets, of which SNS takes the endpoint's own; "default" it asks for."""
    text = message.text.encode()[:_TEXT_BYTES].decode(errors="ignore")
    data = {"message_id": message.message_id, "url": message.url, "image": message.image}
    data = {name: value for name, value in data.items() if value}
    aps: dict[str, Any] = {"alert": {"title": message.title, "body": text}, "sound": "default"}
    if message.image:
        aps["mutable-content"] = 1  # lets the app fetch the picture
    notification = {"title": message.title, "body": text}
    if message.image:
        notification["image"] = message.image
    fcm = {"fcmV1Message": {"message": {"notification": notification, "data": data}}}
    apns = _json({"aps": aps, **data})
    return _json({"default": text, "GCM": _json(fcm), **dict.fromkeys(_APNS, apns)})


class SnsEndpoints:
    """See ports.PhoneEndpoints."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def create(self, application: str, token: str) -> str:
        """See ports.PhoneEndpoints. One that exists is used again, and enabled."""
        try:
            arn = self._made(application, token)
            self._client.set_endpoint_attributes(
                EndpointArn=arn, Attributes={"Token": token, "Enabled": "true"}
            )
        except ClientError as error:
            raise _refused(error) from error
        return arn

    def _made(self, application: str, token: str) -> str:
        try:
            made = self._client.create_platform_endpoint(PlatformApplicationArn=application, Token=token)
        except ClientError as error:
            # SNS tells the endpoint's name only so, where it was made with other attributes.
            exists = re.search(r"Endpoint (arn:\S+) already exists", error.response["Error"]["Message"])
            if exists is None:
                raise
            return exists[1]
        return str(made["EndpointArn"])

    def delete(self, arn: str) -> None:
        """See ports.PhoneEndpoints."""
        try:
            self._client.delete_endpoint(EndpointArn=arn)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NotFound":
                raise _refused(error) from error


def _refused(error: ClientError) -> Exception:
    if error.response["Error"]["Code"] in _FOR_GOOD | {"NotFound"}:
        remedy = "Send the token that the phone gave to the app, for a platform that the shop has set up."
        return Refused("token", "SNS does not take it.", remedy)
    return Throttled("SNS did not register the phone.")


def _judged(error: ClientError) -> Exception:
    """NotSent where SNS says that it sent nothing; the error itself where nobody can tell."""
    code: str = error.response["Error"]["Code"]
    if code in _FOR_NOW or status_of(error) == _TOO_MANY:
        return NotSent(code, for_now=True)
    if code in _GONE or (code in _FOR_GOOD and _GONE_SAYS.search(error.response["Error"].get("Message", ""))):
        return NotSent(code, for_now=False, gone=True)
    if code in _FOR_GOOD:
        return NotSent(code, for_now=False)
    unclear: Exception = error
    return unclear


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
