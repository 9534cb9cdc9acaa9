"""What recording makes of single tellings: newer and older, equal times, people who turn out to be one."""

from itertools import count

import pytest

from kairos import keys
from kairos.domain.activity import Activity
from kairos.domain.consent import ConsentStatement
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot, PrivacyRequest
from kairos.domain.order import OrderSnapshot, Refund
from kairos.domain.person import Address, Person
from kairos.domain.product import ProductSnapshot
from kairos.ports import Item, Put
from tests.unit.recording.stories import ADA, BOB, PHONE, browsing, cart, checkout
from tests.unit.recording.world import SHOP, START, World, at, node, order, who


@pytest.fixture
def world():
    return World()


def status(world, number="1"):
    return world.items.get(keys.order(SHOP.id, number)).body["snapshot"]["status"]


def test_an_older_update_after_a_newer_one_changes_nothing(world):
    world.deliver(order("1", 5, "cancelled", identities=who(email=ADA)))
    world.deliver(order("1", 2, "paid", identities=who(email=ADA)))
    assert status(world) == "cancelled"


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_with_equal_times_the_same_one_always_wins(world, turned):
    told = [order("1", 5, one, identities=who(email=ADA)) for one in ("cancelled", "paid")]
    for telling in reversed(told) if turned else told:
        world.deliver(telling)
    other = World()
    for telling in told:
        other.deliver(telling)
    assert status(world) == status(other)


def test_a_deletion_is_a_tombstone_that_older_tellings_do_not_undo(world):
    world.deliver(order("1", 2, identities=who(email=ADA)))
    world.deliver(order("1", 5, deleted=True))
    world.deliver(order("1", 3, identities=who(email=ADA)))
    assert world.profile("email", ADA) is None
    assert world.stored_profiles() == {}


def test_an_order_that_changes_hands_leaves_the_former_customers_profile(world):
    world.deliver(order("1", 1, identities=who(email=ADA)))
    world.deliver(order("2", 1, identities=who(email=ADA)))
    world.deliver(order("1", 2, identities=who(email=BOB)))
    stored = world.stored_profiles()
    assert [one.id for one in stored[node("email", ADA)].orders] == ["2"]
    assert [one.id for one in stored[node("email", BOB)].orders] == ["1"]


def test_a_cart_that_changes_hands_leaves_the_former_customers_profile(world):
    world.deliver(checkout(1, identities=who(email=ADA)))
    world.deliver(checkout(2, identities=who(email=BOB)))
    assert list(world.stored_profiles()) == [node("email", BOB)]


def test_a_checkout_that_turns_out_to_come_from_a_cart_is_no_cart_of_its_own_any_more(world):
    world.deliver(checkout(1, cart_token=None, identities=who(email=ADA)))
    world.deliver(checkout(2, identities=who(email=ADA)))
    (profile,) = world.stored_profiles().values()
    assert [one.key for one in profile.carts] == ["k1"]


@pytest.mark.parametrize("token", [{"cart_token": "k1"}, {"checkout_token": "t1"}])
def test_an_order_marks_the_cart_in_the_stored_profile_of_whoever_filled_it(world, token):
    world.deliver(checkout(1, identities=who(email=ADA)))
    world.deliver(order("1", 2, identities=who(email=BOB), **token))
    assert world.stored_profiles()[node("email", ADA)].cart("k1").ordered


@pytest.mark.parametrize("token", [{"cart_token": "k1"}, {"checkout_token": "t1"}])
def test_a_draft_leaves_its_cart_open_until_it_is_ordered(world, token):
    world.deliver(checkout(1, identities=who(email=ADA)))
    world.deliver(order("1", 2, "draft", identities=who(email=ADA), **token))
    assert not world.stored_profiles()[node("email", ADA)].cart("k1").ordered
    world.deliver(order("1", 3, "paid", identities=who(email=ADA), **token))
    assert world.stored_profiles()[node("email", ADA)].cart("k1").ordered


def test_a_worker_that_read_early_and_wrote_late_mends_what_it_overwrote(world):
    """Paid, then cancelled by one worker that is slow to fold, then paid again by another."""
    ada = who(email=ADA)
    world.deliver(order("1", 1, identities=ada))
    paid_again, folded = order("1", 3, identities=ada), []

    def overtake(call, when):
        # The first write after the document is the profile's: by then all has been read.
        if (call, when) == (1, "before") and not folded:
            folded.append(world.deliver(paid_again))

    world.deliver(order("1", 2, "cancelled", identities=ada), on_call=overtake, calls=("write",))
    assert folded
    assert world.stored_profiles()[node("email", ADA)].orders[0].status == "paid"


def test_a_platform_id_and_an_email_told_together_make_two_customers_one(world):
    world.deliver(order("1", identities=who(email=ADA)))
    world.deliver(order("2", identities=who(platform_id="c1")))
    world.deliver(CustomerSnapshot(id="c1", updated_at=at(1), identities=who(platform_id="c1", email=ADA)))
    (profile,) = world.stored_profiles().values()
    assert profile.id == node("platform_id", "c1")
    assert [one.id for one in profile.orders] == ["1", "2"]
    assert world.profile("email", ADA) == profile


