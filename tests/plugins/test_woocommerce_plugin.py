"""WooCommerce's plugin and the generic adapter agree: what PHP signs is verified, what it posts is read."""

import json
import re
from typing import Any

import pytest

from kairos.adapters.clock import SystemClock
from kairos.adapters.platforms.platform import read_delivery
from kairos.adapters.platforms.signatures import identify_signature, is_signed
from kairos.domain.cart import CartSnapshot
from tests.adapters.platforms.delivering import a_shop, delivery
from tests.plugins.listening import Listening, Posted, listening
from tests.plugins.php import run_plugin

SECRET, TAG_SECRET = "webhook-secret", "tag-secret-of-16"
VISITOR = "b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88"
QUEUE, ORDER = ["queue"], ["order"]


def cart(quantity: int, email: str = "") -> list[Any]:
    return ["cart", quantity, email]


def plugin(kairos: Listening, *steps: list[Any], cookie: dict[str, str] | None = None) -> list[Any]:
    cookies = {"kairos_visitor": VISITOR} if cookie is None else cookie
    return run_plugin(kairos.address, "demo", (SECRET, TAG_SECRET), steps, cookies)


def read(posted: Posted) -> CartSnapshot:
    """The cart that the generic adapter makes of it; as receiving would judge it."""
    assert posted.path == "/prod/v1/shops/demo/webhooks/generic"
    assert is_signed("generic", posted.headers, posted.body, [SECRET])
    assert not is_signed("generic", posted.headers, posted.body, ["another"])
    told = delivery("generic", posted.body)
    [snapshot] = read_delivery(told, a_shop(platform="woocommerce"), SystemClock())
    assert isinstance(snapshot, CartSnapshot)
    return snapshot


def test_a_cart_arrives_with_lines_visitor_and_a_link_that_names_nobody() -> None:
    with listening() as kairos:
        plugin(kairos, cart(2, "Kim@Example.com"), QUEUE)
        [posted] = kairos.posted
    told = read(posted)
    assert (told.total, told.currency, told.identities.email) == (5000, "EUR", "kim@example.com")
    assert told.identities.visitor == VISITOR
    [line] = told.lines
    assert (line.product_id, line.variant_id, line.title, line.unit_price) == ("12", "34", "Lamp blue", 2500)
    assert told.restore_url == "https://shop.example.com/cart/?kairos_restore=12.34:2"
    assert told.person.language == "de-CH"


def test_a_cart_that_is_as_it_was_is_not_posted_again() -> None:
    with listening() as kairos:
        plugin(kairos, cart(2), cart(2), QUEUE, cart(2), QUEUE)
        assert len(kairos.posted) == 1


def test_the_newest_of_several_changes_is_posted_once() -> None:
    with listening() as kairos:
        answers = plugin(kairos, cart(1), cart(2), cart(3), QUEUE)
        [posted] = kairos.posted
    assert answers[:3] == [1, 1, 1]
    assert read(posted).lines[0].quantity == 3


def test_an_emptied_cart_is_told_and_one_that_was_never_filled_is_not() -> None:
    with listening() as kairos:
        plugin(kairos, cart(0), QUEUE)
        assert kairos.posted == []
        plugin(kairos, cart(1), QUEUE, cart(0), QUEUE)
        assert [len(read(one).lines) for one in kairos.posted] == [1, 0]


def test_the_order_carries_its_cart_and_what_comes_after_is_another() -> None:
    with listening() as kairos:
        answers = plugin(kairos, cart(1), QUEUE, ORDER, cart(2), QUEUE)
        first, second = (read(one).id for one in kairos.posted)
    assert answers[2] == {"kairos_cart": first, "kairos_visitor": VISITOR}
    assert first != second


@pytest.mark.parametrize("status", [500, 401])
def test_what_kairos_does_not_take_is_posted_again_later_each_time(status: int) -> None:
    with listening() as kairos:
        kairos.answers = [status, status]
        answers = plugin(kairos, cart(1), QUEUE, QUEUE, QUEUE)
        assert len(kairos.posted) == 3
    first, second, third = answers[1:]
    assert (len(first), len(second), third) == (1, 1, [])
    assert 50 <= first[0] <= 60 < second[0] <= 120


