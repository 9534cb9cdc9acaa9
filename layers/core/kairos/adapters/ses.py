"""Amazon SES, API v2: one attempt per call, and errors told apart by whether anything was sent."""

from collections.abc import Mapping
from datetime import datetime
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

from kairos.domain.machine_opens import calls_itself_machine
from kairos.ports import Email, NotSent
from kairos.services.feedback import Feedback, Kind

_FOR_NOW = frozenset(
    {
        "TooManyRequestsException",
        "ThrottlingException",
        "Throttling",
        "RequestThrottled",
        "LimitExceededException",
        "SendingPausedException",
        "ConfigurationSetSendingPausedException",
        "AccountSendingPausedException",
        "AccessDeniedException",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "ExpiredTokenException",
    }
)
"""Refused before anything was sent; it may be accepted once the rush is over, or a permission granted
(SES v2 API reference, SendEmail, Errors; SES developer guide, common errors)."""

_FOR_GOOD = frozenset(
    {
        "MessageRejected",
        "MailFromDomainNotVerifiedException",
        "AccountSuspendedException",
        "BadRequestException",
        "NotFoundException",
        "ValidationException",
    }
)
"""Refused, and refused again if it were repeated as it is."""

_NOT_REACHED = (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    CredentialRetrievalError,
)
"""No connection stood, so nothing can have been sent. A read time-out or a broken line tells nothing."""

_KINDS: dict[str, Kind] = {
    "send": "send",
    "delivery": "delivery",
    "deliverydelay": "delay",
    "bounce": "bounce",
    "complaint": "complaint",
    "reject": "reject",
    "renderingfailure": "rendering_failure",
    "rendering failure": "rendering_failure",
    "open": "open",
    "click": "click",
    "subscription": "subscription",
}

_DETAIL = {"bounce": "bounceSubType", "click": "link", "delay": "delayType", "reject": "reason"}
_PART: dict[Kind, str] = {"delay": "deliveryDelay", "rendering_failure": "failure"}


@cache
def ses_client() -> Any:
    """The client that sends: botocore's own retries would send twice where an answer was lost."""
    config = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})
    return boto3.client("sesv2", config=config)


class SesProvider:
    """See ports.Provider. configuration_set: the one whose events come back to us."""

    def __init__(self, client: Any, configuration_set: str) -> None:
        self._client = client
        self._configuration_set = configuration_set

    def send(self, email: Email) -> str:
        """See ports.Provider."""
        try:
            answer = self._client.send_email(**self._request(email))
        except ClientError as error:
            raise _judged(error) from error
        except ParamValidationError as error:
            raise NotSent("ParamValidationError", for_now=False) from error
        except _NOT_REACHED as error:
            raise NotSent(type(error).__name__, for_now=True) from error
        return str(answer["MessageId"])

    def _request(self, email: Email) -> dict[str, Any]:
        content = {
            "Subject": {"Data": email.subject, "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": email.text, "Charset": "UTF-8"},
                "Html": {"Data": email.html, "Charset": "UTF-8"},
            },
            "Headers": [{"Name": name, "Value": value} for name, value in email.headers.items()],
        }
        tenant = {"TenantName": email.tenant} if email.tenant else {}
        return tenant | {
            "FromEmailAddress": email.sender,
            "Destination": {"ToAddresses": [email.to]},
            "ReplyToAddresses": [email.reply_to] if email.reply_to else [],
            "Content": {"Simple": content},
            "ConfigurationSetName": self._configuration_set,
            "EmailTags": [{"Name": name, "Value": value} for name, value in email.tags.items()],
        }


def _judged(error: ClientError) -> Exception:
    """NotSent where SES says that it sent nothing; the error itself where nobody can tell."""
    code: str = error.response["Error"]["Code"]
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    if code in _FOR_NOW or status == _TOO_MANY:
        return NotSent(code, for_now=True)
    if code in _FOR_GOOD:
        return NotSent(code, for_now=False)
    unclear: Exception = error
    return unclear


_TOO_MANY = 429


def read_feedback(detail: Mapping[str, Any]) -> Feedback | None:
    """An event of the configuration set (EventBridge's `detail`); None where it is none of our messages'.

    Raises KeyError, ValueError for a shape that SES does not document.
    """
    mail = detail["mail"]
    kind = _KINDS.get(str(detail["eventType"]).lower())
    message, shop = (_tag(mail, name) for name in ("message", "shop"))
    if kind is None or message is None or shop is None:
        return None
    part = detail.get(_PART.get(kind, kind)) or {}
    if part.get("complaintFeedbackType") == "not-spam":
        return None  # the recipient took the message out of the spam folder
    return Feedback(
        shop=shop,
        message_id=message,
        provider_id=mail.get("messageId"),
        kind=kind,
        at=datetime.fromisoformat(part.get("timestamp") or mail["timestamp"]),
        permanent=_is_permanent(kind, part),
        detail=part.get(_DETAIL[kind]) if kind in _DETAIL else None,
        machine=kind in {"open", "click"} and calls_itself_machine(part.get("userAgent")),
    )


def _is_permanent(kind: Kind, part: Mapping[str, Any]) -> bool:
    if kind == "subscription":
        return bool((part.get("newTopicPreferences") or {}).get("unsubscribeAll"))
    return kind == "bounce" and part.get("bounceType") == "Permanent"


def _tag(mail: Mapping[str, Any], name: str) -> str | None:
    values = (mail.get("tags") or {}).get(name) or [None]
    return str(values[0]) if values[0] else None
