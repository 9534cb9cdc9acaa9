"""The console in a real browser: whether everybody can use it, on a phone and a desktop, in light and dark.

Screenshots lie in .local/screenshots afterwards.
"""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from kairos.services.segments.moving import Day
from tests.browser.looking import SCREENS, fits, shoot
from tests.browser.served_console import served
from tests.functions.conftest import aws
from tests.functions.console_shop import PASSWORD, Console

__all__ = ["aws"]
pytestmark = pytest.mark.proof

Scheme = Literal["light", "dark"]
PAGES = {
    "home": "",
    "segments": "/segments",
    "templates": "/segments?kind=templates",
    "segment": "/segments/one_time_buyers",
    "members": "/segments/one_time_buyers/members",
    "feeds": "/segments/one_time_buyers/feeds",
    "audiences": "/segments/one_time_buyers/audiences",
    "copy": "/segments/near_the_shop/copy",
    "delete": "/segments/one_time_buyers/delete",
    "new_segment": "/new-segment",
    "new_list": "/new-list",
    "personas": "/personas",
    "new_persona": "/new-persona",
    "site": "/site",
    "nowhere": "/nowhere",
}
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def address(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    console = Console(aws, monkeypatch)
    console.people.roles["owner@example.com"] = ("demo.owner",)
    days = [Day(f"2026-11-{day:02}", {"one_time_buyers": day % 7}) for day in range(1, 20)]
    monkeypatch.setattr("kairos.console.pages.segments.recent_days", lambda *_: days)
    with served(console.app.handler) as url:
        yield url


def visit(browser: Browser, scheme: Scheme, screen: str) -> Page:
    width, height = SCREENS[screen]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB"
    )
    # Secure cookies are kept for 127.0.0.1, which browsers hold to be trustworthy.
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#email", "owner@example.com")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/shops/demo")


def violations(page: Page) -> list[str]:
    """What axe-core finds that is serious or critical."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}})
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in found.response["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_everybody_can_use_every_page(
    browser: Browser, address: str, scheme: Scheme, screen: str, request: pytest.FixtureRequest
) -> None:
    page = visit(browser, scheme, screen)
    refused: list[str] = []
    page.on("console", lambda told: refused.append(told.text) if "Security Policy" in told.text else None)
    page.goto(f"{address}/sign-in")
    assert violations(page) == []
    sign_in(page, address)
    for name, path in PAGES.items():
        page.goto(f"{address}/shops/demo{path}")
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], name
        assert fits(page), name
        assert refused == [], name
        shoot(page, f"console-{name}", request)
        refused.clear()  # taking a picture puts a style of its own on the page


def test_a_rule_of_three_levels_is_built_with_the_keyboard_alone(browser: Browser, address: str) -> None:
    page = visit(browser, "light", "desktop")
    sign_in(page, address)
    page.goto(f"{address}/shops/demo/new-segment")
    page.focus("#name")
    page.keyboard.type("Silent regulars")
    add(page, "0", "number of orders", "c-0-0")
    press(page, 'button[value="group:0"]', "#add-0-1")
    add(page, "0-1", "last visit", "c-0-1-0")
    press(page, 'button[value="group:0.1"]', "#add-0-1-1")
    add(page, "0-1-1", "agreed to messages", "c-0-1-1-0")
    expect(page.locator("#preview .count")).to_have_text("3")
    assert violations(page) == []
    press(page, "button.primary[type=submit]", "dl.stats")
    assert page.url.partition("?")[0].endswith("/segments/silent_regulars")
    expect(page.locator(".sentence").first).to_contain_text("number of orders: at least 1")


def add(page: Page, mark: str, typed: str, made: str) -> None:
    """Type what is looked for, go down to the first that is found, and take it."""
    page.focus(f"#add-{mark}")
    page.keyboard.type(typed)
    found = (
        page.locator(f"#add-{mark}").locator("xpath=ancestor::div[@class='adding']").locator(".found button")
    )
    page.wait_for_function(
        "mark => { const n = document.getElementById('add-' + mark).closest('.adding')"
        ".querySelectorAll('.found button').length; return n > 0 && n < 10; }",
        arg=mark,
    )  # all are listed before anything is typed
    expect(found.first).to_contain_text(typed)
    found.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#{made}")
    # The keyboard goes on within what was added.
    page.wait_for_function(
        "id => document.activeElement.closest('.criterion')?.querySelector('#' + id)", arg=made
    )


def press(page: Page, button: str, then: str) -> None:
    page.focus(button)
    page.keyboard.press("Enter")
    page.wait_for_selector(then)
