from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.answer import FormAnswer
from kairos.domain.cart import Cart
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.folding import Recorded, fold_profile
from kairos.domain.identity import Identities
from kairos.domain.order import Amounts, Order, OrderSnapshot
from kairos.domain.person import Address, Person

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
ANN = Identities(platform_id="5", email="ann@example.com")


def order(ref: str, day: int, **told) -> Order:
    at = START + timedelta(days=day)
    amounts = Amounts(currency="EUR", total=1000)
    base = {"id": ref, "updated_at": at, "placed_at": at, "status": "paid", "amounts": amounts}
    return Order(snapshot=OrderSnapshot(**base | told))


def customer(ref: str, day: int, **told) -> CustomerSnapshot:
    return CustomerSnapshot(**{"id": ref, "updated_at": START + timedelta(days=day)} | told)


def test_nothing_recorded_is_no_profile():
    assert fold_profile("c1", ["c1"], Recorded()) is None


def test_a_deleted_record_alone_is_no_profile():
    assert fold_profile("c1", ["c1"], Recorded(customers=[customer("5", 0, deleted=True)])) is None


def test_orders_stand_by_time_placed():
    profile = fold_profile("c1", ["c1"], Recorded(orders=[order("b", 2), order("a", 1)]))
    assert profile is not None
    assert [one.id for one in profile.orders] == ["a", "b"]


def test_a_guests_name_comes_from_the_order_and_gives_way_to_the_record():
    guest = order("a", 9, identities=ANN, person=Person(first_name="Anne", language="fr"))
    record = customer("5", 1, identities=ANN, person=Person(first_name="Ann"))
    profile = fold_profile("c1", ["c1"], Recorded(customers=[record], orders=[guest]))
    assert profile is not None
    assert profile.person.first_name == "Ann"
    assert profile.person.language == "fr"
    assert profile.email == "ann@example.com"


def test_a_field_that_a_newer_record_leaves_out_is_kept_from_the_older():
    old = customer("5", 1, person=Person(birthday=date(1990, 2, 28), address=Address(country="CH")))
    new = customer("6", 2, person=Person(first_name="Ann"))
    profile = fold_profile("c1", ["c1"], Recorded(customers=[new, old]))
    assert profile is not None
    assert profile.person.birthday == date(1990, 2, 28)


def test_an_unverified_address_never_becomes_the_profiles():
    cart = Cart(key="k", changed_at=START, identities=Identities(email="x@example.com", verified=False))
    profile = fold_profile("c1", ["c1"], Recorded(carts=[cart]))
    assert profile is not None
    assert profile.email is None


@given(st.randoms(), st.integers(1, 6), st.integers(0, 3))
def test_the_fold_does_not_depend_on_the_order_of_items(chance, orders, customers):
    told = Recorded(
        customers=[customer(str(n), n % 2, tags=(str(n),), group=str(n)) for n in range(customers)],
        orders=[order(str(n), n % 3, person=Person(first_name=f"N{n}")) for n in range(orders)],
    )
    shuffled = Recorded(
        customers=chance.sample(told.customers, customers), orders=chance.sample(told.orders, orders)
    )
    assert fold_profile("c1", ["e", "c1"], shuffled) == fold_profile("c1", ["c1", "e"], told)


def why_they_left(*orders: Order, **said) -> str | None:
    told = {"form": "questionnaire", "at": START + timedelta(days=5)} | said
    answer = FormAnswer(attributes={"left_because": "not_needed"}, **told)
    profile = fold_profile("c1", ["c1"], Recorded(orders=orders, answers=[answer]))
    assert profile is not None
    return profile.person.attributes.get("left_because")


@pytest.mark.parametrize(("day", "reason"), [(4, "not_needed"), (5, "not_needed"), (6, None)])
def test_a_reason_to_leave_is_forgotten_with_the_next_order(day: int, reason: str | None):
    assert why_they_left(order("old", 1), order("new", day)) == reason


def test_an_order_that_does_not_count_forgets_no_reason():
    assert why_they_left(order("old", 1), order("new", 6, status="cancelled")) == "not_needed"


def test_a_form_that_was_answered_again_makes_a_reason_no_younger():
    later = {"at": START + timedelta(days=400), "reason_at": START + timedelta(days=5)}
    assert why_they_left(order("old", 1), order("new", 6), **later) is None
