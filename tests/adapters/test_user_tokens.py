"""Tokens of the user pool: only those that it signed, for this client, to be used on the API, and in time."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from kairos.adapters.user_tokens import UserTokens

ISSUER, APP = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool", "the-console"
KEY, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


class Keys:
    """The pool's public key."""

    def get_signing_key_from_jwt(self, _token: str) -> Any:
        return KEY.public_key()


def token(key: Any = KEY, algorithm: str = "RS256", **changed: Any) -> str:
    claims = {
        "sub": "somebody",
        "iss": ISSUER,
        "client_id": APP,
        "token_use": "access",
        "exp": int(time.time()) + 60,
        "cognito:groups": [
            "demo.marketer",
            "other.reader",
            "demo.reader",
            "their own group",
            ".owner",
            "x.king",
        ],
        **changed,
    }
    told = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(told, key, algorithm)


@pytest.fixture
def tokens() -> UserTokens:
    return UserTokens(Keys(), ISSUER, APP)


def test_an_access_token_says_who_and_which_roles(tokens: UserTokens) -> None:
    person = tokens.person(token())
    assert person is not None
    assert person.id == "somebody"
    assert person.roles == {"demo": "marketer", "other": "reader"}


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 1},
        {"exp": None},
        {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other"},
        {"client_id": "another"},
        {"client_id": None, "aud": APP},
        {"token_use": "id"},
        {"sub": None},
        {"key": OTHER},
        {"key": "a secret that both could know of", "algorithm": "HS256"},
        {"key": None, "algorithm": "none"},
    ],
    ids=", ".join,
)
def test_any_other_is_nobodys(tokens: UserTokens, changed: dict[str, Any]) -> None:
    assert tokens.person(token(**changed)) is None


@pytest.mark.parametrize("text", ["", "..", "a.b.c", "ey.ey.ey", "kairos_key", "ü.ü.ü"])
def test_what_is_no_token_is_nobodys(tokens: UserTokens, text: str) -> None:
    assert tokens.person(text) is None


def test_a_token_is_not_called_void_because_the_keys_are_out_of_reach() -> None:
    class Away:
        def get_signing_key_from_jwt(self, _token: str) -> Any:
            raise jwt.PyJWKClientConnectionError("no answer")

    with pytest.raises(jwt.PyJWKClientConnectionError):
        UserTokens(Away(), ISSUER, APP).person(token())
