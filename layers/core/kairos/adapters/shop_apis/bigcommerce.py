"""BigCommerce's API, to be read: orders of version 2, all else of version 3 (developer.bigcommerce.com).

The token needs, read-only: Orders, Order Transactions, Customers, Products, Carts. A document is the body of
the webhook that would have told of it, with what the API says as its `document`.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from kairos.adapters.platforms.bigcommerce import parts
from kairos.adapters.shop_apis.asking import TOO_BIG, Told, ask_for, wait_told
from kairos.adapters.shop_apis.bigcommerce_changes import LISTS
from kairos.adapters.shop_apis.by_time import place_of
from kairos.ports import Changeable, ChangedPage, NotRead, ShopDocument

MOST_LISTED = 250
"""Of one page ("Filtering and pagination")."""

LEFT_TO_OTHERS = 0.2
"""Of the requests that the store allows all its apps together ("API rate limits"). Our own default."""

LONGEST_PAGE = 45.0
"""Seconds after which a page of changes ends with what has been read: one more order may take as many."""

_MOST_PAGES = 40
"""Of one order's parts: more lines than a document may hold are not read."""

_ID = re.compile(r"[A-Za-z0-9-]{1,100}")
_LISTS_OF = {
    parts.ORDER: "v2/orders",
    parts.PRODUCT: "v3/catalog/products",
    parts.CATEGORY: "v3/catalog/products",
}
"""By topic, a list that the same right opens; carts and subscribers: that of the customers."""

_GIVEN_BACK = frozenset({4, 14})
"""The states Refunded and Partially Refunded."""


