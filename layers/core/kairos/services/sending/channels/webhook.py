"""A signed POST to whoever carries the shop's other channels: WhatsApp, Messenger, Viber.

The id is the message's own, the same in every attempt, so that the receiver can tell a repetition.
"""

from kairos.domain.standard_webhooks import signature
from kairos.domain.value import canonical_json
from kairos.ports import OutgoingWebhook
from kairos.services.sending.channels.draft import Draft, Unsendable


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
