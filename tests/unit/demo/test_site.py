"""The demo shop's site: what it writes into its pages, reads from its cookies, and tells of an order."""

import json
from html import unescape
from html.parser import HTMLParser
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kairos.adapters.platforms.signatures import identify_is_signed
from local.demo_site import pages
from local.demo_site.serving import Moved, Site
from local.demo_site.settings import Settings, Shelf
from local.demo_site.telling import order_body
from local.demo_site.visit import MOST_LINES, MOST_OF_ONE, Visit, read_cart, read_visit, written_cart

SETTINGS = Settings("https://api.example.com", "demo", "webhook-secret", "tag-secret")
SHELF = Shelf()
FIRST, SECOND = list(SHELF.products)[:2]
VISITOR = "b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88"


def visit(path: str = "/", cookies: str = "", **query: str) -> Visit:
    return read_visit(path, query, {}, cookies, SHELF)


class Tags(HTMLParser):
    """The attributes of every element, by its name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))

    @property
    def tag(self) -> dict[str, str | None]:
        """The attributes of the script tag."""
        return next(told for name, told in self.found if name == "script")


def page(told: Visit) -> str:
    site = Site(SETTINGS)
    shown = site.get(told)
    assert not isinstance(shown, Moved)
    return pages.page(SETTINGS, SHELF, told, "http://127.0.0.1:5610", shown)


def test_what_is_searched_for_stays_text() -> None:
    words = '"><script>alert(1)</script>'
    html = page(visit("/search", q=words))
    assert [name for name, _ in Tags(html).found].count("script") == 2
    assert Tags(html).tag["data-search"] == words


def test_the_tag_is_told_who_is_logged_in_only_with_a_signature_for_this_browser() -> None:
    without = Tags(page(visit(cookies="customer=kim@example.com"))).tag
    assert not {"data-email", "data-signature"} & without.keys()
    told = Tags(page(visit(cookies=f"customer=kim@example.com; kairos_visitor={VISITOR}"))).tag
    who = {
        "email": told["data-email"],
        "platform_id": told["data-platform-id"],
        "signature": told["data-signature"],
    }
    body = json.dumps({"visitor": VISITOR, "identify": who}).encode()
    assert identify_is_signed(body, ["tag-secret"])


def test_the_banner_asks_until_it_is_answered() -> None:
    assert 'id="consent"' in page(visit())
    for answer, mark in (("yes", "granted"), ("no", "denied")):
        html = page(visit(cookies=f"consent={answer}"))
        assert 'id="consent"' not in html
        assert Tags(html).tag["data-consent"] == mark


def test_the_cart_in_the_page_can_be_brought_back_by_its_own_link() -> None:
    told = visit("/cart", f"cart={FIRST}:2_{SECOND}:1; cart_id={'a' * 32}")
    cart = json.loads(unescape(Tags(page(told)).tag["data-cart"] or ""))
    restored = Site(SETTINGS).get(
        visit("/cart", kairos_restore=cart["restore_url"].partition("=")[2], kairos_id="T")
    )
    assert isinstance(restored, Moved)
    assert restored.to == "/cart?kairos_id=T"
    assert read_cart(restored.cookies["cart"], SHELF) == {FIRST: 2, SECOND: 1}


@settings(max_examples=50)
@given(
    st.dictionaries(st.sampled_from(list(SHELF.products)), st.integers(1, MOST_OF_ONE), max_size=MOST_LINES)
)
def test_a_cart_survives_its_cookie(cart: dict[str, int]) -> None:
    assert read_cart(written_cart(cart), SHELF) == cart


@settings(max_examples=50)
@given(st.text(max_size=80))
def test_no_cookie_and_no_link_breaks_the_cart(text: str) -> None:
    cart = read_cart(text, SHELF)
    assert all(number in SHELF.products and 1 <= many <= MOST_OF_ONE for number, many in cart.items())


def test_an_order_names_the_cart_and_the_visitor() -> None:
    told = visit("/checkout/payment", f"cart={FIRST}:2; cart_id={'a' * 32}; kairos_visitor={VISITOR}")
    body = order_body(told, SHELF, "http://127.0.0.1:5610", "kim@example.com")
    assert (body["cart_id"], body["customer"]["visitor"]) == ("a" * 32, VISITOR)
    assert body["amounts"]["total"] == f"{2 * SHELF.products[FIRST].price / 100:.2f}"