def test_a_shared_phone_merges_nobody_and_follows_the_newest_word(world):
    world.deliver(order("1", 1, identities=who(email=ADA, phone=PHONE)))
    world.deliver(order("2", 2, identities=who(email=BOB, phone=PHONE)))
    stored = world.stored_profiles()
    assert len(stored) == 2
    assert world.profile("phone", PHONE).id == node("email", BOB)
    assert node("phone", PHONE) not in stored[node("email", ADA)].nodes


def test_orders_told_under_a_phone_alone_join_whoever_the_phone_belongs_to(world):
    world.deliver(order("1", 1, identities=who(phone=PHONE)))
    world.deliver(order("2", 2, identities=who(email=ADA, phone=PHONE)))
    (profile,) = world.stored_profiles().values()
    assert [one.id for one in profile.orders] == ["1", "2"]


def test_a_visitor_known_by_a_phone_alone_joins_whoever_the_phone_belongs_to(world):
    world.deliver(browsing(0, cart(0)))
    world.deliver(order("1", 1, identities=who(phone=PHONE, visitor="v1")))
    assert world.profile("visitor", "v1").id == node("phone", PHONE)
    world.deliver(order("2", 2, identities=who(email=ADA, phone=PHONE)))
    (profile,) = world.stored_profiles().values()
    assert profile.id == node("email", ADA)
    assert profile.cart("k1").verified
    assert profile.activity


def test_consent_keeps_its_newest_word_and_its_proof(world):
    said = [
        ConsentStatement(channel="email", address=ADA, state=state, stated_at=at(minutes), source="customer")
        for state, minutes in (("withdrawn", 5), ("granted", 2))
    ]
    for statement in said:
        world.deliver(ConsentSnapshot(updated_at=at(9), identities=who(email=ADA), consents=(statement,)))
    held = world.items.get(keys.consent(SHOP.id, "email", node("email", ADA)))
    assert held.body == {"shop": said[0].as_json()}


def test_consent_from_the_shop_leaves_what_was_said_to_us(world):
    key = keys.consent(SHOP.id, "email", node("email", ADA))
    ours = ConsentStatement(channel="email", address=ADA, state="withdrawn", stated_at=START, source="us")
    world.items.write(Put(Item(key, "1", {"ours": ours.as_json()})))
    granted = ours.model_copy(update={"state": "granted", "stated_at": at(9), "source": "customer"})
    world.deliver(ConsentSnapshot(updated_at=at(9), identities=who(email=ADA), consents=(granted,)))
    assert world.items.get(key).body == {"ours": ours.as_json(), "shop": granted.as_json()}


def test_what_was_told_of_somebody_before_their_erasure_does_not_come_back(world):
    mark = keys.erasure(SHOP.id, node("email", ADA))
    world.items.write(Put(Item(mark, "1", {"at": at(5).isoformat()})))
    before = dict(world.items.stored)
    assert world.deliver(order("1", 5, identities=who(email=ADA))).kind == "erased"
    assert world.items.stored == before
    assert world.deliver(order("1", 6, identities=who(email=ADA))).kind == "recorded"


def test_an_erasure_that_comes_in_at_any_call_leaves_nothing_of_what_was_told_before_it(world):
    ada = who(platform_id="c1", email=ADA, phone=PHONE)
    nodes = [node("platform_id", "c1"), node("email", ADA), node("phone", PHONE)]
    telling = (order("1", 4, identities=ada), checkout(4, identities=ada))
    for place in count():
        world, struck = World(), []

        def strike(call, when, world=world, place=place, struck=struck):
            if (call, when) == (place, "before"):
                struck.append(world.erase(SHOP.id, nodes, at(5)))

        world.deliver(*telling, on_call=strike)
        if not struck:
            break
        assert world.stored_profiles() == {}
        left = [key.sk for key, item in world.items.stored.items() if ADA in str(item.body)]
        assert left == [], place
    assert place > 20


def test_a_privacy_request_is_handed_on_also_for_the_erased(world):
    mark = keys.erasure(SHOP.id, node("email", ADA))
    world.items.write(Put(Item(mark, "1", {"at": at(5).isoformat()})))
    request = PrivacyRequest(request="erase_customer", id="1", updated_at=at(2), identities=who(email=ADA))
    assert world.deliver(request).kind == "recorded"
    assert world.requests == [(request, SHOP)]


def test_a_product_is_found_from_each_category_that_it_was_ever_in(world):
    for minutes, categories in ((1, ("x",)), (2, ("y",))):
        world.deliver(ProductSnapshot(id="7", updated_at=at(minutes), category_ids=categories))
    assert world.items.get(keys.category_product(SHOP.id, "x", "7"))
    assert world.items.get(keys.category_product(SHOP.id, "y", "7"))
    assert world.items.get(keys.product(SHOP.id, "7")).body["category_ids"] == ["y"]


