"""Campaigns, the newsletter and runs as the API counts, starts, lists, stops and resumes them."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from kairos import bootstrap, keys
from kairos.domain.run import Run
from kairos.ports import Item, Put
from kairos.services.runs import register
from tests.functions.segment_shop import BUYERS, Caller, SegmentShop

CAMPAIGNS = "/v1/shops/{shop}/campaigns"
CAMPAIGN = f"{CAMPAIGNS}/{{campaign}}"
NEWSLETTER = "/v1/shops/{shop}/newsletter"
RUNS = "/v1/shops/{shop}/scenarios/{scenario}/runs"
RUN = f"{RUNS}/{{run}}"
RESUME = f"{RUN}/resume"
CONTENT = {"en": {"heading": "New lamps"}}
NOBODY = "c" + "0" * 26


@pytest.fixture
def shop(aws: Any, monkeypatch: pytest.MonkeyPatch) -> SegmentShop:
    arns = {}
    for name in ("campaign", "broadcast", "second_order"):
        made = boto3.client("stepfunctions").create_state_machine(
            name=name, definition="{}", roleArn="arn:aws:iam::123456789012:role/machine"
        )
        arns[name] = made["stateMachineArn"]
    monkeypatch.setenv("SCENARIO_MACHINES", json.dumps(arns))
    return SegmentShop(aws, monkeypatch)


@pytest.fixture
def call(shop: SegmentShop, event: Callable[[str], dict[str, Any]]) -> Caller:
    return Caller(shop.aws.load_app("manage_broadcasts"), event)


def started() -> list[dict[str, Any]]:
    """Inputs of all executions."""
    client = boto3.client("stepfunctions")
    machines = client.list_state_machines()["stateMachines"]
    found = [
        one["executionArn"]
        for machine in machines
        for one in client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    ]
    return [json.loads(client.describe_execution(executionArn=arn)["input"]) for arn in found]


def switch_on(shop: SegmentShop, scenario: str) -> None:
    shop.items.write(Put(Item(keys.scenario_settings("demo", scenario), "1", {"enabled": True})))


def test_a_campaign_is_counted_first_and_nothing_happens(call: Caller) -> None:
    status, told = call("POST", CAMPAIGNS, {"segment": "one_time_buyers", "content": CONTENT})
    assert status == 200
    assert {name: told[name] for name in ("would_reach", "of", "reachable", "confirm")} == {
        "would_reach": 3,
        "of": 3,
        "reachable": {"email": 3},
        "confirm": False,
    }
    assert call("GET", CAMPAIGNS)[1] == {"campaigns": [], "cursor": None}
    assert started() == []


def test_confirmed_it_starts_is_listed_and_shown(call: Caller) -> None:
    wish = {"segment": "one_time_buyers", "content": CONTENT, "confirm": True, "name": "Lamps", "pace": 60}
    status, made = call("POST", CAMPAIGNS, wish)
    assert (status, made["would_reach"], made["name"], made["pace"]) == (201, 3, "Lamps", 60)
    assert started() == [{"shop": "demo", "broadcast": made["id"], "execution": 1}]
    assert [one["id"] for one in call("GET", CAMPAIGNS)[1]["campaigns"]] == [made["id"]]
    status, shown = call("GET", CAMPAIGN, campaign=made["id"])
    assert (status, shown["content"]["en"]["heading"]) == (200, "New lamps")
    assert shown["progress"] == {"queued": 0, "decided": 0, "of": None}


def test_a_request_repeated_under_the_same_name_is_the_same_campaign(call: Caller) -> None:
    wish = {"segment": "one_time_buyers", "content": CONTENT, "confirm": True, "name": "Lamps"}
    first = call("POST", CAMPAIGNS, wish)
    again = call("POST", CAMPAIGNS, wish)
    assert (first[0], again[0], first[1]["id"]) == (201, 200, again[1]["id"])
    assert len(started()) == 1


def test_a_campaign_for_later_is_planned(call: Caller) -> None:
    wish = {"segment": "one_time_buyers", "content": CONTENT, "confirm": True, "at": "2099-01-01T08:00:00Z"}
    assert call("POST", CAMPAIGNS, wish)[1]["state"] == "planned"
    assert started() == []


def test_named_customers_are_counted_as_they_now_stand(call: Caller, shop: SegmentShop) -> None:
    wish = {"customers": [shop.node("Ada"), shop.node("Dan"), NOBODY], "content": CONTENT}
    _, told = call("POST", CAMPAIGNS, wish)
    assert (told["would_reach"], told["of"]) == (2, 2)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"content": CONTENT}, "body"),
        ({"segment": "one_time_buyers", "customers": [NOBODY], "content": CONTENT}, "body"),
        ({"segment": "one_time_buyers", "content": {}}, "content"),
        ({"segment": "one_time_buyers", "content": {"en": {"text": "no heading"}}}, "content.en.heading"),
        ({"segment": "one_time_buyers", "content": CONTENT, "pace": 0}, "pace"),
        ({"customers": ["someone"], "content": CONTENT}, "customers[0]"),
    ],
)
def test_a_wrong_wish_is_refused_naming_the_field(call: Caller, wish: dict[str, Any], field: str) -> None:
    status, problem = call("POST", CAMPAIGNS, wish)
    assert (status, problem["field"]) == (400, field)


def test_a_segment_that_is_not_there_is_answered_404(call: Caller) -> None:
    assert call("POST", CAMPAIGNS, {"segment": "gone", "content": CONTENT})[0] == 404
    assert call("GET", CAMPAIGN, campaign="b" + "0" * 26)[0] == 404
    assert call("GET", CAMPAIGNS, shop="another")[0] == 404


def test_a_campaign_is_stopped_and_resumed(call: Caller) -> None:
    wish = {"segment": "one_time_buyers", "content": CONTENT, "confirm": True}
    made = call("POST", CAMPAIGNS, wish)[1]["id"]
    assert call("DELETE", RUN, scenario="campaign", run=made) == (204, None)
    assert call("GET", CAMPAIGN, campaign=made)[1]["state"] == "stopped"
    assert call("POST", RESUME, scenario="campaign", run=made)[1]["state"] == "planned"
    assert len(started()) == 2
    assert [one["id"] for one in call("GET", RUNS, scenario="campaign")[1]["broadcasts"]] == [made]


def test_the_next_newsletter_is_prepared_and_shown(call: Caller) -> None:
    assert call("GET", NEWSLETTER) == (200, {"content": None, "prepared_at": None})
    assert call("PUT", NEWSLETTER, {"content": CONTENT})[0] == 200
    assert call("GET", NEWSLETTER)[1]["content"]["en"]["heading"] == "New lamps"


def test_a_backlog_is_counted_by_way_in_and_released_when_told(call: Caller, shop: SegmentShop) -> None:
    switch_on(shop, "second_order")
    status, told = call("POST", RUNS, {"backlog": True}, scenario="second_order")
    assert (status, told["of"], told["entries"], told["confirm"]) == (200, 3, {"first_order": 3}, False)
    status, made = call("POST", RUNS, {"backlog": True, "confirm": True}, scenario="second_order")
    assert (status, made["scenario"]) == (201, "second_order")
    assert started() == [{"shop": "demo", "broadcast": made["id"], "execution": 1, "form": None}]


@pytest.mark.parametrize(("scenario", "why"), [("campaign", "many"), ("abandoned_cart", "alone")])
def test_what_is_not_started_so_is_refused(call: Caller, scenario: str, why: str) -> None:
    status, problem = call("POST", RUNS, {"segment": "one_time_buyers"}, scenario=scenario)
    assert (status, problem["field"]) == (400, "scenario")
    assert why in problem["detail"]


def test_runs_of_a_scenario_that_is_off_are_refused(call: Caller) -> None:
    status, problem = call("POST", RUNS, {"backlog": True}, scenario="second_order")
    assert (status, problem["field"]) == (400, "scenario")


def run_of(shop: SegmentShop, name: str) -> Run:
    now = bootstrap.clock().now()
    run = Run(
        shop="demo",
        scenario="second_order",
        cause=f"hand:{name}",
        customer=shop.node(name),
        registered_at=now,
        settings={},
    )
    return register(shop.items, run)


def test_runs_are_listed_by_pages_of_customers_and_by_state(call: Caller, shop: SegmentShop) -> None:
    runs = [run_of(shop, name) for name in ("Ada", "Bob")]
    shop.tell_snapshot([run.customer for run in runs])
    _, told = call("GET", RUNS, scenario="second_order")
    assert {one["id"] for one in told["runs"]} == {run.id for run in runs}
    assert call("GET", RUNS, query={"state": "ended"}, scenario="second_order")[1]["runs"] == []
    _, ones = call("GET", RUNS, query={"customer": runs[0].customer}, scenario="second_order")
    assert [one["id"] for one in ones["runs"]] == [runs[0].id]


def test_a_customers_run_is_ended_by_hand(call: Caller, shop: SegmentShop) -> None:
    run = run_of(shop, "Ada")
    assert call("DELETE", RUN, scenario="second_order", run=run.id) == (204, None)
    assert call("DELETE", RUN, scenario="second_order", run=run.id) == (204, None)
    _, told = call("GET", RUNS, query={"customer": run.customer}, scenario="second_order")
    assert [(one["state"], one["reason"]) for one in told["runs"]] == [("ended", "stopped")]
    assert call("DELETE", RUN, scenario="win_back", run=run.id)[0] == 404


def test_the_end_of_a_customers_run_is_told_to_the_snapshot(call: Caller, shop: SegmentShop) -> None:
    run = run_of(shop, "Ada")
    call("DELETE", RUN, scenario="second_order", run=run.id)
    found = shop.aws.sqs.receive_message(QueueUrl=shop.aws.snapshot_url, MaxNumberOfMessages=10)["Messages"]
    assert {one for told in found for one in json.loads(told["Body"])["customers"]} == {run.customer}


@pytest.mark.parametrize("query", [{"state": "asleep"}, {"customer": "someone"}, {"cursor": "no"}])
def test_a_wrong_parameter_is_refused_naming_it(call: Caller, query: dict[str, str]) -> None:
    status, problem = call("GET", RUNS, query=query, scenario="second_order")
    assert (status, problem["field"]) == (400, next(iter(query)))


def test_a_segment_can_be_sent_to_that_the_shop_made(call: Caller, shop: SegmentShop) -> None:
    body = {"id": "ours", "name": "Ours", "rule": BUYERS, "origin": "shop"}
    shop.items.write(Put(Item(keys.segment("demo", "ours"), "1", body)))
    assert call("POST", CAMPAIGNS, {"segment": "ours", "content": CONTENT})[1]["of"] == 3
