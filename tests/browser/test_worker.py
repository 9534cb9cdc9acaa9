"""The service worker with the messages that are sent to it, in a browser that plays its surroundings."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from kairos.adapters.pages.notifications import WORKER, script
from kairos.adapters.web_push import payload
from kairos.ports import Vapid, WebPush

pytestmark = pytest.mark.proof

MESSAGE = WebPush(
    endpoint="https://push.example.com/send/1",
    p256dh="",
    auth="",
    title="Ihr Warenkorb",
    text="Die Kerze wartet.",
    url="https://shop.example.com/cart",
    image="https://shop.example.com/candle.jpg",
    message_id="m" * 26,
    ttl=60,
    vapid=Vapid("", "", "mailto:shop@example.com"),
    at=0,
)
SURROUNDINGS = """source => {
  window.heard = {}, window.shown = [], window.opened = [], window.dismissed = 0;
  const self = {
    addEventListener: (name, listener) => { heard[name] = listener; },
    registration: { showNotification: async (...told) => { shown.push(told); } },
    clients: { openWindow: async url => { opened.push(url); } },
  };
  new Function("self", source)(self);
}"""
PUSH = """text => heard.push({
  data: text === null ? null : { json: () => JSON.parse(text) }, waitUntil() {},
})"""
CLICK = """url => heard.notificationclick({
  notification: { data: url, close() { dismissed += 1; } }, waitUntil() {},
})"""


@pytest.fixture
def worker(browser: Browser) -> Iterator[Page]:
    """A page in which the worker runs."""
    served = script(WORKER)
    assert served is not None
    context = browser.new_context()
    view = context.new_page()
    view.evaluate(SURROUNDINGS, served.html)
    yield view
    context.close()


def test_a_message_is_shown_as_it_was_written(worker: Page) -> None:
    worker.evaluate(PUSH, payload(MESSAGE).decode())
    assert worker.evaluate("shown") == [
        [
            "Ihr Warenkorb",
            {
                "body": "Die Kerze wartet.",
                "image": "https://shop.example.com/candle.jpg",
                "tag": "m" * 26,
                "data": "https://shop.example.com/cart",
            },
        ]
    ]


@pytest.mark.parametrize("text", [None, "", "no json", "null", "{}", "[1]"])
def test_what_is_no_message_shows_nothing_and_breaks_nothing(worker: Page, text: Any) -> None:
    worker.evaluate(PUSH, text)
    assert worker.evaluate("shown") == []


@pytest.mark.parametrize("url", ["https://shop.example.com/cart", "http://shop.example.com/"])
def test_a_click_opens_the_address_and_closes_the_message(worker: Page, url: str) -> None:
    worker.evaluate(CLICK, url)
    assert (worker.evaluate("opened"), worker.evaluate("dismissed")) == ([url], 1)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", " https://x.example", "", None]
)
def test_nothing_but_an_address_of_the_web_is_opened(worker: Page, url: Any) -> None:
    worker.evaluate(CLICK, url)
    assert (worker.evaluate("opened"), worker.evaluate("dismissed")) == ([], 1)
