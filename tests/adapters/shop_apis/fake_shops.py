"""A shop's own API on this machine, which judges what it is asked as the real ones do, and may fail."""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "shpat_example"
KEY = "ck_example:cs_example"


class FakeShop:
    """mood: what it does with the next requests, one each; then it works. coupons: by folded code.

    orders: tags or notes, by the number of each order that there is. scopes: what its token may.

    Moods: "throttled", "outage" (503), "page" (HTML with status 200), "silent" (no answer), "cut" (makes the
    code, then ends the connection), "drip" (an answer that never ends).
    """

    def __init__(self) -> None:
        self.moods: list[str] = []
        self.coupons: dict[str, dict[str, Any]] = {}
        self.orders: dict[str, list[str]] = {"1001": []}
        self.scopes = {"write_discounts", "write_orders"}
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.over = threading.Event()
        self.address = ""

    def answer(self, path: str, headers: Any, told: dict[str, Any]) -> tuple[int, Any]:
        """Status and JSON."""
        if path.startswith("/admin/api/"):
            return self._shopify(headers, told)
        return self._woocommerce(path, headers, told)

    def _shopify(self, headers: Any, told: dict[str, Any]) -> tuple[int, Any]:
        if headers["x-shopify-access-token"] != TOKEN:
            return 401, {"errors": "[API] Invalid API key or access token"}
        if self.moods[:1] == ["throttled"]:
            self.moods.pop(0)
            error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            cost = {"requestedQueryCost": 10, "throttleStatus": {"currentlyAvailable": 3, "restoreRate": 50}}
            return 200, {"errors": [error], "extensions": {"cost": cost}}
        if "tagsAdd(id: $order, tags: $tags)" in told["query"]:
            return 200, self._tagged(**told["variables"])
        wanted = told["variables"]["wanted"]
        free = "discountCodeFreeShippingCreate(freeShippingCodeDiscount: $wanted)" in told["query"]
        name = "discountCodeFreeShippingCreate" if free else "discountCodeBasicCreate"
        assert free or "discountCodeBasicCreate(basicCodeDiscount: $wanted)" in told["query"]
        errors = [
            {"field": [field], "code": "BLANK", "message": f"{field} can't be blank"}
            for field in ("title", "code", "context", "startsAt", *(() if free else ("customerGets",)))
            if not wanted.get(field)
        ]
        if wanted["code"].casefold() in self.coupons:
            errors.append({"field": ["code"], "code": "TAKEN", "message": "Code must be unique."})
        if not errors:
            self.coupons[wanted["code"].casefold()] = wanted
        node = None if errors else {"id": "gid://shopify/DiscountCodeNode/1"}
        return 200, {"data": {name: {"codeDiscountNode": node, "userErrors": errors}}}

    def _tagged(self, order: str, tags: list[str]) -> dict[str, Any]:
        if "write_orders" not in self.scopes:
            error = {"message": "Access denied", "path": ["tagsAdd"], "extensions": {"code": "ACCESS_DENIED"}}
            return {"data": {"tagsAdd": None}, "errors": [error]}
        found = re.fullmatch(r"gid://shopify/Order/(\d+)", order)
        if found is None:
            error = {"message": "Invalid global id", "extensions": {"code": "INVALID_VARIABLE"}}
            return {"errors": [error]}
        if found[1] not in self.orders:
            errors = [{"field": ["id"], "message": "Order does not exist"}]
            return {"data": {"tagsAdd": {"node": None, "userErrors": errors}}}
        held = self.orders[found[1]]
        held += [one for one in tags if one not in held]
        return {"data": {"tagsAdd": {"node": {"id": order}, "userErrors": []}}}

    def _woocommerce(self, path: str, headers: Any, told: dict[str, Any]) -> tuple[int, Any]:
        if headers["authorization"] != "Basic " + base64.b64encode(KEY.encode()).decode():
            return 401, {"code": "woocommerce_rest_cannot_create", "data": {"status": 401}}
        if self.moods[:1] == ["throttled"]:
            self.moods.pop(0)
            return 429, {"code": "too_many_requests"}
        if noted := re.fullmatch(r"/wp-json/wc/v3/orders/(\d+)/notes", path):
            return self._noted(noted[1], told)
        assert path == "/wp-json/wc/v3/coupons"
        if told["code"].casefold() in self.coupons:
            code = "woocommerce_rest_coupon_code_already_exists"
            return 400, {"code": code, "message": "The coupon code already exists", "data": {"status": 400}}
        self.coupons[told["code"].casefold()] = told
        return 201, {"id": len(self.coupons), **told, "code": told["code"].lower()}

    def _noted(self, order: str, told: dict[str, Any]) -> tuple[int, Any]:
        if order not in self.orders:
            return 404, {"code": "woocommerce_rest_order_invalid_id", "data": {"status": 404}}
        assert not told["customer_note"], "it would be mailed to the customer"
        self.orders[order].append(told["note"])
        return 201, {"id": len(self.orders[order]), "author": "system", **told}


def _handler(shop: FakeShop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["content-length"])))
            shop.requests.append((self.path, told))
            mood = shop.moods[0] if shop.moods and shop.moods[0] != "throttled" else ""
            if mood:
                shop.moods.pop(0)
            if mood == "silent":
                shop.over.wait(5)
                return
            if mood == "outage":
                self._say(503, b"maintenance")
                return
            if mood == "page":
                self._say(200, b"<html>back soon</html>")
                return
            if mood == "redirect":
                self.send_response(302)
                self.send_header("location", "http://127.0.0.1:1/")
                self.end_headers()
                return
            if mood == "drip":
                self._drip()
                return
            status, answer = shop.answer(self.path, self.headers, told)
            if mood == "cut":
                return
            self._say(status, json.dumps(answer).encode())

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _drip(self) -> None:
            self.send_response(200)
            self.end_headers()
            while not shop.over.wait(0.02):
                try:
                    self.wfile.write(b" ")
                except OSError:
                    return

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Handler


@contextmanager
def fake_shop() -> Iterator[FakeShop]:
    """A shop that answers while this lasts."""
    shop = FakeShop()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(shop))
    shop.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        shop.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
