"""WooCommerce products with their categories."""

from datetime import datetime

from kairos.adapters.platforms.lasting import DAYS_PER_UNIT, whole_days
from kairos.adapters.platforms.message import Message
from kairos.adapters.platforms.woocommerce import parts
from kairos.domain.errors import NotConcerned
from kairos.domain.product import ProductSnapshot
from kairos.domain.snapshot import Snapshot


def read_product(message: Message) -> list[Snapshot]:
    """product.created, product.updated, product.restored. A variation's facts stand in its product."""
    body, shop = message.body, message.shop
    if body.text("type") == "variation" or body.id("parent_id"):
        raise NotConcerned(f"{message.topic} (variation)")
    if body.text("status") == "trash":
        return [_tombstone(message, parts.updated_at(message))]
    filed = [(number, one) for one in body.children("categories") if (number := one.id("id"))]
    image = next(iter(body.children("images")), None)
    published = body.text("status") in (None, "publish")
    return [
        ProductSnapshot(
            id=body.needed_id("id"),
            updated_at=parts.updated_at(message),
            title=parts.plain(body.text("name")),
            url=body.text("permalink"),
            image=image.text("src") if image else None,
            price=body.amount("price", shop.currency),
            currency=shop.currency,
            category_ids=tuple(number for number, _ in filed),
            categories=tuple(parts.plain(one.text("name")) for _, one in filed),
            brand=next((parts.plain(one.text("name")) for one in body.children("brands")), None),
            available=published and body.text("stock_status") != "outofstock",
            stock=body.count("stock_quantity") if body.flag("manage_stock") else None,
            published_at=parts.when(message, "date_created") if published else None,
            days_per_unit=whole_days(parts.meta(body, DAYS_PER_UNIT)),
        )
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """product.deleted tells the id only."""
    return [_tombstone(message, message.told_at)]


def _tombstone(message: Message, at: datetime) -> ProductSnapshot:
    return ProductSnapshot(id=message.body.needed_id("id"), updated_at=at, deleted=True)
