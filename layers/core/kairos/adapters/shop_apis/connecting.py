"""Which of the shops' APIs are spoken to, by the shop's platform; and which are left alone for a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from kairos.adapters.shop_apis.answers import NO_ANSWER
from kairos.adapters.shop_apis.shopify import Shopify
from kairos.adapters.shop_apis.woocommerce import WooCommerce
from kairos.domain.shop import Shop
from kairos.ports import NewCode, NotMade, ShopApi

LEFT_ALONE = 60.0
"""Seconds for which a shop that gave no answer is not asked: one shop's outage must not hold up the others'
messages, which come in the same batches, nor their timelines."""

_BY_PLATFORM: dict[str, type[Shopify] | type[WooCommerce]] = {
    "shopify": Shopify,
    "woocommerce": WooCommerce,
}


class ShopApis:
    """The APIs of all shops. monotonic: tells seconds that only grow. loopback: also on this machine."""

    def __init__(self, monotonic: Callable[[], float], loopback: bool = False) -> None:
        self._monotonic = monotonic
        self._loopback = loopback
        self._silent: dict[str, float] = {}

    def connect(self, shop: Shop, secret: str) -> ShopApi:
        """The shop's API. secret: what opens it. Raises NotMade: none that we speak, or silent of late."""
        if shop.api_address is None or shop.platform not in _BY_PLATFORM:
            raise NotMade("no API of this platform", for_now=False)
        if self._monotonic() < self._silent.get(shop.id, 0.0):
            raise NotMade("no answer of late", for_now=True)
        api = _BY_PLATFORM[shop.platform](shop.api_address, secret, self._loopback)
        return _Watched(api, lambda: self._leave_alone(shop.id))

    def _leave_alone(self, shop: str) -> None:
        self._silent[shop] = self._monotonic() + LEFT_ALONE


class _Watched:
    """See ports.ShopApi. silent: is told when there was no answer."""

    def __init__(self, api: ShopApi, silent: Callable[[], None]) -> None:
        self._api = api
        self._silent = silent

    def make(self, wanted: NewCode) -> Literal["made", "exists"]:
        """See ports.ShopCodes."""
        with self._watching():
            return self._api.make(wanted)

    def tag(self, order: str, tag: str) -> None:
        """See ports.ShopOrders."""
        with self._watching():
            self._api.tag(order, tag)

    @contextmanager
    def _watching(self) -> Iterator[None]:
        try:
            yield
        except NotMade as refusal:
            if refusal.reason == NO_ANSWER:
                self._silent()
            raise
