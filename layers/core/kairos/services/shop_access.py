"""Access to a shop's own API: its address, and the secret that opens it."""

from collections.abc import Callable
from typing import Any, Protocol

from kairos.domain.shop import Shop
from kairos.ports import NotMade, NotRead, Secrets, ShopReader

NO_ACCESS = "no access to the shop's API"


def open_api[Api](secrets: Secrets, connect: Callable[[Shop, str], Api], shop: Shop) -> Api:
    """The shop's API. connect: speaks to it with its secret. Raises NotMade: none is set up, or none that we
    speak, or it is left alone for a while; Throttled where the vault gives no answer."""
    secret = (secrets.get(shop.id) or {}).get("api") if shop.api_address else None
    if not secret:
        raise NotMade(NO_ACCESS, for_now=False)
    return connect(shop, secret)


class Readable(Protocol):
    """As much of ports.Secrets as opening takes."""

    def get(self, name: str) -> dict[str, Any] | None:
        """See ports.Secrets."""


def open_reader(secrets: Readable, connect: Callable[[Shop, str], ShopReader], shop: Shop) -> ShopReader:
    """The shop's API, to be read. connect: as for `open_api`. Raises NotRead likewise, and Throttled."""
    secret = (secrets.get(shop.id) or {}).get("api") if shop.api_address else None
    if not secret:
        raise NotRead(NO_ACCESS, for_now=False)
    return connect(shop, secret)
