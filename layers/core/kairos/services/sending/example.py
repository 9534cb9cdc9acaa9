"""A message's content that has everything, to preview and to test templates with."""

from datetime import timedelta
from typing import Any

from kairos.domain.money import Money
from kairos.domain.shop import Shop
from kairos.domain.value import Instant
from kairos.services.sending.content import Article, CampaignContent, Content, ShownItem
from kairos.services.sending.example_words import ExampleWords, example_words

_CODE = "EXAMPLE-5"
_HOUR = 3600


def example(shop: Shop, language: str, country: str | None, now: Instant) -> Content:
    """Two items in the cart, some of every other list, a code for 30 days, a campaign, an occasion."""
    words = example_words(language)
    first, other, third, *rest = (_product(shop, words, number) for number in range(len(words.products)))
    told = next((one for one in shop.languages if one.startswith(language)), language)
    before = Money(amount=6400, currency=shop.currency)
    return Content(
        shop=shop,
        language=language,
        locale=f"{language}-{country}" if country else told,
        country=country,
        first_name="Alex",
        last_name="Example",
        items=(
            first.model_copy(update={"quantity": 2, "total": _sum(first, first)}),
            other.model_copy(update={"instead_of": words.products[5], "quantity": 1}),
        ),
        more_items=1,
        total=_sum(first, first, other, third),
        featured=(first.model_copy(update={"old_price": before}), other),
        related=(third, rest[0]),
        viewed=tuple(rest[1:3]),
        new_products=tuple(rest[3:5]),
        trending=tuple(rest[5:]),
        cart_url=shop.url or "https://example.com/cart",
        occasion=words.occasion,
        campaign=_campaign(shop, words),
        code=_CODE,
        code_kind="percent",
        percent=5,
        code_valid_for=30 * 24 * _HOUR,
        code_expires_at=now + timedelta(days=30),
        points=120,
        unsubscribe_url="https://example.com/unsubscribe",
        preferences_url="https://example.com/preferences",
        questionnaire_url="https://example.com/questionnaire",
        survey_url="https://example.com/survey",
        confirm_url="https://example.com/confirm",
    )


def _product(shop: Shop, words: ExampleWords, number: int) -> ShownItem:
    price = Money(amount=4900 - 400 * number, currency=shop.currency)
    return ShownItem(title=words.products[number], unit_price=price, url=shop.url)


def _sum(*items: ShownItem) -> Money:
    prices = [item.unit_price for item in items if item.unit_price]
    return Money(amount=sum(price.amount for price in prices), currency=prices[0].currency)


def _campaign(shop: Shop, words: ExampleWords) -> CampaignContent:
    return CampaignContent(
        heading=words.heading,
        text=words.text,
        button_text=words.button,
        button_url=shop.url,
        articles=tuple(Article(title=title, text=text, url=shop.url) for title, text in words.articles),
    )


_LIFELIKE: dict[tuple[str, str], dict[str, Any]] = {
    ("win_back", "second_offer"): {"percent": 10},
    ("win_back", "ultimatum"): {"percent": 15},
    ("prospects", "first_order_code"): {"percent": 10, "code_valid_for": 24 * _HOUR},
    ("big_spender_perks", "free_shipping"): {"percent": None, "code_kind": "free_shipping"},
    ("occasion", "best_wishes"): {"occasion": "birthday"},
    ("launch_announcement", "launch"): {"campaign": None},
    ("season", "greeting"): {"campaign": None},
    ("campaign", "message"): {"code": None},
}
"""What the general example would show wrongly in these messages."""

_SEVERAL = {
    ("big_spender_perks", "easy_reorder"),
    ("coupon_customers", "stock_offer"),
    ("season", "greeting"),
}
_CHEAPER = {("price_drop", "cheaper")}


def lifelike(content: Content, scenario: str, step: str) -> Content:
    """The example as this step's message would show it; a content that is none stays as it is."""
    if content.code != _CODE:
        return content
    told = dict(_LIFELIKE.get((scenario, step), {}))
    if "code_valid_for" in told and content.code_expires_at and content.code_valid_for:
        sooner = timedelta(seconds=content.code_valid_for - told["code_valid_for"])
        told["code_expires_at"] = content.code_expires_at - sooner
    shown = content.featured if (scenario, step) in _SEVERAL else content.featured[:1]
    if (scenario, step) not in _CHEAPER:
        shown = tuple(one.model_copy(update={"old_price": None}) for one in shown)
    return content.model_copy(update={"featured": shown, **told})


def filled(shop: Shop, tag: str, now: Instant, theirs: Content | None) -> Content:
    """What a customer's content shows in a template of that language, else the example.

    tag: "de-CH". Code and links to our own pages stay examples: no message was reserved for them. So does
    what only a message that is really due is about.
    """
    language, _, country = tag.partition("-")
    shown = example(shop, language, country or None, now)
    if theirs is None:
        return shown
    same_language = theirs.locale.startswith(language) and not country
    kept = {
        "language": language,
        "locale": theirs.locale if same_language else shown.locale,
        "country": country or theirs.country,
    }
    lent = [name for name in Content.model_fields if name.endswith("_url") and name != "cart_url"]
    lent += ["code", "percent", "code_kind", "code_valid_for", "code_expires_at", "occasion", "campaign"]
    lent += [] if theirs.featured else ["featured"]
    return theirs.model_copy(update={**{name: getattr(shown, name) for name in lent}, **kept})
