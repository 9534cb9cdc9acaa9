"""Signing in to the console, staying signed in, and out again."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from kairos.console import assets
from kairos.domain.errors import Throttled
from kairos.services import sessions
from tests.functions.console_shop import PASSWORD, ROOT, Browser, Console


@pytest.fixture
def console(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(aws, monkeypatch)


def later(console: Console, monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """The real clock, moved ahead."""
    real = console.app._PARTS.real
    now: datetime = real.now() + by
    monkeypatch.setattr(type(real), "now", lambda _: now)


def sign_in(browser: Browser, **fields: str) -> Any:
    form = browser.get("/sign-in")
    told = {"email": "owner@example.com", "password": PASSWORD, **fields}
    return browser.post("/sign-in", told, form.csrf)


def test_whoever_signs_in_is_led_to_their_only_shop(console: Console) -> None:
    browser = console.browser("owner")
    assert browser.get("/").to == "/shops/demo"


def test_whoever_asked_for_a_page_gets_it_after_signing_in(console: Console) -> None:
    console.people.roles["owner@example.com"] = ("demo.owner",)
    browser = Browser(console.app)
    asked = browser.get("/shops/demo/segments")
    assert asked.to == "/sign-in?to=/shops/demo/segments"
    assert 'name="to" value="/shops/demo/segments"' in browser.get(asked.to).html
    assert sign_in(browser, to="/shops/demo/segments").to == "/shops/demo/segments"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "/nowhere", "\\example.org"])
def test_no_link_leads_elsewhere_after_signing_in(console: Console, elsewhere: str) -> None:
    console.people.roles["owner@example.com"] = ("demo.owner",)
    assert sign_in(Browser(console.app), to=elsewhere).headers["location"] == f"{ROOT}/"


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(console: Console) -> None:
    console.people.roles["owner@example.com"] = ("demo.owner",)
    cookie = sign_in(Browser(console.app)).headers["set-cookie"]
    assert cookie.startswith("__Host-kairos=")
    for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"):
        assert part in cookie


@pytest.mark.parametrize(
    "beside",
    ['consent={"ads":true,"by":"banner"}', "seen=a b", "flag", "a[b]=c", "name=Zoë", "=x", ";;", 'q="a'],
)
def test_cookies_of_the_whole_domain_sign_nobody_out(console: Console, beside: str) -> None:
    browser = console.browser("owner")
    event = browser.event("GET", "/shops/demo")
    mine = event["headers"]["Cookie"]
    for header in (f"{beside}; {mine}", f"{mine}; {beside}"):
        event["headers"]["Cookie"] = header
        assert console.app.handler(event, None)["statusCode"] == 200, header


def test_a_secret_planted_before_signing_in_opens_nothing(console: Console) -> None:
    console.people.roles["owner@example.com"] = ("demo.owner",)
    browser = Browser(console.app)
    browser.get("/sign-in")
    planted = dict(browser.cookies)
    sign_in(browser)
    thief = Browser(console.app)
    thief.cookies = planted
    assert thief.get("/shops/demo").status == 303


@pytest.mark.parametrize("fields", [{"password": "wrong"}, {"email": "nobody@example.com"}])
def test_a_wrong_password_and_an_unknown_address_are_told_alike(console: Console, fields: Any) -> None:
    console.people.roles["owner@example.com"] = ("demo.owner",)
    page = sign_in(Browser(console.app), **fields)
    assert page.status == 403
    assert "do not go together" in page.html


def test_the_secret_is_kept_nowhere(console: Console) -> None:
    browser = console.browser("owner")
    secret = browser.cookies["__Host-kairos"]
    kept = [pk for pk, _ in console.shop.aws.table_keys() if pk.startswith("session#")]
    assert kept == [f"session#{sessions.hash_of(secret)}"]


def test_signing_out_ends_the_session_on_the_server_too(console: Console) -> None:
    browser = console.browser("owner")
    held = dict(browser.cookies)
    assert browser.post("/sign-out").to.startswith("/sign-in")
    browser.cookies = held
    assert browser.get("/shops/demo").status == 303


@pytest.mark.parametrize("idle", [True, False])
def test_a_session_ends_by_itself(console: Console, monkeypatch: pytest.MonkeyPatch, idle: bool) -> None:
    browser = console.browser("owner")
    if idle:
        later(console, monkeypatch, sessions.RESTS)
    else:
        for _ in range(12):
            assert browser.get("/shops/demo").status == 200
            later(console, monkeypatch, timedelta(hours=1, seconds=1))
    assert browser.get("/shops/demo").status == 303


def test_a_session_in_use_stays(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = console.browser("owner")
    for _ in range(5):
        later(console, monkeypatch, timedelta(hours=1))
        assert browser.get("/shops/demo").status == 200


def test_a_role_taken_away_is_noticed_within_minutes(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = console.browser("owner")
    console.people.roles["owner@example.com"] = ("demo.reader",)
    assert console.people.asked == 0  # not on every page
    later(console, monkeypatch, sessions.ASKED_AGAIN)
    assert browser.get("/shops/demo/new-segment").status == 403
    assert console.people.asked == 1


def test_who_is_shut_out_is_out_within_minutes(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = console.browser("owner")
    console.people.roles["owner@example.com"] = None
    later(console, monkeypatch, sessions.ASKED_AGAIN)
    assert browser.get("/shops/demo").status == 303


def test_a_first_password_has_to_be_replaced(console: Console) -> None:
    console.people.roles["owner@example.com"] = ("demo.owner",)
    console.people.first.add("owner@example.com")
    browser = Browser(console.app)
    page = sign_in(browser)
    told = {"email": "owner@example.com", "session": "a-session"}
    assert page.status == 200
    differs = browser.post("/sign-in/password", {**told, "password": "a" * 12, "again": "b" * 12}, page.csrf)
    weak = browser.post("/sign-in/password", {**told, "password": "short", "again": "short"}, page.csrf)
    assert (differs.status, weak.status) == (400, 400)
    chosen = {**told, "password": "longer than twelve", "again": "longer than twelve"}
    assert browser.post("/sign-in/password", chosen, page.csrf).status == 303
    assert browser.get("/shops/demo").status == 200


def test_a_new_password_is_not_lost_to_a_pool_that_is_busy(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: str) -> None:
        raise Throttled("slow down")

    console.people.roles["owner@example.com"] = ("demo.owner",)
    console.people.first.add("owner@example.com")
    browser = Browser(console.app)
    page = sign_in(browser)
    told = {"email": "owner@example.com", "session": "a-session", "password": "a" * 12, "again": "a" * 12}
    with monkeypatch.context() as once:
        once.setattr(console.people, "choose_password", busy)
        refused = browser.post("/sign-in/password", told, page.csrf)
    assert "not possible right now" in refused.html
    assert 'name="session" value="a-session"' in refused.html
    assert browser.post("/sign-in/password", told, refused.csrf).status == 303


def test_the_language_is_chosen_once(console: Console) -> None:
    browser = console.browser("owner")
    assert '<html lang="en">' in browser.get("/shops/demo").html
    browser.post("/language", {"language": "it", "to": "/shops/demo"})
    assert '<html lang="it">' in browser.get("/shops/demo").html


@pytest.mark.parametrize(
    ("accepts", "spoken"), [("de-CH,de;q=0.9", "de"), ("es,fr;q=0.8", "fr"), ("es", "en")]
)
def test_a_new_browser_is_spoken_to_in_its_language(console: Console, accepts: str, spoken: str) -> None:
    browser = Browser(console.app)
    browser.language = accepts
    assert f'<html lang="{spoken}">' in browser.get("/sign-in").html


def test_a_live_part_of_a_page_is_not_answered_with_the_form_to_sign_in(console: Console) -> None:
    assert Browser(console.app).get("/shops/demo/uplift", hx_request="true").status == 401


def test_assets_are_kept_for_a_year_under_an_address_that_names_their_content(console: Console) -> None:
    browser = Browser(console.app)
    for name in ("console.css", "console.js", "htmx.js", "icon.svg"):
        page = browser.get(f"/assets/{assets.version()}/{name}", Accept_Encoding="gzip")
        assert page.status == 200
        assert "immutable" in page.headers["cache-control"]
    assert browser.get("/assets/000000000000/console.css").status == 404
    assert browser.get(f"/assets/{assets.version()}/../words.py").status == 404


def test_a_first_visit_transfers_little(console: Console) -> None:
    """Below 150 kB, as every page weighs together with all that it loads."""
    browser = console.browser("owner")
    page = len(browser.get("/shops/demo/segments").html)
    loaded = sum(len(assets.packed(name)) for name in assets.assets())
    assert page + loaded < 150_000