def day_of(world):
    return world.items.get(keys.activity_day(SHOP.id, node("visitor", "v1"), "2026-03-01"))


def days_kept(world):
    midnight = START.replace(hour=0).timestamp()
    return (day_of(world).expires_at - midnight) / 86400 - 1


def test_anonymous_activity_is_kept_30_days_and_makes_no_profile(world):
    world.deliver(browsing(0))
    assert days_kept(world) == 30
    assert world.stored_profiles() == {}


def test_activity_lives_longer_once_the_visitor_is_known(world):
    world.deliver(browsing(0))
    world.deliver(order("1", identities=who(email=ADA, visitor="v1")))
    assert days_kept(world) == 400
    world.deliver(browsing(3))
    assert days_kept(world) == 400
    assert world.stored_profiles()[node("email", ADA)].activity[0].kinds == {"page": 2}


def test_a_day_of_activity_is_one_item_capped_to_the_earliest(world):
    for hour in (9, 3, 6):
        some = [
            Activity(id=f"{hour}-{number}", kind="page", at=START.replace(hour=hour, minute=number % 60))
            for number in range(300)
        ]
        world.deliver(browsing(0).model_copy(update={"activities": tuple(some)}))
    kept = [one["id"].split("-")[0] for one in day_of(world).body["activities"]]
    assert len(kept) == 500
    assert set(kept) == {"3", "6"}


def test_the_person_comes_from_the_newest_word(world):
    world.deliver(order("1", 5, identities=who(email=ADA), person=Person(first_name="Ada")))
    world.deliver(order("2", 2, identities=who(email=ADA), person=Person(first_name="A.", language="de")))
    person = world.profile("email", ADA).person
    assert (person.first_name, person.language) == ("Ada", "de")


def test_a_deleted_cart_is_empty_and_a_new_word_on_it_is_not(world):
    world.deliver(cart(1, identities=who(email=ADA)))
    world.deliver(cart(2, deleted=True))
    assert world.profile("email", ADA) is None
    world.deliver(cart(3, identities=who(email=ADA)))
    assert world.profile("email", ADA).cart("k1").items == 1


def test_an_order_told_in_part_leaves_what_it_does_not_tell_as_it_was(world):
    given_back = Refund(id="r1", amount=500, refunded_at=START)
    buyer = who(platform_id="c1", email=ADA, phone=PHONE)
    known = {"refunds": (given_back,), "codes": ("SPRING5",), "identities": buyer, "delivered_at": at(1)}
    world.deliver(order("1", 2, person=Person(first_name="Ada"), **known))
    told = {"identities": who(platform_id="c1"), "delivered_at": at(9), "in_part": True}
    for _ in range(2):
        world.deliver(order("1", 9, "cancelled", **told))
    held = OrderSnapshot.model_validate(world.items.get(keys.order(SHOP.id, "1")).body["snapshot"])
    assert (held.status, held.updated_at, held.person.first_name) == ("cancelled", at(9), "Ada")
    assert (held.refunds, held.codes, held.identities) == ((given_back,), ("SPRING5",), buyer)
    assert held.delivered_at == at(1)


def test_an_order_told_in_part_tells_its_refunds_and_a_whole_one_is_believed_in_all(world):
    first, second = (Refund(id=one, amount=100, refunded_at=START) for one in ("r1", "r2"))
    world.deliver(order("1", 1, refunds=(first,), codes=("SPRING5",), identities=who(email=ADA)))
    world.deliver(order("1", 2, refunds=(second,), identities=who(email=ADA), in_part=True))
    [profile] = world.stored_profiles().values()
    assert profile.orders[0].revenue == 800
    world.deliver(order("1", 3, identities=who(email=ADA)))
    [profile] = world.stored_profiles().values()
    assert (profile.orders[0].revenue, profile.orders[0].codes) == (1000, ())


def test_a_customer_told_in_part_keeps_language_address_and_group(world):
    whole = {
        "person": Person(first_name="Ada", language="fr-CH", address=Address(city="Bern")),
        "group": "VIP",
    }
    buyer = who(platform_id="c1", email=ADA)
    world.deliver(CustomerSnapshot(id="c1", updated_at=at(1), identities=buyer, **whole))
    told = {"person": Person(first_name="Ada-Lou"), "group": "3", "in_part": True}
    world.deliver(CustomerSnapshot(id="c1", updated_at=at(2), identities=buyer, **told))
    held = world.items.get(keys.customer_record(SHOP.id, node("platform_id", "c1"))).body
    assert (held["person"]["first_name"], held["person"]["language"], held["group"]) == (
        "Ada-Lou",
        "fr-CH",
        "VIP",
    )
    assert held["person"]["address"] == {"city": "Bern"}
    assert held["updated_at"] == at(2).isoformat().replace("+00:00", "Z")
