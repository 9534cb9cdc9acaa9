"""Identifiers are hashed in the form that each network documents."""

from hashlib import sha256

import pytest

from kairos.domain.audience import hashed


def of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("network", "email", "hashed_as"),
    [
        ("meta", "Ada.L+shop@Example.com ", "ada.l+shop@example.com"),
        ("google", "Ada.L+shop@Example.com ", "ada.l+shop@example.com"),
        ("meta", "ada.l+shop@gmail.com", "ada.l+shop@gmail.com"),
        ("google", "ada.l+shop@gmail.com", "adal@gmail.com"),
        ("google", "ada.l@googlemail.com", "adal@googlemail.com"),
        ("google", "ada.l@gmail.com.example.com", "ada.l@gmail.com.example.com"),
    ],
)
def test_an_address(network: str, email: str, hashed_as: str) -> None:
    assert hashed(network, email, None) == (of(hashed_as), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(("network", "hashed_as"), [("meta", "491701234567"), ("google", "+491701234567")])
def test_a_phone(network: str, hashed_as: str) -> None:
    assert hashed(network, None, "+491701234567") == (None, of(hashed_as))  # type: ignore[arg-type]


def test_a_hash_is_64_hex_digits_in_lower_case() -> None:
    """The known answer for "test@test.com", without a salt."""
    assert hashed("meta", "TEST@test.com ", None).email == (
        "f660ab912ec121d1b1e928a0bb4bc61b15f5ad44d5efdc4e1c92a25e99b8e44a"
    )
