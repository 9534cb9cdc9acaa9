"""Shopify products and collections."""

from kairos.adapters.platforms.fields import MOST_ID, Fields
from kairos.adapters.platforms.lasting import DAYS_PER_UNIT, whole_days
from kairos.adapters.platforms.message import Message
from kairos.domain.product import CategorySnapshot, ProductSnapshot
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot


def read_product(message: Message) -> list[Snapshot]:
    """products/create, products/update. Its category is its type: bodies name no collections."""
    body, shop = message.body, message.shop
    variants = body.children("variants")
    prices = [price for one in variants if (price := one.amount("price", shop.currency)) is not None]
    kind = body.text("product_type")
    image = body.child("image") or next(iter(body.children("images")), None)
    published_at = body.time("published_at")
    return [
        ProductSnapshot(
            id=body.needed_id("id"),
            updated_at=body.version_time("updated_at") or message.told_at,
            title=body.text("title") or "",
            url=_url(shop, "products", body.text("handle")),
            image=image.text("src") if image else None,
            price=min(prices, default=None),
            currency=shop.currency,
            category_ids=(kind[:MOST_ID],) if kind else (),
            categories=(kind,) if kind else (),
            brand=body.text("vendor"),
            available=_on_sale(body) and any(_in_stock(one) for one in variants),
            stock=_stock(variants),
            published_at=published_at,
            days_per_unit=_days_per_unit(body.text("tags") or ""),
        )
    ]


def read_product_deleted(message: Message) -> list[Snapshot]:
    """products/delete tells the id."""
    return [ProductSnapshot(id=message.body.needed_id("id"), updated_at=message.told_at, deleted=True)]


def read_collection(message: Message) -> list[Snapshot]:
    """collections/create, collections/update."""
    body = message.body
    return [
        CategorySnapshot(
            id=body.needed_id("id"),
            updated_at=body.version_time("updated_at") or message.told_at,
            title=body.text("title") or "",
            url=_url(message.shop, "collections", body.text("handle")),
        )
    ]


def read_collection_deleted(message: Message) -> list[Snapshot]:
    """collections/delete tells the id."""
    return [CategorySnapshot(id=message.body.needed_id("id"), updated_at=message.told_at, deleted=True)]


def _days_per_unit(tags: str) -> int | None:
    """What a tag such as "kairos_days_per_unit:30" says."""
    pairs = (tag.strip().partition(":") for tag in tags.split(","))
    return next((whole_days(days) for name, _, days in pairs if name.strip() == DAYS_PER_UNIT), None)


def _url(shop: Shop, room: str, handle: str | None) -> str | None:
    return f"{shop.url.rstrip('/')}/{room}/{handle}" if shop.url and handle else None


def _on_sale(body: Fields) -> bool:
    hidden = body.text("status") in ("draft", "archived")
    return not hidden and not (body.has("published_at") and body.raw("published_at") is None)


def _in_stock(variant: Fields) -> bool:
    """Not counted, may be sold on order, or there is at least one."""
    untracked = variant.has("inventory_management") and not variant.text("inventory_management")
    on_order = variant.text("inventory_policy") == "continue"
    left = variant.count("inventory_quantity")
    return untracked or on_order or left is None or left > 0


def _stock(variants: list[Fields]) -> int | None:
    """Pieces left of all variants, None where none is counted."""
    counted = [one for one in variants if one.text("inventory_management")]
    left = [count for one in counted if (count := one.count("inventory_quantity")) is not None]
    return sum(left) if left else None
