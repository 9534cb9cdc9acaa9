"""Which of the shops' APIs are read, by the shop's platform; and which are left alone for a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from kairos.adapters.shop_apis.answers import NO_ANSWER
from kairos.adapters.shop_apis.bigcommerce import BigCommerce
from kairos.adapters.shop_apis.magento_reading import MagentoReader
from kairos.adapters.shop_apis.prestashop_reading import PrestaShopReader
from kairos.adapters.shop_apis.shopify_reading import ShopifyReader
from kairos.adapters.shop_apis.woocommerce_reading import WooCommerceReader
from kairos.domain.shop import Shop
from kairos.ports import NOT_ASKED, Changeable, ChangedPage, NotRead, ShopDocument, ShopReader

LEFT_ALONE = timedelta(seconds=60)
"""For which a shop that gave no answer is not asked: one shop's outage must not hold up the others."""

NO_API = "no API of this platform"


class Reads(Protocol):
    """Makes a reader. address: the shop's API; secret: what opens it; loopback: it may be on this machine."""

    def __call__(self, address: str, secret: str, loopback: bool, /) -> ShopReader:
        """The reader."""


READERS: dict[str, Reads] = {
    "bigcommerce": BigCommerce,
    "magento": MagentoReader,
    "shopify": ShopifyReader,
    "woocommerce": WooCommerceReader,
}
"""By the shop's platform."""


class ReadsInZone(Protocol):
    """Likewise, of a shop that tells its times by its own clock, without offset. zone: its time zone."""

    def __call__(self, address: str, secret: str, zone: tzinfo, loopback: bool, /) -> ShopReader:
        """The reader."""


READERS_IN_ZONE: dict[str, ReadsInZone] = {"prestashop": PrestaShopReader}
"""By the shop's platform."""


class ShopReaders:
    """Readers of all shops' APIs. monotonic: tells seconds that only grow. loopback: also on this machine."""

    def __init__(self, monotonic: Callable[[], float], loopback: bool = False) -> None:
        self._monotonic = monotonic
        self._loopback = loopback
        self._rests: dict[str, float] = {}

    def connect(self, shop: Shop, secret: str) -> ShopReader:
        """The shop's API. secret: what opens it. Raises NotRead: none that we read, or left alone for now."""
        reader = self._reader(shop, secret)
        self._raise_if_resting(shop.id)
        return _Watched(reader, self, shop.id)

    def _reader(self, shop: Shop, secret: str) -> ShopReader:
        if shop.api_address is not None and shop.platform in READERS:
            return READERS[shop.platform](shop.api_address, secret, self._loopback)
        if shop.api_address is not None and shop.platform in READERS_IN_ZONE:
            return READERS_IN_ZONE[shop.platform](shop.api_address, secret, shop.zone, self._loopback)
        raise NotRead(NO_API, for_now=False)

    def leave_alone(self, shop: str, refusal: NotRead) -> None:
        """Ask the shop nothing for a while, where it wants that, or where it gave no answer."""
        rest = refusal.after if refusal.after is not None else LEFT_ALONE
        if refusal.for_now and (refusal.after is not None or refusal.reason == NO_ANSWER):
            self._rests[shop] = self._monotonic() + rest.total_seconds()

    def _raise_if_resting(self, shop: str) -> None:
        left = self._rests.get(shop, 0.0) - self._monotonic()
        if left > 0:
            raise NotRead(NOT_ASKED, for_now=True, after=timedelta(seconds=left))


class _Watched:
    """See ports.ShopReader. Tells `readers` of refusals."""

    def __init__(self, reader: ShopReader, readers: ShopReaders, shop: str) -> None:
        self._reader = reader
        self._readers = readers
        self._shop = shop

    def changed(
        self, kind: Changeable, since: datetime, until: datetime, cursor: str | None = None
    ) -> ChangedPage:
        """See ports.ShopReader."""
        with self._watching():
            return self._reader.changed(kind, since, until, cursor)

    def fetch(self, topic: str, thing: str) -> ShopDocument | None:
        """See ports.ShopReader."""
        with self._watching():
            return self._reader.fetch(topic, thing)

    @contextmanager
    def _watching(self) -> Iterator[None]:
        try:
            yield
        except NotRead as refusal:
            self._readers.leave_alone(self._shop, refusal)
            raise
        if isinstance(self._reader, BigCommerce) and self._reader.enough is not None:
            self._readers.leave_alone(self._shop, self._reader.enough)
