"""Magento products and categories, as events and REST tell them."""

from typing import Any

from kairos.adapters.platforms.fields import Fields, clean
from kairos.adapters.platforms.lasting import DAYS_PER_UNIT, whole_days
from kairos.adapters.platforms.magento import parts
from kairos.adapters.platforms.message import Message
from kairos.domain.product import CategorySnapshot, ProductSnapshot
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot

_ENABLED = "1"
_NOT_VISIBLE = "1"
_IMAGES = "media/catalog/product"
_NO_IMAGE = "no_selection"


def read_product(message: Message) -> list[Snapshot]:
    """catalog_product_save_*, and REST's product. A child of a configurable one is not shown by itself."""
    body, shop = parts.within(message, "product"), message.shop
    stock = _stock(body)
    filed = _category_ids(body)
    on_sale = (body.text("status") or _ENABLED) == _ENABLED and body.text("visibility") != _NOT_VISIBLE
    in_stock = stock.flag("is_in_stock") if stock and stock.has("is_in_stock") else True
    return [
        ProductSnapshot(
            id=body.needed_id("entity_id", "id"),
            updated_at=parts.updated_at(message, body),
            title=body.text("name") or "",
            url=_url(shop, _attribute(body, "url_key")),
            image=_image(shop, _attribute(body, "image")),
            price=_price(message, body),
            currency=shop.currency,
            category_ids=filed,
            categories=tuple("" for _ in filed),
            available=on_sale and in_stock,
            stock=stock.count("qty") if stock else None,
            published_at=body.time("created_at") if on_sale else None,
            days_per_unit=whole_days(_attribute(body, DAYS_PER_UNIT)),
        )
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """catalog_product_delete_*: the product as it was; its id counts."""
    product_id = parts.within(message, "product").needed_id("entity_id", "id")
    return [ProductSnapshot(id=product_id, updated_at=message.told_at, deleted=True)]


def read_category(message: Message) -> list[Snapshot]:
    """catalog_category_save_*, and REST's category."""
    body = parts.within(message, "category")
    return [
        CategorySnapshot(
            id=body.needed_id("entity_id", "category_id", "id"),
            updated_at=parts.updated_at(message, body),
            title=body.text("name") or "",
            url=_url(message.shop, _attribute(body, "url_path") or _attribute(body, "url_key")),
        )
    ]


def read_category_deleted(message: Message) -> list[Snapshot]:
    """catalog_category_delete_*: the category as it was; its id counts."""
    category_id = parts.within(message, "category").needed_id("entity_id", "category_id", "id")
    return [CategorySnapshot(id=category_id, updated_at=message.told_at, deleted=True)]


def _attribute(body: Fields, name: str) -> str | None:
    """A field in events; within custom_attributes in REST."""
    if body.text(name):
        return body.text(name)
    told = body.raw("custom_attributes")
    entries = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    values = (one.get("value") for one in entries if one.get("attribute_code") == name)
    value = next(values, None)
    return clean(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _price(message: Message, body: Fields) -> int | None:
    """The special price while it holds, else the price. A configurable product tells none, or 0."""
    currency = message.shop.currency
    price = body.amount("price", currency) or None
    special = Fields({"price": _attribute(body, "special_price")}, body.times, body.path)
    amount = special.amount("price", currency)
    if amount is None or amount <= 0 or (price is not None and amount >= price):
        return price
    zone = message.shop.zone
    dates = Fields({name: _attribute(body, f"special_{name}_date") for name in ("from", "to")}, body.times)
    start, end = dates.time("from", zone=zone), dates.time("to", zone=zone)
    holds = (start is None or start <= message.told_at) and (end is None or message.told_at <= end)
    return amount if holds else price


def _stock(body: Fields) -> Fields | None:
    """quantity_and_stock_status in events, extension_attributes.stock_item in REST."""
    more = body.child("extension_attributes")
    item: Any = more.raw("stock_item") if more else None
    if more and isinstance(item, dict):
        return more.child("stock_item")
    return (
        body.child("quantity_and_stock_status")
        if isinstance(body.raw("quantity_and_stock_status"), dict)
        else None
    )


def _category_ids(body: Fields) -> tuple[str, ...]:
    more = body.child("extension_attributes")
    links = more.children("category_links") if more and isinstance(more.raw("category_links"), list) else []
    linked = [number for one in links if (number := one.id("category_id"))]
    told = body.raw("category_ids")
    plain = [str(one) for one in told if isinstance(one, str | int)] if isinstance(told, list) else []
    return tuple(dict.fromkeys(linked or [clean(one)[:200] for one in plain if clean(one)]))


def _url(shop: Shop, key: str | None) -> str | None:
    """By Magento's default suffix (catalog/seo/product_url_suffix)."""
    return f"{shop.url.rstrip('/')}/{key}.html" if shop.url and key else None


def _image(shop: Shop, path: str | None) -> str | None:
    if not path or path == _NO_IMAGE or not shop.url:
        return None
    return f"{shop.url.rstrip('/')}/{_IMAGES}/{path.lstrip('/')}"
