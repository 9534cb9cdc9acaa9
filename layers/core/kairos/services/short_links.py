"""Short links for text messages, where a signed token alone would fill two segments."""

import base64
import hashlib
import hmac
from datetime import timedelta

from kairos import keys
from kairos.domain.errors import NotFound
from kairos.domain.identity import IdentityKey
from kairos.ports import Clock, Item, Items, Put

KEPT_FOR = timedelta(days=400)
"""How long a text message's link works; as long as decisions are kept."""

_LENGTH = 12
"""Characters of base64url: 72 bits, which nobody guesses."""

_PURPOSE = b"short link\x00"


def shorten(items: Items, clock: Clock, key: IdentityKey, token: str) -> str:
    """Twelve characters that stand for the token; the same for the same token."""
    digest = hmac.new(key.secret, _PURPOSE + token.encode(), hashlib.sha256).digest()
    short = base64.urlsafe_b64encode(digest).decode()[:_LENGTH]
    expires_at = int((clock.now() + KEPT_FOR).timestamp())
    items.write(Put(Item(keys.short_link(short), "1", {"token": token}, expires_at)))
    return short


def lengthen(items: Items, text: str) -> str:
    """The token that a link carries or stands for. Raises NotFound for a short one that nobody was sent."""
    if len(text) != _LENGTH:
        return text
    held = items.get(keys.short_link(text))
    if held is None:
        raise NotFound("link", "")
    return str(held.body["token"])
