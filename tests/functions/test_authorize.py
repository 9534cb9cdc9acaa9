"""The authorizer: who may do what, on every route that asks for a key."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import boto3
import pytest

from kairos import bootstrap, keys
from kairos.domain.access import EVERY_SHOP, Caller, Person, Role
from kairos.ports import Item, Put
from kairos.services.api_keys import KeyWish, create_key, withdraw_key
from tests.functions.conftest import OWNER_KEY
from tests.functions.template import TemplateRoute, routes

KEYED = [route for route in routes() if not route.is_open]
READERS_MAY = "GET"
OWNERS_ONLY = {
    ("PUT", "/v1/shops/{shop}"),
    ("GET", "/v1/shops/{shop}/keys"),
    ("GET", "/v1/shops/{shop}/people"),
    ("POST", "/v1/shops/{shop}/people"),
    ("PUT", "/v1/shops/{shop}/people/{person}"),
    ("DELETE", "/v1/shops/{shop}/people/{person}"),
    ("POST", "/v1/shops/{shop}/keys"),
    ("DELETE", "/v1/shops/{shop}/keys/{key}"),
    ("DELETE", "/v1/shops/{shop}/customers/{customer}"),
}
NOT_FOR_READERS = {
    ("GET", "/v1/shops/{shop}/customers/{customer}/export"),
    ("GET", "/v1/shops/{shop}/imports/{import}"),
    ("GET", "/v1/shops/{shop}/imports"),
    ("GET", "/v1/shops/{shop}/segments/{segment}/audience"),
}
POSTED_BY_READERS = {
    ("POST", "/v1/shops/{shop}/segments/preview"),
    ("POST", "/v1/shops/{shop}/segments/{segment}/impact"),
}
DEPLOYMENT_OWNER = Caller(key_id="owner", role="owner", shops=(EVERY_SHOP,))


@pytest.fixture
def authorize(aws: Any) -> ModuleType:
    for shop in ("demo", "other"):
        bootstrap.items().write(Put(Item(keys.shop(shop), "1", {})))
    module: ModuleType = aws.load_app("authorize")
    return module


@pytest.fixture
def ask(authorize: ModuleType, event: Callable[[str], dict[str, Any]]) -> Callable[..., str]:
    """ "allow", "deny" or "unauthorized", as API Gateway would read the answer."""

    def asked(token: str | None, route: TemplateRoute = KEYED[0], shop: str = "demo") -> str:
        told = event("authorizer")
        told |= {"httpMethod": route.method, "resource": route.path}
        told["pathParameters"]["shop"] = shop
        told["headers"] = {"authorization": f"Bearer {token}"} if token is not None else {}
        try:
            answer = authorize.handler(told, None)
        except Exception as error:
            return str(error).lower()
        [statement] = answer["policyDocument"]["Statement"]
        assert statement["Resource"] == told["methodArn"]
        return str(statement["Effect"]).lower()

    return asked


def new_key(role: Role, *shops: str, **wish: Any) -> dict[str, Any]:
    given = KeyWish(role=role, shops=shops or ("demo",), **wish)
    return create_key(bootstrap.items(), bootstrap.clock(), DEPLOYMENT_OWNER, given.shops[0], given)  # type: ignore[index]


def named(route: TemplateRoute) -> str:
    return f"{route.method} {route.path}"


def expected_of(route: TemplateRoute, role: Role) -> str:
    place = route.method, route.path
    if role == "owner":
        return "allow"
    if place in OWNERS_ONLY:
        return "deny"
    if role == "marketer":
        return "allow"
    reads = route.method == READERS_MAY and place not in NOT_FOR_READERS
    return "allow" if reads or place in POSTED_BY_READERS else "deny"


@pytest.mark.parametrize("route", KEYED, ids=named)
def test_each_role_opens_what_it_should_and_nothing_of_a_foreign_shop(
    ask: Callable[..., str], route: TemplateRoute
) -> None:
    for role in ("owner", "marketer", "reader"):
        token = new_key(role)["key"]
        assert ask(token, route) == expected_of(route, role), role
        assert ask(token, route, shop="other") == "deny", role
        assert ask(token, route, shop="nobody") == "deny", role
    assert ask(OWNER_KEY, route) == "allow"


def test_a_key_of_several_shops_opens_each_of_them(ask: Callable[..., str]) -> None:
    token = new_key("owner", "demo", "other")["key"]
    assert [ask(token, shop=shop) for shop in ("demo", "other", "nobody")] == ["allow", "allow", "deny"]


@pytest.mark.parametrize("token", [None, "", "wrong", "kairos_wrong", OWNER_KEY[:-1], OWNER_KEY + "x", "ü"])
def test_no_key_or_a_wrong_one_is_unauthorized(ask: Callable[..., str], token: str | None) -> None:
    assert ask(token) == "unauthorized"


def test_another_scheme_than_bearer_is_unauthorized(authorize: ModuleType, event: Any) -> None:
    told = event("authorizer")
    told["headers"] = {"Authorization": f"Basic {OWNER_KEY}"}
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize.handler(told, None)


def test_an_expired_key_is_unauthorized(ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    token = new_key("owner", expires_at=soon)["key"]
    assert ask(token) == "allow"
    monkeypatch.setattr(type(bootstrap.clock()), "now", lambda _: soon)
    assert ask(token) == "unauthorized"


def test_a_withdrawn_key_is_unauthorized_at_once(ask: Callable[..., str]) -> None:
    made = new_key("owner")
    assert ask(made["key"]) == "allow"
    withdraw_key(bootstrap.items(), "demo", made["id"])
    assert ask(made["key"]) == "unauthorized"


def test_a_new_owner_key_opens_without_a_wait(
    ask: Callable[..., str], authorize: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(OWNER_KEY) == "allow"
    boto3.client("secretsmanager").put_secret_value(SecretId="owner-key", SecretString="another")
    now = authorize.time.monotonic()
    monkeypatch.setattr(authorize._owner_key(), "_monotonic", lambda: now + 2)
    assert ask("another") == "allow"
    assert ask(OWNER_KEY) == "unauthorized"


def test_functions_are_told_who_calls(authorize: ModuleType, event: Callable[[str], Any]) -> None:
    made = new_key("marketer", "demo", "other")
    told = event("authorizer")
    told["headers"] = {"Authorization": f"bearer {made['key']}"}
    context = authorize.handler(told, None)["context"]
    assert context == {"key_id": made["id"], "role": "marketer", "shops": "demo,other"}


class Tokens:
    """Judges one token, "a.good.token"."""

    def person(self, token: str) -> Person | None:
        roles: dict[str, Role] = {"demo": "marketer", "other": "reader"}
        return Person(id="ada", roles=roles) if token == "a.good.token" else None


def test_people_open_with_their_token_what_their_role_in_that_shop_opens(
    ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "user_tokens", Tokens)
    read, change = (next(one for one in KEYED if one.path.endswith("/segments") and one.method == method)
                    for method in ("GET", "POST"))  # fmt: skip
    assert [ask("a.good.token", read, shop) for shop in ("demo", "other", "nobody")] == [
        "allow",
        "allow",
        "deny",
    ]
    assert [ask("a.good.token", change, shop) for shop in ("demo", "other", "nobody")] == [
        "allow",
        "deny",
        "deny",
    ]
    assert ask("a.forged.token", read) == "unauthorized"


def test_every_route_that_needs_no_key_guards_itself() -> None:
    assert {named(route) for route in routes() if route.is_open} == {
        "POST /v1/shops/{shop}/webhooks/{platform}",  # signature
        "POST /v1/shops/{shop}/activity",  # write key
        "OPTIONS /v1/shops/{shop}/activity",
        "GET /v1/shops/{shop}/tag.js",  # public by intent: every page of the shop loads it
        "GET /v1/unsubscribe/{token}",  # signed token
        "POST /v1/unsubscribe/{token}",
        "HEAD /v1/unsubscribe/{token}",
        "GET /v1/forms/{token}",  # signed token, or the shop's public sign-up form
        "POST /v1/forms/{token}",
        "HEAD /v1/forms/{token}",
        "GET /v1/feeds/{feed}",  # unguessable token
        "GET /v1/openapi.json",  # public by intent
        "GET /console",  # a session, or the way to sign in
        "GET /console/{proxy+}",
        "POST /console/{proxy+}",
    }
