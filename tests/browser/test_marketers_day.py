"""A marketer's day in the console of the deployed stack, in a real browser.

Screenshots lie in .local/screenshots afterwards.
"""

import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import SHOTS
from tests.browser.test_console import add, press, violations
from tests.browser.test_demo_site import Shop, fill_a_cart, log_in, new_visitor, shop
from tests.integration.conftest import stack
from tests.integration.shops import until

__all__ = ["shop", "stack"]
pytestmark = [pytest.mark.proof, pytest.mark.emulator]

SEGMENT = "Silent regulars"
PATIENCE = 90_000
"""Milliseconds; the snapshot's schedule is asked to run where a page waits for it."""


class Day:
    """The marketer at the console, of one shop."""

    def __init__(self, page: Page, shop: Shop) -> None:
        self.page, self.shop = page, shop
        self.at = f"{shop.running.told['console']['url']}/shops/{shop.name}"

    def go(self, path: str = "") -> None:
        self.page.goto(f"{self.at}{path}")

    def shoot(self, name: str) -> None:
        """Keep the page, which everybody must be able to use."""
        assert violations(self.page) == [], name
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"day-{name}.png", full_page=True)

    def tick(self) -> None:
        """The snapshot's schedule, which the emulator would run some minutes later."""
        name = self.shop.running.told["outputs"]["RecomputeFunctionName"]
        self.shop.running.aws("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")

    def until_seen(self, path: str, seen: Callable[[], bool], what: str) -> None:
        """Load the page again until it shows something."""

        def looks() -> bool:
            self.tick()
            self.go(path)
            self.page.wait_for_load_state("networkidle")
            return seen()

        until(looks, what, 180)


@pytest.fixture
def day(browser: Browser, shop: Shop) -> Iterator[Day]:
    told = shop.running.told["console"]
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{told['url']}/sign-in")
    page.fill("#email", told["email"])
    page.fill("#password", told["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/shops"))
    yield Day(page, shop)
    context.close()


def test_a_marketers_day(day: Day, browser: Browser) -> None:
    builds_a_segment_of_three_levels(day)
    is_warned_that_a_scenario_uses_it(day)
    switches_the_abandoned_cart_on_after_two_hours(day)
    email = somebody_leaves_a_cart(day, browser)
    sees_the_run_and_the_report(day, email)
    customer = asks_why(day, email)
    revokes_a_feed(day)
    erases(day, customer, email)


def builds_a_segment_of_three_levels(day: Day) -> None:
    day.until_seen("/segments", lambda: "one_time_buyers" in day.page.content(), "the shop has segments")
    day.go("/new-segment")
    page = day.page
    page.fill("#name", SEGMENT)
    add(page, "0", "number of orders", "c-0-0")
    press(page, 'button[value="group:0"]', "#add-0-1")
    add(page, "0-1", "last visit", "c-0-1-0")
    press(page, 'button[value="group:0.1"]', "#add-0-1-1")
    add(page, "0-1-1", "agreed to messages", "c-0-1-1-0")
    expect(page.locator("#preview .count")).to_have_text(re.compile(r"^\d+$"))
    day.shoot("builder")
    press(page, "button.primary[type=submit]", "dl.stats")
    assert page.url.partition("?")[0].endswith("/segments/silent_regulars")


def is_warned_that_a_scenario_uses_it(day: Day) -> None:
    page = day.page
    day.go("/scenarios/big_spender_perks/settings")
    page.select_option("select#segment", "silent_regulars")
    save(page)
    day.go("/segments/silent_regulars")
    expect(page.locator("section[aria-labelledby=used] li")).to_have_count(1)
    day.go("/segments/silent_regulars/delete")
    assert page.locator("button.danger.sure").count() == 0
    day.shoot("segment-in-use")


