"""Looking through what has changed at BigCommerce, page by page, without leaving anything out.

A list by time moves while it is read: what changes leaves its place for the end, and what followed moves up.
Pages are therefore not counted through: each begins at the last change seen, and only where a whole page
changed in the same second is the next page of it taken.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from kairos.adapters.platforms.bigcommerce import parts
from kairos.ports import NotRead


class Changes(NamedTuple):
    """Where to look on. since: real time of a change, included. page: of those since then, from 1."""

    since: datetime
    page: int = 1

    @classmethod
    def after(cls, cursor: str | None, since: datetime) -> "Changes":
        """As a cursor tells it; from `since` without one. Raises NotRead for what is none."""
        if cursor is None:
            return cls(since)
        told, _, page = cursor.partition("|")
        try:
            return cls(datetime.fromisoformat(told), int(page))
        except ValueError:
            raise NotRead("no cursor", for_now=False) from None

    @property
    def cursor(self) -> str:
        """The text that `after` reads."""
        return f"{self.since.isoformat()}|{self.page}"


class Listed(NamedTuple):
    """One list. first, last: names of the parameters that bound it; order: what sorts it; size: of a page."""

    path: str
    topic: str
    first: str
    last: str
    order: Mapping[str, str]
    size: int

    def query(self, changes: Changes, until: datetime) -> dict[str, str]:
        """The parameters of a page."""
        return {
            self.first: _iso(changes.since),
            self.last: _iso(until),
            **self.order,
            "limit": str(self.size),
            "page": str(changes.page),
        }

    def next(self, changes: Changes, found: Sequence[Mapping[str, Any]]) -> str | None:
        """The cursor after a page on which these stood."""
        if len(found) < self.size:
            return None
        newest = _changed_at(found[-1])
        return Changes(newest).cursor if newest > changes.since else Changes(changes.since, changes.page + 1).cursor


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
