"""Links of our mails to the shop's own site: they carry a token, so that the script tag learns who came.

The token names the message, nobody's address. Mails are passed on, so that it says little: see `reader`.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from kairos import keys
from kairos.domain.campaign_content import Article, CampaignContent
from kairos.domain.identity import Identities, IdentityKey
from kairos.domain.shop import Shop
from kairos.ports import Items
from kairos.services.sending import ledger
from kairos.services.sending.content import Content, ShownItem

PARAMETER = "kairos_id"

VALID_FOR = timedelta(days=30)
"""After a message was decided. Who comes back by an older mail says so by logging in."""

_ID_BYTES, _SIGNATURE_BYTES = 16, 12
"""A message id is 32 hex digits; 96 bits of a signature nobody guesses, and a mail's links stay short."""

_PURPOSE = b"visit\x00"
_LISTS = ("items", "featured", "related", "viewed", "new_products", "trending")


def visit_token(key: IdentityKey, shop: str, message_id: str) -> str:
    """38 characters of base64url that name the message."""
    told = bytes.fromhex(message_id)
    return base64.urlsafe_b64encode(told + _signature(key, shop, told)).rstrip(b"=").decode()


def message_of(key: IdentityKey, shop: str, token: str) -> str | None:
    """The message that the token names; None for one that we did not sign for this shop."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    told, signature = raw[:_ID_BYTES], raw[_ID_BYTES:]
    fits = len(signature) == _SIGNATURE_BYTES and hmac.compare_digest(signature, _signature(key, shop, told))
    return told.hex() if fits else None


def reader(items: Items, key: IdentityKey, shop: str, token: str, at: datetime) -> Identities | None:
    """To whom the message went, as a claim; None where the token is not ours or too old, or they are gone.

    at: when we received it. Whoever holds the mail holds the token, so that it counts like an address that
    somebody typed: the visitor is taken for that customer until another statement says otherwise, no
    customers are merged, and nothing that the visitor does makes us write to anybody.
    """
    message_id = message_of(key, shop, token)
    held = ledger.load(items, shop, message_id) if message_id else None
    if held is None or at - held.entry.reserved_at > VALID_FOR or ledger.is_erased(items, held.entry):
        return None
    identity = items.get(keys.identity(shop, held.entry.customer))
    if identity is None:
        return None
    return Identities(**{identity.body["kind"]: identity.body["value"]}, verified=False)


def with_token(content: Content, token: str) -> Content:
    """The content with the token on every address of the shop's own site; others are left alone."""
    sites = sites_of(content.shop)

    def item(one: ShownItem) -> ShownItem:
        return one.model_copy(update={"url": _marked(one.url, sites, token)})

    lists: dict[str, Any] = {name: tuple(item(one) for one in getattr(content, name)) for name in _LISTS}
    shop = content.shop.model_copy(update={"url": _marked(content.shop.url, sites, token)})
    campaign = _campaign(content.campaign, sites, token) if content.campaign else None
    cart_url = _marked(content.cart_url, sites, token)
    return content.model_copy(update={**lists, "shop": shop, "campaign": campaign, "cart_url": cart_url})


def sites_of(shop: Shop) -> frozenset[str]:
    """Scheme and host of the sites that are the shop's own."""
    return frozenset({*(_origin(one) for one in (shop.url, *shop.allowed_origins) if one)})


def _campaign(told: CampaignContent, sites: Collection[str], token: str) -> CampaignContent:
    def article(one: Article) -> Article:
        return one.model_copy(update={"url": _marked(one.url, sites, token)})

    articles = tuple(article(one) for one in told.articles)
    button = _marked(told.button_url, sites, token)
    return told.model_copy(update={"articles": articles, "button_url": button})


def _marked(address: str | None, sites: Collection[str], token: str) -> str | None:
    if address is None or _origin(address) not in sites:
        return address
    # Appended as text: what the shop's own query holds stays as it is, byte for byte.
    parts = urlsplit(address)
    query = f"{parts.query}&{PARAMETER}={token}" if parts.query else f"{PARAMETER}={token}"
    return urlunsplit(parts._replace(query=query))


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _signature(key: IdentityKey, shop: str, told: bytes) -> bytes:
    signed = hmac.new(key.secret, _PURPOSE + shop.encode() + b"\x00" + told, hashlib.sha256)
    return signed.digest()[:_SIGNATURE_BYTES]
