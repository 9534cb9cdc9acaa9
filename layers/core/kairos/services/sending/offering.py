"""Products that a message offers: related, lately viewed, new, trending; each once, at most four a list."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from kairos import keys
from kairos.domain.money import Money
from kairos.domain.product import ProductSnapshot
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.ports import Items
from kairos.services.sending.content import ShownItem

MOST_OFFERED = 4
_CATEGORIES_LOOKED_AT = 3
_PRODUCTS_LOOKED_AT = 25
_CANDIDATES = 12
"""Of each list so many are read: some are sold out, or shown already."""


class Offers(NamedTuple):
    """Lists of products, none of them in two."""

    viewed: tuple[ShownItem, ...] = ()
    new_products: tuple[ShownItem, ...] = ()
    trending: tuple[ShownItem, ...] = ()


def offers(
    items: Items, shop: Shop, profile: Profile | None, country: str | None, shown: Iterable[str]
) -> Offers:
    """What the customer looked at, what is new since their last order, and what others buy.

    shown: ids of products that the message shows already. New is nothing to who never ordered.
    """
    if profile is None:
        return Offers()
    held = items.get(keys.trending(shop.id))
    counted: dict[str, list[str]] = held.body if held else {}
    viewed = _viewed(profile)
    newest, most = counted.get("newest", [])[:_CANDIDATES], counted.get("trending", [])[:_CANDIDATES]
    products = read_products(items, shop.id, dict.fromkeys([*viewed, *newest, *most]))
    taken = set(shown)

    def pick(ids: Iterable[str], since: datetime | None = None) -> tuple[ShownItem, ...]:
        found = [
            products[one]
            for one in ids
            if one in products and one not in taken and may_be_offered(products[one], country)
        ]
        fresh = [one for one in found if since is None or _published(one) > since][:MOST_OFFERED]
        taken.update(one.id for one in fresh)
        return tuple(offer(one) for one in fresh)

    orders = profile.counting_orders
    return Offers(
        viewed=pick(viewed),
        new_products=pick(newest, orders[-1].placed_at) if orders else (),
        trending=pick(most),
    )


def _viewed(profile: Profile) -> list[str]:
    """Ids of products looked at, the latest first."""
    looked = (act.target for act in reversed(profile.acts) if act.kind == "product" and act.target)
    return list(dict.fromkeys(looked))[:_CANDIDATES]


def _published(product: ProductSnapshot) -> datetime:
    return product.published_at or product.updated_at


def read_products(items: Items, shop: str, ids: Iterable[str]) -> dict[str, ProductSnapshot]:
    """Those of the products that are known, by id, in the order of the ids."""
    wanted = {one: keys.product(shop, one) for one in ids}
    found = items.get_many(wanted.values())
    return {
        one: ProductSnapshot.model_validate(found[key].body) for one, key in wanted.items() if key in found
    }


def related(
    items: Items, shop: Shop, products: Sequence[ProductSnapshot], without: set[str], country: str | None
) -> list[ProductSnapshot]:
    """Available products of the same categories, with a picture and newest first; a bounded search."""
    categories = list(dict.fromkeys(one for product in products for one in product.category_ids))
    ids: dict[str, None] = {}
    for category in categories[:_CATEGORIES_LOOKED_AT]:
        pk = keys.category_product(shop.id, category, "").pk
        for item in items.query(pk, "product#", limit=_PRODUCTS_LOOKED_AT):
            ids.setdefault(item.key.sk.removeprefix("product#"))
    found = read_products(items, shop.id, (one for one in ids if one not in without))
    wanted = set(categories)
    fitting = [
        one for one in found.values() if may_be_offered(one, country) and wanted & set(one.category_ids)
    ]
    fitting.sort(key=lambda one: one.id)
    fitting.sort(key=lambda one: (bool(web(one.image)), _published(one)), reverse=True)
    return fitting[: 2 * MOST_OFFERED]


def may_be_offered(product: ProductSnapshot, country: str | None) -> bool:
    """There, and sold where the customer lives, as far as the platform tells."""
    sold = product.countries is None or country is None or country in product.countries
    return sold and product.available and not product.deleted and bool(product.title)


def offer(product: ProductSnapshot) -> ShownItem:
    """The product as a message shows it."""
    price = None
    if product.price is not None and product.currency is not None:
        price = Money(amount=product.price, currency=product.currency)
    return ShownItem(title=product.title, unit_price=price, image=web(product.image), url=web(product.url))


def web(address: str | None) -> str | None:
    """Only addresses that are safe to link to and to load."""
    return address if address and address.startswith(("https://", "http://")) else None
