"""What SNS reports: delivery logs of text messages, and events of phones' platform applications."""

import base64
import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from kairos.services.reporting import PushEvent, Report

_NEVER_AGAIN = frozenset(
    {
        "Destination is on a blocked list",
        "Invalid phone number",
        "Phone has blocked SMS",
        "Phone is on a blocked list",
        "Phone number is opted out",
    }
)
"""Failures that another attempt would meet again
(https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html, "Delivery failure reasons")."""

_DEAD_PHONE = frozenset({"EndpointDisabled", "InvalidPlatformToken", "TokenExpired", "Unregistered"})
"""FailureType of a delivery to an endpoint that nothing reaches any more."""


def read_sms_log(data: str) -> list[Report]:
    """The lines of a CloudWatch Logs subscription: base64 of gzipped JSON. Lines of other kinds are left.

    Raises ValueError, KeyError for a shape that is not documented.
    """
    told = json.loads(gzip.decompress(base64.b64decode(data)))
    if told.get("messageType") == "CONTROL_MESSAGE":
        return []
    lines = (json.loads(line["message"]) for line in told["logEvents"])
    return [_sms(line) for line in lines if "notification" in line]


def _sms(line: Mapping[str, Any]) -> Report:
    told, failed = line["delivery"], line["status"] != "SUCCESS"
    why = str(told.get("providerResponse") or "") if failed else None
    at = datetime.fromisoformat(line["notification"]["timestamp"])
    return Report(
        provider_id=line["notification"]["messageId"],
        kind="bounce" if failed else "delivery",
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        permanent=why in _NEVER_AGAIN,
        detail=why,
    )


def read_push_event(notification: Mapping[str, Any]) -> PushEvent | None:
    """A notification of the topic that platform applications report to; None where it is none of theirs."""
    try:
        told = json.loads(notification["Message"])
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    kind, endpoint = told.get("EventType"), told.get("EndpointArn")
    if kind == "EndpointDeleted" and endpoint:
        return PushEvent("gone", endpoint, None, _time(told, notification), None)
    if kind == "DeliveryFailure" and endpoint:
        failure = str(told.get("FailureType") or "")
        what: Literal["gone", "failed"] = "gone" if failure in _DEAD_PHONE else "failed"
        return PushEvent(what, endpoint, told.get("MessageId"), _time(told, notification), failure)
    return None


def _time(told: Mapping[str, Any], notification: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(told.get("Time") or notification["Timestamp"])
