"""PrestaShop's webservice, read: orders, customers and products that changed, and any one of them
(devdocs.prestashop-project.org, "Webservice": "Cheat sheet", "Additional list parameters"; its filters on
dates need `date=1`, PrestaShop/PrestaShop, issue 10822).

Its dates are those of the shop's own clock, without offset. The webservice key needs GET on `orders`,
`order_slip`, `customers` and `products`. The bodies tell less than those of our module: an order names its
customer, not their address.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import quote, urlencode

from kairos.adapters.shop_apis.asking import TOKEN_REFUSED, TOO_BIG, Told, ask_for
from kairos.adapters.shop_apis.by_time import next_place, place_of
from kairos.adapters.shop_apis.prestashop_resources import RESOURCES, SLIPS, asked_for
from kairos.adapters.shop_apis.telling import body_of, listed
from kairos.ports import Changeable, ChangedPage, NotRead, ShopDocument

PAGE_SIZES = (50, 10, 1)
"""Entries of a page; fewer where so many are too big for one answer. Shops run on small machines."""


class PrestaShopReader:
    """See ports.ShopReader. address: of the shop; key: of its webservice. zone: the shop's time zone."""

    def __init__(self, address: str, key: str, zone: tzinfo, loopback: bool = False) -> None:
        self._address = f"{address}/api"
        # The key is the user, and there is no password ("Webservice", "Testing access").
        self._headers = {"authorization": f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"}
        self._zone = zone
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
        """See ports.ShopReader."""
        name = topic.partition(".")[0]
        kind = next((one for one, resource in RESOURCES.items() if resource.name == name), None)
        if kind is None or not (thing.isascii() and thing.isdigit()):
            raise NotRead("nothing of this topic to fetch", for_now=False)
        # A list of one: of a resource by its id the webservice tells all fields, whatever is asked for.
        wanted = {"display": RESOURCES[kind].display, "filter[id]": f"[{thing}]"}
        return next(iter(self._documents(kind, self._listed(kind, kind, wanted))), None)

    def _page(
        self, kind: Changeable, since: datetime, until: datetime, cursor: str | None, size: int
    ) -> ChangedPage:
        first, last = _in_local_time(since, until, self._zone)
        place = place_of(cursor, first)
        wanted = {
            "display": RESOURCES[kind].display,
            "date": "1",
            "filter[date_upd]": f"[{_text(place.at)},{_text(last)}]",
            "sort": "[date_upd_ASC,id_ASC]",
            "limit": f"{place.skip},{size}",
        }
        entries = self._listed(kind, kind, wanted)
        further = next_place(place, [_time(one) for one in entries], size)
        return ChangedPage(self._documents(kind, entries), further.cursor if further else None)

    def _documents(self, kind: Changeable, entries: Sequence[Mapping[str, Any]]) -> tuple[ShopDocument, ...]:
        """The entries as documents, of what was asked for alone; orders with their credit slips."""
        resource = RESOURCES[kind]
        told = [asked_for(resource, one) for one in entries]
        if kind == "orders":
            told = self._with_slips(told)
        return tuple(ShopDocument(resource.name, body_of({resource.name: one})) for one in told)

    def _with_slips(self, orders: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The orders with `order_slips`; without, where the key may not read them."""
        if not orders:
            return []
        ids = "|".join(str(one.get("id")) for one in orders)
        wanted = {"display": SLIPS.display, "filter[id_order]": f"[{ids}]"}
        try:
            found = self._listed("order_slip", "order_slips", wanted)
        except NotRead as refusal:
            if refusal.for_now or not refusal.reason.startswith(TOKEN_REFUSED):
                raise
            return list(orders)  # the same key has just read the orders: it lacks this right alone
        slips: dict[str, list[dict[str, Any]]] = {}
        for one in found:
            slips.setdefault(str(one.get("id_order")), []).append(asked_for(SLIPS, one))
        return [{**one, "order_slips": slips.get(str(one.get("id")), [])} for one in orders]

    def _listed(self, path: str, name: str, wanted: Mapping[str, str]) -> Sequence[dict[str, Any]]:
        told = self._ask(path, wanted)
        if told is None:
            raise NotRead("no such address", for_now=False)
        return listed(told.json, None if told.json == [] else name)  # nothing found is a bare []

    def _ask(self, path: str, wanted: Mapping[str, str]) -> Told | None:
        query = urlencode({**wanted, "output_format": "JSON"}, quote_via=quote)
        return ask_for(f"{self._address}/{path}?{query}", self._headers, self._loopback)


def _in_local_time(since: datetime, until: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Both ends as the shop's clock shows them, named UTC. When it is set back between them, the hour that
    it shows twice lies within."""
    offsets = [one.astimezone(zone).utcoffset() or one - one for one in (since, until)]
    return since.astimezone(UTC) + min(offsets), until.astimezone(UTC) + max(offsets)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _time(told: Any) -> datetime:
    """When the entry changed, by the shop's clock, named UTC."""
    text = told.get("date_upd")
    try:
        return datetime.fromisoformat(text if isinstance(text, str) else "").replace(tzinfo=UTC)
    except ValueError as wrong:
        raise NotRead("date_upd is no time", for_now=True) from wrong
