"""Notifications on phones, carried by SNS."""

from kairos.ports import Push
from kairos.services.sending.channels.draft import Draft, Unsendable


def compose(draft: Draft) -> Push:
    """See draft.Compose."""
    settings = draft.shop.channels.push
    if settings is None:
        raise Unsendable("channel not set up")
    words = draft.short
    return Push(
        endpoint=draft.address.value,
        title=words.title,
        text=words.text,
        url=words.url,
        image=words.image,
        message_id=draft.entry.message_id,
        ttl=settings.ttl,
    )