def switches_the_abandoned_cart_on_after_two_hours(day: Day) -> None:
    page = day.page
    switch(day, "off")
    day.go("/scenarios/abandoned_cart/settings")
    page.fill("#wait_newcomer", "2")
    page.select_option('[id="wait_newcomer.unit"]', "h")
    save(page)
    switch(day, "on")
    day.shoot("scenario-on")
    _, told = day.shop.running.api("GET", f"/v1/shops/{day.shop.name}/scenarios/abandoned_cart")
    assert told["enabled"]
    assert told["settings"]["wait_newcomer"] == "PT2H"


def switch(day: Day, to: str) -> None:
    day.go("/scenarios/abandoned_cart/switch")
    assert day.page.locator("input[name=to]").get_attribute("value") == to
    day.page.locator("main form button").first.click()
    day.page.wait_for_url(re.compile(r"/scenarios/abandoned_cart(\?|$)"))


def save(page: Page) -> None:
    page.locator("main form button.primary").last.click()
    page.wait_for_url(re.compile("done="))


def somebody_leaves_a_cart(day: Day, browser: Browser) -> str:
    email, complaints = f"eve-{uuid.uuid4().hex[:8]}@example.com", list[str]()
    view = new_visitor(browser, complaints)
    fill_a_cart(day.shop, view)
    view.get_by_role("link", name="Cart (1)").click()
    log_in(day.shop, view, email)
    view.wait_for_timeout(2_500)  # what the tag gathers before it sends
    view.goto("about:blank")
    until(lambda: bool(day.shop.mails_to(email)), "the reminder has arrived", 120)
    view.context.close()
    assert complaints == []
    return email


def sees_the_run_and_the_report(day: Day, email: str) -> None:
    page = day.page
    day.until_seen(
        "/scenarios/abandoned_cart/runs", lambda: email in page.content(), "the run is among the scenario's"
    )
    day.shoot("runs")
    day.until_seen(
        "/scenarios/abandoned_cart",
        lambda: stat(page, 0) >= 1 and stat(page, 1) >= 1,
        "the graph counts the run and its mail",
    )
    day.shoot("graph")
    day.go("/scenarios/abandoned_cart/report")
    assert stat(page, 0) >= 1
    day.shoot("report")


def stat(page: Page, number: int) -> int:
    values = page.locator("dl.stats .value")
    if values.count() <= number:
        return 0
    return int(re.sub(r"\D", "", values.nth(number).inner_text()) or 0)


def asks_why(day: Day, email: str) -> str:
    page = day.page
    day.go("/customers")
    page.fill("#q", email)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/[cepv][0-9a-f]{26}"))
    day.shoot("customer")
    found = page.url.partition("?")[0]
    page.goto(f"{found}/why?scenario=abandoned_cart")
    expect(page.locator("ol.trail li").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("Abandoned cart")
    day.shoot("why")
    return found


def revokes_a_feed(day: Day) -> None:
    page = day.page
    day.go("/segments/silent_regulars/feeds")
    page.fill("#name", "till")
    page.locator("main form button.primary").last.click()
    address = page.locator("#address-json, [id^=address-]").first.input_value()
    assert page.request.get(address).status == 200
    day.go("/segments/silent_regulars/feeds")
    page.locator("td a.danger").first.click()
    page.locator("button.danger.sure").click()
    page.wait_for_url(re.compile(r"/feeds(\?|$)"))
    assert page.request.get(address).status in {401, 403, 404, 410}
    day.shoot("feeds")


def erases(day: Day, customer: str, email: str) -> None:
    page = day.page
    page.goto(f"{customer}/erase")
    page.fill("#typed", "somebody else")
    page.locator("button.danger.sure").click()
    expect(page.locator("#typed-error")).to_be_visible()
    assert day.shop.customer(email) is not None
    day.shoot("erase")
    page.fill("#typed", email)
    page.locator("button.danger.sure").click()
    page.wait_for_url(re.compile(r"/customers(\?|$)"))
    assert day.shop.customer(email) is None
