import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.identity import (
    Identities,
    IdentityKey,
    customer_id,
    folded_email,
    linking_nodes,
)

KEY = IdentityKey(secret=b"a key of the tests")


def test_the_same_address_in_another_shop_is_another_node():
    assert KEY.node("north", "email", "a@example.com") != KEY.node("south", "email", "a@example.com")


def test_a_node_does_not_tell_the_address_without_the_key():
    other = IdentityKey(secret=b"another key")
    assert KEY.node("north", "email", "a@example.com") != other.node("north", "email", "a@example.com")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Ann@Example.COM ", "ann@example.com"),
        ("", None),
        (None, None),
        ("nobody", None),
        ("a@b", None),
        ("a b@example.com", None),
        ("@example.com", None),
        ("Wei\u00df@example.com", "wei\u00df@example.com"),  # and not weiss@, who is somebody else
        ("mi\u212ae@example.com", "mi\u212ae@example.com"),  # a Kelvin sign
        ("ann@example.com,eve@example.com", None),
        ("ann@example.com;eve@example.com", None),
        ("Ann <ann@example.com>", None),
        ("ann@example.com\r\nBcc: eve@example.com", None),
        ("ann\x00@example.com", None),
        ("a" * 250 + "@example.com", None),
        ("o'neill+shop@mail.example.com", "o'neill+shop@mail.example.com"),
    ],
)
def test_an_email_is_folded_or_none(text, address):
    assert folded_email(text) == address


def test_a_verified_email_links_and_an_unverified_one_does_not():
    told = Identities(platform_id="5", email="a@example.com")
    assert len(linking_nodes(told, "north", KEY)) == 2
    assert len(linking_nodes(told.model_copy(update={"verified": False}), "north", KEY)) == 1


def test_phone_and_visitor_never_link():
    told = Identities(phone="+41791234567", visitor="v1")
    assert linking_nodes(told, "north", KEY) == []


@given(st.lists(st.from_regex(r"[cepv][0-9a-f]{26}", fullmatch=True), min_size=1), st.randoms())
def test_the_customers_id_never_depends_on_order(nodes, chance):
    shuffled = list(nodes)
    chance.shuffle(shuffled)
    assert customer_id(shuffled) == customer_id(nodes)


def test_a_platform_id_gives_the_customer_their_id_before_an_email():
    assert customer_id(["e" + "0" * 26, "c" + "f" * 26])[0] == "c"
