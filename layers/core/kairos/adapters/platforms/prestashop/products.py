"""PrestaShop products and categories."""

from typing import Any

from kairos.adapters.platforms.fields import Fields, clean
from kairos.adapters.platforms.lasting import DAYS_PER_UNIT, whole_days
from kairos.adapters.platforms.message import Message
from kairos.adapters.platforms.prestashop import parts
from kairos.domain.product import CategorySnapshot, ProductSnapshot
from kairos.domain.snapshot import Snapshot


def read_product(message: Message) -> list[Snapshot]:
    """product.created, product.updated, and the webservice's product.

    The webservice's `price` is without tax and without rebates. What customers see is `price_shown`, which
    our module tells and the webservice computes on demand (`price[price_shown][use_tax]=1`); no other is
    taken.
    """
    body, shop = message.body, message.shop
    filed = [(number, one) for one in _categories(body) if (number := one.id("id"))]
    stock = body.count("stock")
    return [
        ProductSnapshot(
            id=body.needed_id("id"),
            updated_at=parts.updated_at(message),
            title=in_one_language(body.raw("name")),
            url=body.text("url"),
            image=body.text("image"),
            price=body.amount("price_shown", shop.currency),
            currency=shop.currency,
            category_ids=tuple(number for number, _ in filed),
            categories=tuple(in_one_language(one.raw("name")) for _, one in filed),
            brand=body.text("manufacturer_name"),
            available=_on_sale(body) and _in_stock(body, stock),
            stock=stock,
            published_at=parts.when(message, "date_add") if _on_sale(body) else None,
            days_per_unit=whole_days(body.text(DAYS_PER_UNIT)),
        )
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """product.deleted tells the id."""
    return [ProductSnapshot(id=message.body.needed_id("id"), updated_at=message.told_at, deleted=True)]


def read_category(message: Message) -> list[Snapshot]:
    """category.updated, and the webservice's category."""
    body = message.body
    return [
        CategorySnapshot(
            id=body.needed_id("id"),
            updated_at=parts.updated_at(message),
            title=in_one_language(body.raw("name")),
            url=body.text("url"),
        )
    ]


def read_category_deleted(message: Message) -> list[Snapshot]:
    """category.deleted tells the id."""
    return [CategorySnapshot(id=message.body.needed_id("id"), updated_at=message.told_at, deleted=True)]


def in_one_language(told: Any) -> str:
    """A name in the shop's first language. The webservice tells `[{"id": "1", "value": "Lamp"}, …]` where the
    shop has several, a plain text where it has one."""
    if isinstance(told, list):
        told = next((one.get("value") for one in told if isinstance(one, dict) and one.get("value")), "")
    return clean(told) if isinstance(told, str) else ""


def _categories(body: Fields) -> list[Fields]:
    associations = body.child("associations")
    return associations.children("categories") if associations else []


def _on_sale(body: Fields) -> bool:
    sold = body.flag("available_for_order") if body.has("available_for_order") else True
    return sold and (body.flag("active") if body.has("active") else True)


def _in_stock(body: Fields, stock: int | None) -> bool:
    """Not counted, may be ordered when out of stock, or there is at least one."""
    return stock is None or stock > 0 or body.flag("allow_oosp")
