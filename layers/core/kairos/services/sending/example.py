"""A message's content that has everything, to preview and to test templates with."""

from datetime import timedelta

from kairos.domain.money import Money
from kairos.domain.shop import Shop
from kairos.domain.value import Instant
from kairos.services.sending.content import Content, ShownItem

_OTHERS = ("related", "viewed", "new_products", "trending")


def example(shop: Shop, language: str, country: str | None, now: Instant) -> Content:
    """Two items in the cart, some of every other list, a code that ends in 30 days."""
    price = Money(amount=4900, currency=shop.currency)
    item = ShownItem(title="Example product", quantity=2, unit_price=price, total=price, url=shop.url)
    other = item.model_copy(update={"quantity": 0})
    told = next((one for one in shop.languages if one.startswith(language)), language)
    return Content(
        shop=shop,
        language=language,
        locale=f"{language}-{country}" if country else told,
        country=country,
        first_name="Alex",
        last_name="Example",
        items=(item, item.model_copy(update={"instead_of": "Another product", "quantity": 1})),
        more_items=1,
        total=price,
        cart_url=shop.url or "https://example.com/cart",
        code="EXAMPLE-5",
        percent=5,
        code_expires_at=now + timedelta(days=30),
        points=120,
        unsubscribe_url="https://example.com/unsubscribe",
        preferences_url="https://example.com/preferences",
        questionnaire_url="https://example.com/questionnaire",
        survey_url="https://example.com/survey",
        confirm_url="https://example.com/confirm",
    ).model_copy(update=dict.fromkeys(_OTHERS, (other, other)))


def filled(shop: Shop, tag: str, now: Instant, theirs: Content | None) -> Content:
    """What a customer's content shows in a template of that language, else the example.

    tag: "de-CH". Code and links to our own pages stay examples: no message was reserved for them.
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
    lent += ["code", "percent", "code_expires_at"]
    return theirs.model_copy(update={**{name: getattr(shown, name) for name in lent}, **kept})
