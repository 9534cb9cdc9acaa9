"""Magento's and Adobe Commerce's REST API, read: orders, customers and products that changed, and any one of
them (developer.adobe.com/commerce/webapi, "Search using REST endpoints"; times there are UTC).

The token is that of an integration with the resources Sales, Customers and Catalog; since 2.4.4 the shop has
to allow such tokens as bearers ("Token-based authentication").
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from kairos.adapters.shop_apis.asking import TOO_BIG, Told, ask_for
from kairos.adapters.shop_apis.by_time import next_place, place_of
from kairos.adapters.shop_apis.telling import body_of, listed
from kairos.ports import Changeable, ChangedPage, NotRead, ShopDocument

PAGE_SIZES = (50, 10, 1)
"""Entries of a page; fewer where so many are too big for one answer. Each divides the one before, so that
whole pages of one can be skipped in pages of the next."""


class _Resource(NamedTuple):
    """topic: as our reader of its body knows it. lists, one: paths."""

    topic: str
    lists: str
    one: str


_RESOURCES: Mapping[Changeable, _Resource] = {
    "orders": _Resource("order", "orders", "orders"),
    "customers": _Resource("customer", "customers/search", "customers"),
    "products": _Resource("product", "products", "products"),
}


class MagentoReader:
    """See ports.ShopReader. address: of the shop; token: an integration's access token."""

    def __init__(self, address: str, token: str, loopback: bool = False) -> None:
        self._address = f"{address}/rest/all/V1"  # of all store views
        self._headers = {"authorization": f"Bearer {token}"}
        self._loopback = loopback

    def changed(
        self, kind: Changeable, since: datetime, until: datetime, cursor: str | None = None
    ) -> ChangedPage:
        """See ports.ShopReader."""
        for size in PAGE_SIZES[:-1]:
            try:
                return self._page(kind, since, until, cursor, size)
            except NotRead as refusal:
                if refusal.reason != TOO_BIG:
                    raise
        return self._page(kind, since, until, cursor, PAGE_SIZES[-1])

    def fetch(self, topic: str, thing: str) -> ShopDocument | None:
        """See ports.ShopReader. Of a product: by its SKU."""
        found = next((one for one in _RESOURCES.values() if one.topic == topic), None)
        if found is None or not thing:
            raise NotRead("nothing of this topic to fetch", for_now=False)
        told = self._ask(f"{found.one}/{quote(thing, safe='')}")
        return ShopDocument(topic, body_of(told.json)) if told else None

    def _page(
        self, kind: Changeable, since: datetime, until: datetime, cursor: str | None, size: int
    ) -> ChangedPage:
        place, resource = place_of(cursor, since), _RESOURCES[kind]
        number = place.skip // size + 1
        wanted = {
            **_filter(0, "gteq", place.at),
            **_filter(1, "lteq", until),
            "searchCriteria[sortOrders][0][field]": "updated_at",
            "searchCriteria[sortOrders][0][direction]": "ASC",
            "searchCriteria[sortOrders][1][field]": "entity_id",
            "searchCriteria[sortOrders][1][direction]": "ASC",
            "searchCriteria[pageSize]": str(size),
            "searchCriteria[currentPage]": str(number),
        }
        told = self._ask(f"{resource.lists}?{urlencode(wanted, quote_via=quote)}")
        if told is None:
            raise NotRead("no such address", for_now=False)
        entries = _entries(told.json, number, size)
        further = next_place(place, [_time(one) for one in entries], size, whole_pages=True)
        documents = tuple(ShopDocument(resource.topic, body_of(one)) for one in entries)
        return ChangedPage(documents, further.cursor if further else None)

    def _ask(self, path: str) -> Told | None:
        return ask_for(f"{self._address}/{path}", self._headers, self._loopback)


def _filter(group: int, condition: str, at: datetime) -> dict[str, str]:
    start = f"searchCriteria[filter_groups][{group}][filters][0]"
    moment = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return {f"{start}[field]": "updated_at", f"{start}[condition_type]": condition, f"{start}[value]": moment}


def _entries(told: Any, number: int, size: int) -> Sequence[Any]:
    """Those of the page. Beyond the last one some lists tell it once more (magento/magento2, issue 25619)."""
    if isinstance(told, dict) and told.get("items") is None:
        return ()
    count = told.get("total_count") if isinstance(told, dict) else None
    found = listed(told, "items")
    return () if isinstance(count, int) and (number - 1) * size >= count else found


def _time(told: Any) -> datetime:
    text = told.get("updated_at")
    try:
        return datetime.fromisoformat(text if isinstance(text, str) else "").replace(tzinfo=UTC)
    except ValueError as wrong:
        raise NotRead("updated_at is no time", for_now=True) from wrong
