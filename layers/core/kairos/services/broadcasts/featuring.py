"""What a broadcast is about, as it now stands: the product that a message shows, or why it can't be shown."""

from typing import Any

from kairos import keys
from kairos.domain.broadcast import Subject
from kairos.domain.product import ProductSnapshot
from kairos.domain.scenarios.price_drop import is_drop
from kairos.ports import Items

PRODUCT_GONE = "product gone"
"""The reason with which a broadcast ends whose product was deleted, or is sold out."""

PRICE_RISEN = "price risen"


def product_of(items: Items, shop: str, subject: Subject) -> ProductSnapshot | None:
    """The product, as its newest telling has it; None where there is none."""
    held = items.get(keys.product(shop, subject.product)) if subject.product else None
    return ProductSnapshot.model_validate(held.body) if held else None


def why_not_shown(items: Items, shop: str, subject: Subject, settings: Any) -> str | None:
    """Why nothing is to be said about it any more; None where all is well. settings: of its scenario."""
    if subject.product is None:
        return None
    product = product_of(items, shop, subject)
    if product is None or product.deleted or not product.available:
        return PRODUCT_GONE
    if subject.old_price is not None and not is_drop(settings, subject.old_price, product.price or 0):
        return PRICE_RISEN
    return None
