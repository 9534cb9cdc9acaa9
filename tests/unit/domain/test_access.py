"""People and their roles: what holds in one shop never reaches another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.access import EVERY_SHOP, Person, Role, group_of, may, read_groups

ROLES: tuple[Role, ...] = ("reader", "marketer", "owner")
SHOPS = ("demo", "other", EVERY_SHOP)


@given(st.dictionaries(st.sampled_from(SHOPS), st.sampled_from(ROLES)), st.sampled_from(["demo", "other"]))
def test_a_person_may_do_in_a_shop_what_their_greatest_role_there_may(
    roles: dict[str, Role], shop: str
) -> None:
    person = Person(id="p", roles=roles)
    held = [ROLES.index(roles[one]) for one in (shop, EVERY_SHOP) if one in roles]
    caller = person.as_caller(shop)
    for method, route, needed in (
        ("GET", "/v1/shops/{shop}/segments", 0),
        ("POST", "/v1/shops/{shop}/segments", 1),
        ("POST", "/v1/shops/{shop}/keys", 2),
    ):
        allowed = caller is not None and may(caller, method, route, shop)
        assert allowed is (max(held, default=-1) >= needed)


@given(st.dictionaries(st.sampled_from(SHOPS), st.sampled_from(ROLES)), st.sampled_from(["demo", "other"]))
def test_as_a_caller_nobody_opens_a_shop_in_which_they_are_less(roles: dict[str, Role], shop: str) -> None:
    caller = Person(id="p", roles=roles).as_caller(shop)
    for one in ("demo", "other", "third"):
        if caller is not None and caller.opens(one):
            role = Person(id="p", roles=roles).role_in(one)
            assert role is not None
            assert ROLES.index(role) >= ROLES.index(caller.role)


def test_only_who_owns_every_shop_creates_shops() -> None:
    everywhere, somewhere = (Person(id="p", roles={shop: "owner"}) for shop in (EVERY_SHOP, "demo"))
    assert (caller := everywhere.as_caller("new")) is not None
    assert caller.owns_deployment
    assert somewhere.as_caller("new") is None
    assert somewhere.as_caller(None) is None


@pytest.mark.parametrize("shop", SHOPS)
@pytest.mark.parametrize("role", ROLES)
def test_a_group_says_one_role_in_one_shop(shop: str, role: Role) -> None:
    assert read_groups([group_of(shop, role)]) == {shop: role}


@pytest.mark.parametrize("group", ["", "owner", ".owner", "demo.", "demo.king", "demo.Owner"])
def test_a_group_that_is_none_of_ours_says_nothing(group: str) -> None:
    assert read_groups([group]) == {}
