"""Judges the API key or the user's token of a request, for the shop and the method of that request alone."""

import hmac
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

from kairos import bootstrap
from kairos.adapters.secrets import RememberedSecrets
from kairos.domain.access import EVERY_SHOP, Caller, may
from kairos.services.api_keys import find_caller


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A REQUEST authorizer's event; answers a policy for exactly this method and path.

    API Gateway turns the error "Unauthorized" into 401, a refusing policy into 403.
    """
    shop = (event.get("pathParameters") or {}).get("shop")
    caller = _caller(_bearer(event.get("headers") or {}), shop)
    if caller is None:
        raise Exception("Unauthorized")
    allowed = may(caller, event["httpMethod"], event["resource"], shop)
    return {
        "principalId": caller.key_id,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow" if allowed else "Deny",
                    "Resource": event["methodArn"],
                }
            ],
        },
        "context": {"key_id": caller.key_id, "role": caller.role, "shops": ",".join(caller.shops)},
    }


def _bearer(headers: Mapping[str, str]) -> str:
    told = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    scheme, _, token = told.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _caller(token: str, shop: str | None) -> Caller | None:
    if not token:
        return None
    if token.count(".") == 2:  # no key of ours holds a point
        return _person(token, shop)
    known = find_caller(bootstrap.items(), bootstrap.clock(), token)
    return known or (_OWNER if _is_owner_key(token) else None)


def _person(token: str, shop: str | None) -> Caller | None:
    """Who the user's token names. One without any role in the shop is known all the same, and refused."""
    person = bootstrap.user_tokens().person(token)
    if person is None:
        return None
    return person.as_caller(shop) or Caller(key_id=person.id, role="reader", shops=())


_OWNER = Caller(key_id="owner", role="owner", shops=(EVERY_SHOP,))


@cache
def _owner_key() -> RememberedSecrets:
    """The deployment owner's key, by the name of its secret."""
    return RememberedSecrets(lambda name: {"key": bootstrap.secrets().text(name)}, time.monotonic)


def _is_owner_key(token: str) -> bool:
    given = token.encode("utf-8", "replace")
    name = bootstrap.settings().owner_key_secret
    return bool(_owner_key().judge(name, lambda secret: hmac.compare_digest(given, secret["key"].encode())))
