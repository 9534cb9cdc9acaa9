"""Customers as the API shows, exports, erases and explains them."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kairos import bootstrap, keys
from kairos.domain.access import needed_role
from kairos.domain.cart import CartSnapshot
from kairos.domain.customer import PrivacyRequest
from kairos.domain.identity import IdentityKey
from kairos.domain.points import PointRules
from kairos.ports import Item, Put
from kairos.services.recording.record import Recorder
from kairos.services.runs import register
from kairos.services.sending.decisions import keep
from tests.shelves import settle
from tests.unit.api.fakes import NOW
from tests.unit.api.shop_floor import SHOP, Silence, customer, order, run_of

Call = Callable[..., tuple[int, Any]]
CUSTOMER = "/v1/shops/{shop}/customers/{customer}"


@pytest.fixture
def key(aws: Any) -> IdentityKey:
    assert aws
    return bootstrap.identity_key()


@pytest.fixture
def ada(key: IdentityKey) -> str:
    items = bootstrap.items()
    items.write(Put(Item(keys.shop("demo"), "1", SHOP.as_json())))
    settle(items, SHOP)
    act_on = bootstrap.privacy().act_on
    clock, objects = bootstrap.clock(), bootstrap.objects()
    recorder = Recorder(items, Silence(), key, clock, lambda *_: (), act_on, lambda *_: None, objects)
    recorder.record_all(SHOP, [customer("Ada", 1), order("Ada", 1)], "told")
    return key.node("demo", "platform_id", "1")


@pytest.fixture
def call(aws: Any, event: Callable[[str], dict[str, Any]]) -> Call:
    function = aws.load_app("manage_customers")

    def called(
        method: str, route: str, query: dict[str, str] | None = None, body: Any = None, **path: str
    ) -> tuple[int, Any]:
        told = event("manage")
        told |= {"httpMethod": method, "resource": route, "queryStringParameters": query}
        told["body"] = None if body is None else json.dumps(body)
        told["pathParameters"] = {"shop": "demo"} | path
        answer = function.handler(told, None)
        if answer["statusCode"] >= 400:
            assert answer["headers"]["content-type"] == "application/problem+json"
        return answer["statusCode"], json.loads(answer["body"] or "null")

    return called


def test_a_customer_is_found_by_address_whatever_its_case(call: Call, ada: str) -> None:
    status, found = call("GET", "/v1/shops/{shop}/customers", {"email": " Ada@Example.COM "})
    assert status == 200
    assert [one["id"] for one in found["customers"]] == [ada]


def test_an_unknown_address_finds_nobody(call: Call, ada: str) -> None:
    assert ada
    query = {"email": "nobody@example.com"}
    assert call("GET", "/v1/shops/{shop}/customers", query) == (200, {"customers": []})


def test_a_customer_of_one_shop_is_not_found_in_another(call: Call, ada: str) -> None:
    query = {"email": "ada@example.com"}
    assert call("GET", "/v1/shops/{shop}/customers", query, shop="other") == (200, {"customers": []})
    for route in (CUSTOMER, f"{CUSTOMER}/export"):
        assert call("GET", route, customer=ada, shop="other")[0] == 404


@pytest.mark.parametrize("query", [None, {}, {"email": ""}, {"email": "nobody"}])
def test_searching_without_an_address_is_answered_400(call: Call, query: dict[str, str] | None) -> None:
    status, problem = call("GET", "/v1/shops/{shop}/customers", query)
    assert (status, problem["field"]) == (400, "email")


def test_a_customer_is_shown_by_any_of_their_ids(call: Call, ada: str, key: IdentityKey) -> None:
    for node in (ada, key.node("demo", "email", "ada@example.com")):
        status, shown = call("GET", CUSTOMER, customer=node)
        assert (status, shown["id"], shown["email"]) == (200, ada, "ada@example.com")
        assert shown["orders"][0]["id"] == "order-1"
        assert shown["consents"][0]["shop"]["state"] == "granted"


@pytest.mark.parametrize("customer", ["c" + "0" * 26, "ada@example.com", "../secret", "c"])
def test_an_unknown_customer_is_answered_404(call: Call, ada: str, customer: str) -> None:
    assert ada
    for method, route in (("GET", CUSTOMER), ("GET", f"{CUSTOMER}/export"), ("DELETE", CUSTOMER)):
        assert call(method, route, customer=customer)[0] == 404


def test_an_export_is_complete(call: Call, ada: str) -> None:
    status, copy = call("GET", f"{CUSTOMER}/export", customer=ada)
    assert status == 200
    assert copy["records"][0]["person"]["first_name"] == "Ada"
    assert copy["orders"][0]["id"] == "order-1"


def test_an_erased_customer_is_gone_and_erasing_again_is_answered_alike(call: Call, ada: str) -> None:
    for _ in range(2):
        assert call("DELETE", CUSTOMER, customer=ada) == (204, None)
        assert call("GET", CUSTOMER, customer=ada)[0] == 404
        assert call("GET", f"{CUSTOMER}/export", customer=ada)[0] == 404


def test_why_tells_of_runs_decisions_and_consent_without_the_address(call: Call, ada: str) -> None:
    run = run_of("Ada", ada)
    register(bootstrap.items(), run)
    status, told = call("GET", f"{CUSTOMER}/why", {"scenario": "abandoned_cart"}, customer=ada)
    assert status == 200
    assert [one["id"] for one in told["runs"]] == [run.id]
    [consent] = told["addresses"]
    assert (consent["kind"], consent["channel"], consent["shop"]["state"]) == ("consent", "email", "granted")
    assert "ada@example.com" not in str(told)
    assert call("GET", f"{CUSTOMER}/why", {"scenario": "win_back"}, customer=ada)[1]["runs"] == []


def test_why_speaks_the_language_asked_for_and_refuses_others(call: Call, ada: str) -> None:
    run = run_of("Ada", ada)
    register(bootstrap.items(), run)
    keep(bootstrap.items(), run, "skipped", "one", "no code left", {}, run.registered_at)

    def why(**query: str) -> tuple[int, Any]:
        return call("GET", f"{CUSTOMER}/why", query, customer=ada)

    [decision] = why(language="fr")[1]["runs"][0]["decisions"]
    assert decision["sentence"].startswith("Omis le ")
    assert (decision["what"], decision["reason"], decision["count"]) == ("skipped", "no code left", 1)
    assert why()[1]["runs"][0]["decisions"][0]["sentence"].startswith("Left out on ")
    status, problem = why(language="tlh")
    assert (status, problem["field"]) == (400, "language")


def test_why_tells_what_keeps_a_scenario_from_starting(call: Call, key: IdentityKey, ada: str) -> None:
    items, clock, objects = bootstrap.items(), bootstrap.clock(), bootstrap.objects()
    act_on = bootstrap.privacy().act_on
    recorder = Recorder(items, Silence(), key, clock, lambda *_: (), act_on, lambda *_: None, objects)
    identities = customer("Ada", 1).identities
    told = {"id": "left", "updated_at": clock.now(), "lines": ({"title": "Bell"},), "identities": identities}
    recorder.record_all(SHOP, [CartSnapshot.model_validate(told)], "left")

    def why() -> Any:
        return call("GET", f"{CUSTOMER}/why", {"scenario": "abandoned_cart"}, customer=ada)[1]["not_started"]

    left = {"scenario": "abandoned_cart", "cause": "cart:left", "reason": "switched off"}
    assert why() == [{**left, "sentence": "Not started: the scenario is switched off."}]
    items.write(Put(Item(keys.scenario_settings("demo", "abandoned_cart"), "1", {"enabled": True})))
    assert why()[0]["reason"].startswith("nothing against it now")
    old = told | {"updated_at": clock.now() - timedelta(days=4), "id": "older"}
    recorder.record_all(SHOP, [CartSnapshot.model_validate(old)], "older")
    assert [one["reason"] for one in why() if one["cause"] == "cart:older"] == ["too old"]


def test_a_customer_is_shown_with_the_channels_consented_to(call: Call, ada: str) -> None:
    assert call("GET", CUSTOMER, customer=ada)[1]["accepts"] == ["email"]


def test_why_after_erasure_tells_that_and_when(call: Call, ada: str) -> None:
    call("DELETE", CUSTOMER, customer=ada)
    told = call("GET", f"{CUSTOMER}/why", customer=ada)[1]
    assert told["runs"] == []
    assert told["erased_at"]


def test_a_shop_that_left_is_erased_from_table_vault_and_bucket(aws: Any, ada: str) -> None:
    assert ada
    aws.put_shop_secret("demo", current="secret")
    for request in ("export", "erase_shop"):
        told = {"request": request, "id": "1", "updated_at": NOW, "identities": {"platform_id": "1"}}
        bootstrap.privacy().act_on(PrivacyRequest.model_validate(told), SHOP)
        assert aws.s3.list_objects_v2(Bucket="bucket")["KeyCount"] == (1 if request == "export" else 0)
    assert aws.table_keys() == []
    assert bootstrap.secrets().get("demo") is None


def with_points(per_unit: str = "1") -> None:
    """The shop gives points."""
    rules = PointRules(enabled=True, per_unit=per_unit)
    shop = SHOP.model_copy(update={"points": rules})
    bootstrap.items().write(Put(Item(keys.shop("demo"), "2", shop.as_json())))


def test_points_are_shown_and_redeemed_once_for_each_id(call: Call, ada: str) -> None:
    with_points()
    wish = {"points": 4, "for": "a mug", "id": "r1"}
    route = f"{CUSTOMER}/points/redemptions"
    for _ in range(2):
        status, told = call("POST", route, body=wish, customer=ada)
        assert (status, told["balance"], told["redemption"]["for"]) == (200, 6, "a mug")
    status, told = call("GET", f"{CUSTOMER}/points", customer=ada)
    assert (status, told["balance"], len(told["entries"])) == (200, 6, 2)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"points": 11, "for": "a mug", "id": "r1"}, "points"),
        ({"points": 0, "for": "a mug", "id": "r1"}, "points"),
        ({"points": 1, "id": "r1"}, "for"),
        ({"points": 1, "for": "a mug", "id": "r 1"}, "id"),
        ({"points": 1, "for": "a mug"}, "id"),
    ],
)
def test_a_wrong_redemption_is_answered_400_naming_the_field(
    call: Call, ada: str, wish: dict[str, Any], field: str
) -> None:
    with_points()
    status, problem = call("POST", f"{CUSTOMER}/points/redemptions", body=wish, customer=ada)
    assert (status, problem["field"]) == (400, field)
    assert problem["remedy"]


def test_a_reader_sees_points_and_timeline_and_changes_neither() -> None:
    for route in (f"{CUSTOMER}/points", f"{CUSTOMER}/timeline"):
        assert needed_role("GET", route) == "reader"
    for route in (f"{CUSTOMER}/points/redemptions", f"{CUSTOMER}/support-contacts"):
        assert needed_role("POST", route) == "marketer"


def test_the_timeline_tells_of_what_was_recorded_and_of_an_inquiry(call: Call, ada: str) -> None:
    asked = {"id": "t1", "channel": "phone", "at": NOW.isoformat(), "subject": "Where is it?"}
    status, kept = call("POST", f"{CUSTOMER}/support-contacts", body=asked, customer=ada)
    assert (status, kept["subject"]) == (200, "Where is it?")
    status, page = call("GET", f"{CUSTOMER}/timeline", {"kinds": "order,support"}, customer=ada)
    assert (status, page["cursor"]) == (200, None)
    assert [(one["kind"], one["what"]) for one in page["entries"]] == [
        ("support", "asked"),
        ("order", "placed"),
    ]


@pytest.mark.parametrize(("query", "field"), [({"kinds": "orders"}, "kinds"), ({"cursor": "x"}, "cursor")])
def test_a_wrong_page_of_the_timeline_is_answered_400(
    call: Call, ada: str, query: dict[str, str], field: str
) -> None:
    status, problem = call("GET", f"{CUSTOMER}/timeline", query, customer=ada)
    assert (status, problem["field"]) == (400, field)


def test_the_timeline_and_points_of_nobody_are_answered_404(call: Call, ada: str) -> None:
    assert ada
    for nobody in ("c" + "0" * 26, "x"):
        for route in (f"{CUSTOMER}/timeline", f"{CUSTOMER}/points"):
            assert call("GET", route, customer=nobody)[0] == 404
    assert call("GET", f"{CUSTOMER}/timeline", customer=ada, shop="other")[0] == 404
