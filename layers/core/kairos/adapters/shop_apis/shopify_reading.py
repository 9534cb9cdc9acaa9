"""Shopify's Admin API, read: orders, customers and products that changed, and any one of them
(shopify.dev, REST Admin API 2026-10: "Order", "Customer", "Product", "Make paginated requests to the REST
Admin API", "REST Admin API rate limits").

REST, although Shopify calls it legacy, because its bodies are those of the webhooks: what is read here is
understood by the very code that reads webhooks. The app that the access token is of needs the scopes
`read_orders`, `read_customers` and `read_products`; orders older than 60 days also `read_all_orders`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from kairos.adapters.shop_apis.asking import TOO_BIG, Told, ask_for
from kairos.adapters.shop_apis.shopify import API_VERSION
from kairos.adapters.shop_apis.telling import documents_of
from kairos.ports import Changeable, ChangedPage, NotRead, ShopDocument

PAGE_SIZES = (100, 10, 1)
"""Documents of a page; fewer where so many are too big for one answer. Shopify allows 250."""

MOST_SPENT = 0.9
"""Of the bucket of requests that Shopify counts by app and shop: the rest is for others of the same app."""

_EMPTIES_IN = 20.0
"""Seconds in which a full bucket is empty, on every plan: 40 requests at 2 a second, 80 at 4, and so on."""

_TOPICS: Mapping[Changeable, str] = {
    "orders": "orders/updated",
    "customers": "customers/update",
    "products": "products/update",
}


class ShopifyReader:
    """See ports.ShopReader. address: "https://NAME.myshopify.com"; token: an Admin API access token."""

    def __init__(self, address: str, token: str, loopback: bool = False) -> None:
        self._address = f"{address}/admin/api/{API_VERSION}"
        self._headers = {"x-shopify-access-token": token}
        self._loopback = loopback
        self._spent = 0.0

    def changed(
        self, kind: Changeable, since: datetime, until: datetime, cursor: str | None = None
    ) -> ChangedPage:
        """See ports.ShopReader. cursor: Shopify's page_info, which remembers filter and order."""
        wanted = {"page_info": cursor} if cursor else _window(kind, since, until)
        for size in PAGE_SIZES[:-1]:
            try:
                return self._page(kind, wanted, size)
            except NotRead as refusal:
                if refusal.reason != TOO_BIG:
                    raise
        return self._page(kind, wanted, PAGE_SIZES[-1])

    def fetch(self, topic: str, thing: str) -> ShopDocument | None:
        """See ports.ShopReader."""
        kind = next((one for one in _TOPICS if topic.startswith(f"{one}/")), None)
        if kind is None or not (thing.isascii() and thing.isdigit()):
            raise NotRead("nothing of this topic to fetch", for_now=False)
        told = self._ask(f"{kind}/{thing}.json")
        if told is None:
            return None
        [document] = documents_of({kind: [_member(told.json, kind[:-1])]}, kind, _TOPICS[kind])
        return document

    def _page(self, kind: Changeable, wanted: Mapping[str, str], size: int) -> ChangedPage:
        told = self._ask(f"{kind}.json?{urlencode({**wanted, 'limit': str(size)}, quote_via=quote)}")
        if told is None:
            raise NotRead("no such address", for_now=False)
        return ChangedPage(documents_of(told.json, kind, _TOPICS[kind]), _next(told.headers))

    def _ask(self, path: str) -> Told | None:
        if self._spent > MOST_SPENT:
            raise NotRead("rate limit near", for_now=True, after=timedelta(seconds=_EMPTIES_IN / 2))
        told = ask_for(f"{self._address}/{path}", self._headers, self._loopback)
        self._spent = _share(told.headers) if told else 0.0
        return told


def _window(kind: Changeable, since: datetime, until: datetime) -> dict[str, str]:
    told = {
        "updated_at_min": _text(since),
        "updated_at_max": _text(until),
        "order": "updated_at asc",
    }
    return {"status": "any", **told} if kind == "orders" else told


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _next(headers: Mapping[str, str]) -> str | None:
    """The page_info of the link to the next page (RFC 8288), None on the last one."""
    found = re.search(r'<([^<>]+)>\s*;\s*rel="?next"?', headers.get("link", ""))
    told = parse_qs(urlsplit(found[1]).query).get("page_info") if found else None
    return told[0] if told else None


def _share(headers: Mapping[str, str]) -> float:
    """How full the bucket is: 0.8 for "32/40"; 0 where nothing is told."""
    found = re.fullmatch(
        r"(\d{1,6})/([1-9]\d{0,5})", headers.get("x-shopify-shop-api-call-limit", "").strip()
    )
    return int(found[1]) / int(found[2]) if found else 0.0


def _member(told: Any, name: str) -> Any:
    return told.get(name) if isinstance(told, dict) else None
