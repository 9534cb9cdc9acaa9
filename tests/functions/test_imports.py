"""An import from its request to its end, through the functions as Lambda runs them."""

import json
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest

from kairos import bootstrap, keys
from kairos.domain.access import Caller, may
from kairos.ports import Item, Put
from kairos.services.customers import load_profile
from tests.functions.conftest import Aws
from tests.invocation import Invocation
from tests.unit.api.shop_floor import SHOP

Call = Callable[..., tuple[int, Any]]
IMPORTS = "/v1/shops/{shop}/imports"
WISH = {
    "kind": "orders",
    "mapping": {"columns": {"order_id": "id", "placed_at": "date", "email": "email", "total": "total"}},
}
FILE = "id,date,email,total\n1,2026-01-02,ada@example.com,12.50\n2,2026-01-03,ada@example.com,x\n"


@pytest.fixture
def queue(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> str:
    """The import queue's address."""
    url: str = aws.sqs.create_queue(QueueName="imports")["QueueUrl"]
    monkeypatch.setenv("IMPORT_QUEUE_URL", url)
    return url


@pytest.fixture
def call(aws: Aws, queue: str, event: Callable[[str], dict[str, Any]]) -> Call:
    assert queue
    bootstrap.items().write(Put(Item(keys.shop("demo"), "1", SHOP.as_json())))
    function = aws.load_app("manage_imports")

    def called(method: str, route: str, body: Any = None, **path: str) -> tuple[int, Any]:
        told = event("manage") | {"httpMethod": method, "resource": route, "body": json.dumps(body)}
        told["pathParameters"] = {"shop": "demo"} | path
        answer = function.handler(told, None)
        return answer["statusCode"], json.loads(answer["body"])

    return called


def send(aws: Aws, import_id: str, body: str) -> None:
    aws.s3.put_object(Bucket="bucket", Key=f"imports/demo/{import_id}/file", Body=body.encode())


def messages(aws: Aws, url: str) -> list[dict[str, Any]]:
    got = aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(one["Body"]) for one in got]


def work(aws: Aws, event: Callable[[str], dict[str, Any]], import_id: str, time_left: int = 900_000) -> Any:
    told = event("import_queue")
    told["Records"][0]["body"] = json.dumps({"shop": "demo", "import": import_id})
    return aws.load_app("import_history").handler(told, Invocation(time_left))


def test_an_import_is_made_started_worked_on_and_shown(
    call: Call, aws: Aws, queue: str, event: Callable[[str], dict[str, Any]]
) -> None:
    status, made = call("POST", IMPORTS, WISH)
    assert (status, made["state"]) == (201, "waiting")
    send(aws, made["id"], FILE)
    status, started = call("POST", f"{IMPORTS}/{{import}}/start", {}, **{"import": made["id"]})
    assert (status, started["state"]) == (202, "running")
    assert messages(aws, queue) == [{"shop": "demo", "import": made["id"]}]

    assert work(aws, event, made["id"]) == {"batchItemFailures": []}
    status, shown = call("GET", f"{IMPORTS}/{{import}}", **{"import": made["id"]})
    assert (status, shown["state"], shown["trouble"]) == (200, "done", None)
    assert (shown["rows"]["good"], shown["rows"]["bad"], shown["orders"]) == (1, 1, 1)

    node = bootstrap.identity_key().node("demo", "email", "ada@example.com")
    profile = load_profile(bootstrap.items(), "demo", node)
    assert profile is not None
    assert [(one.id, one.revenue) for one in profile.orders] == [("1", 1250)]
    assert messages(aws, aws.snapshot_url) == [{"shop": "demo", "customers": [node], "cause": "import"}]


