"""The script tag in a real browser, on the demo shop's site, with an API that is played."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from kairos.adapters.platforms.signatures import identify_is_signed
from tests.browser.tag_stage import READY, TAG_SECRET, Stage, stage

pytestmark = pytest.mark.proof


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def shop(context: BrowserContext) -> Iterator[Stage]:
    with stage(context) as told:
        yield told


def product_page(shop: Stage) -> str:
    """The address of the first product of the first page."""
    shop.open()
    href = shop.view.locator("ul.shelf a").first.get_attribute("href")
    assert href
    return href


def settle(shop: Stage) -> None:
    """Longer than the tag waits before it sends."""
    shop.view.wait_for_timeout(3_000)


def test_before_consent_nothing_is_sent_and_nothing_kept(shop: Stage) -> None:
    path = product_page(shop)
    shop.open(path)
    shop.press("Put into the cart")
    shop.ready()
    shop.view.evaluate("kairos.track('size_guide'); kairos.identify({email: 'kim@example.com'})")
    settle(shop)
    shop.open("/")
    assert shop.api.batches == []
    assert shop.kept() == {}
    assert not [name for name in shop.cookies() if name.startswith("kairos")]
    assert shop.view.evaluate("kairos.visitor()") is None
    assert shop.complaints == []


def test_who_says_no_is_left_alone_for_good(shop: Stage) -> None:
    shop.open()
    shop.press("No")
    shop.open("/cart")
    settle(shop)
    assert (shop.api.batches, shop.kept()) == ([], {})
    assert not [name for name in shop.cookies() if name.startswith("kairos")]


def test_who_asks_by_global_privacy_control_is_left_alone_even_after_a_yes(shop: Stage) -> None:
    shop.context.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
    )
    path = product_page(shop)
    shop.agree()
    shop.open(path)
    shop.press("Put into the cart")
    shop.ready()
    shop.view.evaluate("window.kairosq.push(['consent', true])")
    settle(shop)
    shop.open("/")
    assert (shop.api.batches, shop.kept()) == ([], {})
    assert not [name for name in shop.cookies() if name.startswith("kairos")]
    assert shop.complaints == []


def test_after_a_yes_the_page_it_was_given_on_is_told_too(shop: Stage) -> None:
    path = product_page(shop)
    shop.open(path)
    shop.agree()
    told = shop.until_told("page")
    assert told["target"] == shop.site + path
    assert told["device"] == "linux"
    assert told["fields"]["landing"] == "1"
    assert shop.until_told("product")["target"].isdigit()
    [batch, *_] = shop.api.batches
    assert batch["address"].endswith("?key=write-key-of-demo")
    assert batch["visitor"] == shop.cookies()["kairos_visitor"]


def test_a_visitor_is_the_same_on_every_page_and_counts_one_landing(shop: Stage) -> None:
    path = product_page(shop)
    shop.agree()
    for one in (path, "/cart", "/search?q=lamp"):
        shop.open(one)
        shop.until_told("page", target=shop.site + one.partition("?")[0])
    assert len({batch["visitor"] for batch in shop.api.batches}) == 1
    pages = shop.api.events("page")
    assert [bool((one.get("fields") or {}).get("landing")) for one in pages].count(True) == 1
    assert shop.until_told("search")["target"] == "lamp"


def test_only_the_time_that_a_page_was_visible_counts(shop: Stage) -> None:
    shop.open()
    shop.agree()
    shop.view.wait_for_timeout(2_000)
    shop.open("/cart")
    told = shop.until_told("page", target=shop.site + "/")
    shop.until(lambda: "seconds" in shop.until_told("page", target=shop.site + "/"))
    told = shop.until_told("page", target=shop.site + "/")
    assert 2 <= told["seconds"] <= 6
    times = {one["at"] for batch in shop.api.batches for one in batch["events"] if one["id"] == told["id"]}
    assert len(times) == 1


def test_what_is_put_into_the_cart_and_taken_out_is_told_with_the_cart(shop: Stage) -> None:
    path = product_page(shop)
    shop.agree()
    shop.open(path)
    shop.press("Put into the cart")
    shop.ready()
    added = shop.until_told("cart", stage="added")
    shop.until(lambda: any(batch.get("cart") for batch in shop.api.batches))
    cart = [batch["cart"] for batch in shop.api.batches if batch.get("cart")][-1]
    assert [line["product_id"] for line in cart["lines"]] == [added["target"]]
    assert cart["id"] == shop.cookies()["kairos_cart"] == shop.cookies()["cart_id"]
    assert cart["restore_url"].startswith(f"{shop.site}/cart?kairos_restore={added['target']}:1")
    shop.press("Remove")
    shop.ready()
    shop.until_told("cart", stage="removed", target=added["target"])
    emptied = [batch["cart"] for batch in shop.api.batches if batch.get("cart")][-1]
    assert (emptied["lines"], emptied["id"]) == ([], cart["id"])
    assert "kairos_cart" not in shop.cookies()


def test_the_steps_of_the_checkout_are_told_once_each_and_with_the_cart(shop: Stage) -> None:
    path = product_page(shop)
    shop.agree()
    shop.open(path)
    shop.press("Put into the cart")
    shop.view.get_by_role("link", name="To the checkout").click()
    shop.view.get_by_label("E-mail address").first.fill("kim@example.com")
    shop.press("Go on")
    shop.press("Go on")
    shop.until_told("checkout_step", stage="payment")
    stages = [one["stage"] for one in shop.api.events("checkout_step")]
    assert sorted(stages) == ["contact", "payment", "shipping"]
    shop.until(lambda: any((one.get("cart") or {}).get("step") == "payment" for one in shop.api.batches))
    claims = [one["identify"] for one in shop.api.batches if one.get("identify")]
    assert {one["email"] for one in claims} == {"kim@example.com"}
    assert not [one for one in claims if one.get("signature")]


def test_who_logs_in_is_named_with_the_shops_own_signature(shop: Stage) -> None:
    shop.open()
    shop.agree()
    shop.until_told("page")
    shop.open("/login")
    shop.view.get_by_label("E-mail address").first.fill("kim@example.com")
    shop.press("Log in")
    shop.until(lambda: any((one.get("identify") or {}).get("signature") for one in shop.api.batches))
    batch = next(one for one in shop.api.batches if (one.get("identify") or {}).get("signature"))
    assert batch["identify"]["email"] == "kim@example.com"
    assert identify_is_signed(json.dumps(batch).encode(), [TAG_SECRET])
    before = len([one for one in shop.api.batches if one.get("identify")])
    shop.open("/cart")
    shop.until_told("page", target=shop.site + "/cart")
    assert len([one for one in shop.api.batches if one.get("identify")]) == before  # once a day is enough


def test_nothing_is_lost_while_the_api_does_not_answer_and_nothing_counts_twice(shop: Stage) -> None:
    shop.open()
    shop.agree()
    shop.until_told("page")
    shop.api.status, shop.api.batches[:] = 503, []
    shop.view.evaluate("kairos.track('quiz', {answer: 42})")
    shop.until(lambda: shop.api.events("event"))
    [lost] = shop.api.events("event")
    shop.api.status = 200
    shop.open("/cart")
    shop.until(lambda: any(one["status"] == 200 and lost in one["events"] for one in shop.api.batches))
    shop.until_told("page", target=shop.site + "/cart")
    assert [one["id"] for one in shop.api.events("event")] == [lost["id"]]
    assert lost["fields"] == {"answer": "42"}
    settle(shop)
    assert not [name for name in shop.kept() if name.startswith("kairos.e.")]


def test_what_happened_right_before_the_page_was_closed_arrives(shop: Stage) -> None:
    shop.open()
    shop.agree()
    shop.until_told("page")
    view = shop.new_view()
    view.goto(shop.site + "/cart")
    view.wait_for_function(READY)
    view.evaluate("kairos.track('last_words')")
    view.close(run_before_unload=True)
    assert shop.until_told("event")["target"] == "last_words"


def test_a_consent_that_is_withdrawn_leaves_nothing_behind(shop: Stage) -> None:
    path = product_page(shop)
    shop.agree()
    shop.open(path)
    shop.press("Put into the cart")
    shop.ready()
    shop.until_told("cart")
    shop.press("Withdraw consent")
    assert shop.kept() == {}
    assert not [name for name in shop.cookies() if name.startswith("kairos")]
    shop.api.batches[:] = []
    shop.open("/")
    settle(shop)
    assert (shop.api.batches, shop.kept()) == ([], {})


def test_a_mails_link_says_who_reads_it_and_leaves_the_address(shop: Stage) -> None:
    shop.open()
    shop.agree()
    shop.until_told("page")
    shop.open("/cart?a=1&kairos_id=TOKEN-of-a-mail")
    assert shop.view.url == f"{shop.site}/cart?a=1"
    shop.until(lambda: any((one.get("identify") or {}).get("link") for one in shop.api.batches))
    told = [one["identify"] for one in shop.api.batches if one.get("identify")]
    assert {one["link"] for one in told} == {"TOKEN-of-a-mail"}


def test_a_mails_link_fills_an_empty_cart_and_no_other(shop: Stage) -> None:
    path = product_page(shop)
    shop.agree()
    shop.open(path)
    number = shop.until_told("product")["target"]
    shop.open(f"/cart?kairos_restore={number}:2&kairos_id=T")
    shop.until_told("cart", target=number, stage="added")
    assert shop.view.get_by_role("link", name="Cart (2)").count() == 1
    shop.open(f"/cart?kairos_restore={number}:9")
    assert shop.view.get_by_role("link", name="Cart (2)").count() == 1
    lines = shop.view.evaluate("new Promise(done => kairos.restore(done))")
    assert [(one["product_id"], one["quantity"]) for one in lines] == [(number, 9)]


def test_a_newsletters_form_is_seen_begun_and_sent_and_its_address_a_claim(shop: Stage) -> None:
    shop.open("/login")
    shop.agree()
    field = shop.view.get_by_placeholder("E-mail address")
    field.scroll_into_view_if_needed()
    field.fill("kim@example.com")
    shop.press("Subscribe")
    shop.view.wait_for_url("**/newsletter")
    shop.until_told("form", stage="sent", target="newsletter")
    stages = {one["stage"] for one in shop.api.events("form")}
    assert stages >= {"seen", "started", "sent"}
    shop.until(lambda: any(one.get("identify") for one in shop.api.batches))
    claim = next(one["identify"] for one in shop.api.batches if one.get("identify"))
    assert claim["email"] == "kim@example.com"
    assert "signature" not in claim


PLATFORMS = {
    "Shopify": """
        window.Shopify = { customerPrivacy: {
          analyticsProcessingAllowed: () => window.may, marketingAllowed: () => window.may,
        } };
        window.answer = () => document.dispatchEvent(new CustomEvent("visitorConsentCollected"));
    """,
    "IAB TCF": """
        let listener;
        window.__tcfapi = (command, version, back) => { listener = back; };
        window.answer = () => listener({
          eventStatus: "useractioncomplete", gdprApplies: true,
          publisher: { consents: { 1: window.may, 5: window.may, 8: window.may } },
        }, true);
    """,
    "WP Consent API": """
        window.wp_consent_type = "optin";
        window.wp_has_consent = () => Boolean(window.may);
        window.answer = () => document.dispatchEvent(new CustomEvent("wp_listen_for_consent_change"));
    """,
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_word_of_a_platforms_own_banner_is_taken_both_ways(shop: Stage, platform: str) -> None:
    shop.context.add_init_script(PLATFORMS[platform])
    shop.open()
    shop.view.evaluate("window.may = false; answer()")
    settle(shop)
    assert (shop.api.batches, shop.kept()) == ([], {})
    shop.view.evaluate("window.may = true; answer()")
    shop.until_told("page")
    shop.view.evaluate("window.may = false; answer()")
    shop.view.wait_for_timeout(100)
    assert shop.kept() == {}


WP_CONSENT_API = """
window.chosen = {};
window.wp_has_consent = category => {
  const type = window.wp_consent_type || window.wp_fallback_consent_type;
  if (!type || type.includes("optout") && !chosen[category]) return true;
  return chosen[category] === "allow";
};
window.wp_set_consent = (category, value) => {
  chosen[category] = value;
  document.dispatchEvent(new CustomEvent("wp_listen_for_consent_change", { detail: { [category]: value } }));
};
window.answer = value => ["statistics", "marketing"].forEach(one => wp_set_consent(one, value));
"""
"""As the plugin's own script answers: yes to all as long as no type of consent is set, see its readme."""


