"""What the template promises about permissions, queues and time."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.lint_statemachines import read_template
from tests.unit.reach import methods_reached

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "template.yaml").read_text()
TEMPLATE = read_template(TEXT)
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
FUNCTIONS = {name: each for name, each in RESOURCES.items() if each["Type"] == "AWS::Serverless::Function"}
QUEUES = {name: each["Properties"] for name, each in RESOURCES.items() if each["Type"] == "AWS::SQS::Queue"}


def unexplained_wildcards(text: str) -> Iterator[str]:
    """Lines whose permission reaches further than one name, without a comment on them or right above."""
    block = ""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if match := re.match(r"\s*-?\s*(Action|Resource|Principal|NotAction|NotResource):", line):
            block = match[1]
        elif re.match(r"\s*-?\s*\w+:(\s|$)", line):
            block = ""
        value = line.partition("#")[0]
        if block and "*" in value:
            above = [before.strip() for before in lines[max(0, number - 3) : number]]
            if "#" not in line and not any(before.startswith("#") for before in above):
                yield line.strip()


def test_each_wildcard_in_a_permission_has_its_reason_beside_it() -> None:
    assert list(unexplained_wildcards(TEXT)) == []


@pytest.mark.parametrize(
    "line", ["Action: s3:*", 'Resource: "*"', "Resource:\n  - !Sub a/*", "NotAction: [a:*]"]
)
def test_the_test_itself_sees_a_wildcard(line: str) -> None:
    assert list(unexplained_wildcards(line))


def test_no_function_may_do_everything() -> None:
    policies = str([each["Properties"].get("Policies") for each in FUNCTIONS.values()])
    assert "AdministratorAccess" not in policies
    assert "FullAccess" not in policies


CLIENTS = {
    "cognito.py": "cognito-idp",
    "senders.py": "ses",
    "dynamodb/*.py": "dynamodb",
    "s3.py": "s3",
    "events.py": "events",
    "secrets.py": "secretsmanager",
    "ses.py": "ses",
    "sns.py": "sns",
    "sqs.py": "sqs",
    "step_functions.py": "states",
}
"""Which adapters call which service; `functions` calls the same again."""

NAMED_OTHERWISE = {"s3:ListObjectsV2": "s3:ListBucket"}
IN_A_TRANSACTION = {"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"}
BY_LAMBDA_ITSELF = {"logs"}


def called() -> set[str]:
    """The actions that the adapters' code needs."""
    found = set()
    for pattern, service in CLIENTS.items():
        for path in (ROOT / "layers/core/kairos/adapters").glob(pattern):
            for method in re.findall(r"_client\.([a-z0-9_]+)\(", path.read_text()):
                action = f"{service}:{''.join(part.title() for part in method.split('_'))}"
                found.add(NAMED_OTHERWISE.get(action, action))
    return (found - {"dynamodb:TransactWriteItems"}) | IN_A_TRANSACTION


def granted(told: Any) -> Iterator[str]:
    """Every action that a part of the template allows."""
    if isinstance(told, dict):
        # Who may take a role on is no permission of it.
        told = {name: one for name, one in told.items() if name != "AssumeRolePolicyDocument"}
        if told.get("Effect") == "Allow":
            actions = told["Action"]
            yield from [actions] if isinstance(actions, str) else actions
        told = list(told.values())
    for one in told if isinstance(told, list) else []:
        yield from granted(one)


def test_what_is_allowed_is_what_the_code_calls_and_nothing_else() -> None:
    allowed = {one for one in granted(RESOURCES) if one.partition(":")[0] not in BY_LAMBDA_ITSELF}
    assert allowed == called()


def policies_of(code: str) -> list[Any]:
    [found] = [each["Properties"] for each in FUNCTIONS.values() if each["Properties"]["CodeUri"] == code]
    return found["Policies"]


@pytest.mark.parametrize("name", ["authorize", "unsubscribe", "check", "start_scenario", "receive_webhook"])
def test_who_never_deletes_may_not(name: str) -> None:
    policies = policies_of(f"functions/{name}")
    assert "DeleteItems" not in policies
    assert not [one for one in granted(policies) if "Delete" in one]


def test_who_tags_orders_reads_the_shops_secrets_and_has_no_other_new_right() -> None:
    policies = policies_of("functions/take_step")
    assert [one for one in policies if isinstance(one, str)] == [
        "UseTable", "TellSnapshot", "DeleteItems", "OpenShops",
    ]  # fmt: skip
    assert {one["Action"] for one in statements("TakeStep")} == {"sqs:SendMessage"}
    assert set(granted(RESOURCES["OpenShops"])) == {"secretsmanager:GetSecretValue"}


def test_who_ends_runs_by_hand_may_tell_the_snapshot() -> None:
    assert "TellSnapshot" in policies_of("functions/manage_broadcasts")


