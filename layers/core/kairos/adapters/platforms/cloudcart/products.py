"""CloudCart products and categories, in the shape of its JSON-API: amounts in minor units."""

from kairos.adapters.platforms.cloudcart import parts
from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.domain.product import CategorySnapshot, ProductSnapshot
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot


def read_product(message: Message) -> list[Snapshot]:
    """product.created, product.updated: from the admin panel alone, as CloudCart documents it."""
    body, shop = message.body, message.shop
    category = parts.child(body, "category")
    number = (category.id("id") if category else None) or body.id("category_id")
    vendor = parts.child(body, "vendor")
    image = parts.child(body, "image")
    stock = _stock(body)
    on_sale = parts.said(body, "active") is not False and not parts.said(body, "draft")
    return [
        ProductSnapshot(
            id=body.needed_id("id"),
            updated_at=parts.updated_at(message),
            title=body.text("name") or "",
            url=body.text("url") or _url(shop, body.text("url_handle")),
            image=image.text("url", "src") if image else body.text("image_url"),
            price=parts.minor(body, "price_from", "price"),
            currency=shop.currency,
            category_ids=(number,) if number else (),
            categories=((category.text("name") if category else None) or "",) if number else (),
            brand=(vendor.text("name") if vendor else None) or body.text("vendor_name"),
            available=on_sale and (stock is None or stock > 0 or body.flag("continue_selling")),
            stock=stock,
            published_at=parts.when(message, "publish_date", "date_added") if on_sale else None,
        )
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """product.deleted: the product as it was; its id counts."""
    return [ProductSnapshot(id=message.body.needed_id("id"), updated_at=message.told_at, deleted=True)]


def read_category(message: Message) -> list[Snapshot]:
    """category.created, category.updated."""
    body = message.body
    return [
        CategorySnapshot(
            id=body.needed_id("id"),
            updated_at=parts.updated_at(message),
            title=body.text("name") or "",
            url=body.text("url"),
        )
    ]


def read_category_deleted(message: Message) -> list[Snapshot]:
    """category.deleted: the category as it was; its id counts."""
    return [CategorySnapshot(id=message.body.needed_id("id"), updated_at=message.told_at, deleted=True)]


def _stock(body: Fields) -> int | None:
    """Pieces of all variants where they are told and counted; else nobody says."""
    if not body.flag("tracking") or not isinstance(body.raw("variants"), list):
        return None
    left = [one.count("quantity") for one in body.children("variants")]
    counted = [one for one in left if one is not None]
    return sum(counted) if counted else None


def _url(shop: Shop, handle: str | None) -> str | None:
    return f"{shop.url.rstrip('/')}/product/{handle}" if shop.url and handle else None
