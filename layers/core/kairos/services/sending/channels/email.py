"""E-mail, carried by SES."""

from email.utils import formataddr

from kairos.ports import Email
from kairos.services.sending.channels.draft import Draft, Unsendable
from kairos.services.sending.content import RenderedEmail
from kairos.services.unsubscribing import one_click_headers


def compose(draft: Draft) -> Email:
    """See draft.Compose. A mail that asks for a consent has nothing to unsubscribe from."""
    shop, entry, words = draft.shop, draft.entry, draft.words
    if not isinstance(words, RenderedEmail):
        raise Unsendable("template failed")
    return Email(
        sender=_named(shop.sender.name, shop.sender.email),
        reply_to=shop.sender.reply_to,
        to=draft.address.value,
        subject=words.subject,
        html=words.html,
        text=words.text,
        headers={} if entry.purpose == "confirmation" else one_click_headers(draft.link),
        tags={"message": entry.message_id, "shop": shop.id},
        tenant=shop.channels.email.tenant,
    )


def _named(name: str, address: str) -> str:
    """`Name <address>`; quoted, and what is not ASCII encoded (RFC 2047), as SES asks for in a sender."""
    return formataddr(("".join(char for char in name if char.isprintable()), address))
