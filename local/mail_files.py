"""Save what stands in the outbox as files that a browser and a mail program open."""

import re
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

_HEADERS_OF_THE_MESSAGE = ("From", "To", "Reply-To", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post")


# RFC 5322's limit: folded any shorter, the long address in List-Unsubscribe would be encoded and unusable.
_AS_SENT = SMTP.clone(max_line_length=998)


def save_mail(record: dict[str, Any], folder: Path, pictures_url: str) -> Path:
    """Write NAME.eml (as sent) and NAME.html; answers the latter.

    record: an e-mail of the outbox. In the .html, pictures at `pictures_url` are looked for in the folder
    `pictures` beside it, so that it can be looked at when nothing runs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = file_name(record)
    (folder / f"{name}.eml").write_bytes(as_message(record).as_bytes())
    page = folder / f"{name}.html"
    page.write_text(record["html"].replace(f"{pictures_url}/", "../pictures/"), encoding="utf-8")
    return page


def file_name(record: dict[str, Any]) -> str:
    """From the mailbox and the moment: adlie.clairmont.10000-0512-0710."""
    mailbox = re.sub(r"[^a-z0-9.]+", "-", record["to"][0].lower().partition("@")[0])
    return f"{mailbox}-{datetime.fromisoformat(record['at']):%m%d-%H%M}"


def as_message(record: dict[str, Any]) -> EmailMessage:
    """The message with the headers, text and HTML that the provider was given."""
    message = EmailMessage(policy=_AS_SENT)
    for name in _HEADERS_OF_THE_MESSAGE:
        if name in record["headers"]:
            message[name] = record["headers"][name]
    message["Date"] = format_datetime(datetime.fromisoformat(record["at"]))
    message["Message-ID"] = f"<{record['message_id']}@email.example.com>"
    message.set_content(record["text"] or "")
    if record["html"]:
        message.add_alternative(record["html"], subtype="html")
    return message
