"""The variables that templates may use, and their values: money and dates in the customer's way."""

import re
from datetime import datetime
from decimal import Decimal, localcontext
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency

from kairos.domain.money import Money, decimals
from kairos.services.sending.content import Content, ShownItem

ITEM_NAMES = (
    "title",
    "initial",
    "quantity",
    "unit_price",
    "price",
    "image",
    "url",
    "sold_out",
    "instead_of",
)

NAMES: dict[str, tuple[str, ...]] = {
    "shop": ("name", "url", "postal_address"),
    "customer": ("first_name", "last_name", "points"),
    "cart": ("items", "more_items", "total", "url"),
    "related": (),
    "viewed": (),
    "new_products": (),
    "trending": (),
    "code": ("text", "percent", "minimum", "expires_on"),
    "free_shipping": (),
    "guide": ("url",),
    "video": ("url", "still"),
    "webinar": ("url",),
    "chat": ("url",),
    "language": (),
    "country": (),
    "confirm_url": (),
    "preferences_url": (),
    "questionnaire_url": (),
    "survey_url": (),
    "unsubscribe_url": (),
}
"""Every variable with its parts; LISTS and `cart.items` are lists of ITEM_NAMES."""

LISTS = ("related", "viewed", "new_products", "trending")

_DIGITS = 100
"""More than any amount has: with the usual 28 a cart of absurd quantities could not be written at all."""

_TOGETHER = re.compile(r"([A-Za-z])(\d)")
"""A code of letters right before the digits: CLDR's currency spacing, which babel leaves out."""


def variables_of(content: Content) -> dict[str, object]:
    """The values; what is not known is None, and shows as nothing."""
    locale = locale_of(content.locale, content.language)
    expires = content.code_expires_at
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
        **{name: [_item(item, locale) for item in getattr(content, name)] for name in LISTS},
        "code": {
            "text": content.code,
            "percent": content.percent,
            "minimum": money(content.code_minimum, locale),
            "expires_on": day(expires, content.shop.zone, locale) if expires else None,
        },
        "free_shipping": content.variant == "free_shipping",
        "guide": {"url": content.shop.pages.guide},
        "video": {"url": content.shop.pages.video, "still": content.shop.pages.video_still},
        "webinar": {"url": content.shop.pages.webinar},
        "chat": {"url": content.shop.pages.chat},
        "language": content.language,
        "country": content.country,
        "confirm_url": content.confirm_url,
        "preferences_url": content.preferences_url,
        "questionnaire_url": content.questionnaire_url,
        "survey_url": content.survey_url,
        "unsubscribe_url": content.unsubscribe_url,
    }


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
        "price": total or unit,
        "image": item.image,
        "url": item.url,
        "sold_out": item.sold_out,
        "instead_of": item.instead_of,
    }
