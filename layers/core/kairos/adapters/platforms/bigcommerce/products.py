"""BigCommerce products and categories: version 3 of the API ("Products", "Category trees")."""

from urllib.parse import urljoin

from kairos.adapters.platforms.bigcommerce import parts
from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.lasting import DAYS_PER_UNIT, whole_days
from kairos.adapters.platforms.message import Message
from kairos.domain.product import CategorySnapshot, ProductSnapshot
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot


def read_product(message: Message) -> list[Snapshot]:
    """Every topic about a product, its variants or its stock: the whole product, as it is now."""
    told, shop = parts.document(message, parts.PRODUCT), message.shop
    filed = [(one.needed_id("category_id"), one.text("name") or "") for one in told.children("in_categories")]
    visible = told.flag("is_visible")
    stock = told.count("inventory_level") if told.text("inventory_tracking") not in (None, "none") else None
    sold_out = stock is not None and stock <= 0
    return [
        ProductSnapshot(
            id=told.needed_id("id"),
            updated_at=parts.updated_at(message, told),
            title=told.text("name") or "",
            url=_address(told, shop),
            image=_image(told),
            price=_price(told, shop.currency),
            currency=shop.currency,
            category_ids=tuple(number for number, _ in filed),
            categories=tuple(name for _, name in filed),
            brand=told.text("brand_name"),
            available=visible and told.text("availability") in (None, "available") and not sold_out,
            stock=stock,
            published_at=parts.when(told, "date_created") if visible else None,
            days_per_unit=_days_per_unit(told),
        )
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """store/product/deleted, or a product that the shop has no more."""
    at = message.body.times.received_at
    return [ProductSnapshot(id=parts.named_id(message), updated_at=at, deleted=True)]


def read_category(message: Message) -> list[Snapshot]:
    """store/category/created and updated."""
    told, shop = parts.document(message, parts.CATEGORY), message.shop
    category = told.id("category_id", "id")
    if category is None:
        raise told.missing("category_id")
    return [
        CategorySnapshot(
            id=category,
            updated_at=message.told_at,
            title=told.text("name") or "",
            url=_address(told, shop, "url", "path"),
        )
    ]


def read_category_deleted(message: Message) -> list[Snapshot]:
    """store/category/deleted, or a category that the shop has no more."""
    at = message.body.times.received_at
    return [CategorySnapshot(id=parts.named_id(message), updated_at=at, deleted=True)]


def _price(told: Fields, currency: str) -> int | None:
    """What it is sold at: BigCommerce's own sum of price and sale price, where it tells one."""
    told_first = (told.amount(name, currency) for name in ("calculated_price", "price"))
    return next((one for one in told_first if one is not None), None)


def _image(told: Fields) -> str | None:
    image = told.child("primary_image")
    return image.text("url_standard", "url_zoom", "url_thumbnail") if image else None


def _address(told: Fields, shop: Shop, name: str = "custom_url", inner: str = "url") -> str | None:
    """The page: told as a path, so that it needs the shop's own address."""
    place = told.child(name)
    path = place.text(inner) if place else None
    return urljoin(shop.url, path) if path and shop.url else None


def _days_per_unit(told: Fields) -> int | None:
    fields = [one for one in told.children("custom_fields") if one.text("name") == DAYS_PER_UNIT]
    return next((days for one in fields if (days := whole_days(one.text("value")))), None)
