"""The demo shop on loopback, its script tag minified as it is built, and an API that notes what comes in."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import rjsmin
from playwright.sync_api import BrowserContext, Page

from kairos.adapters.tag.script import script, settings_of
from kairos.services.receiving import cors_headers
from local.demo_site.serving import make_server
from local.demo_site.settings import Settings

SECRET = {"platform": "generic", "write_key": "write-key-of-demo", "push_key": "BPublicKeyOfDemo"}
TAG_SECRET = "tag-secret-of-demo"
READY = "window.kairos && window.kairosq && !Array.isArray(window.kairosq)"
SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const one of list.getEntries()) window.shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""


class Api:
    """What answers in the API's place. batches: all that was posted; status: what posts are answered with."""

    def __init__(self) -> None:
        self.batches: list[dict[str, Any]] = []
        self.webhooks: list[dict[str, Any]] = []
        self.status, self.secret, self.address = 200, dict(SECRET), ""

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The events, each once, by their ids, in the order of their last arrival."""
        known = {one["id"]: one for batch in self.batches for one in batch["events"]}
        return [one for one in known.values() if kind in (None, one["kind"])]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, api: Api, *told: Any) -> None:
        self.api = api
        super().__init__(*told)

    def do_GET(self) -> None:
        made = script(settings_of(self.api.secret, f"{self.api.address}/v1/shops/demo/activity"))
        self._answer(200, rjsmin.jsmin(made.text).encode(), "text/javascript; charset=utf-8")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if urlsplit(self.path).path.endswith("/activity"):
            self.api.batches.append(body | {"address": self.path, "status": self.api.status})
        else:
            self.api.webhooks.append(body)
        self._answer(self.api.status, b"{}", "application/json")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in cors_headers(self.headers.get("origin")).items():
            self.send_header(name, value)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Silence."""


@contextmanager
def listening(server: ThreadingHTTPServer) -> Iterator[str]:
    """The server's address while it serves."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def shop_site(settings: Settings) -> Iterator[str]:
    """The demo shop's site; its address."""
    with listening(make_server(settings)) as address:
        yield address


class Stage:
    """A browser at the site. complaints: what stood in its console."""

    def __init__(self, context: BrowserContext, api: Api, site: str) -> None:
        self.context, self.api, self.site = context, api, site
        self.complaints: list[str] = []
        context.add_init_script(SHIFTS)
        self.view = self.new_view()

    def new_view(self) -> Page:
        view = self.context.new_page()
        view.set_default_timeout(15_000)
        view.on("console", lambda one: self.complaints.append(one.text))
        view.on("pageerror", lambda one: self.complaints.append(str(one)))
        return view

    def open(self, path: str = "/") -> None:
        """Go there, and wait until the script tag runs."""
        self.view.goto(self.site + path)
        self.ready()

    def ready(self) -> None:
        """Wait until the script tag runs on the page that is shown."""
        self.view.wait_for_function(READY)

    def press(self, name: str) -> None:
        self.view.get_by_role("button", name=name, exact=True).click()

    def agree(self) -> None:
        self.press("Yes")

    def cookies(self) -> dict[str, str]:
        return {one["name"]: one["value"] for one in self.context.cookies()}

    def kept(self) -> dict[str, str]:
        """What lies in the browser's storage."""
        told: dict[str, str] = self.view.evaluate("({...localStorage})")
        return told

    def until(self, done: Callable[[], Any], seconds: float = 15) -> None:
        """Until it is so; the browser goes on meanwhile."""
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, self.api.batches[-3:]
            self.view.wait_for_timeout(50)

    def until_told(self, kind: str, **more: Any) -> dict[str, Any]:
        """The event of this kind, once it has arrived."""
        found: list[dict[str, Any]] = []

        def arrived() -> bool:
            found[:] = [one for one in self.api.events(kind) if more.items() <= one.items()]
            return bool(found)

        self.until(arrived)
        return found[-1]


@contextmanager
def stage(context: BrowserContext) -> Iterator[Stage]:
    """The site with an API that is played."""
    api = Api()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, api))
    with listening(server) as address:
        api.address = address
        with shop_site(Settings(address, "demo", "webhook-secret", TAG_SECRET)) as site:
            yield Stage(context, api, site)
