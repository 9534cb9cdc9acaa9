"""Which of the shop's APIs are spoken to, by the shop's platform."""

from kairos.adapters.shop_apis.shopify import Shopify
from kairos.adapters.shop_apis.woocommerce import WooCommerce
from kairos.domain.shop import Shop
from kairos.ports import NotMade, ShopCodes

_BY_PLATFORM: dict[str, type[Shopify] | type[WooCommerce]] = {
    "shopify": Shopify,
    "woocommerce": WooCommerce,
}


def connect(shop: Shop, secret: str, loopback: bool = False) -> ShopCodes:
    """The shop's API. secret: what opens it. Raises NotMade where the platform has none that we speak."""
    if shop.discounts.api is None or shop.platform not in _BY_PLATFORM:
        raise NotMade("no API of this platform", for_now=False)
    return _BY_PLATFORM[shop.platform](shop.discounts.api, secret, loopback)
