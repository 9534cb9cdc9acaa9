from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.cart import CartSnapshot, fold_cart
from kairos.domain.identity import Identities
from kairos.domain.order import Line

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
SHIRT = Line(product_id="10", title="Shirt", total=2000)
HAT = Line(product_id="11", title="Hat", total=1500)


def told(minutes: int = 0, **more) -> CartSnapshot:
    return CartSnapshot(**{"id": "k", "updated_at": START + timedelta(minutes=minutes)} | more)


def checkout(minutes: int = 0, **more) -> CartSnapshot:
    return told(minutes, **{"kind": "checkout", "id": "ch", "cart_token": "k"} | more)


def test_a_checkout_joins_the_cart_that_it_came_from():
    assert checkout().cart_key == told().cart_key


def test_a_checkout_without_a_cart_is_a_cart_of_its_own():
    assert checkout(cart_token=None).cart_key == "checkout:ch"


def test_the_newest_telling_decides_the_items():
    cart = fold_cart("k", [told(0, lines=(SHIRT,)), told(5, lines=(HAT,))], ordered=False)
    assert cart is not None
    assert [line.title for line in cart.lines] == ["Hat"]
    assert cart.changed_at == START + timedelta(minutes=5)


def test_a_later_cart_without_identity_stays_with_the_customer_of_its_checkout():
    known = Identities(email="a@example.com")
    cart = fold_cart("k", [checkout(1, identities=known), told(9, lines=(SHIRT,))], ordered=False)
    assert cart is not None
    assert cart.identities.email == "a@example.com"


def test_a_later_anonymous_telling_never_takes_the_cart_from_its_customer():
    known, visitor = Identities(email="a@example.com"), Identities(visitor="v")
    cart = fold_cart("k", [checkout(1, identities=known), told(9, identities=visitor)], ordered=False)
    assert cart is not None
    assert cart.identities == known


def test_an_emptied_a_deleted_and_an_ordered_cart_are_not_open():
    full = told(0, lines=(SHIRT,))
    for later, ordered in ((told(5), False), (told(5, deleted=True), False), (full, True)):
        cart = fold_cart("k", [full, later], ordered=ordered)
        assert cart is not None
        assert not cart.is_open


def test_a_completed_checkout_ends_the_cart_though_a_later_cart_update_follows():
    cart = fold_cart("k", [checkout(1, completed_at=START), told(2, lines=(SHIRT,))], ordered=False)
    assert cart is not None
    assert cart.ordered


snapshots = st.builds(
    lambda minutes, lines, kind, ident, gone: told(
        minutes,
        kind=kind,
        id="ch" if kind == "checkout" else "k",
        cart_token="k",
        lines=lines,
        identities=Identities(email=ident),
        deleted=gone,
    ),
    st.integers(0, 3),
    st.sampled_from([(), (SHIRT,), (HAT, SHIRT)]),
    st.sampled_from(["cart", "checkout"]),
    st.sampled_from([None, "a@example.com"]),
    st.booleans(),
)


@given(st.lists(snapshots, min_size=1, unique_by=lambda one: (one.kind, one.updated_at)), st.randoms())
def test_the_fold_does_not_depend_on_the_order_of_arrival(tellings, chance):
    shuffled = list(tellings)
    chance.shuffle(shuffled)
    assert fold_cart("k", shuffled, False) == fold_cart("k", tellings, False)
