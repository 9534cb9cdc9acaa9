"""Notifications of browsers, carried by each browser's own push service."""

from kairos.ports import Vapid, WebPush
from kairos.services.sending.channels.draft import Draft, Unsendable


def compose(draft: Draft) -> WebPush:
    """See draft.Compose."""
    settings, told = draft.shop.channels.web_push, draft.address.parts
    if settings is None:
        raise Unsendable("channel not set up")
    private = draft.secret().get("vapid")
    if not private or settings.public_key is None:
        raise Unsendable("channel not set up")
    if not {"p256dh", "auth"} <= told.keys():
        raise Unsendable("no address")
    words = draft.short
    return WebPush(
        endpoint=draft.address.value,
        p256dh=told["p256dh"],
        auth=told["auth"],
        title=words.title,
        text=words.text,
        url=words.url,
        image=words.image,
        message_id=draft.entry.message_id,
        ttl=settings.ttl,
        vapid=Vapid(private, settings.public_key, settings.contact),
        at=int(draft.at.timestamp()),
    )