@pytest.mark.parametrize(
    "unknown",
    ["", "window.wp_fallback_consent_type = 'optout'; window.waitfor_consent_hook = true;"],
    ids=["not set", "looked up"],
)
def test_the_wp_consent_api_is_not_believed_before_the_type_of_consent_is_known(
    shop: Stage, unknown: str
) -> None:
    shop.context.add_init_script(WP_CONSENT_API + unknown)
    shop.open()
    settle(shop)
    shop.view.evaluate(
        "wp_consent_type = 'optin'; document.dispatchEvent(new CustomEvent('wp_consent_type_defined'))"
    )
    settle(shop)
    assert (shop.api.batches, shop.kept()) == ([], {})
    shop.view.evaluate("answer('allow')")
    shop.until_told("page")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_platforms_yes_does_not_override_the_pages_own_no(shop: Stage, when: str) -> None:
    platform = PLATFORMS["WP Consent API"] + "window.may = true;"
    if when == "before":
        platform += "window.kairosq = [['consent', false]];"
    shop.context.add_init_script(platform)
    shop.open()
    if when == "after":
        shop.until_told("page")
        shop.view.evaluate("kairos.consent(false)")
        shop.api.batches[:] = []
    shop.view.evaluate("answer(); window.dispatchEvent(new Event('load'))")
    settle(shop)
    assert (shop.api.batches, shop.kept()) == ([], {})
    shop.view.evaluate("kairos.consent(true)")
    shop.until(lambda: shop.kept().get("kairos.yes") == "2")


