"""Scenarios, codes and templates as the API shows them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kairos import bootstrap
from kairos.domain.message import CodeWish
from kairos.services.codes import FreeCode, claim_of, claim_writes
from tests.unit.api.fakes import shop_body

Call = Callable[..., tuple[int, Any]]
SCENARIO = "/v1/shops/{shop}/scenarios/{scenario}"
POOLS = "/v1/shops/{shop}/codes/pools"
TEMPLATE = "/v1/shops/{shop}/templates/{template}"


@pytest.fixture
def call(aws: Any, event: Callable[[str], dict[str, Any]]) -> Call:
    """Calls manage_scenarios about the shop "demo", which exists."""

    def called(
        method: str, route: str, body: Any = None, query: dict[str, str] | None = None, **path: str
    ) -> tuple[int, Any]:
        told = event("manage")
        told |= {"httpMethod": method, "resource": route, "pathParameters": {"shop": "demo"} | path}
        told |= {"body": None if body is None else json.dumps(body), "queryStringParameters": query}
        answer = function.handler(told, None)
        if answer["statusCode"] >= 400:
            assert answer["headers"]["content-type"] == "application/problem+json"
        return answer["statusCode"], json.loads(answer["body"] or "null")

    made = event("manage")
    made |= {"httpMethod": "PUT", "resource": "/v1/shops/{shop}", "body": json.dumps(shop_body())}
    assert aws.load_app("manage_shops").handler(made, None)["statusCode"] == 201
    function = aws.load_app("manage_scenarios")
    return called


def test_a_scenario_is_listed_off_then_switched_on_and_tuned(call: Call) -> None:
    status, told = call("GET", "/v1/shops/{shop}/scenarios")
    assert (status, {one["enabled"] for one in told["scenarios"]}) == (200, {False})
    change = {"enabled": True, "holdout_percent": 10, "settings": {"wait_newcomer": "PT6H"}}
    assert call("PUT", SCENARIO, change, scenario="abandoned_cart")[0] == 200
    status, told = call("GET", SCENARIO, scenario="abandoned_cart")
    assert (status, told["enabled"], told["holdout_percent"]) == (200, True, 10)
    assert told["settings"]["wait_newcomer"] == "PT6H"


def test_a_wrong_setting_is_answered_400_naming_it_and_the_nearest(call: Call) -> None:
    change = {"settings": {"wait_newcommer": "PT6H"}}
    status, problem = call("PUT", SCENARIO, change, scenario="abandoned_cart")
    assert (status, problem["field"]) == (400, "settings.wait_newcommer")
    assert "wait_newcomer" in problem["remedy"]


def test_an_unknown_scenario_or_shop_is_answered_404(call: Call) -> None:
    assert call("GET", SCENARIO, scenario="win_back_again")[0] == 404
    assert call("GET", SCENARIO, scenario="abandoned_cart", shop="another")[0] == 404


def test_codes_are_uploaded_once_however_often_they_are_sent(call: Call) -> None:
    upload = {"name": "spring", "codes": ["A1", "A2", "A1"]}
    told = {"pool": "spring", "added": 2, "known": 0, "repeated": 1}
    assert call("POST", POOLS, upload) == (200, told)
    assert call("POST", POOLS, upload) == (200, told | {"added": 0, "known": 2})
    assert call("GET", "/v1/shops/{shop}/codes") == (
        200,
        {"pools": [{"pool": "spring", "free": 2, "given": 0, "low": True}]},
    )


def test_what_became_of_a_code_or_of_a_customers_codes_is_told(call: Call) -> None:
    node, wish = "c" + "a" * 26, CodeWish(percent=10)
    free = FreeCode(None, "TENTH", None)
    given = claim_of(wish, free, "a" * 32, datetime(2026, 11, 1, tzinfo=UTC))
    bootstrap.items().transact(claim_writes("demo", node, free, given))
    for query in ({"customer": node}, {"code": "tenth"}):
        status, told = call("GET", "/v1/shops/{shop}/codes", query=query)
        assert status == 200
        assert [(one["code"], one["state"], one["uses"]) for one in told["codes"]] == [
            ("TENTH", "waiting", [])
        ]
    assert call("GET", "/v1/shops/{shop}/codes", query={"code": "none"})[0] == 404
    status, problem = call("GET", "/v1/shops/{shop}/codes", query={"customer": "ada"})
    assert (status, problem["field"]) == (400, "customer")


@pytest.mark.parametrize(
    ("upload", "field"),
    [
        ({"codes": ["A1"]}, "name"),
        ({"name": "spring", "codes": "A1"}, "codes"),
        ({"name": "spring", "codes": [17]}, "codes[0]"),
        ({"name": "spring", "codes": [" "]}, "codes[0]"),
        ({"name": "Spring sale", "codes": ["A1"]}, "name"),
        ({"name": "spring", "code": ["A1"]}, "codes"),
    ],
)
def test_a_wrong_upload_is_answered_400_naming_the_field(call: Call, upload: Any, field: str) -> None:
    status, problem = call("POST", POOLS, upload)
    assert (status, problem["field"]) == (400, field)
    assert problem["remedy"]


def test_a_template_starts_as_the_one_in_the_box_and_becomes_the_shops_own(call: Call) -> None:
    name = "abandoned_cart.reminder_1.en"
    status, boxed = call("GET", TEMPLATE, template=name)
    assert (status, boxed["own"]) == (200, False)
    draft = {part: boxed[part] for part in ("subject", "mjml", "text")} | {"subject": "Your cart at ours"}

    status, shown = call("POST", f"{TEMPLATE}/preview", draft, template=name)
    assert (status, shown["subject"]) == (200, "Your cart at ours")
    assert call("GET", TEMPLATE, template=name)[1]["own"] is False

    assert call("PUT", TEMPLATE, draft, template=name)[0] == 200
    status, kept = call("GET", TEMPLATE, template=name)
    assert (kept["own"], kept["subject"]) == (True, "Your cart at ours")
    assert call("POST", f"{TEMPLATE}/preview", template=name)[1]["subject"] == "Your cart at ours"


def test_a_template_that_cannot_work_is_answered_400(call: Call) -> None:
    name = "abandoned_cart.reminder_1.en"
    boxed = call("GET", TEMPLATE, template=name)[1]
    draft = {"subject": "{{ custmer.name }}", "mjml": boxed["mjml"], "text": boxed["text"]}
    status, problem = call("PUT", TEMPLATE, draft, template=name)
    assert (status, problem["field"]) == (400, "subject")
    assert call("PUT", TEMPLATE, {"subject": "x"}, template=name)[1]["field"] == "mjml"
    assert call("GET", TEMPLATE, template="abandoned_cart.reminder_9.en")[0] == 404


def test_a_short_template_is_kept_forgotten_and_listed(call: Call) -> None:
    name = "abandoned_cart.reminder_1.push.en-GB"
    status, boxed = call("GET", TEMPLATE, template=name)
    assert (status, boxed["own"], set(boxed)) == (200, False, {"title", "text", "url", "own"})
    draft = {"title": "Basket", "text": "{{ shop.name }}", "url": "{{ cart.url }}"}
    assert call("PUT", TEMPLATE, draft, template=name)[0] == 200
    assert call("POST", f"{TEMPLATE}/preview", template=name)[1]["title"] == "Basket"
    listed = {
        one["template"]: one["own"] for one in call("GET", "/v1/shops/{shop}/templates")[1]["templates"]
    }
    assert listed[name] is True
    assert call("DELETE", TEMPLATE, template=name)[0] == 204
    assert call("GET", TEMPLATE, template=name)[1]["own"] is False
    assert call("PUT", TEMPLATE, {"subject": "x"}, template=name)[1]["field"] == "text"


def test_a_preview_is_for_a_customer_who_exists(call: Call) -> None:
    wish = {"customer": "c" + "0" * 26}
    assert call("POST", f"{TEMPLATE}/preview", wish, template="abandoned_cart.reminder_1.en")[0] == 404
    status, problem = call(
        "POST", f"{TEMPLATE}/preview", {"customer": 7}, template="abandoned_cart.reminder_1.en"
    )
    assert (status, problem["field"]) == (400, "customer")


def test_a_test_goes_to_the_shops_own_address_through_the_queue(
    aws: Any, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = aws.sqs.create_queue(QueueName="email")["QueueUrl"]
    monkeypatch.setenv("MESSAGE_QUEUES", json.dumps({"email": url}))
    bootstrap.settings.cache_clear()
    domain = shop_body()["sender"]["email"].rpartition("@")[2]
    name = "abandoned_cart.reminder_1.en"
    status, told = call("POST", f"{TEMPLATE}/test", {"to": f"team@{domain}"}, template=name)
    assert status == 202
    [queued] = aws.sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(queued["Body"])["message_id"] == told["message_id"]
    status, problem = call("POST", f"{TEMPLATE}/test", {"to": "x@example.net"}, template=name)
    assert (status, problem["field"]) == (400, "to")
    sms = "abandoned_cart.reminder_1.sms.en"
    assert call("POST", f"{TEMPLATE}/test", {"to": f"team@{domain}"}, template=sms)[1]["field"] == "template"


def test_the_sign_up_forms_address_is_told(call: Call) -> None:
    status, told = call("GET", "/v1/shops/{shop}/forms")
    assert status == 200
    assert "/v1/forms/sign_up.demo." in told["sign_up"]


def test_starting_reads_its_machines_from_the_environment(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:abandoned_cart"
    monkeypatch.setenv("SCENARIO_MACHINES", json.dumps({"abandoned_cart": arn}))
    function = aws.load_app("start_scenario")
    detail = {
        "id": "1",
        "shop": "nobody",
        "customer": "c1",
        "cause": "cart:1",
        "occurred_at": "2999-01-01T00:00:00Z",
        "version": "1",
    }
    assert function.handler({"detail-type": "CartChanged", "detail": detail}, None) == {
        "abandoned_cart": "shop unknown"
    }


def test_check_answers_every_field_a_machine_may_read(aws: Any) -> None:
    told = aws.load_app("check").handler({"shop": "demo", "run": "none", "only_if": []}, None)
    assert (told["decision"], told["reason"]) == ("end", "run unknown")
    assert told.keys() >= {"facts", "quiet_seconds", "wait_seconds", "durations"}
