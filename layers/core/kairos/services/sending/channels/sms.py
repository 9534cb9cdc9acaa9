"""Text messages, carried by SNS."""

from kairos.domain.sms_text import length_of
from kairos.ports import Sms
from kairos.services.sending.channels.draft import Draft, Unsendable


def compose(draft: Draft) -> Sms:
    """See draft.Compose. The text alone, with the shop's words on how to opt out where it has none."""
    settings = draft.shop.channels.sms
    if settings is None:
        raise Unsendable("channel not set up")
    text = _with_opt_out(draft.short.text, settings.opt_out, draft.link)
    if length_of(text).segments > settings.most_segments:
        raise Unsendable("text too long")
    return Sms(
        to=draft.address.value,
        text=text,
        sender_id=settings.sender_id,
        kind=settings.kind,
        max_price=settings.max_price,
    )


def _with_opt_out(text: str, wording: str, link: str) -> str:
    if not wording:
        return text
    told = wording.replace("{link}", link)
    if link in text or told.casefold() in text.casefold():
        return text
    return f"{text}\n{told}"
