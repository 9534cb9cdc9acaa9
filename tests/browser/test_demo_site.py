"""The script tag against the deployed stack: what a visitor does arrives on the right customer."""

import json
import re
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from local.demo_site.settings import Settings
from local.running_stack import RunningStack
from tests.browser.tag_stage import READY, SHIFTS, shop_site
from tests.integration.conftest import stack  # noqa: F401 - a fixture
from tests.integration.shops import SECRET, open_shop, switch_on, until

pytestmark = [pytest.mark.proof, pytest.mark.emulator]

TAG_SECRET = "a-tag-secret-of-the-tests"


class Shop(NamedTuple):
    """A shop of the test's own on the deployed stack, and its site."""

    running: RunningStack
    name: str
    site: str

    def customer(self, email: str) -> dict[str, Any] | None:
        return self.running.customer(self.name, email)

    def done(self, email: str) -> dict[str, int]:
        """How much of each kind the customer is known to have done."""
        counted: dict[str, int] = {}
        for day in (self.customer(email) or {}).get("activity") or []:
            for kind, times in day["kinds"].items():
                counted[kind] = counted.get(kind, 0) + times
        return counted

    def mails_to(self, email: str) -> list[dict[str, Any]]:
        return [one for one in self.running.mails() if email in json.dumps(one.get("to", one))]


@pytest.fixture(scope="module")
def shop(stack: dict[str, Any]) -> Iterator[Shop]:  # noqa: F811 - the fixture
    running = RunningStack(stack)
    secrets = {"webhook": SECRET, "tag": TAG_SECRET}
    name = open_shop(running, "generic", secrets=secrets)
    with shop_site(Settings(stack["api_url"], name, SECRET, TAG_SECRET)) as site:
        _, told = running.api("GET", f"/v1/shops/{name}")
        changed = told | {"url": site, "allowed_origins": [site], "quiet_hours": None}
        status, answer = running.api("PUT", f"/v1/shops/{name}", changed)
        assert status == 200, answer
        switch_on(running, name)
        yield Shop(running, name, site)


def new_visitor(browser: Browser, complaints: list[str]) -> Page:
    context = browser.new_context()
    context.add_init_script(SHIFTS)
    view = context.new_page()
    view.set_default_timeout(30_000)
    view.on("console", lambda one: complaints.append(one.text))
    view.on("pageerror", lambda one: complaints.append(str(one)))
    return view


def press(view: Page, name: str) -> None:
    view.get_by_role("button", name=name, exact=True).click()
    view.wait_for_function(READY)


def fill_a_cart(shop: Shop, view: Page) -> None:
    view.goto(shop.site)
    view.wait_for_function(READY)
    press(view, "Yes")
    view.locator("ul.shelf a").first.click()
    press(view, "Put into the cart")


def log_in(shop: Shop, view: Page, email: str) -> None:
    view.goto(f"{shop.site}/login")
    view.get_by_label("E-mail address").first.fill(email)
    view.get_by_label("Yes, send me").check()
    press(view, "Log in")


def test_a_visitor_browses_leaves_comes_back_and_logs_in_and_is_reminded_of_their_cart(
    shop: Shop, browser: Browser
) -> None:
    email, complaints = f"ada-{uuid.uuid4().hex[:8]}@example.com", list[str]()
    view = new_visitor(browser, complaints)
    fill_a_cart(shop, view)
    view.wait_for_timeout(2_500)
    view.goto("about:blank")
    assert shop.customer(email) is None

    view.goto(shop.site)
    view.wait_for_function(READY)
    view.get_by_role("link", name="Cart (1)").click()
    log_in(shop, view, email)
    until(lambda: shop.done(email).keys() >= {"page", "product", "cart"}, "the activity is the customer's")
    until(lambda: len(shop.mails_to(email)) >= 1, "the reminder has arrived", 120)
    customer = shop.customer(email)
    assert customer is not None
    about = f"/v1/shops/{shop.name}/customers/{customer['id']}/why?scenario=abandoned_cart"
    _, why = shop.running.api("GET", about)
    cookies = {one["name"]: one["value"] for one in view.context.cookies()}
    assert [run["cause"] for run in why["runs"]] == [f"cart:{cookies['kairos_cart']}"]
    assert complaints == []

    link = mail_link(shop, email)
    another = new_visitor(browser, complaints)
    before = shop.done(email)
    another.goto(link)
    another.wait_for_function(READY)
    assert "kairos_id" not in another.url
    press(another, "Yes")
    assert another.get_by_role("link", name="Cart (1)").count() == 1
    until(lambda: shop.done(email).get("page", 0) > before["page"], "the reader's visit is the customer's")
    assert another.evaluate("window.shifted") == 0
    assert complaints == []
    view.context.close()
    another.context.close()


def mail_link(shop: Shop, email: str) -> str:
    """The link of the last mail that leads back to the cart."""
    found = re.findall(rf"{re.escape(shop.site)}/cart[^\"'\s<>\\]*", json.dumps(shop.mails_to(email)[-1]))
    assert found
    link: str = found[0].replace("&amp;", "&")
    assert "kairos_restore=" in link
    assert "kairos_id=" in link
    return link


def test_the_order_closes_the_cart_that_the_tag_told(shop: Shop, browser: Browser) -> None:
    email, complaints = f"bob-{uuid.uuid4().hex[:8]}@example.com", list[str]()
    view = new_visitor(browser, complaints)
    fill_a_cart(shop, view)
    view.wait_for_timeout(2_500)
    view.get_by_role("link", name="To the checkout").click()
    view.get_by_label("E-mail address").first.fill(email)
    for button in ("Go on", "Go on", "Order"):
        press(view, button)
    until(lambda: bool((shop.customer(email) or {}).get("orders")), "the order is the customer's")

    log_in(shop, view, email)  # from now on the cart is theirs, and they may be mailed
    until(lambda: "checkout_step" in shop.done(email), "what they did is the customer's")
    customer = shop.customer(email)
    assert customer is not None
    assert [cart["ordered"] for cart in customer["carts"]] == [True]
    about = f"/v1/shops/{shop.name}/customers/{customer['id']}/why?scenario=abandoned_cart"
    _, why = shop.running.api("GET", about)
    assert why["runs"] == []
    assert shop.mails_to(email) == []
    assert complaints == []
    view.context.close()


def test_pages_of_other_sites_are_refused(shop: Shop) -> None:
    tag = (
        urllib.request.urlopen(f"{shop.running.told['api_url']}/v1/shops/{shop.name}/tag.js").read().decode()
    )
    found = re.search(r'"url": ?"([^"]+)"', tag)
    assert found
    body = json.dumps({"visitor": uuid.uuid4().hex, "sent_at": "2026-01-01T00:00:00Z", "events": []}).encode()
    for origin, status in (("https://elsewhere.example.org", 401), (shop.site, 200)):
        request = urllib.request.Request(found[1], body, {"origin": origin, "content-type": "text/plain"})
        try:
            answered = urllib.request.urlopen(request).status
        except urllib.error.HTTPError as refused:
            answered = refused.code
        assert answered == status
