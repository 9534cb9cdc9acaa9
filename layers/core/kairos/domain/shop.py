"""A shop: its platform, its money, its clock, and how it wants to be heard."""

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints

from kairos.domain.channel_settings import ChannelSettings
from kairos.domain.discounts import ApiAddress, DiscountRules
from kairos.domain.levels import Levels
from kairos.domain.money import Currency
from kairos.domain.order import OrderStatus
from kairos.domain.pages import PageSettings
from kairos.domain.points import PointRules
from kairos.domain.results import ResultSettings
from kairos.domain.sending_rules import SendingRules
from kairos.domain.value import Value

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
ShopId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$")]
EmailText = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
]
"""One address, in ASCII as mail headers want it; an international domain as "xn--…"."""

WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=500)]
"""Becomes a link in messages, so that no other scheme is taken."""


def _known_timezone(name: str) -> str:
    try:
        ZoneInfo(name)  # remembered; available_timezones() opens some 600 files each time
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no IANA time zone; use one such as 'Europe/Zurich'") from None
    return name


Timezone = Annotated[str, AfterValidator(_known_timezone)]
"""An IANA name, "Europe/Zurich"."""


StateId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""An order's state as the platform writes it: PrestaShop's number, CloudCart's or Magento's code."""


class QuietHours(Value):
    """No message between `start` and `end`, local time; may span midnight."""

    start: time
    end: time


class Sender(Value):
    """Who messages come from; the address must be verified with the provider."""

    email: EmailText
    name: str
    reply_to: EmailText | None = None


class TagSettings(Value):
    """What the script tag may do. mail_links: our messages' links tell it by which of them somebody came."""

    mail_links: bool = True


class Shop(Value):
    """What a shop owner sets. Secrets are kept elsewhere and never read back.

    consent_field: which field of the platform's customer means consent to e-mail, where it has none of
    its own ("meta_data.newsletter" for WooCommerce). free_shipping: the shop offers it to hesitant buyers.
    order_states: what states of an order mean, by the platform's id or code; before the platform's defaults.
    recompute_minutes: how often its segments are looked through for what time alone has changed.
    reconcile_minutes: how often its own API, where it gives access to it, is asked for what webhooks missed.
    site_kept_days: for how long what visitors do is kept for the figures of the site.
    levels: the figures at which customers change from one level to the next.
    channels: how messages take each channel.
    sending: when and to whom it sends.
    pages: the hosted pages, and what messages may point to.
    discounts: what it allows of discount codes. points: what earns them.
    results: how it counts what its messages bring.
    tag: the script tag on its site.
    api: where the shop's own API answers, which is asked for what webhooks leave out or lose, makes codes and
    tags orders; `discounts.api` holds where it is left out.
    """

    id: ShopId
    name: str
    platform: str
    currency: Currency
    timezone: Timezone = "UTC"
    languages: tuple[Language, ...] = Field(default=("en",), min_length=1)
    url: WebAddress | None = None
    sender: Sender
    postal_address: str | None = None
    quiet_hours: QuietHours | None = None
    consent_field: str | None = None
    transfer_gateways: tuple[str, ...] = ()
    order_states: Annotated[dict[StateId, OrderStatus], Field(max_length=200)] = Field(default_factory=dict)
    free_shipping: bool = False
    recompute_minutes: Annotated[int, Field(ge=5, le=1440)] = 5
    reconcile_minutes: Annotated[int, Field(ge=5, le=1440)] = 60
    allowed_origins: tuple[str, ...] = ()
    site_kept_days: Annotated[int, Field(ge=7, le=400)] = 92
    levels: Levels = Levels()
    channels: ChannelSettings = ChannelSettings()
    sending: SendingRules = SendingRules()
    pages: PageSettings = PageSettings()
    discounts: DiscountRules = DiscountRules()
    points: PointRules = PointRules()
    results: ResultSettings = ResultSettings()
    tag: TagSettings = TagSettings()
    api: ApiAddress | None = None

    def __hash__(self) -> int:
        """Opened snapshots are kept by shop; not every setting can be hashed."""
        return hash(self.id)

    @property
    def api_address(self) -> str | None:
        """Where its own API answers, None where it has told none."""
        return self.api or self.discounts.api

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.timezone)