def test_during_an_outage_the_changes_of_a_cart_do_not_pile_up() -> None:
    gone = Listening("http://127.0.0.1:9/prod")
    answers = plugin(gone, cart(1), QUEUE, cart(2), cart(3), QUEUE)
    assert len(answers[4]) == 2, "what was postponed first, one step further, and the change since"
    assert len(set(answers[4])) == 2


@pytest.mark.parametrize("changed", [cart(2, "kim@example.com"), cart(1, "KIM@example.com")])
def test_what_changes_while_it_is_posted_is_posted_again(changed: list[Any]) -> None:
    with listening() as kairos:
        steps = [cart(1, "kim@example.com"), ["meanwhile", *changed[1:]], QUEUE, QUEUE, QUEUE]
        answers = plugin(kairos, *steps)
        first, second = (json.loads(one.body) for one in kairos.posted)
    assert first["lines"][0]["quantity"] == 1
    assert (second["lines"][0]["quantity"], second["customer"]["email"]) == (changed[1], changed[2])
    assert answers[-1] == [], "and nothing is posted a third time"


DAY = 86400


@pytest.mark.parametrize(("days", "posts"), [(13, 3), (15, 1)])
def test_after_two_weeks_a_cart_is_forgotten(days: int, posts: int) -> None:
    with listening() as kairos:
        kairos.answers = [401, 401]
        answers = plugin(kairos, cart(1, "kim@example.com"), QUEUE, ["age", days * DAY], QUEUE, QUEUE)
        assert len(kairos.posted) == posts
    assert answers[-1] == []


def test_without_settings_nothing_is_sent_anywhere() -> None:
    with listening() as kairos:
        answers = plugin(kairos, cart(1), ["settings", {}], QUEUE, ["age", 15 * DAY], QUEUE)
        assert kairos.posted == []
    assert [len(answers[2]), answers[4]] == [1, []]


def test_whom_wordpress_erases_waits_here_no_more() -> None:
    with listening() as kairos:
        steps = [
            cart(1, "kim@example.com"),
            ["erase", "bob@example.com"],
            ["erase", "Kim@example.com"],
            QUEUE,
        ]
        answers = plugin(kairos, *steps)
        assert kairos.posted == []
    assert answers[1:3] == [False, True]


def test_the_last_answer_is_known() -> None:
    with listening() as kairos:
        kairos.answers = [401]
        answers = plugin(kairos, ["answered"], cart(1), QUEUE, ["answered"], QUEUE, ["answered"])
    assert (answers[0], answers[3], answers[5]) == (None, 401, 200)


def test_nothing_is_lost_while_nobody_listens() -> None:
    answers = plugin(Listening("http://127.0.0.1:9/prod"), cart(1), QUEUE)
    assert len(answers[1]) == 1


def test_without_consent_no_visitor_is_told() -> None:
    with listening() as kairos:
        answers = plugin(kairos, cart(1), QUEUE, ORDER, cookie={})
        [posted] = kairos.posted
    assert read(posted).identities.visitor is None
    assert "kairos_visitor" not in answers[2]


def test_the_tag_names_who_is_logged_in_under_a_signature() -> None:
    with listening() as kairos:
        [element] = plugin(kairos, ["tag", 25, "kim@example.com"])
    told = dict(re.findall(r'data-([a-z-]+)="([^"]*)"', element))
    identify = {"email": "kim@example.com", "platform_id": "25"}
    assert told["signature"] == identify_signature(VISITOR, identify, TAG_SECRET)
    assert (told["email"], told["platform-id"]) == ("kim@example.com", "25")
    assert element.startswith(f'<script async src="{kairos.address}/v1/shops/demo/tag.js"')


@pytest.mark.parametrize(("user", "cookie"), [(0, {"kairos_visitor": VISITOR}), (25, {})])
def test_the_tag_names_nobody_who_is_not_logged_in_or_has_not_agreed(
    user: int, cookie: dict[str, str]
) -> None:
    with listening() as kairos:
        [element] = plugin(kairos, ["tag", user, "kim@example.com"], cookie=cookie)
    assert "data-" not in element


def test_a_restoring_link_takes_products_and_quantities_and_nothing_else() -> None:
    with listening() as kairos:
        [lines] = plugin(kairos, ["restore", "12.34:2,x,7:0,8:9999," + ",".join(["1:1"] * 80)])
    assert lines[0] == {"product": 12, "variation": 34, "quantity": 2}
    assert len(lines) <= 50
    assert all(1 <= line["quantity"] <= 99 for line in lines)
