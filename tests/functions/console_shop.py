"""The console as a browser meets it: cookies kept, forms filled in; and a directory of people in memory."""

import base64
import gzip
import json
import re
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from kairos import bootstrap, keys
from kairos.domain.access import Role, group_of
from kairos.ports import Item, Known, PasswordWanted, Put, SignedIn, WeakPassword, WrongPassword
from tests.functions.segment_shop import SegmentShop
from tests.unit.api.shop_floor import SHOP

ROOT = "/dev/console"
PASSWORD = "correct horse battery"


class MemoryPeople:
    """See ports.People and ports.Directory. roles: by e-mail address, the names of groups; None: shut out."""

    def __init__(self) -> None:
        self.roles: dict[str, tuple[str, ...] | None] = {}
        self.first: set[str] = set()
        self.asked = 0

    def sign_in(self, email: str, password: str) -> SignedIn | PasswordWanted:
        groups = self.roles.get(email)
        if groups is None or password != PASSWORD:
            raise WrongPassword(email)
        return PasswordWanted(email, "a-session") if email in self.first else SignedIn(email, email, groups)

    def choose_password(self, email: str, password: str, session: str) -> SignedIn:
        if session != "a-session":
            raise WrongPassword(email)
        if len(password) < 12:
            raise WeakPassword(email)
        self.first.discard(email)
        return SignedIn(email, email, self.roles[email] or ())

    def groups(self, person: str) -> tuple[str, ...] | None:
        self.asked += 1
        return self.roles.get(person)

    def members(self, group: str) -> list[Known]:
        found = [name for name, groups in self.roles.items() if groups and group in groups]
        return [Known(name, name, name in self.first) for name in found]

    def invite(self, email: str) -> Known:
        if email not in self.roles:
            self.roles[email] = ()
            self.first.add(email)
        return Known(email, email, email in self.first)

    def renew(self, email: str) -> None:
        self.first.add(email)

    def put_in(self, person: str, group: str) -> None:
        self.roles[person] = (*(self.roles[person] or ()), group)

    def take_out(self, person: str, group: str) -> None:
        self.roles[person] = tuple(one for one in self.roles[person] or () if one != group)


class Page(NamedTuple):
    """What was answered."""

    status: int
    html: str
    headers: Mapping[str, str]

    @property
    def to(self) -> str:
        """Where a redirect leads, below the console's address."""
        return self.headers.get("location", "").removeprefix(ROOT)

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="(\w+)"', self.html)
        return found[1] if found else ""


class Console:
    """The console with a shop "demo" of four customers, and another shop "other"."""

    def __init__(self, aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shop = SegmentShop(aws, monkeypatch)
        items = self.shop.items
        other = SHOP.model_copy(update={"id": "other", "name": "The other shop"})
        items.write(Put(Item(keys.shop("other"), "1", other.as_json())))
        for shop in ("demo", "other"):
            items.write(Put(Item(keys.listed_shop(shop), "1", {})))
        self.people = MemoryPeople()
        monkeypatch.setattr(bootstrap, "people", lambda: self.people)
        self.app: ModuleType = aws.load_app("console")

    def browser(self, role: Role | None = None, *shops: str, email: str = "") -> "Browser":
        """Somebody's browser; signed in where a role is named. shops: "demo" if left out."""
        browser = Browser(self.app)
        if role is None:
            return browser
        name = email or f"{role}@example.com"
        self.people.roles[name] = tuple(group_of(shop, role) for shop in shops or ("demo",))
        form = browser.get("/sign-in")
        signed = browser.post("/sign-in", {"email": name, "password": PASSWORD}, form.csrf)
        assert signed.status == 303, signed.html
        browser.csrf = browser.get("/shops").csrf
        return browser


class Browser:
    """Keeps cookies, and the token of the forms that it was given."""

    def __init__(self, app: ModuleType) -> None:
        self._app = app
        self.cookies: dict[str, str] = {}
        self.csrf = ""
        self.language = "en"

    def get(self, path: str, **headers: str) -> Page:
        return self._ask("GET", path, "", headers)

    def post(
        self, path: str, fields: Mapping[str, Any] | None = None, csrf: str | None = None, **headers: str
    ) -> Page:
        told = {"csrf": self.csrf if csrf is None else csrf, **(fields or {})}
        return self._ask("POST", path, urlencode(told, doseq=True), headers)

    def _ask(self, method: str, path: str, body: str, headers: Mapping[str, str]) -> Page:
        told = self.event(method, path, body, headers)
        answer = self._app.handler(told, None)
        text = answer["body"]
        if answer["isBase64Encoded"]:
            text = gzip.decompress(base64.b64decode(text)).decode()
        if cookie := answer["headers"].get("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Page(answer["statusCode"], text, answer["headers"])

    def event(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] = {}
    ) -> dict[str, Any]:
        """As API Gateway tells it."""
        proxy, _, query = path.lstrip("/").partition("?")
        parameters = {
            one.partition("=")[0]: one.partition("=")[2].replace("+", " ") for one in query.split("&") if one
        }
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {
            "httpMethod": method,
            "resource": "/console/{proxy+}",
            "path": f"/console/{proxy}",
            "pathParameters": {"proxy": proxy},
            "queryStringParameters": parameters,
            "headers": {"Cookie": cookies, "Accept-Language": self.language, **named},
            "requestContext": {"domainName": "api.example.com", "path": f"/dev/console/{proxy}"},
            "body": body,
            "isBase64Encoded": False,
        }


def as_json(page: Page) -> Any:
    """A page's header that htmx reads."""
    return json.loads(page.headers["hx-trigger-after-settle"])


Opener = Callable[..., Browser]
