"""The variables that templates may use, and their values: money and dates in the customer's way."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, localcontext
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency

from kairos.domain.money import Money, decimals
from kairos.services.sending.content import CampaignContent, Content, ShownItem

ITEM_NAMES = (
    "title",
    "initial",
    "quantity",
    "unit_price",
    "old_price",
    "price",
    "image",
    "url",
    "sold_out",
    "instead_of",
)

ARTICLE_NAMES = ("title", "text", "url", "image")
PRODUCT_NAMES = ("title", "old_price", "price", "image", "url")

NAMES: dict[str, tuple[str, ...]] = {
    "shop": ("name", "url", "postal_address"),
    "customer": ("first_name", "last_name", "points"),
    "cart": ("items", "more_items", "total", "url"),
    "product": PRODUCT_NAMES,
    "featured": (),
    "related": (),
    "viewed": (),
    "new_products": (),
    "trending": (),
    "code": ("text", "kind", "percent", "minimum", "expires_on", "valid_hours"),
    "free_shipping": (),
    "occasion": (),
    "campaign": ("subject", "heading", "text", "button_text", "button_url", "image", "articles"),
    "guide": ("url",),
    "video": ("url", "still"),
    "webinar": ("url",),
    "chat": ("url",),
    "returns": ("url",),
    "language": (),
    "country": (),
    "confirm_url": (),
    "preferences_url": (),
    "questionnaire_url": (),
    "survey_url": (),
    "unsubscribe_url": (),
}
"""Every variable with its parts; LISTS and `cart.items` are lists of ITEM_NAMES, `campaign.articles` of
ARTICLE_NAMES."""

LISTS = ("featured", "related", "viewed", "new_products", "trending")

_HOUR = 3600
_TOLD_IN_HOURS = 2 * 24 * _HOUR
"""A code that ends before is told in hours: the day alone would leave open when on that day."""

_DIGITS = 100
"""More than any amount has: with the usual 28 a cart of absurd quantities could not be written at all."""

_TOGETHER = re.compile(r"([A-Za-z])(\d)")
"""A code of letters right before the digits: CLDR's currency spacing, which babel leaves out."""


def variables_of(content: Content) -> dict[str, object]:
    """The values; what is not known is None, and shows as nothing."""
    locale = locale_of(content.locale, content.language)
    lists = {name: [_item(item, locale) for item in getattr(content, name)] for name in LISTS}
    return {
        "shop": {
            "name": content.shop.name,
            "url": content.shop.url,
            "postal_address": content.shop.postal_address,
        },
        "customer": {
            "first_name": content.first_name,
            "last_name": content.last_name,
            "points": content.points,
        },
        "cart": {
            "items": [_item(item, locale) for item in content.items],
            "more_items": content.more_items,
            "total": money(content.total, locale),
            "url": content.cart_url,
        },
        "product": _first(lists["featured"]),
        **lists,
        "code": _code(content, locale),
        "free_shipping": content.variant == "free_shipping",
        "occasion": content.occasion,
        "campaign": _campaign(content.campaign),
        "guide": {"url": content.shop.pages.guide},
        "video": {"url": content.shop.pages.video, "still": content.shop.pages.video_still},
        "webinar": {"url": content.shop.pages.webinar},
        "chat": {"url": content.shop.pages.chat},
        "returns": {"url": content.shop.pages.returns},
        "language": content.language,
        "country": content.country,
        "confirm_url": content.confirm_url,
        "preferences_url": content.preferences_url,
        "questionnaire_url": content.questionnaire_url,
        "survey_url": content.survey_url,
        "unsubscribe_url": content.unsubscribe_url,
    }


def _first(featured: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """The product that a message is about, where it is about one; what is not there shows as nothing."""
    return {name: featured[0][name] if featured else None for name in PRODUCT_NAMES}


def _code(content: Content, locale: Locale) -> dict[str, object]:
    expires, seconds = content.code_expires_at, content.code_valid_for
    return {
        "text": content.code,
        "kind": content.code_kind if content.code else None,
        "percent": content.percent,
        "minimum": money(content.code_minimum, locale),
        "expires_on": day(expires, content.shop.zone, locale) if expires else None,
        "valid_hours": seconds // _HOUR if seconds and _HOUR <= seconds < _TOLD_IN_HOURS else None,
    }


def _campaign(told: CampaignContent | None) -> dict[str, object]:
    if told is None:
        return dict.fromkeys(NAMES["campaign"]) | {"articles": []}
    shown = {name: getattr(told, name) for name in NAMES["campaign"]}
    shown["subject"] = told.subject or told.heading
    shown["articles"] = [{name: getattr(one, name) for name in ARTICLE_NAMES} for one in told.articles]
    return shown


def locale_of(tag: str, language: str) -> Locale:
    """The locale of a BCP 47 tag; the language's own where the tag is none that is known."""
    for one in (tag, language, "en"):
        try:
            return Locale.parse(one, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return Locale("en")


def money(amount: Money | None, locale: Locale) -> str | None:
    """The amount as people there write it: "CHF 39.90", "39,90 €", "₫300,000"."""
    if amount is None:
        return None
    with localcontext(prec=_DIGITS):
        exact = Decimal(amount.amount).scaleb(-decimals(amount.currency))
        return _TOGETHER.sub("\\1\u00a0\\2", format_currency(exact, amount.currency, locale=locale))


def day(moment: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """The shop's calendar day, in words."""
    return format_date(moment.astimezone(zone).date(), format="long", locale=locale)


def _item(item: ShownItem, locale: Locale) -> dict[str, object]:
    unit, total = money(item.unit_price, locale), money(item.total, locale)
    return {
        "title": item.title,
        "initial": item.title.strip()[:1].upper(),
        "quantity": item.quantity,
        "unit_price": unit,
        "old_price": money(item.old_price, locale),
        "price": total or unit,
        "image": item.image,
        "url": item.url,
        "sold_out": item.sold_out,
        "instead_of": item.instead_of,
    }
