"""Tokens of the user pool, as people send them to the API.

What has to hold of one: Amazon Cognito Developer Guide, "Verifying JSON web tokens".
"""

from collections.abc import Mapping
from typing import Any, Protocol

import jwt

from kairos.domain.access import Person, read_groups


class SigningKeys(Protocol):
    """The pool's public keys; jwt.PyJWKClient fetches and remembers them."""

    def get_signing_key_from_jwt(self, token: str) -> Any:
        """The key that the token names. Raises jwt.PyJWTError."""


class UserTokens:
    """keys: of the pool. issuer: the pool's address. app: the id of its one client."""

    def __init__(self, keys: SigningKeys, issuer: str, app: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._app = app

    def person(self, token: str) -> Person | None:
        """Who the access token was made for; None for any other text, or one that is past its time.

        Raises jwt.PyJWKClientConnectionError where the pool's keys can't be had: nobody can tell then.
        """
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            told: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=self._issuer,
                options={"require": ["exp", "iss", "sub"], "verify_aud": False},
            )
        except jwt.PyJWKClientConnectionError:
            raise
        except jwt.PyJWTError:
            return None
        # An ID token is for the client alone that asked for it, and says so by its use.
        if told.get("token_use") != "access" or told.get("client_id") != self._app:
            return None
        return Person(id=str(told["sub"]), roles=read_groups(told.get("cognito:groups") or ()))


def tokens_of(pool: str, app: str, endpoint: str | None) -> UserTokens:
    """Judges the tokens of a pool. endpoint: where an emulator answers in the place of AWS."""
    region = pool.partition("_")[0]
    issuer = f"https://cognito-idp.{region}.amazonaws.com/{pool}"
    keys = f"{endpoint}/{pool}" if endpoint else issuer
    return UserTokens(jwt.PyJWKClient(f"{keys}/.well-known/jwks.json", timeout=5), issuer, app)
