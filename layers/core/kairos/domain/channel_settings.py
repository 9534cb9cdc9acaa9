"""What a shop sets for each channel that its messages take. A channel that is not set up takes none.

Secrets are kept elsewhere: see services.shops.ShopSecrets.
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from kairos.domain.value import Value

DAY = 86400

SenderId = Annotated[str, StringConstraints(pattern=r"^[0-9-]{0,10}[A-Za-z][A-Za-z0-9-]*$", max_length=11)]
"""Up to 11 letters, digits and hyphens, at least one of them a letter (SNS developer guide, "Sender IDs")."""

Price = Annotated[str, StringConstraints(pattern=r"^\d{1,3}(\.\d{1,5})?$")]
"""US dollars, "0.50"."""

ApplicationArn = Annotated[
    str,
    StringConstraints(
        pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:app/[A-Z_]+/[\w.-]+$", max_length=400
    ),
]

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _postable(address: str) -> str:
    parts = urlsplit(address)
    if parts.hostname in _LOOPBACK and parts.scheme in {"http", "https"}:
        return address  # a laptop; anywhere else the call refuses it
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise ValueError("use an https:// address without user name and password")
    return address


def _contact(address: str) -> str:
    if not address.startswith(("mailto:", "https://")):
        raise ValueError("use mailto:… or https://…, under which a push service reaches the sender")
    return address


PostAddress = Annotated[str, StringConstraints(max_length=500), AfterValidator(_postable)]
Contact = Annotated[str, StringConstraints(max_length=200), AfterValidator(_contact)]


class EmailSettings(Value):
    """tenant: the shop's own tenant in SES, under which its reputation counts apart from the others'."""

    tenant: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None


class SmsSettings(Value):
    """kind: SNS's message type. most_segments: a longer text is not sent.

    max_price: what one segment may cost; None: the account's limit. opt_out: added to a text that tells no
    way to unsubscribe, {link} being the address for it; an empty one adds nothing.
    """

    sender_id: SenderId | None = None
    kind: Literal["Promotional", "Transactional"] = "Promotional"
    max_price: Price | None = None
    most_segments: int = Field(default=4, ge=1, le=10)
    opt_out: Annotated[str, StringConstraints(max_length=100)] = "Stop: {link}"


class PushSettings(Value):
    """ios, android: SNS's platform applications, in which phones are registered. ttl: seconds for which a
    phone that is off is tried."""

    ios: ApplicationArn | None = None
    android: ApplicationArn | None = None
    ttl: int = Field(default=DAY, ge=0, le=28 * DAY)


class WebPushSettings(Value):
    """contact: whom a push service writes to about these messages (VAPID's subject). ttl: seconds for which
    a browser that is off is tried. public_key: browsers subscribe with it; made here, never set."""

    contact: Contact
    ttl: int = Field(default=DAY, ge=0, le=28 * DAY)
    public_key: str | None = None


class WebhookSettings(Value):
    """url: where messages are posted, signed, for a provider of other channels to carry."""

    url: PostAddress


class ChannelSettings(Value):
    """One part for each channel. None: the channel is not set up."""

    email: EmailSettings = EmailSettings()
    sms: SmsSettings | None = None
    push: PushSettings | None = None
    web_push: WebPushSettings | None = None
    webhook: WebhookSettings | None = None
