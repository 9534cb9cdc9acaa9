"""Links of our mails tell the script tag who came, as a claim and no more: mails are passed on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos.domain.activity import Activity, ActivityBatch
from kairos.domain.campaign_content import Article, CampaignContent
from kairos.domain.cart import CartSnapshot
from kairos.domain.delivery import Delivery
from kairos.domain.identity import Identities, IdentityKey
from kairos.domain.order import Line
from kairos.domain.shop import TagSettings
from kairos.services.customers import load_profile, resolve
from kairos.services.recording.record import Recorder
from kairos.services.sending.content import Content, ShownItem
from kairos.services.visit_links import VALID_FOR, message_of, visit_token, with_token
from tests.shelves import without_segments
from tests.unit.recording.world import Bus, NoObjects
from tests.unit.sending.world import EMAIL, SHOP, START, World, plain_render

KEY = IdentityKey(secret=b"k" * 32)
MESSAGE = "0123456789abcdef" * 2
VISITOR = "b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88"
LINE = Line(product_id="p1", title="Cushion", quantity=1, unit_price=3990, total=3990)


def test_a_token_names_its_message_to_its_own_shop_alone() -> None:
    token = visit_token(KEY, "lumen", MESSAGE)
    assert len(token) == 38
    assert message_of(KEY, "lumen", token) == MESSAGE
    assert message_of(KEY, "other", token) is None
    assert message_of(IdentityKey(secret=b"x" * 32), "lumen", token) is None


@settings(max_examples=60)
@given(st.integers(0, 37), st.sampled_from("ABCabc019-_"))
def test_a_token_with_a_character_changed_names_nothing(place: int, char: str) -> None:
    token = visit_token(KEY, "lumen", MESSAGE)
    forged = token[:place] + char + token[place + 1 :]
    # The last character of 28 bytes in base64url has four bits that mean nothing.
    same = forged == token or place == 37
    assert same or message_of(KEY, "lumen", forged) is None


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_whatever_stands_in_an_address_is_no_error(text: str) -> None:
    assert message_of(KEY, "lumen", text) is None


def content(**more: Any) -> Content:
    shop = SHOP.model_copy(update={"allowed_origins": ("https://www.shop.example.com",)})
    told = {"shop": shop, "language": "de", "locale": "de", "unsubscribe_url": "https://api.example.com/u"}
    return Content(**told | more)


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("https://shop.example.com/cart", "https://shop.example.com/cart?kairos_id=T"),
        ("https://shop.example.com/c?a=1%2C2&b", "https://shop.example.com/c?a=1%2C2&b&kairos_id=T"),
        (
            "https://shop.example.com/cart/1:2,3:4#top",
            "https://shop.example.com/cart/1:2,3:4?kairos_id=T#top",
        ),
        ("https://www.shop.example.com/x", "https://www.shop.example.com/x?kairos_id=T"),
        ("https://shop.example.com.evil.example.org/", "https://shop.example.com.evil.example.org/"),
        ("https://elsewhere.example.org/", "https://elsewhere.example.org/"),
        (None, None),
    ],
)
def test_only_addresses_of_the_shops_own_sites_carry_it(address: str | None, marked: str | None) -> None:
    item = ShownItem(title="Cushion", url=address)
    article = Article(title="News", url=address)
    campaign = CampaignContent(heading="Hello", button_url=address, articles=(article,))
    told = with_token(
        content(items=(item,), featured=(item,), trending=(item,), cart_url=address, campaign=campaign), "T"
    )
    [shown], [featured], [trending] = told.items, told.featured, told.trending
    assert told.campaign is not None
    [read] = told.campaign.articles
    found = [shown.url, featured.url, trending.url, told.cart_url, told.campaign.button_url, read.url]
    assert found == [marked] * 6
    assert told.unsubscribe_url == "https://api.example.com/u"


def rendered(world: World) -> Content:
    """What the world's one message shows."""
    seen: list[Content] = []

    def render(scenario: str, step: str, channel: Any, told: Content) -> Any:
        seen.append(told)
        return plain_render(scenario, step, channel, told)

    world.render = render
    world.ask()
    world.deliver_all()
    return seen[-1]


def test_a_mail_leads_back_by_its_own_token() -> None:
    world = World()
    told = rendered(world)
    entry = world.entry()
    assert entry is not None
    assert told.cart_url == (
        f"https://shop.example.com/cart/1?kairos_id={visit_token(world.key, 'lumen', entry.message_id)}"
    )


