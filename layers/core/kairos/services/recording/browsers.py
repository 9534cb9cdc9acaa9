"""Browsers that ask for notifications on the shop's own site, by the script tag."""

from collections.abc import Callable

from kairos.domain.activity import BrowserPush
from kairos.domain.shop import Shop
from kairos.services.customers import resolve
from kairos.services.devices import MOST_ENDPOINTS
from kairos.services.endpoints import Registering, endpoints_of, register

SOURCE = "shop's site"

RegisterBrowser = Callable[[Shop, str, BrowserPush], None]
"""Shop, a node of who is signed for, and their browser. Repeating it changes nothing."""


def nobody_asks(_shop: Shop, _node: str, _told: BrowserPush) -> None:
    """Where no script tag is."""


def register_browser(parts: Registering, shop: Shop, node: str, told: BrowserPush) -> None:
    """Register it for the customer of `node`, as the shop's word: a withdrawal made with us stands.

    Nothing happens where the shop sends no web push, or the customer has too many phones and browsers.
    """
    if shop.channels.web_push is None:
        return
    known = endpoints_of(parts.items, shop.id, resolve(parts.items, shop.id, node).nodes)
    new = parts.key.node(shop.id, "visitor", told.endpoint) not in {one["id"] for one in known}
    if new and len(known) >= MOST_ENDPOINTS:
        return
    keys = {"p256dh": told.p256dh, "auth": told.auth}
    register(parts, shop.id, node, "web_push", told.endpoint, keys, told.at, SOURCE, told.wording, by="shop")
