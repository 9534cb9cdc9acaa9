"""Tagging an order in the shop's own system, so that whoever packs it sees what it is to get."""

from collections.abc import Callable
from typing import NamedTuple

from kairos.domain.shop import Shop
from kairos.ports import Counts, NotMade, Secrets, ShopOrders
from kairos.services.shop_access import open_api


class Tagging(NamedTuple):
    """What tagging needs. connect: speaks to a shop's API with its secret. Raises NotMade."""

    secrets: Secrets
    counts: Counts
    connect: Callable[[Shop, str], ShopOrders]


def tag_order(parts: Tagging, shop: Shop, order: str, tag: str) -> None:
    """Tag the order of this id, by one call at most. What the shop does not do is counted, and left at that.

    Raises Throttled where the vault gives no answer.
    """
    try:
        open_api(parts.secrets, parts.connect, shop).tag(order, tag)
    except NotMade as refusal:
        parts.counts.add("OrdersNotTagged", shop=shop.id, reason=refusal.reason)
    else:
        parts.counts.add("OrdersTagged", shop=shop.id)
