"""What permission a mail needs: that for its sender's identity, as in SES.

The stock emulator asks for a permission on every resource ("*"), which no function should hold.
"""

import json
from email.utils import parseaddr


def mend() -> None:
    """Name the sender's domain where a mail is sent."""
    from ministack.core import iam_actions

    stock = iam_actions._ses_v2_resource_arn

    def resource(method: str, path: str, body: bytes, region: str, account: str) -> str:
        sender = sender_of(body) if path.rstrip("/") == "/v2/email/outbound-emails" else ""
        domain = sender.rpartition("@")[2]
        if domain:
            return f"arn:aws:ses:{region}:{account}:identity/{domain}"
        return str(stock(method, path, body, region, account))

    iam_actions._ses_v2_resource_arn = resource


def sender_of(body: bytes) -> str:
    """The bare address that a mail says it is from; empty where it says none."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    return parseaddr(str(told.get("FromEmailAddress", "")))[1] if isinstance(told, dict) else ""
