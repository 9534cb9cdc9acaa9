"""`reconcile_shops` as Lambda runs it, and what the API shows of it."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kairos import bootstrap
from kairos.domain.reconciliation import Progress
from kairos.services.reconciling.standing import Standing
from tests.adapters.platforms.test_shopify_orders import an_order
from tests.adapters.shop_apis.fake_lists import FakeLists, fake_lists
from tests.functions.conftest import Aws
from tests.invocation import Invocation
from tests.unit.api.fakes import shop_body

Call = Callable[..., tuple[int, Any]]
ROUTE = "/v1/shops/{shop}/reconciliation"


@pytest.fixture
def admin(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLists]:
    monkeypatch.setenv("STAGE", "local")  # the shop is this machine
    with fake_lists() as lists:
        yield lists


@pytest.fixture
def call(aws: Aws, event: Callable[[str], dict[str, Any]]) -> Call:
    function = aws.load_app("manage_shops")

    def called(method: str, route: str, body: Any = None) -> tuple[int, Any]:
        told = event("manage") | {"httpMethod": method, "resource": route, "body": json.dumps(body)}
        answer = function.handler(told, None)
        return answer["statusCode"], json.loads(answer["body"])

    return called


def connect(call: Call, admin: FakeLists, token: str = "shpat_example") -> None:
    wish = shop_body(platform="shopify", api=admin.address, secrets={"webhook": "secret", "api": token})
    assert call("PUT", "/v1/shops/{shop}", wish)[0] in {200, 201}


def connected_long_ago(hours: float) -> None:
    """As if the shop had been connected so long ago, and not looked at since."""
    standing = Standing(bootstrap.items(), "demo")
    assert standing.told is not None
    then = Progress(sure=datetime.now(UTC) - timedelta(hours=hours))
    standing.save(standing.told.model_copy(update={"orders": then, "customers": then}))


def test_what_is_missing_goes_onto_the_record_queue_as_a_webhook_would(
    aws: Aws, call: Call, admin: FakeLists, event: Callable[[str], dict[str, Any]]
) -> None:
    connect(call, admin)
    connected_long_ago(2)
    changed_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    admin.keep("orders", an_order(id=1, updated_at=changed_at))
    admin.keep("orders", an_order(id=2, updated_at=changed_at, note="x" * 300_000))
    done = aws.load_app("reconcile_shops").handler(event("tick"), Invocation(290_000))
    assert done == {"shops": ["demo"]}
    small, big = sorted(aws.queued(), key=len, reverse=True)
    assert (small["source"], small["platform"]) == ("reconciliation", "shopify")
    assert small["headers"] == {"x-shopify-topic": "orders/updated"}
    assert big["object"].startswith("oversize/demo/")
    shown = call("GET", ROUTE)[1]
    assert (shown["state"], shown["reason"]) == ("up to date", None)


def test_a_withdrawn_token_is_shown_and_may_be_tried_again(
    aws: Aws, call: Call, admin: FakeLists, event: Callable[[str], dict[str, Any]]
) -> None:
    connect(call, admin, token="withdrawn")
    connected_long_ago(2)
    function = aws.load_app("reconcile_shops")
    function.handler(event("tick"), Invocation(290_000))
    shown = call("GET", ROUTE)[1]
    assert shown["state"] == "refused"
    assert "secrets.api" in shown["remedy"]
    function.handler(event("tick"), Invocation(290_000))
    assert len(admin.requests) == 1
    assert call("POST", ROUTE)[0] == 202
    function.handler(event("tick"), Invocation(290_000))
    assert len(admin.requests) == 2


def test_a_function_that_is_almost_out_of_time_asks_nobody(
    aws: Aws, call: Call, admin: FakeLists, event: Callable[[str], dict[str, Any]]
) -> None:
    connect(call, admin)
    assert aws.load_app("reconcile_shops").handler(event("tick"), Invocation(40_000)) == {"shops": []}


def test_a_shop_without_access_is_told_how_to_give_it(call: Call) -> None:
    assert call("PUT", "/v1/shops/{shop}", shop_body())[0] == 201
    assert call("GET", ROUTE)[1]["state"] == "off"
    status, problem = call("POST", ROUTE)
    assert (status, problem["field"]) == (400, "api")


def test_a_shop_that_does_not_exist_has_none(call: Call) -> None:
    assert call("GET", ROUTE)[0] == call("POST", ROUTE)[0] == 404
