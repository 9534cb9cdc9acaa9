"""What has changed at BigCommerce: its lists, and how each is bounded, sorted and gone through (by_time)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from kairos.adapters.platforms.bigcommerce import parts
from kairos.adapters.shop_apis.by_time import Place, next_place
from kairos.ports import NotRead


class Listed(NamedTuple):
    """One list. first, last: names of the parameters that bound it; order: what sorts it; size: of a page."""

    path: str
    topic: str
    first: str
    last: str
    order: Mapping[str, str]
    size: int

    def query(self, place: Place, until: datetime) -> dict[str, str]:
        """The parameters of a page. Pages are numbered from 1."""
        return {
            self.first: _iso(place.at),
            self.last: _iso(until),
            **self.order,
            "limit": str(self.size),
            "page": str(place.skip // self.size + 1),
        }

    def within(self, place: Place, read: Sequence[Mapping[str, Any]]) -> str | None:
        """The cursor after these of a page; None where they all changed in the second that it began with."""
        last = _changed_at(read[-1]).astimezone(UTC).replace(microsecond=0)
        return Place(last).cursor if last > place.at else None

    def next(self, place: Place, found: Sequence[Mapping[str, Any]]) -> str | None:
        """The cursor after a page on which these stood."""
        following = next_place(place, [_changed_at(one) for one in found], self.size, whole_pages=True)
        return following.cursor if following else None


ORDERS = Listed(
    "v2/orders",
    parts.ORDER,
    "min_date_modified",
    "max_date_modified",
    {"sort": "date_modified:asc"},
    10,  # each costs three to five requests more
)
CUSTOMERS = Listed(
    "v3/customers",
    parts.CUSTOMER,
    "date_modified:min",
    "date_modified:max",
    {"sort": "date_modified:asc", "include": "addresses"},
    25,
)
PRODUCTS = Listed(
    "v3/catalog/products",
    parts.PRODUCT,
    "date_modified:min",
    "date_modified:max",
    {"sort": "date_modified", "direction": "asc", "include": "primary_image,custom_fields"},
    25,
)
LISTS = {"orders": ORDERS, "customers": CUSTOMERS, "products": PRODUCTS}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _changed_at(told: Mapping[str, Any]) -> datetime:
    text = str(told.get("date_modified") or "")
    try:
        moment = parsedate_to_datetime(text) if "," in text else datetime.fromisoformat(text)
    except ValueError:
        raise NotRead("no time of change", for_now=False) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
