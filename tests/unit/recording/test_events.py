"""When the bus is told of a cart or an order, and whose it is."""

import pytest

from kairos.domain.customer import CustomerSnapshot
from tests.unit.recording.stories import ADA, BOB, PHONE, browsing, cart, checkout, refund
from tests.unit.recording.world import World, at, node, order, who


@pytest.fixture
def world():
    return World()


def told(world, cause):
    return [event for event in world.bus.published.values() if event.cause == cause]


def test_a_cart_under_a_bare_token_tells_nobody(world):
    world.deliver(cart(0))
    assert world.bus.published == {}


def test_a_bare_cart_is_joined_by_the_checkout_that_names_it_and_is_one_cart(world):
    world.deliver(cart(0))
    world.deliver(checkout(5, identities=who(email=ADA)))
    (event,) = told(world, "cart:k1")
    assert event.customer == node("email", ADA)
    assert event.occurred_at == at(5)
    assert [one.key for one in world.profile("email", ADA).carts] == ["k1"]


def test_an_anonymous_visitors_cart_tells_nobody(world):
    world.deliver(browsing(0, cart(0)))
    assert world.bus.published == {}


def test_a_signed_identify_tells_of_the_open_carts_that_the_visitor_left_before(world):
    world.deliver(browsing(0, cart(0)))
    world.deliver(browsing(9, identities=who(email=ADA), identified_at=at(9)))
    (event,) = told(world, "cart:k1")
    assert event.customer == node("email", ADA)
    assert world.profile("email", ADA).cart("k1").verified


def test_a_signed_identify_by_email_alone_gives_the_profile_its_address(world):
    world.deliver(browsing(0, cart(0)))
    world.deliver(browsing(9, identities=who(email=ADA), identified_at=at(9)))
    assert world.profile("email", ADA).email == ADA


def test_an_unsigned_identify_attaches_the_cart_but_tells_nobody(world):
    unsigned = who(email=ADA, verified=False)
    world.deliver(browsing(0, cart(0), identities=unsigned, identified_at=at(0)))
    assert world.bus.published == {}
    profile = world.profile("email", ADA)
    assert not profile.cart("k1").verified
    assert profile.email is None


@pytest.mark.parametrize("late", ["identify", "checkout"])
def test_a_later_signed_word_tells_of_a_cart_that_an_unsigned_identify_claimed(world, late):
    world.deliver(browsing(0, cart(0), identities=who(email=ADA, verified=False), identified_at=at(0)))
    if late == "identify":
        world.deliver(browsing(9, identities=who(email=ADA), identified_at=at(9)))
    else:
        world.deliver(checkout(9, id="t9", cart_token=None, identities=who(email=ADA, visitor="v1")))
    assert told(world, "cart:k1")
    assert world.profile("email", ADA).cart("k1").verified


@pytest.mark.parametrize("first", ["signed", "unsigned"])
def test_an_unsigned_word_takes_nothing_from_an_older_signed_one_of_the_same_customer(world, first):
    world.deliver(browsing(0, cart(0)))
    signed = browsing(1, identities=who(platform_id="c1", email=ADA), identified_at=at(1))
    unsigned = browsing(9, identities=who(email=ADA, verified=False), identified_at=at(9))
    for one in (signed, unsigned) if first == "signed" else (unsigned, signed):
        world.deliver(one)
    assert world.profile("email", ADA).cart("k1").verified
    assert told(world, "cart:k1")


def test_a_link_that_proves_whose_a_claimed_cart_is_tells_of_it(world):
    world.deliver(order("2", 0, identities=who(platform_id="c1", visitor="v1")))
    world.deliver(browsing(1, cart(1), identities=who(email=ADA, verified=False), identified_at=at(1)))
    assert not told(world, "cart:k1")
    world.deliver(CustomerSnapshot(id="c1", updated_at=at(2), identities=who(platform_id="c1", email=ADA)))
    assert world.profile("email", ADA).cart("k1").verified
    (event,) = told(world, "cart:k1")
    assert event.customer == node("platform_id", "c1")


