"""WooCommerce's REST API, read: orders and products that changed, customers who registered, and any one of
them (its documentation, v3, "Orders", "Customers", "Products", "Pagination").

Customers have no filter by when they changed (woocommerce/woocommerce, issue 41371): only who registered
is found, newest first. What changes of a customer later comes with their next order, or by webhook.
The key needs the permission to read.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from kairos.adapters.shop_apis.asking import TOO_BIG, Told, ask_for
from kairos.adapters.shop_apis.by_time import Place, next_place, place_of
from kairos.adapters.shop_apis.telling import body_of, documents_of, listed
from kairos.ports import Changeable, ChangedPage, NotRead, ShopDocument

PAGE_SIZES = (50, 10, 1)
"""Entries of a page; fewer where so many are too big for one answer. Shops run on small machines."""

_TOPICS: Mapping[Changeable, str] = {
    "orders": "order.updated",
    "customers": "customer.updated",
    "products": "product.updated",
}
_SECOND = timedelta(seconds=1)


class WooCommerceReader:
    """See ports.ShopReader. address: of the site; key: consumer key and secret, with a colon between."""

    def __init__(self, address: str, key: str, loopback: bool = False) -> None:
        self._address = f"{address}/wp-json/wc/v3"
        self._headers = {"authorization": f"Basic {base64.b64encode(key.encode()).decode()}"}
        self._loopback = loopback

    def changed(
        self, kind: Changeable, since: datetime, until: datetime, cursor: str | None = None
    ) -> ChangedPage:
        """See ports.ShopReader. Of customers: who registered, newest first."""
        read = self._registered if kind == "customers" else self._modified
        for size in PAGE_SIZES[:-1]:
            try:
                return read(kind, since, until, cursor, size)
            except NotRead as refusal:
                if refusal.reason != TOO_BIG:
                    raise
        return read(kind, since, until, cursor, PAGE_SIZES[-1])

    def fetch(self, topic: str, thing: str) -> ShopDocument | None:
        """See ports.ShopReader."""
        kind = next((one for one in _TOPICS if topic.startswith(f"{one[:-1]}.")), None)
        if kind is None or not (thing.isascii() and thing.isdigit()):
            raise NotRead("nothing of this topic to fetch", for_now=False)
        told = self._ask(f"{kind}/{thing}")
        return ShopDocument(_TOPICS[kind], body_of(told.json)) if told else None

    def _modified(
        self, kind: Changeable, since: datetime, until: datetime, cursor: str | None, size: int
    ) -> ChangedPage:
        place = place_of(cursor, since)
        wanted = {
            # Both ends are left out by the shop. Times of GMT must not say so: with a "Z", WordPress turns
            # them into local ones before it compares.
            "modified_after": _text(place.at - _SECOND),
            "modified_before": _text(until + _SECOND),
            "dates_are_gmt": "true",
            "orderby": "modified",
            "order": "asc",
            "offset": str(place.skip),
        }
        told = self._list(kind, wanted, size)
        changed = [_time(one, "date_modified_gmt") for one in told]
        further = next_place(place, changed, size)
        return ChangedPage(documents_of(told, None, _TOPICS[kind]), further.cursor if further else None)

    def _registered(
        self, kind: Changeable, since: datetime, _until: datetime, cursor: str | None, size: int
    ) -> ChangedPage:
        """Newest first, until they registered before `since`. Who registers meanwhile shifts the list so
        that some are told twice."""
        skip = place_of(cursor, since).skip
        wanted = {"orderby": "registered_date", "order": "desc", "offset": str(skip)}
        told = self._list(kind, wanted, size)
        late = [one for one in told if _time(one, "date_created_gmt") >= since]
        further = Place(since, skip + size).cursor if len(late) == size else None
        return ChangedPage(documents_of(late, None, _TOPICS[kind]), further)

    def _list(self, kind: Changeable, wanted: Mapping[str, str], size: int) -> Sequence[Any]:
        told = self._ask(f"{kind}?{urlencode({**wanted, 'per_page': str(size)}, quote_via=quote)}")
        if told is None:
            raise NotRead("no such address", for_now=False)
        return listed(told.json, None)

    def _ask(self, path: str) -> Told | None:
        return ask_for(f"{self._address}/{path}", self._headers, self._loopback)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _time(told: Any, name: str) -> datetime:
    """When the entry says, in GMT without saying so; long ago where it says nothing."""
    text = told.get(name) if isinstance(told, dict) else None
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else datetime(1970, 1, 1, tzinfo=UTC)
    except ValueError as wrong:
        raise NotRead(f"{name} is no time", for_now=True) from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
