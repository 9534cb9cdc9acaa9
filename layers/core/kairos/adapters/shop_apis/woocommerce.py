"""WooCommerce's REST API: coupons and notes of orders (its documentation, v3, "Coupons", "Order notes").

The key needs the permission to write. A coupon of WooCommerce has no beginning: it is good at once.
"""

import base64
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal

from kairos.adapters.shop_apis.answers import ask
from kairos.ports import NewCode, NotMade

_TAKEN = "woocommerce_rest_coupon_code_already_exists"


class WooCommerce:
    """See ports.ShopApi. address: of the site; key: consumer key and secret, with a colon between.

    loopback: it may be on this machine.
    """

    def __init__(self, address: str, key: str, loopback: bool = False) -> None:
        self._address = f"{address}/wp-json/wc/v3"
        self._authorization = f"Basic {base64.b64encode(key.encode()).decode()}"
        self._loopback = loopback

    def make(self, wanted: NewCode) -> Literal["made", "exists"]:
        """See ports.ShopCodes. A code that is taken is ours: its text is drawn from the message's id."""
        status, told = self._ask("coupons", _coupon(wanted))
        if status == HTTPStatus.CREATED:
            return "made"
        code = told.get("code") if isinstance(told, dict) else None
        if code == _TAKEN:
            return "exists"
        # A shop in maintenance says so on a page, also with status 200.
        raise NotMade(f"status {status}", for_now=status == HTTPStatus.OK)

    def tag(self, order: str, tag: str) -> None:
        """See ports.ShopOrders. Its orders have no tags: a note that the shop alone sees, and one a call."""
        if not (order.isascii() and order.isdigit()):
            raise NotMade("no order's number", for_now=False)
        status, _ = self._ask(f"orders/{order}/notes", {"note": tag, "customer_note": False})
        if status != HTTPStatus.CREATED:
            raise NotMade(f"status {status}", for_now=status == HTTPStatus.OK)

    def _ask(self, path: str, told: Mapping[str, Any]) -> tuple[int, Any]:
        headers = {"authorization": self._authorization}
        return ask(f"{self._address}/{path}", told, headers, self._loopback)


def _coupon(wanted: NewCode) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": wanted.code,
        "usage_limit": 1,
        "usage_limit_per_user": 1,
        "date_expires_gmt": wanted.ends_at.strftime("%Y-%m-%dT%H:%M:%S"),
    }
    if wanted.minimum is not None:
        told["minimum_amount"] = wanted.minimum
    if wanted.collections:
        told["product_categories"] = _categories(wanted.collections)
    if wanted.kind == "free_shipping":
        return told | {"discount_type": "fixed_cart", "amount": "0", "free_shipping": True}
    return told | {"discount_type": "percent", "amount": str(wanted.percent)}


def _categories(collections: Sequence[str]) -> list[int]:
    try:
        return [int(one) for one in collections]
    except ValueError as wrong:
        raise NotMade("a collection is no category's number", for_now=False) from wrong
