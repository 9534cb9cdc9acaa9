"""Who may what in the console, on every route of its table."""

import re
from typing import Any

import pytest

from kairos.console.asked import Asked
from kairos.console.said import AFTER
from kairos.console.sections import SHOP, Route, sections
from kairos.console.words import LANGUAGES, has
from kairos.domain.access import Role
from kairos.services.codes import MOST_PER_UPLOAD
from tests.functions.console_shop import Browser, Console

ROUTES = [route for section in sections() for route in section.routes]
WITHIN = [route for route in ROUTES if route.path.startswith(SHOP)]
OPEN = {"GET /sign-in", "POST /sign-in", "POST /sign-in/password", "POST /language"}
OF_EVERYBODY = {
    "POST /sign-in", "POST /sign-in/password", "POST /sign-out", "POST /language",
    "POST /shops/{shop}/customers",
}  # fmt: skip
"""What changes nothing but the session and the language of who sends it: the last one searches."""


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def address(route: Route, shop: str = "demo") -> str:
    """The route's address with something in each place."""
    path = route.path.replace("{shop}", shop).replace("{segment}", "one_time_buyers")
    return re.sub(r"\{\w+\}", "something", path)


@pytest.fixture
def console(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(aws, monkeypatch)


def ask(browser: Browser, route: Route, shop: str = "demo", csrf: str | None = None) -> int:
    path = address(route, shop)
    return (browser.get(path) if route.method == "GET" else browser.post(path, {}, csrf)).status


def test_every_page_without_sign_in_leads_to_sign_in(console: Console) -> None:
    for route in ROUTES:
        if named(route) in OPEN:
            continue
        browser = console.browser()
        csrf = browser.get("/sign-in").csrf
        path = address(route)
        page = browser.get(path) if route.method == "GET" else browser.post(path, {}, csrf)
        assert (page.status, page.to.partition("?")[0]) == (303, "/sign-in"), named(route)
    assert {named(route) for route in ROUTES if route.needs is None} == OPEN


def test_no_form_is_taken_without_its_token(console: Console) -> None:
    posted = [route for route in ROUTES if route.method == "POST"]
    browser = console.browser("owner")
    for route in posted:
        for forged in ("", "0" * 64):
            assert ask(browser, route, csrf=forged) == 403, named(route)
    assert browser.get("/shops/demo").status == 200  # not even the session was ended


def test_a_token_of_another_browser_is_none(console: Console) -> None:
    mine, theirs = console.browser("owner"), console.browser("marketer")
    assert mine.csrf != theirs.csrf
    assert mine.post("/sign-out", csrf=theirs.csrf).status == 403


def test_a_reader_changes_nothing(console: Console) -> None:
    browser, before = console.browser("reader"), console.shop.aws.table_items()
    for route in ROUTES:
        if route.method != "GET" and named(route) not in OF_EVERYBODY:
            assert route.needs in {"marketer", "owner"}, named(route)
            assert ask(browser, route) == 403, named(route)
    assert browser.post("/shops/demo/customers", {"q": "nobody@example.com"}).status == 200
    assert console.shop.aws.table_items() == before


@pytest.mark.parametrize("role", ["reader", "marketer", "owner"])
def test_each_role_opens_what_the_table_says(console: Console, role: Role) -> None:
    rank = ("reader", "marketer", "owner")
    browser = console.browser(role)
    for route in WITHIN:
        assert route.needs is not None, named(route)
        allowed = rank.index(role) >= rank.index(route.needs)
        if route.method == "GET" or not allowed:
            assert (ask(browser, route) != 403) is allowed, named(route)


def test_nothing_of_another_shop_is_seen_by_any_address(console: Console) -> None:
    """Not even whether there is such a shop."""
    browser = console.browser("owner", "demo")
    for route in WITHIN:
        for shop in ("other", "nobody"):
            path = address(route, shop)
            page = browser.get(path) if route.method == "GET" else browser.post(path)
            assert page.status == 404, (named(route), shop)
            assert "The other shop" not in page.html, (named(route), shop)
    assert "The other shop" not in browser.get("/shops").html


def test_who_works_for_several_shops_switches_between_them(console: Console) -> None:
    browser = console.browser("marketer", "demo", "other")
    listed = browser.get("/shops").html
    assert all(f"/console/shops/{shop}" in listed for shop in ("demo", "other"))
    assert browser.get("/shops/other/segments").status == 200


def test_a_role_of_one_shop_reaches_no_other(console: Console) -> None:
    console.people.roles["both@example.com"] = ()
    browser = console.browser("reader", "demo", email="both@example.com")
    console.people.roles["both@example.com"] = ("demo.reader", "other.owner")
    browser = Browser(console.app)
    form = browser.get("/sign-in")
    browser.post("/sign-in", {"email": "both@example.com", "password": "correct horse battery"}, form.csrf)
    assert browser.get("/shops/other/new-segment").status == 200
    assert browser.get("/shops/demo/new-segment").status == 403


def test_an_owner_of_the_deployment_sees_every_shop(console: Console) -> None:
    browser = console.browser("owner", "*")
    assert "The other shop" in browser.get("/shops").html
    assert browser.get("/shops/other").status == 200


@pytest.mark.parametrize("path", ["/nowhere", "/shops/demo/nowhere", "/shops/demo/segments/no_such_one"])
def test_an_address_that_leads_nowhere_says_what_to_do(console: Console, path: str) -> None:
    page = console.browser("owner").get(path)
    assert page.status == 404
    assert "<h1>" in page.html


def test_who_is_signed_in_is_led_past_the_form_to_sign_in(console: Console) -> None:
    browser = console.browser("owner")
    assert browser.get("/sign-in?to=/shops/demo/segments").to == "/shops/demo/segments"
    assert browser.get("/sign-in?to=https://example.org/").to == "/"
    assert browser.get("/shops/demo").status == 200


def test_a_form_that_is_too_long_is_refused_whole(console: Console) -> None:
    """Cut anywhere, it would be another one: a code that never was, half a mail."""
    browser, before = console.browser("owner"), console.shop.aws.table_keys()
    codes = "\r\n".join(f"WELCOME-{n:05d}" for n in range(100))
    for more in ({"filler": "x" * 1_000_000}, {f"field_{n}": "" for n in range(3001)}):
        page = browser.post("/shops/demo/codes", {**more, "new_pool": "big", "codes": codes})
        assert page.status == 413
        assert "in several parts" in page.html
    assert console.shop.aws.table_keys() == before


def test_as_many_codes_as_one_upload_takes_arrive(console: Console) -> None:
    codes = "\r\n".join(f"WELCOME-{n:05d}-{'X' * 50}" for n in range(MOST_PER_UPLOAD))
    told = {"new_pool": "big", "codes": codes + "Y"}  # of the last one a letter too many: all was read
    page = console.browser("owner").post("/shops/demo/codes", told)
    assert page.status == 400
    assert "Send codes of 1 to 64 characters." in page.html


@pytest.mark.parametrize(
    "said", ["errors", "home.hand", "\0.x", "x" * 300, "/etc.x", "..", "errors.broken.title"]
)
def test_a_link_makes_no_page_say_anything_else(console: Console, said: str) -> None:
    for path in ("/sign-in", "/nowhere"):
        page = console.browser().get(f"{path}?done={said}")
        assert page.status in {200, 404}
        assert "notice good" not in page.html


def test_every_sentence_after_a_change_is_there() -> None:
    assert all(has(language, name) for language in LANGUAGES for name in AFTER)


def test_an_error_while_telling_an_error_is_told_too(console: Console, monkeypatch: Any) -> None:
    def breaks(*_: object, **__: object) -> Any:
        raise RuntimeError

    browser = console.browser("owner")
    monkeypatch.setattr(Asked, "page", breaks)
    page = browser.get("/shops/demo")
    assert page.status == 500
    assert "Try again" in page.html
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_every_answer_is_guarded(console: Console) -> None:
    browser = console.browser("owner")
    for page in (browser.get("/shops/demo"), console.browser().get("/sign-in"), browser.get("/nowhere")):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert page.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|hx-on|javascript:", page.html)
        assert not re.search(r'(src|href|action)="(https?:)?//', page.html)
