"""A shop's own API on this machine, as far as it is read: lists of what changed, as Shopify, WooCommerce,
PrestaShop and Magento page, filter, sort and count them.

Shopify: shopify.dev, REST Admin API, "Order", "Make paginated requests", "Rate limits".
WooCommerce: its REST API documentation, v3, "Orders", "Customers", "Pagination"; dates as WordPress's
WP_Date_Query takes them. PrestaShop: devdocs, "Webservice", "Cheat sheet". Magento:
developer.adobe.com/commerce/webapi, "Search using REST endpoints".
"""

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

TOKEN = "shpat_example"
KEY = "ck_example:cs_example"
BUCKET = 40


class Asked(NamedTuple):
    """A request. kind: "orders"; wanted: its parameters."""

    kind: str
    wanted: dict[str, str]


class FakeLists:
    """held: documents by kind and id. moods: what it does with the next requests, one each.

    most: entries of a page whatever is asked for. sorts: whether it heeds the order that is asked for.
    cursors: from which generation on they are taken. lacks: kinds that the key may not read (PrestaShop);
    displays: the fields that it was asked for, by kind.
    spent: of its bucket of requests, told in each answer of Shopify's. before: called with each request
    before it is answered. pages: those answered, as the ids on each.

    Moods: "throttled" (429 with Retry-After), "outage" (503), "page" (HTML with status 200), "cut" (the
    connection ends within the answer), "refused" (400).
    """

    def __init__(self) -> None:
        self.address = ""
        self.forget()

    def forget(self) -> None:
        """As it was in the beginning."""
        self.held: dict[str, dict[str, dict[str, Any]]] = {"orders": {}, "customers": {}, "order_slip": {}}
        self.lacks: set[str] = set()
        self.displays: dict[str, str] = {}
        self.moods: list[str] = []
        self.most, self.sorts, self.spent, self.cursors = 250, True, 1, 0
        self.token, self.key = TOKEN, KEY
        self.requests: list[Asked] = []
        self.pages: list[list[str]] = []
        self.before: Callable[[Asked], None] = lambda _: None

    def keep(self, kind: str, body: dict[str, Any]) -> None:
        """Store the document as it now is."""
        self.held[kind][str(body["id"])] = body

    def answer(self, path: str, headers: Any, wanted: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        """Status, headers and JSON."""
        *_, above, kind = path.removesuffix(".json").split("/")
        if kind.isdigit():
            return self._one(path, above, kind)
        asked = Asked(kind, wanted)
        if kind == "order_slip":
            return self._prestashop_slips(asked)
        self.requests.append(asked)
        self.before(asked)
        if path.startswith("/admin/api/2026-10/"):
            if headers["x-shopify-access-token"] != self.token:
                return 401, {}, {"errors": "[API] Invalid API key or access token"}
            return self._shopify(asked)
        if headers["authorization"] not in {f"Bearer {self.key}", _basic(self.key), _basic(f"{self.key}:")}:
            return 401, {}, {"code": "woocommerce_rest_cannot_view", "data": {"status": 401}}
        if path.startswith("/api/"):
            return self._prestashop(asked)
        if path.startswith("/rest/all/V1/"):
            return self._magento(asked if kind != "search" else Asked("customers", wanted))
        assert path.startswith("/wp-json/wc/v3/")
        return self._woocommerce(asked)

    def _one(self, path: str, kind: str, number: str) -> tuple[int, dict[str, str], Any]:
        """One document; WooCommerce and Magento tell it bare."""
        found = self.held[kind].get(number)
        is_bare = path.startswith(("/wp-json/", "/rest/"))
        return (200, {}, found if is_bare else {kind[:-1]: found}) if found else (404, {}, {})

    def _shopify(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        wanted = asked.wanted
        if "page_info" in wanted:
            if set(wanted) - {"page_info", "limit", "fields"}:
                return 400, {}, {"errors": {"page_info": "must stand alone"}}
            told = json.loads(base64.urlsafe_b64decode(wanted["page_info"]))
            if told["of"] != self.cursors:
                return 400, {}, {"errors": {"page_info": "Invalid value."}}
        else:
            told = {name: wanted[name] for name in ("updated_at_min", "updated_at_max")} | {
                "after": None,
                "of": self.cursors,
            }
            assert asked.kind != "orders" or wanted["status"] == "any", "only open orders would be listed"
            assert wanted["order"] == "updated_at asc"
        place = _changed if self.sorts else _newest_id
        listed = [
            one
            for one in self.held[asked.kind].values()
            if _at(told["updated_at_min"]) <= _at(one["updated_at"]) <= _at(told["updated_at_max"])
            and (told["after"] is None or place(one) > told["after"])
        ]
        listed.sort(key=place)
        size = min(int(wanted["limit"]), self.most)
        page, headers = listed[:size], {"x-shopify-shop-api-call-limit": f"{self.spent}/{BUCKET}"}
        if len(listed) > size:
            cursor = base64.urlsafe_b64encode(
                json.dumps({**told, "after": place(page[-1])}).encode()
            ).decode()
            headers["link"] = f'<{self.address}/x.json?limit={size}&page_info={cursor}>; rel="next"'
        self.pages.append([str(one["id"]) for one in page])
        return 200, headers, {asked.kind: page}

    def _woocommerce(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        wanted, listed = asked.wanted, list(self.held[asked.kind].values())
        if asked.kind == "customers":
            assert set(wanted) == {"orderby", "order", "offset", "per_page"}, "no other filter is known"
            assert (wanted["orderby"], wanted["order"]) == ("registered_date", "desc")
            listed.sort(key=lambda one: one["date_created_gmt"], reverse=True)
        else:
            assert (wanted["orderby"], wanted["order"]) == ("modified", "asc")
            after, before = (_compared(wanted, name) for name in ("modified_after", "modified_before"))
            listed = [one for one in listed if after < one["date_modified_gmt"] < before]
            listed.sort(key=lambda one: (one["date_modified_gmt"], one["id"]))
        size, skip = int(wanted["per_page"]), int(wanted["offset"])
        assert size <= 100, "rest_invalid_param"
        page = listed[skip : skip + size]
        self.pages.append([str(one["id"]) for one in page])
        return 200, {"x-wp-total": str(len(listed))}, page

    def _prestashop(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        wanted, listed = asked.wanted, list(self.held[asked.kind].values())
        assert wanted["output_format"] == "JSON"
        if asked.kind in self.lacks:
            return 401, {}, {"errors": [{"code": 26, "message": "is not allowed with this key"}]}
        if "filter[id]" in wanted:
            found = [one for one in listed if str(one["id"]) == wanted["filter[id]"].strip("[]")]
            return 200, {}, {asked.kind: self._shown(asked, found)} if found else []
        assert wanted["date"] == "1", "filters on dates would be refused"
        assert wanted["sort"] == "[date_upd_ASC,id_ASC]"
        first, last = wanted["filter[date_upd]"].strip("[]").split(",")
        listed = [one for one in listed if first <= one["date_upd"] <= last]
        listed.sort(key=lambda one: (one["date_upd"], one["id"]))
        skip, size = (int(one) for one in wanted["limit"].split(","))
        page = listed[skip : skip + size]
        self.pages.append([str(one["id"]) for one in page])
        return 200, {}, {asked.kind: self._shown(asked, page)} if page else []

    def _prestashop_slips(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        """Resource `order_slip`, which answers `order_slips`; several ids stand between bars."""
        if asked.kind in self.lacks:
            return 401, {}, {"errors": [{"code": 26, "message": "is not allowed with this key"}]}
        ids = asked.wanted["filter[id_order]"].strip("[]").split("|")
        found = [one for one in self.held["order_slip"].values() if str(one["id_order"]) in ids]
        return 200, {}, {"order_slips": self._shown(asked, found)} if found else []

    def _shown(self, asked: Asked, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The fields of `display` alone, those of associations in brackets of their own."""
        self.displays[asked.kind] = asked.wanted["display"]
        if asked.wanted["display"] == "full":
            return told
        names = re.sub(r"\w+\[[^\]]*\]", "", asked.wanted["display"][1:-1]).split(",")
        rows = dict(re.findall(r"(\w+)\[([^\]]*)\]", asked.wanted["display"][1:-1]))
        shown = []
        for one in told:
            above = {
                kind: [{name: row[name] for name in row if name in rows[kind].split(",")} for row in entries]
                for kind, entries in one.get("associations", {}).items()
                if kind in rows
            }
            kept = {name: one[name] for name in one if name in names}
            shown.append(kept | ({"associations": above} if above else {}))
        return shown

    def _magento(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        told = {name.removeprefix("searchCriteria"): value for name, value in asked.wanted.items()}
        ends = {}
        for group in (0, 1):
            start = f"[filter_groups][{group}][filters][0]"
            assert told[f"{start}[field]"] == "updated_at"
            ends[told[f"{start}[condition_type]"]] = told[f"{start}[value]"]
        orders = [(told[f"[sortOrders][{n}][field]"], told[f"[sortOrders][{n}][direction]"]) for n in (0, 1)]
        assert orders == [("updated_at", "ASC"), ("entity_id", "ASC")]
        dated = [{**one, "updated_at": _in_utc(one["updated_at"])} for one in self.held[asked.kind].values()]
        listed = [one for one in dated if ends["gteq"] <= one["updated_at"] <= ends["lteq"]]
        listed.sort(key=lambda one: (one["updated_at"], one["id"]))
        size = int(told["[pageSize]"])
        # Beyond the last page its collections tell that one again.
        number = min(int(told["[currentPage]"]), max(-(-len(listed) // size), 1))
        page = listed[(number - 1) * size : number * size]
        self.pages.append([str(one["id"]) for one in page])
        return 200, {}, {"items": page, "search_criteria": {}, "total_count": len(listed)}


def _basic(told: str) -> str:
    return "Basic " + base64.b64encode(told.encode()).decode()


def _in_utc(text: str) -> str:
    return _at(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _changed(one: dict[str, Any]) -> list[Any]:
    return [one["updated_at"], one["id"]]


def _newest_id(one: dict[str, Any]) -> list[Any]:
    return [-one["id"]]


def _compared(wanted: dict[str, str], name: str) -> str:
    """What WordPress compares the column with: the text, taken for local time of a site in Zurich, or turned
    into it where it tells an offset; the column is that of GMT if the request says so."""
    assert wanted["dates_are_gmt"] == "true"
    moment = _at(wanted[name])
    return (moment + timedelta(hours=1) if moment.tzinfo else moment).replace(tzinfo=None).isoformat()


_MOODS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "throttled": (429, {"retry-after": "2.0"}, b'{"errors": "Exceeded 2 calls per second"}'),
    "outage": (503, {}, b"maintenance"),
    "page": (200, {}, b"<html>back soon</html>"),
    "cut": (200, {"content-length": "5000"}, b'{"orders": ['),
    "refused": (400, {}, b'{"errors": {"page_info": "Invalid value."}}'),
}


def _handler(lists: FakeLists) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if lists.moods:
                self._say(*_MOODS[lists.moods.pop(0)])
                return
            parts = urlsplit(self.path)
            status, headers, told = lists.answer(parts.path, self.headers, dict(parse_qsl(parts.query)))
            self._say(status, headers, json.dumps(told).encode())

        def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in ({"content-length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Handler


@contextmanager
def fake_lists() -> Iterator[FakeLists]:
    """A shop that answers while this lasts."""
    lists = FakeLists()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(lists))
    lists.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield lists
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
