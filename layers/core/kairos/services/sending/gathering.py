"""Gathering what a message shows: the cart as it now stands, other products, the code that was given."""

from collections.abc import Collection, Sequence
from datetime import datetime

from kairos import keys
from kairos.domain.cart import Cart
from kairos.domain.message import LedgerEntry
from kairos.domain.money import Money
from kairos.domain.order import Line
from kairos.domain.person import Person
from kairos.domain.product import ProductSnapshot
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.ports import Items
from kairos.services.codes import CodeClaim
from kairos.services.points import balance
from kairos.services.sending.about_run import about_run
from kairos.services.sending.broadcasting import broadcast_content
from kairos.services.sending.content import Content, ShownItem, language_of
from kairos.services.sending.exempt import exempt_content, is_exempt
from kairos.services.sending.facts import Customer
from kairos.services.sending.offering import MOST_OFFERED, offer, offers, read_products, related, web

MOST_ITEMS = 8
"""Items of a cart that a mail shows; what lies beyond is counted."""

_ORDERED_LOOKED_AT = 10


def gather(
    items: Items,
    shop: Shop,
    customer: Customer,
    entry: LedgerEntry,
    code_expires_at: datetime | None,
    link: str,
    api_url: str,
) -> Content:
    """The content of this message as things now stand.

    link: the unsubscribe address, whose token the message's other links to our pages carry too. api_url:
    what the addresses of our own pages begin with.
    """
    if is_exempt(entry):
        known = customer.profile is not None
        theirs = _gathered(items, shop, customer, entry, None, link, api_url) if known else None
        return exempt_content(items, shop, entry, link, theirs)
    return _gathered(items, shop, customer, entry, code_expires_at, link, api_url)


def _gathered(
    items: Items,
    shop: Shop,
    customer: Customer,
    entry: LedgerEntry,
    code_expires_at: datetime | None,
    link: str,
    api_url: str,
) -> Content:
    profile = customer.profile
    person = profile.person if profile else None
    language, locale = language_of(shop, person.language if person else None)
    country = country_of(person, locale)
    cart = customer.cart(entry.cause)
    products = _products_of(items, shop, cart, profile)
    special = broadcast_content(items, shop, entry, language)
    about = about_run(items, shop, profile, entry, country)
    taken = special.ids | about.ids
    shown, others, ids = _cart_items(items, shop, cart, products, country, taken)
    offered = offers(items, shop, profile, country, ids | taken)
    forms, token = f"{api_url}/v1/forms", link.rpartition("/")[2]
    return Content(
        shop=shop,
        language=language,
        locale=locale,
        country=country,
        first_name=person.first_name if person else None,
        last_name=person.last_name if person else None,
        items=shown[:MOST_ITEMS],
        more_items=max(len(shown) - MOST_ITEMS, 0),
        total=_total(cart, shown),
        related=others,
        featured=special.featured or about.featured,
        occasion=special.occasion or about.occasion,
        campaign=special.campaign,
        viewed=offered.viewed,
        new_products=offered.new_products,
        trending=offered.trending,
        points=balance(items, shop, customer.id) if profile else 0,
        cart_url=web(cart.restore_url if cart else None) or web(shop.url),
        variant=entry.variant,
        code=entry.code,
        percent=_percent(items, entry),
        code_kind=entry.code_wish.kind if entry.code and entry.code_wish else None,
        code_valid_for=entry.code_valid_for if entry.code else None,
        code_minimum=_minimum(shop, entry),
        code_expires_at=code_expires_at,
        unsubscribe_url=link,
        preferences_url=f"{forms}/preferences.{token}",
        questionnaire_url=f"{forms}/questionnaire.{token}",
        survey_url=f"{forms}/survey.{token}",
    )


def country_of(person: Person | None, locale: str) -> str | None:
    """ISO 3166-1 alpha-2: where the customer lives, else what their language says ("de-CH")."""
    told = person.address.country if person and person.address else None
    region = locale.split("-")[-1]
    return (told or (region if len(region) == _ALPHA_2 and region.isupper() else None) or "").upper() or None


_ALPHA_2 = 2


def _total(cart: Cart | None, shown: Sequence[ShownItem]) -> Money | None:
    """The cart's total, unless what is shown is no longer what was totalled."""
    changed = any(item.sold_out or item.instead_of for item in shown)
    if cart is None or cart.currency is None or not cart.total or changed:
        return None
    return Money(amount=cart.total, currency=cart.currency)


def _percent(items: Items, entry: LedgerEntry) -> int | None:
    held = items.get(keys.code_claim(entry.step.shop, entry.customer, entry.message_id))
    claim = CodeClaim.model_validate(held.body) if held else None
    return claim.percent if claim and claim.kind == "percent" else None


def _minimum(shop: Shop, entry: LedgerEntry) -> Money | None:
    """The least basket that the shop was told to make the code for; of a pool's codes we know of none."""
    wish = entry.code_wish
    if not entry.code or wish is None or wish.source != "shop" or not wish.minimum_basket:
        return None
    return Money(amount=wish.minimum_basket, currency=shop.currency)


def _products_of(
    items: Items, shop: Shop, cart: Cart | None, profile: Profile | None
) -> dict[str, ProductSnapshot]:
    """The products that the message is about: those of the cart, else those ordered last."""
    if cart is not None:
        ids = [line.product_id for line in cart.lines if line.product_id]
    else:
        orders = profile.counting_orders if profile else ()
        ids = [one for order in reversed(orders) for one in order.product_ids][:_ORDERED_LOOKED_AT]
    return read_products(items, shop.id, dict.fromkeys(ids))


def _cart_items(
    items: Items,
    shop: Shop,
    cart: Cart | None,
    products: dict[str, ProductSnapshot],
    country: str | None,
    taken: Collection[str],
) -> tuple[tuple[ShownItem, ...], tuple[ShownItem, ...], set[str]]:
    """The cart's items, related products, and the ids of all of these. taken: ids shown elsewhere."""
    spare = related(items, shop, list(products.values()), {*products, *taken}, country)
    shown: list[ShownItem] = []
    ids = {*products, *(one.id for one in spare[: len(products) + MOST_OFFERED])}
    for line in cart.lines if cart else ():
        product = products.get(line.product_id or "")
        currency = cart.currency if cart else None
        gone = product is not None and (product.deleted or not product.available)
        if not gone:
            shown.append(_line(line, product, currency, sold_out=False))
        elif spare:
            substitute = offer(spare.pop(0))
            shown.append(substitute.model_copy(update={"instead_of": line.title or product_title(product)}))
        else:
            shown.append(_line(line, product, currency, sold_out=True))
    return tuple(shown), tuple(offer(one) for one in spare[:MOST_OFFERED]), ids


def product_title(product: ProductSnapshot | None) -> str:
    """The product's title, empty where there is none."""
    return product.title if product else ""


def _line(line: Line, product: ProductSnapshot | None, currency: str | None, sold_out: bool) -> ShownItem:
    price = Money(amount=line.unit_price, currency=currency) if currency and line.unit_price else None
    return ShownItem(
        title=line.title or product_title(product),
        quantity=line.quantity,
        unit_price=price,
        total=Money(amount=line.unit_price * line.quantity, currency=currency)
        if price and currency
        else None,
        image=web(line.image) or web(product.image if product else None),
        url=web(line.url) or web(product.url if product else None),
        sold_out=sold_out,
    )