def test_a_shop_may_do_without() -> None:
    told = rendered(World(shop=SHOP.model_copy(update={"tag": TagSettings(mail_links=False)})))
    assert told.cart_url == "https://shop.example.com/cart/1"


class Arrivals:
    """The mail of a world was sent, and somebody comes by its link."""

    def __init__(self) -> None:
        self.world, self.bus = World(), Bus()
        self.world.ask()
        self.world.deliver_all()
        entry = self.world.entry()
        assert entry is not None
        self.token = visit_token(self.world.key, "lumen", entry.message_id)
        self.visitor = self.world.key.node("lumen", "visitor", VISITOR)

    def record(self, said_at: datetime | None = None, **told: Any) -> None:
        """said_at: what the browser's clock shows; else the right time."""
        received_at = self.world.clock.now()
        at = said_at or received_at
        act = Activity(id=at.isoformat(), kind="page", at=at)
        batch = ActivityBatch(visitor=VISITOR, updated_at=at, activities=(act,), **told)

        def read(*_: Any) -> list[Any]:
            return [batch]

        def nothing(*_: Any) -> None:
            return None

        given = (self.world.items, self.bus, self.world.key, self.world.clock, read, nothing, nothing)
        delivery = Delivery(
            shop="lumen", platform="activity", source="activity", headers={}, body="", received_at=received_at
        )
        outcome = Recorder(*given, NoObjects(), without_segments).record(delivery)
        assert outcome.kind == "recorded", outcome

    def comes_by_link(self, said_at: datetime | None = None, **told: Any) -> None:
        who = Identities(visitor=VISITOR, verified=False)
        at = said_at or self.world.clock.now()
        self.record(said_at, link=self.token, identities=who, identified_at=at, **told)

    def owner(self) -> str:
        return resolve(self.world.items, "lumen", self.visitor).customer


def test_who_comes_by_a_mails_link_is_taken_for_its_reader() -> None:
    come = Arrivals()
    come.comes_by_link()
    assert come.owner() == come.world.node
    profile = load_profile(come.world.items, "lumen", come.world.node)
    assert profile is not None
    assert [one.kinds for one in profile.activity] == [{"page": 1}]


def test_what_they_put_into_a_cart_makes_us_write_to_nobody() -> None:
    come = Arrivals()
    who = Identities(visitor=VISITOR, verified=False)
    cart = CartSnapshot(id=f"visitor:{VISITOR}", updated_at=START, lines=(LINE,), total=3990, identities=who)
    come.comes_by_link(cart=cart)
    assert come.bus.published == {}


def test_a_link_merges_nobody() -> None:
    come = Arrivals()
    other = Identities(visitor=VISITOR, email="kim@example.com", verified=True)
    come.record(identities=other, identified_at=come.world.clock.now())
    come.world.clock.advance(60)
    come.comes_by_link()
    kim = resolve(come.world.items, "lumen", come.world.key.node("lumen", "email", "kim@example.com"))
    assert come.world.node not in kim.nodes


def test_who_logs_in_afterwards_is_themselves_again() -> None:
    come = Arrivals()
    come.comes_by_link()
    come.world.clock.advance(60)
    other = Identities(visitor=VISITOR, email="kim@example.com", verified=True)
    come.record(identities=other, identified_at=come.world.clock.now())
    assert come.owner() == come.world.key.node("lumen", "email", "kim@example.com")


def is_old(come: Arrivals) -> None:
    come.world.clock.advance((VALID_FOR + timedelta(seconds=1)).total_seconds())


def is_forged(come: Arrivals) -> None:
    come.token = visit_token(IdentityKey(secret=b"x" * 32), "lumen", MESSAGE)


def is_of_who_was_erased(come: Arrivals) -> None:
    come.world.clock.advance(1)
    come.world.erase()


@pytest.mark.parametrize("link", [is_old, is_forged, is_of_who_was_erased])
def test_a_link_that_says_nothing_any_more_leaves_its_visitor_anonymous(
    link: Callable[[Arrivals], None],
) -> None:
    come = Arrivals()
    link(come)
    come.comes_by_link()
    assert come.owner() == come.visitor


def test_a_browser_whose_clock_says_otherwise_makes_no_old_link_valid() -> None:
    come = Arrivals()
    is_old(come)
    come.comes_by_link(said_at=START)
    assert come.owner() == come.visitor


def test_it_names_the_customer_of_the_message() -> None:
    come = Arrivals()
    come.comes_by_link()
    entry = come.world.entry()
    assert entry is not None
    assert entry.customer == come.world.key.node("lumen", "email", EMAIL)