def test_what_happened_before_a_no_is_not_told_after_a_later_yes(shop: Stage) -> None:
    shop.open()
    shop.view.evaluate("kairos.track('before'); kairos.consent(false); kairos.consent(true)")
    shop.view.evaluate("kairos.track('after')")
    shop.until_told("event", target="after")
    assert [one["target"] for one in shop.api.events("event")] == ["after"]


def test_what_is_too_long_keeps_nothing_else_waiting(shop: Stage) -> None:
    shop.open()
    shop.agree()
    shop.until_told("page")
    shop.view.evaluate(
        """
        const quotes = [...Array(20)].map((_, number) => ["f" + number, '"'.repeat(500)]);
        kairos.track("quotes", Object.fromEntries(quotes));
        kairos.track("endless", { ["n".repeat(2e5)]: "" });
        kairos.track("small");
        kairos.cart({ currency: "EUR", lines: [...Array(120)].map((_, i) => (
          { product_id: "p" + i, title: "t".repeat(500), quantity: 1, price: "1.00" })) });
        """
    )
    for name in ("quotes", "small"):
        shop.until_told("event", target=name)
    shop.until(lambda: any(one.get("cart") for one in shop.api.batches))
    shop.until(lambda: not [one for one in shop.kept() if one.startswith(("kairos.e.", "kairos.p."))])


