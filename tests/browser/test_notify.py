"""The offer of notifications in a browser, whose permission, push service and worker are played."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Route

from kairos import keys
from kairos.adapters.pages.forms import page
from kairos.adapters.pages.notifications import WORKER, script
from kairos.adapters.templates.box import LANGUAGES, words_file
from kairos.services.endpoints import endpoints_of
from kairos.services.forms.notifying import is_switch, switch
from kairos.services.forms.showing import Visit
from tests.browser.looking import SCREENS, contrast, fits, shoot
from tests.unit.forms.reception import Reception
from tests.unit.sending.devices import BROWSER, BROWSER_KEYS, CHANNELS

pytestmark = pytest.mark.proof

BASE = "https://api.example.com/v1/forms/"
PLAYED = """
let held = null;
const registration = { active: {}, pushManager: Object.create(PushManager.prototype) };
PushManager.prototype.getSubscription = async () => held;
PushManager.prototype.subscribe = async options => {
  window.subscribed = options;
  return held = {
    toJSON: () => (%(subscription)s),
    unsubscribe: async () => { held = null; return true; },
  };
};
Notification.requestPermission = async () => "%(permission)s";
navigator.serviceWorker.getRegistration = async () => undefined;
navigator.serviceWorker.register = async (address, options) => {
  window.registered = [new URL(address, location).href, options.scope];
  return registration;
};
"""


class Stage:
    """A shop with web push, its pages at BASE, and a browser of which `complaints` are kept."""

    def __init__(self, context: BrowserContext, permission: str = "granted") -> None:
        self.desk = Reception()
        shop = self.desk.world.shop.model_copy(update={"channels": CHANNELS})
        self.desk.world.put(keys.shop("lumen"), shop.as_json())
        subscription = json.dumps({"endpoint": BROWSER, "keys": BROWSER_KEYS})
        context.add_init_script(PLAYED % {"subscription": subscription, "permission": permission})
        self.language, self.complaints = "en", list[str]()
        self.view = context.new_page()
        self.view.set_default_timeout(10_000)
        self.view.on("console", lambda one: self.complaints.append(one.text))
        self.view.on("pageerror", lambda one: self.complaints.append(str(one)))
        self.view.route("https://api.example.com/**", self._answer)

    def open(self, language: str = "en") -> None:
        self.language = language
        self.view.goto(BASE + self.desk.link("preferences"))

    def listed(self) -> list[dict[str, Any]]:
        return endpoints_of(self.desk.world.items, "lumen", [self.desk.world.node])

    def says(self, name: str) -> str:
        told: str = words_file(self.language)["forms"][f"notify_{name}"]
        return told

    def press(self, name: str, then: str) -> None:
        """Press the button of this name, and wait for what is told."""
        self.view.get_by_role("button", name=self.says(name), exact=True).click()
        self.view.get_by_text(self.says(then), exact=True).wait_for()

    def _answer(self, route: Route) -> None:
        token = route.request.url.removeprefix(BASE)
        served, posted = script(token), None
        if route.request.method == "POST":
            posted = parse_qs(route.request.post_data or "")
        coming = Visit(token, None, "192.0.2.7", posted)
        if served is not None:
            route.fulfill(status=200, headers=dict(served.headers), body=served.html)
        elif is_switch(coming):
            route.fulfill(status=200, json={"notifications": switch(self.desk.given, coming)})
        else:
            shown = page(self.desk.post(token, posted) if posted is not None else self._shown(token))
            route.fulfill(status=200, headers=dict(shown.headers), body=shown.html)

    def _shown(self, token: str) -> Any:
        return self.desk.get(token)._replace(language=self.language)


@pytest.fixture(params=SCREENS)
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    width, height = SCREENS[request.param]
    context = browser.new_context(viewport={"width": width, "height": height})
    yield context
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_pressing_the_button_registers_this_browser_and_says_so(
    context: BrowserContext, language: str, request: pytest.FixtureRequest
) -> None:
    stage = Stage(context)
    stage.open(language)
    stage.press("on", then="is_on")
    shoot(stage.view, "notify-on", request)

    assert len(stage.listed()) == 1
    [held] = stage.desk.world.items.query(keys.node("lumen", stage.desk.world.node), "endpoint#")
    assert (held.body["value"], held.body["parts"]) == (BROWSER, BROWSER_KEYS)
    said = stage.desk.consent(held.body["node"], "web_push").ours
    assert said is not None
    assert said.wording == stage.says("text").replace("{shop}", stage.desk.world.shop.name)
    asked = stage.view.evaluate("window.subscribed")
    assert CHANNELS.web_push is not None
    assert asked == {"userVisibleOnly": True, "applicationServerKey": CHANNELS.web_push.public_key}
    assert stage.view.evaluate("window.registered") == [BASE + WORKER, "lumen/"]
    assert stage.view.get_by_text(stage.says("is_on")).get_attribute("aria-live") == "polite"
    assert fits(stage.view)
    assert contrast(stage.view, "h2, p, button") >= 4.5
    assert stage.complaints == []


def test_saving_the_form_afterwards_leaves_it_switched_on(context: BrowserContext) -> None:
    stage = Stage(context)
    stage.open()
    stage.press("on", then="is_on")
    with stage.view.expect_navigation():
        stage.view.get_by_role("button", name="Save").click()
    [one] = stage.listed()
    assert stage.desk.consent(one["id"], "web_push").granted


def test_it_is_switched_off_where_it_was_switched_on_and_the_form_can_be_saved(
    context: BrowserContext,
) -> None:
    stage = Stage(context)
    stage.open()
    stage.press("on", then="is_on")
    stage.press("off", then="is_off")
    assert stage.listed() == []
    with stage.view.expect_navigation():
        stage.view.get_by_role("button", name="Save").click()
    assert stage.view.locator("form").count() == 0  # saved: where anything is wrong the form is shown again
    assert stage.complaints == []


def test_who_forbids_it_is_told_how_to_allow_it_and_nothing_is_sent(context: BrowserContext) -> None:
    stage = Stage(context, permission="denied")
    stage.open()
    stage.press("on", then="denied")
    assert stage.listed() == []
    assert stage.view.evaluate("window.subscribed") is None
    assert stage.complaints == []


def test_a_failure_is_told_and_the_browser_subscribed_no_more(context: BrowserContext) -> None:
    stage = Stage(context)
    stage.open()
    stage.view.route(f"{BASE}preferences.*", lambda route: route.fulfill(status=503, json={}))
    stage.press("on", then="failed")
    assert stage.view.evaluate("PushManager.prototype.getSubscription()") is None


def test_without_script_there_is_no_dead_button(browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        stage = Stage(context)
        stage.open()
        assert [one.inner_text() for one in stage.view.get_by_role("button").all()] == ["Save"]
        assert not stage.view.locator("#notify").is_visible()
        assert stage.view.get_by_role("link", name="Unsubscribe").is_visible()
    finally:
        context.close()


def test_a_browser_that_knows_no_notifications_shows_no_button(context: BrowserContext) -> None:
    stage = Stage(context)
    stage.view.add_init_script("delete window.PushManager")
    stage.open()
    stage.view.wait_for_load_state("networkidle")
    assert not stage.view.locator("#notify").is_visible()
    assert stage.complaints == []
