"""A signed POST to whoever carries the shop's other channels: WhatsApp, Messenger, Viber.

Signed as Standard Webhooks 1.0.0 asks: HMAC-SHA256 over id, timestamp and body, each header named webhook-….
The id is the message's own, the same in every attempt, so that the receiver can tell a repetition.
"""

import base64
import hashlib
import hmac
from datetime import datetime

from kairos.domain.value import canonical_json
from kairos.ports import OutgoingWebhook
from kairos.services.sending.channels.draft import Draft, Unsendable

PREFIX = "whsec_"


def compose(draft: Draft) -> OutgoingWebhook:
    """See draft.Compose."""
    settings = draft.shop.channels.webhook
    secret = draft.secret().get("outgoing_webhook") if settings else None
    if settings is None or not secret:
        raise Unsendable("channel not set up")
    body = canonical_json(_told(draft)).encode()
    message_id = draft.entry.message_id
    headers = {
        "content-type": "application/json",
        "user-agent": "Kairos",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(draft.at.timestamp())),
        "webhook-signature": signature(secret, message_id, draft.at, body),
    }
    return OutgoingWebhook(settings.url, body, headers)


def _told(draft: Draft) -> dict[str, object]:
    words, entry = draft.short, draft.entry
    return {
        "type": "message.send",
        "timestamp": draft.at.isoformat(),
        "data": {
            "message_id": entry.message_id,
            "shop": draft.shop.id,
            "customer": draft.address.value,
            "scenario": entry.step.scenario,
            "step": entry.step.step,
            "title": words.title,
            "text": words.text,
            "url": words.url,
            "image": words.image,
            "unsubscribe_url": draft.link,
        },
    }


def signature(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """`v1,` and the signature in base64. secret: "whsec_" and base64, as `key_of` takes it."""
    signed = b".".join((message_id.encode(), str(int(at.timestamp())).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def key_of(secret: str) -> bytes:
    """The secret's bytes. Raises ValueError where it is not of that form."""
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