class BigCommerce:
    """See ports.ShopReader. address: "https://api.bigcommerce.com/stores/HASH", also with /v2 or /v3.

    seconds: tells seconds that only grow. enough: once the store's limit leaves just its other apps' share:
    what was begun is read to its end, and then the store is to be left alone.
    """

    def __init__(
        self,
        address: str,
        token: str,
        loopback: bool = False,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._address = re.sub(r"/v[23]$", "", address)
        self._token = token
        self._loopback = loopback
        self._spent: NotRead | None = None
        self.enough: NotRead | None = None
        self._known: dict[str, str] = {}

    def fetch(self, topic: str, thing: str) -> ShopDocument | None:
        """See ports.ShopReader."""
        ways: dict[str, Callable[[str], dict[str, Any] | None]] = {
            parts.ORDER: self._order,
            parts.CART: lambda cart: self._data(f"v3/carts/{cart}"),
            parts.CUSTOMER: self._customer,
            parts.SUBSCRIBER: lambda one: self._data(f"v3/customers/subscribers/{one}"),
            parts.PRODUCT: self._product,
            parts.CATEGORY: self._category,
        }
        if topic not in ways or not _ID.fullmatch(thing):
            raise NotRead("nothing to be asked for", for_now=False)
        told = ways[topic](thing)
        if told is None:
            self._raise_unless_known(topic)
            return None
        return _document(topic, thing, told)

    def changed(
        self, kind: Changeable, since: datetime, until: datetime, cursor: str | None = None
    ) -> ChangedPage:
        """See ports.ShopReader."""
        if self.enough is not None:
            raise self.enough
        listed, place = LISTS[kind], place_of(cursor, since)
        told = self._get(listed.path, listed.query(place, until))
        if told is None:
            raise NotRead("no such address", for_now=False)
        found = _objects(told.json if kind == "orders" else _member(told.json, "data"))
        whole = {
            "orders": self._whole_order,
            "customers": self._whole_customer,
            "products": self._whole_product,
        }
        began = self._seconds()
        documents: list[ShopDocument] = []
        unread: list[str] = []
        for number, one in enumerate(found, 1):
            try:
                documents.append(_document(listed.topic, _id_of(one), whole[kind](one)))
            except NotRead as refusal:
                if refusal.reason != TOO_BIG:
                    raise
                unread.append(_id_of(one))
            further = listed.within(place, found[:number])
            is_over = self.enough is not None or self._seconds() - began > LONGEST_PAGE
            if further and number < len(found) and is_over:
                return ChangedPage(documents, further, unread)
        return ChangedPage(documents, listed.next(place, found), unread)

    def _raise_unless_known(self, topic: str) -> None:
        """A store that has no such thing has its lists all the same; another address has neither."""
        place = _LISTS_OF.get(topic, "v3/customers")
        if self._get(place, {"limit": "1"}) is None:
            raise NotRead("no such address", for_now=False)

    def _order(self, order: str) -> dict[str, Any] | None:
        told = self._get(f"v2/orders/{order}")
        return None if told is None else self._whole_order(_object(told.json))

    def _whole_order(self, order: dict[str, Any]) -> dict[str, Any]:
        """With its parts, each of which is a list of its own in version 2."""
        place = f"v2/orders/{_id_of(order)}"
        addresses = self._listed(f"{place}/shipping_addresses") if order.get("shipping_address_count") else []
        return order | {
            "products": self._listed(f"{place}/products"),
            "coupons": self._listed(f"{place}/coupons"),
            "shipping_addresses": addresses,
            "refunds": self._refunds(order),
        }

    def _refunds(self, order: Mapping[str, Any]) -> list[Any]:
        amount = str(order.get("refunded_amount") or "0")
        if order.get("status_id") not in _GIVEN_BACK and not amount.strip("0."):
            return []
        told = self._get(f"v3/orders/{_id_of(order)}/payment_actions/refunds")
        return [] if told is None else _objects(_member(told.json, "data"))

    def _customer(self, customer: str) -> dict[str, Any] | None:
        asked = {"id:in": customer, "include": "addresses", "limit": "1"}
        found = self._found("v3/customers", asked)
        return self._whole_customer(found[0]) if found else None

    def _whole_customer(self, customer: dict[str, Any]) -> dict[str, Any]:
        """With the newsletter's records of the same address, which tell the consent."""
        email = customer.get("email")
        told = self._found("v3/customers/subscribers", {"email": email}) if isinstance(email, str) else []
        return customer | {"subscribers": told}

    def _product(self, product: str) -> dict[str, Any] | None:
        told = self._data(f"v3/catalog/products/{product}", {"include": "primary_image,custom_fields"})
        return None if told is None else self._whole_product(told)

    def _whole_product(self, product: dict[str, Any]) -> dict[str, Any]:
        """With the names of its categories and brand."""
        numbers = [str(one) for one in product.get("categories") or []]
        asked = {"category_id:in": ",".join(numbers), "limit": str(MOST_LISTED)}
        filed = self._found("v3/catalog/trees/categories", asked) if numbers else []
        shown = [{"category_id": _id_of(one, "category_id"), "name": one.get("name")} for one in filed]
        return product | {"in_categories": shown, "brand_name": self._brand(product.get("brand_id"))}

    def _brand(self, brand: object) -> str | None:
        if not brand:
            return None
        number = str(brand)
        if number not in self._known:
            told = self._data(f"v3/catalog/brands/{number}") or {}
            self._known[number] = str(told.get("name") or "")
        return self._known[number] or None

    def _category(self, category: str) -> dict[str, Any] | None:
        found = self._found("v3/catalog/trees/categories", {"category_id:in": category, "limit": "1"})
        return found[0] if found else None

    def _data(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any] | None:
        """One thing of version 3."""
        told = self._get(path, query)
        return None if told is None else _object(_member(told.json, "data"))

    def _found(self, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """A page of version 3."""
        told = self._get(path, query)
        return [] if told is None else _objects(_member(told.json, "data"))

    def _listed(self, path: str) -> list[dict[str, Any]]:
        """All of a list of version 2, which answers 204 for an empty one."""
        found: list[dict[str, Any]] = []
        for page in range(1, _MOST_PAGES + 1):
            told = self._get(path, {"limit": str(MOST_LISTED), "page": str(page)})
            more = [] if told is None else _objects(told.json)
            found += more
            if len(more) < MOST_LISTED:
                return found
        raise NotRead(TOO_BIG, for_now=False)

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Told | None:
        """One request. The last that the shop allows for now is taken; the one after it is not tried."""
        if self._spent is not None:
            raise self._spent
        address = f"{self._address}/{path}" + (f"?{urlencode(query)}" if query else "")
        told = ask_for(address, {"x-auth-token": self._token}, self._loopback)
        if told and _left(told.headers, 0.0):
            self._spent = NotRead("rate limit", for_now=True, after=wait_told(told.headers))
        if told and _left(told.headers, LEFT_TO_OTHERS):
            self.enough = NotRead("rate limit", for_now=True, after=wait_told(told.headers))
        return told


def _left(headers: Mapping[str, str], share: float) -> bool:
    """Whether no more than this share of the store's requests is left, where it says so."""
    told = [headers.get(f"x-rate-limit-requests-{name}", "") for name in ("left", "quota")]
    left, quota = (int(one) if one.isdecimal() else None for one in told)
    return left is not None and left <= (quota or 0) * share


def _document(topic: str, thing: str, told: Mapping[str, Any]) -> ShopDocument:
    body = {parts.SCOPE: topic, "data": {"id": thing}, parts.DOCUMENT: told}
    return ShopDocument(topic, json.dumps(body, separators=(",", ":")).encode())


def _member(told: object, name: str) -> Any:
    return told.get(name) if isinstance(told, dict) else None


def _id_of(told: Mapping[str, Any], name: str = "id") -> str:
    """As the shop tells it. Raises NotRead for an answer of another shape."""
    if not _ID.fullmatch(str(told.get(name))):
        raise NotRead("no id", for_now=True)
    return str(told[name])


def _object(told: object) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise NotRead("no object", for_now=True)
    return told


def _objects(told: object) -> list[dict[str, Any]]:
    """Those of the list; none where there is nothing, as version 2 says it."""
    if told is None:
        return []
    if not isinstance(told, list):
        raise NotRead("no list", for_now=True)
    return [_object(one) for one in told]
