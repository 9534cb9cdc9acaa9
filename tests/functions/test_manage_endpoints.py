"""The API of phones and browsers."""

import json
from typing import Any

import pytest

from kairos import bootstrap
from kairos.ports import Put
from tests.functions.conftest import Aws, read_event
from tests.unit.sending.devices import BROWSER, BROWSER_KEYS, world_with_channels
from tests.unit.sending.world import World

ROUTE = "/v1/shops/{shop}/customers/{customer}/endpoints"
WISH = {"channel": "web_push", "subscription": {"endpoint": BROWSER, "keys": BROWSER_KEYS}, "wording": "Yes"}


class Api:
    """manage_endpoints over a table with one customer."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.world: World = world_with_channels()
        for item in self.world.store.stored.values():
            bootstrap.items().write(Put(item))

    def ask(self, method: str, body: Any = None, route: str = ROUTE, **path: str) -> tuple[int, Any]:
        told = read_event("manage") | {
            "httpMethod": method,
            "resource": route,
            "pathParameters": {"shop": "lumen", "customer": self.world.node} | path,
            "body": json.dumps(body) if body is not None else None,
        }
        answer = self.aws.load_app("manage_endpoints").handler(told, None)
        return answer["statusCode"], json.loads(answer["body"]) if answer.get("body") else None


@pytest.fixture
def api(aws: Aws) -> Api:
    return Api(aws)


def test_a_browser_is_registered_listed_and_removed(api: Api) -> None:
    status, made = api.ask("POST", WISH)
    assert status == 201
    status, listed = api.ask("GET")
    assert [(one["id"], one["channel"]) for one in listed["endpoints"]] == [(made["id"], "web_push")]
    assert BROWSER not in json.dumps(listed)
    assert api.ask("DELETE", route=f"{ROUTE}/{{endpoint}}", endpoint=made["id"])[0] == 204
    assert api.ask("GET")[1] == {"endpoints": []}
    assert api.ask("DELETE", route=f"{ROUTE}/{{endpoint}}", endpoint=made["id"])[0] == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("customer", ["nobody", "e" + "0" * 26])
def test_of_somebody_unknown_nothing_is_registered(api: Api, method: str, customer: str) -> None:
    assert api.ask(method, WISH if method == "POST" else None, customer=customer)[0] == 404


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"channel": "fax"}, "channel"),
        (WISH | {"subscription": {"endpoint": "ftp://example.com", "keys": BROWSER_KEYS}}, "subscription"),
        ({"channel": "push", "platform": "android", "token": "t" * 32}, "platform"),
    ],
)
def test_what_is_wrong_is_named(api: Api, wish: dict[str, Any], field: str) -> None:
    status, told = api.ask("POST", wish)
    assert (status, told["field"].partition(".")[0]) == (400, field)
    assert told["remedy"]
