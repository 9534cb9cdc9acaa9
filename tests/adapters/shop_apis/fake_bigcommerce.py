"""A BigCommerce API on this machine: real HTTP, the documented answers, its rate limits and its failures.

Written after developer.bigcommerce.com: "Orders V2", "Transactions" (refunds), "Carts", "Customers",
"Subscribers", "Products", "Category trees", "API rate limits", "Filtering and pagination".
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "token-of-the-store"
STORE = "/stores/abc123"


class FakeBigCommerce:
    """mood: what it does with the next requests, one each; then it works. left: requests before its limit,
    of `quota`.

    Things by id, as its API tells them; an order's parts stand within it under "_products", "_coupons",
    "_shipping_addresses" and "_refunds". asked: path and parameters of each request that it answered.

    Moods: "throttled" (429), "outage" (503), "page" (HTML with status 200), "silent" (no answer), "big" (more
    than anybody reads), "moved" (302), "forbidden" (403).
    """

    def __init__(self) -> None:
        self.moods: list[str] = []
        self.left: int | None = None
        self.quota: int | None = None
        self.reset_ms = 15_000
        self.orders: dict[str, dict[str, Any]] = {}
        self.carts: dict[str, dict[str, Any]] = {}
        self.customers: dict[str, dict[str, Any]] = {}
        self.subscribers: dict[str, dict[str, Any]] = {}
        self.products: dict[str, dict[str, Any]] = {}
        self.categories: dict[str, dict[str, Any]] = {}
        self.brands: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.over = threading.Event()
        self.address = ""

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        """Status and JSON, None for no body."""
        if not path.startswith(f"{STORE}/v"):
            return 404, {"status": 404, "title": "Not found"}
        kind, _, rest = path.removeprefix(f"{STORE}/").partition("/")
        return self._version_2(rest, query) if kind == "v2" else self._version_3(rest, query)

    def _version_2(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        if path == "orders":
            listed = [one for one in self.orders.values() if not one.get("is_deleted")]
            return _list_of_2(
                [_shown(one) for one in _window(listed, query, "min_date_modified", "max_date_modified")],
                query,
            )
        number, _, part = path.removeprefix("orders/").partition("/")
        order = self.orders.get(number)
        if order is None:
            return 404, [{"status": 404, "message": "The requested resource was not found."}]
        return (200, _shown(order)) if not part else _list_of_2(order.get(f"_{part}", []), query)

    def _version_3(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        if refunds := re.fullmatch(r"orders/(\d+)/payment_actions/refunds", path):
            return 200, _data(self.orders[refunds[1]].get("_refunds", []))
        if path == "customers":
            wanted = query.get("id:in")
            found = _window(list(self.customers.values()), query, "date_modified:min", "date_modified:max")
            return 200, _page([one for one in found if wanted in (None, str(one["id"]))], query)
        if path == "customers/subscribers":
            return 200, _data([one for one in self.subscribers.values() if one["email"] == query["email"]])
        if path == "catalog/trees/categories":
            wanted = query["category_id:in"]
            return 200, _data([one for key, one in self.categories.items() if key in wanted.split(",")])
        if path == "catalog/products":
            return 200, _page(
                _window(list(self.products.values()), query, "date_modified:min", "date_modified:max"), query
            )
        return self._one(path)

    def _one(self, path: str) -> tuple[int, Any]:
        place, _, number = path.rpartition("/")
        shelves = {
            "carts": self.carts,
            "customers/subscribers": self.subscribers,
            "catalog/products": self.products,
            "catalog/brands": self.brands,
        }
        found = shelves[place].get(number)
        return (200, _data(found)) if found else (404, {"status": 404, "title": "Not found"})


def _shown(order: dict[str, Any]) -> dict[str, Any]:
    """An order as it is told by itself: of its parts only the addresses."""
    parts = {
        name: {
            "url": f"https://api.bigcommerce.com{STORE}/v2/orders/{order['id']}/{name}",
            "resource": f"/orders/{order['id']}/{name}",
        }
        for name in ("products", "coupons", "shipping_addresses")
    }
    return {name: value for name, value in order.items() if not name.startswith("_")} | parts


def _changed(one: dict[str, Any]) -> datetime:
    text = one["date_modified"]
    return parsedate_to_datetime(text) if "," in text else datetime.fromisoformat(text)


def _window(
    found: list[dict[str, Any]], query: dict[str, str], first: str, last: str
) -> list[dict[str, Any]]:
    if first not in query:
        return found
    assert query["sort"] in ("date_modified:asc", "date_modified")
    begin, end = datetime.fromisoformat(query[first]), datetime.fromisoformat(query[last])
    return sorted((one for one in found if begin <= _changed(one) <= end), key=_changed)


def _sliced(found: list[Any], query: dict[str, str]) -> list[Any]:
    size, page = min(int(query.get("limit", 50)), 250), int(query.get("page", 1))
    return found[(page - 1) * size : page * size]


def _list_of_2(found: list[Any], query: dict[str, str]) -> tuple[int, Any]:
    shown = _sliced(found, query)
    return (200, shown) if shown else (204, None)


def _data(told: Any) -> dict[str, Any]:
    return {"data": told, "meta": {}}


def _page(found: list[Any], query: dict[str, str]) -> dict[str, Any]:
    return {"data": _sliced(found, query), "meta": {"pagination": {"total": len(found)}}}


def _handler(shop: FakeBigCommerce) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            query = dict(parse_qsl(place.query))
            mood = shop.moods.pop(0) if shop.moods else ""
            if mood == "silent":
                shop.over.wait(5)
                return
            if self.headers["x-auth-token"] != TOKEN:
                self._say(401, b'{"status": 401, "title": "X-Auth-Token header is required"}')
                return
            if mood == "throttled" or shop.left == 0:
                self._say(429, b"{}")
                return
            shop.asked.append((place.path.removeprefix(STORE), query))
            if shop.left is not None:
                shop.left -= 1
            if failing := _FAILING.get(mood):
                self._say(*failing)
                return
            status, told = shop.answer(place.path, query)
            self._say(status, b"" if told is None else json.dumps(told).encode())

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if status == 302:
                self.send_header("location", "http://127.0.0.1:1/")
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.send_header("x-rate-limit-time-window-ms", "30000")
            self.send_header("x-rate-limit-time-reset-ms", str(shop.reset_ms))
            self.send_header("x-rate-limit-requests-left", str(shop.left if shop.left is not None else 149))
            if shop.quota is not None:
                self.send_header("x-rate-limit-requests-quota", str(shop.quota))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:  # who reads no further than it may ends the connection
                return

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Handler


_FAILING = {
    "outage": (503, b"maintenance"),
    "page": (200, b"<html>back soon</html>"),
    "big": (200, b'{"data": "' + b"x" * (5 * 1024 * 1024) + b'"}'),
    "moved": (302, b""),
    "forbidden": (
        403,
        b'{"status": 403, "title": "You don\'t have a required scope to access the endpoint"}',
    ),
}


def now_text() -> str:
    """A time as version 2 tells it."""
    return datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")


@contextmanager
def fake_bigcommerce() -> Iterator[FakeBigCommerce]:
    """A store that answers while this lasts."""
    shop = FakeBigCommerce()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(shop))
    shop.address = f"http://127.0.0.1:{server.server_address[1]}{STORE}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        shop.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
