"""Gathering what a message shows: the cart as it now stands, related products, the code that was given."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from kairos import keys
from kairos.domain.cart import Cart
from kairos.domain.message import LedgerEntry
from kairos.domain.money import Money
from kairos.domain.order import Line
from kairos.domain.product import ProductSnapshot
from kairos.domain.shop import Shop
from kairos.ports import Items
from kairos.services.codes import CodeClaim
from kairos.services.sending.content import Content, ShownItem, language_of
from kairos.services.sending.facts import Customer

MOST_RELATED = 4
MOST_ITEMS = 8
"""Items of a cart that a mail shows; what lies beyond is counted."""

_CATEGORIES_LOOKED_AT = 3
_PRODUCTS_LOOKED_AT = 25


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

    link: the unsubscribe address. api_url: what the addresses of our own pages begin with.
    """
    profile = customer.profile
    person = profile.person if profile else None
    language, locale = language_of(shop, person.language if person else None)
    cart = customer.cart(entry.cause)
    shown, related = _cart_items(items, shop, cart)
    return Content(
        shop=shop,
        language=language,
        locale=locale,
        first_name=person.first_name if person else None,
        last_name=person.last_name if person else None,
        items=shown[:MOST_ITEMS],
        more_items=max(len(shown) - MOST_ITEMS, 0),
        total=_total(cart, shown),
        related=related,
        cart_url=_web(cart.restore_url if cart else None) or _web(shop.url),
        variant=entry.variant,
        code=entry.code,
        percent=_percent(items, entry),
        code_expires_at=code_expires_at,
        unsubscribe_url=link,
        preferences_url=f"{api_url}/v1/forms/preferences.{link.rpartition('/')[2]}",
    )


def _total(cart: Cart | None, shown: Sequence[ShownItem]) -> Money | None:
    """The cart's total, unless what is shown is no longer what was totalled."""
    changed = any(item.sold_out or item.instead_of for item in shown)
    if cart is None or cart.currency is None or not cart.total or changed:
        return None
    return Money(amount=cart.total, currency=cart.currency)


def _percent(items: Items, entry: LedgerEntry) -> int | None:
    held = items.get(keys.code_claim(entry.step.shop, entry.customer, entry.message_id))
    return CodeClaim.model_validate(held.body).percent if held else None


def _cart_items(
    items: Items, shop: Shop, cart: Cart | None
) -> tuple[tuple[ShownItem, ...], tuple[ShownItem, ...]]:
    if cart is None:
        return (), ()
    ids = list(dict.fromkeys(line.product_id for line in cart.lines if line.product_id))
    products = _products(items, shop.id, ids)
    related = _related(items, shop, list(products.values()), set(ids))
    spare = list(related)
    shown: list[ShownItem] = []
    for line in cart.lines:
        product = products.get(line.product_id or "")
        gone = product is not None and (product.deleted or not product.available)
        if not gone:
            shown.append(_line(line, product, cart.currency, sold_out=False))
        elif spare:
            substitute = _offer(spare.pop(0))
            shown.append(substitute.model_copy(update={"instead_of": line.title or product_title(product)}))
        else:
            shown.append(_line(line, product, cart.currency, sold_out=True))
    return tuple(shown), tuple(_offer(one) for one in spare[:MOST_RELATED])


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
        image=_web(line.image) or _web(product.image if product else None),
        url=_web(line.url) or _web(product.url if product else None),
        sold_out=sold_out,
    )


def _offer(product: ProductSnapshot) -> ShownItem:
    price = None
    if product.price is not None and product.currency is not None:
        price = Money(amount=product.price, currency=product.currency)
    return ShownItem(title=product.title, unit_price=price, image=_web(product.image), url=_web(product.url))


def _products(items: Items, shop: str, ids: Iterable[str]) -> dict[str, ProductSnapshot]:
    wanted = {one: keys.product(shop, one) for one in ids}
    found = items.get_many(wanted.values())
    return {
        one: ProductSnapshot.model_validate(found[key].body) for one, key in wanted.items() if key in found
    }


def _related(
    items: Items, shop: Shop, products: Sequence[ProductSnapshot], without: set[str]
) -> list[ProductSnapshot]:
    """Available products of the same categories, with a picture and newest first; a bounded search."""
    categories = list(dict.fromkeys(one for product in products for one in product.category_ids))
    ids: dict[str, None] = {}
    for category in categories[:_CATEGORIES_LOOKED_AT]:
        pk = keys.category_product(shop.id, category, "").pk
        for item in items.query(pk, "product#", limit=_PRODUCTS_LOOKED_AT):
            ids.setdefault(item.key.sk.removeprefix("product#"))
    found = _products(items, shop.id, (one for one in ids if one not in without))
    fitting = [one for one in found.values() if _may_be_offered(one, set(categories))]
    fitting.sort(key=lambda one: one.id)
    fitting.sort(key=lambda one: (bool(_web(one.image)), one.published_at or one.updated_at), reverse=True)
    return fitting[: 2 * MOST_RELATED]


def _may_be_offered(product: ProductSnapshot, categories: set[str]) -> bool:
    there = product.available and not product.deleted and bool(product.title)
    return there and bool(categories & set(product.category_ids))


def _web(address: str | None) -> str | None:
    """Only addresses that are safe to link to and to load."""
    return address if address and address.startswith(("https://", "http://")) else None