@pytest.mark.parametrize("name", ["hosted_pages", "unsubscribe", "receive_webhook"])
def test_what_anybody_may_call_opens_little(name: str) -> None:
    reachable = {one.partition(":")[0] for one in granted(policies_of(f"functions/{name}"))}
    assert reachable <= {"secretsmanager", "sqs", "s3"}


def statements(name: str) -> Iterator[dict[str, Any]]:
    """What a function's own policies state."""
    for policy in FUNCTIONS[name]["Properties"]["Policies"]:
        if isinstance(policy, dict):
            yield from policy.get("Statement", [])


def may(name: str, action: str, on: str) -> bool:
    """Whether the function's own policies allow the action on a resource whose name holds this."""
    return any(
        action in (one["Action"] if isinstance(one["Action"], list) else [one["Action"]])
        and on in str(one["Resource"])
        for one in statements(name)
    )


def test_who_puts_items_in_batches_may() -> None:
    """The one write of the table that not every function is allowed that uses the table."""
    puts = {
        name
        for name, each in FUNCTIONS.items()
        if "put_batch" in methods_reached(each["Properties"]["CodeUri"].removeprefix("functions/"))
    }
    assert {name for name in FUNCTIONS if may(name, "dynamodb:BatchWriteItem", "Table")} == puts
    assert {"ImportHistory", "RunBroadcast"} <= puts


def test_two_functions_write_snapshots_and_one_starts_recomputes() -> None:
    writers = {name for name in FUNCTIONS if may(name, "s3:PutObject", "/snapshot/")}
    starters = {name for name in FUNCTIONS if may(name, "states:StartExecution", "recompute-segments")}
    assert writers == {"UpdateSnapshot", "RecomputeSegments"}
    assert starters == {"RecomputeSegments"}


def test_who_may_list_the_bucket_lists_snapshots_and_sites_alone() -> None:
    listed = {
        name: one["Condition"]["StringLike"]["s3:prefix"]
        for name in FUNCTIONS
        for one in statements(name)
        if "s3:ListBucket" in one["Action"]
    }
    assert listed == {
        "RecordEvents": ["snapshot/*", "site/*"],
        "RecomputeSegments": "snapshot/*",
        "CompactSite": "site/*",
    }


def test_who_erases_customers_tells_the_site_and_one_function_alone_writes_its_files() -> None:
    tellers = {name for name in FUNCTIONS if may(name, "s3:PutObject", "/site/")}
    readers = {name for name in FUNCTIONS if may(name, "s3:GetObject", "/site/")}
    assert tellers == {"RecordEvents", "ManageCustomers", "ImportHistory", "CompactSite", "Console"}
    assert readers == {"CompactSite", "ShowSite", "Console"}


def test_the_machine_is_the_one_that_the_function_starts_by_name() -> None:
    """Named, since neither can be made after the other; the name has to be the same in three places."""
    name = RESOURCES["RecomputeMachine"]["Properties"]["Name"]
    started = FUNCTIONS["RecomputeSegments"]["Properties"]["Environment"]["Variables"]["RECOMPUTE_MACHINE"]
    assert name == "${AWS::StackName}-recompute-segments"
    assert started.endswith(f":stateMachine:{name}")
    assert may("RecomputeSegments", "states:StartExecution", started)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_functions_code_is_where_the_template_says(name: str) -> None:
    assert "def handler(" in (ROOT / FUNCTIONS[name]["Properties"]["CodeUri"] / "app.py").read_text()


def test_a_message_stays_invisible_for_six_times_its_functions_timeout() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
    timeout = TEMPLATE["Globals"]["Function"]["Timeout"]
    for function in FUNCTIONS.values():
        for event in function["Properties"].get("Events", {}).values():
            if event["Type"] == "SQS":
                queue = QUEUES[event["Properties"]["Queue"].partition(".")[0]]
                assert queue["VisibilityTimeout"] >= 6 * function["Properties"].get("Timeout", timeout)
                assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
                # What can't be filed is tried for two weeks: behind the dead letters lies nothing.
                assert "RedrivePolicy" in queue or queue is QUEUES["DeadLetters"]


@pytest.mark.parametrize("name", QUEUES)
def test_every_queue_is_encrypted_and_keeps_messages_for_two_weeks(name: str) -> None:
    assert QUEUES[name]["SqsManagedSseEnabled"]
    assert QUEUES[name]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_production_refuses_any_clock_but_the_real_one() -> None:
    [rule] = TEMPLATE["Rules"].values()
    assert rule["RuleCondition"] == ["Stage", "prod"]
    assert {tuple(each["Assert"]) for each in rule["Assertions"]} == {
        ("WaitScale", "1"), ("ClockRealAnchor", ""), ("ClockShownAnchor", ""),
    }  # fmt: skip


def test_what_holds_customers_data_outlives_the_stack() -> None:
    for name in ("Table", "Bucket", "IdentityKey"):
        assert RESOURCES[name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"
