"""What a message shows: the customer's names, their cart, related products, a code. Facts only, no words."""

from typing import Protocol

from kairos.domain.campaign_content import Article as Article
from kairos.domain.campaign_content import CampaignContent as CampaignContent
from kairos.domain.consent import Channel
from kairos.domain.message import CodeKind, Variant
from kairos.domain.money import Money
from kairos.domain.shop import Shop
from kairos.domain.value import Instant, Value


class ShownItem(Value):
    """One item of the cart. quantity: 0 for a related product. unit_price: None where it is not known.

    instead_of: the sold-out item's title that this one replaces. sold_out: shown for want of a substitute.
    old_price: of one, before it got cheaper.
    """

    title: str
    quantity: int = 0
    unit_price: Money | None = None
    old_price: Money | None = None
    total: Money | None = None
    image: str | None = None
    url: str | None = None
    sold_out: bool = False
    instead_of: str | None = None


class Content(Value):
    """Everything a template may show. more_items: how many of the cart's items are not listed.

    country: ISO 3166-1 alpha-2, where the customer lives, for variants of texts and what is sold there.
    featured: the products that the message is about: got cheaper, launched, running out, ordered two days
    ago. related, viewed, new_products, trending: products, each list without those of the lists before it.
    occasion: the day that the message is about, as its reader calls it ("Valentine's Day"), or the field of
    their profile that it comes from ("birthday"). campaign: what the marketer wrote.
    points: the customer's balance. code_minimum: least basket that the code is good for. code_kind: what it
    gives, None without one. code_valid_for: seconds from the sending. is_test: sent to the shop itself, and
    marked so.
    """

    shop: Shop
    language: str
    locale: str
    country: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    items: tuple[ShownItem, ...] = ()
    more_items: int = 0
    total: Money | None = None
    featured: tuple[ShownItem, ...] = ()
    related: tuple[ShownItem, ...] = ()
    viewed: tuple[ShownItem, ...] = ()
    new_products: tuple[ShownItem, ...] = ()
    trending: tuple[ShownItem, ...] = ()
    points: int = 0
    cart_url: str | None = None
    variant: Variant | None = None
    occasion: str | None = None
    campaign: CampaignContent | None = None
    code: str | None = None
    percent: int | None = None
    code_kind: CodeKind | None = None
    code_minimum: Money | None = None
    code_valid_for: int | None = None
    code_expires_at: Instant | None = None
    unsubscribe_url: str
    preferences_url: str | None = None
    questionnaire_url: str | None = None
    survey_url: str | None = None
    confirm_url: str | None = None
    is_test: bool = False


class RenderedEmail(Value):
    """An e-mail in words. What it links to or shows stands in it; nothing is attached."""

    subject: str
    html: str
    text: str


class RenderedShort(Value):
    """A message on any other channel. url: where it leads; image: of a notification, on the web.

    An sms is `text` alone, with the link in it.
    """

    title: str
    text: str
    url: str | None = None
    image: str | None = None


Rendered = RenderedEmail | RenderedShort


class Render(Protocol):
    """Turns content into words. Raises Refused where the template does not fit the content."""

    def __call__(self, scenario: str, step: str, channel: Channel, content: Content) -> Rendered:
        """The shop's own template for this step, channel and language, else the one in the box.

        Answers a RenderedEmail for "email", a RenderedShort for every other channel.
        """


def language_of(shop: Shop, spoken: str | None) -> tuple[str, str]:
    """(language, locale): the customer's language if the shop speaks it, else the shop's first.

    The locale keeps the region for money and dates: the customer's own, else the one that the shop names.
    """
    base = (spoken or "").replace("_", "-").split("-")[0].lower()
    told = next((one for one in shop.languages if one.split("-")[0] == base), None)
    if told is None:
        return shop.languages[0].split("-")[0], shop.languages[0]
    return base, _regional(spoken or "", told)


def _regional(spoken: str, told: str) -> str:
    return spoken.replace("_", "-") if len(spoken.replace("_", "-").split("-")) > 1 else told