def test_a_phone_that_brings_its_visitor_along_tells_of_the_visitors_cart(world):
    world.deliver(order("2", 0, identities=who(platform_id="c1", visitor="v1")))
    world.deliver(browsing(1, identities=who(phone=PHONE, verified=False), identified_at=at(1)))
    world.deliver(browsing(2, cart(2)))
    assert not told(world, "cart:k1")
    world.deliver(order("3", 3, identities=who(platform_id="c1", phone=PHONE)))
    assert world.profile("platform_id", "c1").cart("k1").verified
    (event,) = told(world, "cart:k1")
    assert event.customer == node("platform_id", "c1")


def test_an_unsigned_word_of_another_customer_takes_the_visitor_away(world):
    world.deliver(browsing(0, cart(0)))
    world.deliver(browsing(1, identities=who(email=ADA), identified_at=at(1)))
    world.deliver(browsing(9, identities=who(email=BOB, verified=False), identified_at=at(9)))
    assert not world.profile("email", BOB).cart("k1").verified
    assert world.profile("email", ADA) is None


def test_an_unsigned_identify_never_merges_and_never_takes_a_phone_away(world):
    world.deliver(order("1", identities=who(email=ADA, phone=PHONE)))
    said = who(platform_id="c9", email=ADA, phone=PHONE, verified=False)
    world.deliver(browsing(9, identities=said, identified_at=at(9)))
    assert world.profile("platform_id", "c9").orders == ()
    assert world.profile("phone", PHONE).email == ADA


def test_an_emptied_cart_and_an_ordered_one_tell_nobody(world):
    world.deliver(checkout(0, identities=who(email=ADA), lines=()))
    world.deliver(order("1", 0, identities=who(email=BOB), cart_token="k2"))
    world.deliver(checkout(1, id="t2", cart_token="k2", identities=who(email=BOB)))
    assert told(world, "cart:k1") == told(world, "cart:k2") == []
    assert world.profile("email", BOB).cart("k2").ordered


def test_a_checkout_that_became_an_order_orders_its_cart_even_if_the_order_is_cancelled(world):
    world.deliver(checkout(0, identities=who(email=ADA)))
    world.deliver(order("1", 5, status="cancelled", identities=who(email=ADA), checkout_token="t1"))
    assert world.profile("email", ADA).cart("k1").ordered


def test_an_order_is_told_of_with_its_customer(world):
    world.deliver(order("1", identities=who(platform_id="c1", email=ADA)))
    (event,) = told(world, "order:1")
    assert event.customer == node("platform_id", "c1")


def test_an_order_without_any_identity_makes_no_customer_and_tells_nobody(world):
    world.deliver(order("1"))
    world.deliver(order("2"))
    assert world.bus.published == {}
    assert world.stored_profiles() == {}


def test_a_refund_before_its_order_counts_when_the_order_comes(world):
    world.deliver(refund(0, amount=400))
    world.deliver(order("1", identities=who(email=ADA)))
    assert world.profile("email", ADA).orders[0].revenue == 600


def test_a_repeated_delivery_changes_nothing_but_tells_again(world):
    telling = order("1", identities=who(email=ADA, phone=PHONE), cart_token="k1")
    world.deliver(telling)
    before, first = dict(world.items.stored), dict(world.bus.published)
    world.bus.published.clear()
    world.deliver(telling)
    assert world.items.stored == before
    assert world.bus.published == first


def test_a_repeated_delivery_writes_nothing(world):
    telling = (order("1", identities=who(email=ADA, phone=PHONE, visitor="v1")), checkout(2))
    world.deliver(*telling)
    written = []
    world.deliver(*telling, on_call=lambda *call: written.append(call), calls=("write", "transact"))
    assert written == []
