"""Serves the site on loopback: `python -m local.demo_site.serving SETTINGS.json`."""

import re
import sys
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from local.demo_site import pages
from local.demo_site.pages import STEPS, Shown
from local.demo_site.settings import Settings, Shelf, new_cart_id
from local.demo_site.telling import customer_body, order_body, tell
from local.demo_site.visit import Visit, read_cart, read_visit, written_cart

_HOME = Path(__file__).parent
_FILES = {"/style.css": "text/css", "/banner.js": "text/javascript"}
_MOST_POSTED = 10_000
_YEAR = 31_536_000


class Moved(NamedTuple):
    """Where to go, and the cookies that change; "" removes one."""

    to: str
    cookies: Mapping[str, str] = {}


class Site:
    """Answers visits. address: its own, known once it listens."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.shelf = Shelf()
        self.address = ""

    def get(self, visit: Visit) -> Shown | Moved:
        """What lies at the address."""
        shelf, (first, _, rest) = self.shelf, visit.path.removeprefix("/").partition("/")
        if first == "product" and rest in shelf.by_handle:
            return pages.product(shelf, shelf.by_handle[rest])
        if first == "category":
            return next(
                (pages.category(shelf, one) for one in shelf.categories if one.handle == rest),
                pages.missing(),
            )
        if first == "checkout" and rest in STEPS:
            return pages.checkout(visit) if visit.cart else Moved("/cart")
        match visit.path:
            case "/":
                return pages.home(shelf)
            case "/search":
                return pages.results(shelf, visit.query.get("q", ""))
            case "/cart":
                return self._restored(visit) or pages.cart(shelf, visit)
            case "/login":
                return pages.login()
            case "/thanks":
                return pages.thanks()
            case "/newsletter":
                return pages.subscribed()
        return pages.missing()

    def post(self, visit: Visit) -> Moved:
        """What a form of the site asks for."""
        chosen = visit.form.get("product", "")
        match visit.path:
            case "/cart/add" if chosen in self.shelf.products:
                cart = {**visit.cart, chosen: visit.cart.get(chosen, 0) + 1}
                return Moved("/cart", self._kept(visit, cart))
            case "/cart/remove":
                rest = {number: many for number, many in visit.cart.items() if number != chosen}
                return Moved("/cart", self._kept(visit, rest))
            case "/login":
                return self._logged_in(visit)
            case "/logout":
                return Moved("/", {"customer": "", "cart": "", "cart_id": ""})
            case "/checkout/contact" | "/checkout/shipping":
                email = _address(visit)
                following = STEPS[STEPS.index(visit.step) + 1]
                return Moved(f"/checkout/{following}", {"guest": email} if email else {})
            case "/checkout/payment" if visit.cart:
                return self._ordered(visit)
            case "/newsletter":
                return Moved("/newsletter")
        return Moved("/")

    def _kept(self, visit: Visit, cart: Mapping[str, int]) -> dict[str, str]:
        return {"cart": written_cart(cart), "cart_id": (visit.cart_id or new_cart_id()) if cart else ""}

    def _restored(self, visit: Visit) -> Moved | None:
        """A mail's link fills an empty cart, and no other."""
        cart = read_cart(visit.query.get("kairos_restore", ""), self.shelf)
        if visit.cart or not cart:
            return None
        rest = urlencode({name: text for name, text in visit.query.items() if name != "kairos_restore"})
        return Moved(f"/cart?{rest}" if rest else "/cart", self._kept(visit, cart))

    def _logged_in(self, visit: Visit) -> Moved:
        email = _address(visit)
        if not email:
            return Moved("/login")
        tell(self.settings, customer_body(visit, email, visit.form.get("news") == "yes"))
        return Moved("/cart" if visit.cart else "/", {"customer": email})

    def _ordered(self, visit: Visit) -> Moved:
        if email := visit.customer or visit.guest:
            tell(self.settings, order_body(visit, self.shelf, self.address, email))
        return Moved("/thanks", {"cart": "", "cart_id": ""})


def _address(visit: Visit) -> str:
    """The e-mail address that was typed; "" where it is none that a cookie holds."""
    email = visit.form.get("email", "").strip().lower()
    return email if re.fullmatch(r"[a-z0-9._+-]{1,64}@[a-z0-9.-]{1,80}", email) else ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, site: Site, *told: object) -> None:
        self._site = site
        super().__init__(*told)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path in _FILES:
            return self._answer(HTTPStatus.OK, (_HOME / path[1:]).read_bytes(), _FILES[path])
        if path.startswith("/pictures/"):
            picture = self._site.shelf.picture(path.removeprefix("/pictures/"))
            return self._answer(
                HTTPStatus.OK if picture else HTTPStatus.NOT_FOUND, picture or b"", "image/png"
            )
        visit = self._visit({})
        return self._show(visit, self._site.get(visit))

    def do_POST(self) -> None:
        length = min(int(self.headers.get("content-length") or 0), _MOST_POSTED)
        form = dict(parse_qsl(self.rfile.read(length).decode("utf-8", "replace")))
        visit = self._visit(form)
        try:
            moved = self._site.post(visit)
        except OSError as error:
            return self._answer(
                HTTPStatus.BAD_GATEWAY, f"Kairos did not take it: {error}".encode(), "text/plain"
            )
        return self._show(visit, moved)

    def _visit(self, form: Mapping[str, str]) -> Visit:
        asked = urlsplit(self.path)
        cookies = self.headers.get("cookie") or ""
        return read_visit(asked.path, dict(parse_qsl(asked.query)), form, cookies, self._site.shelf)

    def _show(self, visit: Visit, told: Shown | Moved) -> None:
        if isinstance(told, Moved):
            return self._answer(HTTPStatus.SEE_OTHER, b"", "text/plain", told)
        site = self._site
        html = pages.page(site.settings, site.shelf, visit, site.address, told)
        return self._answer(HTTPStatus.OK, html.encode(), "text/html")

    def _answer(self, status: HTTPStatus, body: bytes, kind: str, moved: Moved | None = None) -> None:
        self.send_response(status)
        for name, value in (moved.cookies if moved else {}).items():
            age = _YEAR if value else 0
            self.send_header("set-cookie", f"{name}={value}; Path=/; SameSite=Lax; Max-Age={age}")
        if moved:
            self.send_header("location", moved.to)
        self.send_header("content-type", kind if kind == "image/png" else f"{kind}; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.send_header("cache-control", "max-age=3600" if kind == "image/png" else "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Silence: whoever clicks through sees the pages."""


def make_server(settings: Settings) -> ThreadingHTTPServer:
    """The site, listening on loopback; on a free port where the settings name none."""
    site = Site(settings)
    server = ThreadingHTTPServer(("127.0.0.1", settings.port), partial(_Handler, site))
    site.address = f"http://127.0.0.1:{server.server_port}"
    return server


def main(arguments: list[str]) -> int:
    """Serve until told to end."""
    make_server(Settings.read(Path(arguments[0]))).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