def test_all_bad_rows_can_be_fetched_and_nothing_else_of_the_file_stays(
    call: Call, aws: Aws, event: Callable[[str], dict[str, Any]]
) -> None:
    import_id = call("POST", IMPORTS, WISH)[1]["id"]
    send(aws, import_id, FILE)
    call("POST", f"{IMPORTS}/{{import}}/start", {}, **{"import": import_id})
    work(aws, event, import_id)
    shown = call("GET", f"{IMPORTS}/{{import}}", **{"import": import_id})[1]
    address = urllib.parse.urlsplit(shown["bad_rows"]["address"])
    key = f"imports/demo/{import_id}/bad-rows.csv"
    assert address.path.endswith(key)
    assert [one["Key"] for one in aws.s3.list_objects_v2(Bucket="bucket")["Contents"]] == [key]
    text = aws.s3.get_object(Bucket="bucket", Key=key)["Body"].read().decode()
    assert text.splitlines()[1].startswith("3,total,")


def test_with_little_time_left_the_work_is_handed_on(
    call: Call, aws: Aws, queue: str, event: Callable[[str], dict[str, Any]]
) -> None:
    import_id = call("POST", IMPORTS, WISH)[1]["id"]
    send(aws, import_id, FILE)
    call("POST", f"{IMPORTS}/{{import}}/start", {}, **{"import": import_id})
    messages(aws, queue)
    assert work(aws, event, import_id, time_left=60_000) == {"batchItemFailures": []}
    assert messages(aws, queue) == [{"shop": "demo", "import": import_id}]
    assert call("GET", f"{IMPORTS}/{{import}}", **{"import": import_id})[1]["state"] == "running"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "body"),
        ({}, "kind"),
        (WISH | {"encoding": "ebcdic"}, "encoding"),
        (WISH | {"mapping": "shopfy"}, "mapping"),
        (WISH | {"mapping": {"columns": {"totl": "x"}}}, "mapping.columns.totl"),
    ],
)
def test_what_makes_no_sense_is_answered_400_with_field_and_remedy(call: Call, body: Any, field: str) -> None:
    status, problem = call("POST", IMPORTS, body)
    assert (status, problem["field"]) == (400, field)
    assert problem["remedy"]


def test_starting_without_a_file_is_answered_400(call: Call) -> None:
    import_id = call("POST", IMPORTS, WISH)[1]["id"]
    status, problem = call("POST", f"{IMPORTS}/{{import}}/start", {}, **{"import": import_id})
    assert (status, problem["field"]) == (400, "file")


def test_an_import_of_another_shop_is_answered_404(call: Call) -> None:
    import_id = call("POST", IMPORTS, WISH)[1]["id"]
    path = {"import": import_id, "shop": "other"}
    assert call("GET", f"{IMPORTS}/{{import}}", **path)[0] == 404
    assert call("POST", f"{IMPORTS}/{{import}}/start", {}, **path)[0] == 404
    assert call("POST", IMPORTS, WISH, shop="other")[0] == 404


@pytest.mark.parametrize(("role", "allowed"), [("owner", True), ("marketer", True), ("reader", False)])
@pytest.mark.parametrize(
    ("method", "route"),
    [("POST", IMPORTS), ("GET", f"{IMPORTS}/{{import}}"), ("POST", f"{IMPORTS}/{{import}}/start")],
)
def test_importing_is_for_owners_and_marketers(method: str, route: str, role: Any, allowed: bool) -> None:
    assert may(Caller(key_id="k", role=role, shops=("demo",)), method, route, "demo") is allowed


def test_the_log_of_a_failure_tells_its_kind_and_place_and_nothing_of_the_file(
    call: Call,
    aws: Aws,
    event: Callable[[str], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    import_id = call("POST", IMPORTS, WISH)[1]["id"]
    send(aws, import_id, FILE)
    call("POST", f"{IMPORTS}/{{import}}/start", {}, **{"import": import_id})

    def broken(*_: Any) -> None:
        raise KeyError("ada@example.com")

    monkeypatch.setattr(type(bootstrap.items()), "put_batch", broken)
    monkeypatch.setattr("time.sleep", lambda _: None)
    work(aws, event, import_id)
    record = caplog.records[0]
    assert vars(record)["error"] == "KeyError"
    assert vars(record)["places"][-1].startswith("test_imports.py:")
    assert "example.com" not in str(vars(record))
    assert call("GET", f"{IMPORTS}/{{import}}", **{"import": import_id})[1]["state"] == "failed"
