"""SES v2 keeps what it was given, reports what became of it, and takes any sender.

The stock emulator drops headers, tags and the configuration set, and fires no events. Senders are verified
per shop in AWS; on a laptop nobody could click the verification mail.

Mailbox simulator, as in SES: bounce@simulator.amazonses.com and complaint@simulator.amazonses.com, also with
a label (bounce+anything@...); everything else is delivered.
"""

import asyncio
import base64
import contextvars
import functools
import json
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parseaddr
from typing import Any

from local.mends import clock, outbox

_DETAIL_TYPES = {
    "Send": "Email Sent",
    "Delivery": "Email Delivered",
    "Bounce": "Email Bounced",
    "Complaint": "Email Complaint Received",
}


def mend() -> None:
    """Wrap SendEmail: note the message in the outbox, then publish its events."""
    from ministack.services import eventbridge, ses, ses_v2

    stock = ses_v2.handle_request
    ses._identity_verified = lambda _address, **_options: True

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        answer = await stock(method, path, headers, body, query)
        if method == "POST" and path.rstrip("/").endswith("/outbound-emails") and answer[0] == 200:
            asked = json.loads(body)
            record = _record(asked, json.loads(answer[2])["MessageId"])
            outbox.append(record)
            known = ses_v2._config_sets.get(asked.get("ConfigurationSetName")) or {}
            entries = _events(record, (known.get("EventDestinations") or {}).values())
            if entries:
                context = contextvars.copy_context()  # account and region of this request
                publish = functools.partial(
                    eventbridge._put_events, {"Entries": entries}, allow_aws_source=True
                )
                asyncio.get_running_loop().run_in_executor(None, context.run, publish)
        return answer

    ses_v2.handle_request = handle


def _record(asked: dict[str, Any], message_id: str) -> dict[str, Any]:
    """The outbox's record of an e-mail, with headers as the recipient would see them."""
    to = asked.get("Destination", {}).get("ToAddresses", [])
    content = asked.get("Content", {})
    record = {
        "channel": "email",
        "at": clock.shown_now().isoformat(),
        "message_id": message_id,
        "from": asked.get("FromEmailAddress", ""),
        "to": to,
        "reply_to": asked.get("ReplyToAddresses", []),
        "configuration_set": asked.get("ConfigurationSetName"),
        "tags": {tag["Name"]: tag["Value"] for tag in asked.get("EmailTags", [])},
    }
    if "Raw" in content:
        return record | _raw_parts(base64.b64decode(content["Raw"]["Data"]))
    simple = content.get("Simple", {})
    body = simple.get("Body", {})
    subject = simple.get("Subject", {}).get("Data", "")
    headers = {"From": record["from"], "To": ", ".join(to), "Subject": subject}
    if record["reply_to"]:
        headers["Reply-To"] = ", ".join(record["reply_to"])
    headers |= {header["Name"]: header["Value"] for header in simple.get("Headers", [])}
    return record | {
        "subject": subject,
        "headers": headers,
        "text": body.get("Text", {}).get("Data"),
        "html": body.get("Html", {}).get("Data"),
    }


def _raw_parts(raw: bytes) -> dict[str, Any]:
    message = message_from_bytes(raw, policy=policy.default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return {
        "subject": str(message["Subject"] or ""),
        "headers": {name: str(value) for name, value in message.items()},
        "text": text.get_content() if text else None,
        "html": html.get_content() if html else None,
        "raw": base64.b64encode(raw).decode(),
    }


def _outcome(address: str) -> str:
    local, _, domain = parseaddr(address)[1].partition("@")
    if domain != "simulator.amazonses.com":
        return "Delivery"
    return {"bounce": "Bounce", "complaint": "Complaint"}.get(local.partition("+")[0], "Delivery")


def _events(record: dict[str, Any], destinations: Any) -> list[dict[str, Any]]:
    """Entries for EventBridge: the send, then what became of it."""
    to_bus = [each for each in destinations if each["Enabled"] and "EventBridgeDestination" in each]
    kinds = ["Send", _outcome(record["to"][0] if record["to"] else "")]
    return [
        {
            "Source": "aws.ses",
            "DetailType": _DETAIL_TYPES[kind],
            "Detail": json.dumps(_detail(record, kind)),
            "EventBusName": "default",
        }
        for kind in kinds
        for each in to_bus
        if kind.upper() in each["MatchingEventTypes"]
    ]


def _detail(record: dict[str, Any], kind: str) -> dict[str, Any]:
    """The `detail` of an SES event (SES developer guide, "Contents of event data")."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    tags = {name: [value] for name, value in record["tags"].items()}
    mail = {
        "timestamp": now,
        "source": record["from"],
        "messageId": record["message_id"],
        "destination": record["to"],
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in record["headers"].items()],
        "commonHeaders": {"from": [record["from"]], "to": record["to"], "subject": record["subject"]},
        "tags": tags | {"ses:configuration-set": [record["configuration_set"]]},
    }
    recipients = [{"emailAddress": address} for address in record["to"]]
    about: dict[str, Any] = {
        "Send": {},
        "Delivery": {"timestamp": now, "recipients": record["to"], "smtpResponse": "250 ok"},
        "Bounce": {
            "timestamp": now,
            "feedbackId": record["message_id"],
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{**each, "status": "5.1.1"} for each in recipients],
        },
        "Complaint": {
            "timestamp": now,
            "feedbackId": record["message_id"],
            "complainedRecipients": recipients,
        },
    }[kind]
    return {"eventType": kind, "mail": mail, kind.lower(): about}