def test_nothing_shifts_and_nothing_complains_on_the_way_to_an_order(shop: Stage) -> None:
    path, shifts = product_page(shop), []

    def look() -> None:
        shop.ready()
        shop.view.wait_for_timeout(200)
        shifts.append(shop.view.evaluate("window.shifted"))

    look()
    shop.agree()
    look()
    for one in ("/category/licht", path):
        shop.open(one)
        look()
    shop.press("Put into the cart")
    look()
    shop.view.get_by_role("link", name="To the checkout").click()
    look()
    shop.view.get_by_label("E-mail address").first.fill("kim@example.com")
    for button in ("Go on", "Go on", "Order"):
        shop.press(button)
        look()
    assert shifts == [0] * len(shifts)
    assert shop.complaints == []
    [order] = [one for one in shop.api.webhooks if one["type"] == "order"]
    assert order["customer"]["visitor"] == shop.cookies()["kairos_visitor"]
    assert order["cart_id"]


PUSH = """
window.Notification = class { static requestPermission = async () => "granted" };
const registration = { pushManager: {
  getSubscription: async () => null,
  subscribe: async options => {
    window.subscribed = options;
    const keys = { p256dh: "B-key", auth: "secret" };
    return { toJSON: () => ({ endpoint: "https://push.example.com/1", keys }) };
  },
} };
Object.defineProperty(navigator, "serviceWorker", { value: {
  register: async address => { window.registered = address; }, ready: Promise.resolve(registration),
} });
"""


def asked(shop: Stage) -> Any:
    return shop.view.evaluate("kairos.notify({wording: 'Tell me of my cart', language: 'en'})")


def test_notifications_are_for_who_is_logged_in_and_by_the_shops_own_worker(shop: Stage) -> None:
    shop.context.add_init_script(PUSH)
    shop.context.add_init_script(
        "new MutationObserver(() => { const tag = document.querySelector('script[async]');"
        "if (tag) tag.dataset.worker = '/worker.js'; }).observe(document, {subtree: true, childList: true})"
    )
    shop.open()
    shop.agree()
    shop.until_told("page")
    assert asked(shop) == "unavailable"
    shop.open("/login")
    shop.view.get_by_label("E-mail address").first.fill("kim@example.com")
    shop.press("Log in")
    shop.ready()
    shop.until(lambda: any((one.get("identify") or {}).get("signature") for one in shop.api.batches))
    assert asked(shop) == "on"
    shop.until(lambda: any(one.get("push") for one in shop.api.batches))
    batch = next(one for one in shop.api.batches if one.get("push"))
    assert batch["identify"]["signature"]
    told = {name: batch["push"][name] for name in ("endpoint", "p256dh", "auth", "wording", "language")}
    assert told == {
        "endpoint": "https://push.example.com/1",
        "p256dh": "B-key",
        "auth": "secret",
        "wording": "Tell me of my cart",
        "language": "en",
    }
    assert shop.view.evaluate("window.registered") == "/worker.js"
    assert shop.view.evaluate("window.subscribed") == {
        "userVisibleOnly": True,
        "applicationServerKey": "BPublicKeyOfDemo",
    }
