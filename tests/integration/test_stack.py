"""What `make up` promises, whatever the functions do."""

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest


def client(stack: dict[str, Any], service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=stack["endpoint_url"],
        region_name=stack["region"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def refused(stack: dict[str, Any], path: str, **headers: str) -> tuple[int, str, dict[str, Any]]:
    """Status, content type and body of a refusal."""
    request = urllib.request.Request(stack["api_url"] + path, headers=headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    error = caught.value
    return error.code, error.headers["Content-Type"], json.loads(error.read())


def test_stack_json_says_how_to_reach_everything(stack: dict[str, Any]) -> None:
    assert stack.keys() >= {"api_url", "api_key", "region", "endpoint_url", "outbox", "wait_scale"}
    assert stack["api_key"].isalnum()
    assert 0 < stack["wait_scale"] <= 1


def test_everything_answers_on_this_machine_only(stack: dict[str, Any]) -> None:
    assert {urlsplit(stack[key]).hostname for key in ("api_url", "endpoint_url")} == {"127.0.0.1"}


def test_every_function_finds_its_packages_in_its_layers(stack: dict[str, Any]) -> None:
    functions = client(stack, "lambda")
    names = [each["FunctionName"] for each in functions.list_functions()["Functions"]]
    broken = {}
    for name in names:
        answer = functions.invoke(FunctionName=name, Payload=b"{}")
        told = json.loads(answer["Payload"].read())
        if answer.get("FunctionError") and "init failed" in told["errorMessage"]:
            broken[name] = told["errorMessage"]
    assert names
    assert broken == {}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}], ids=["no key", "a wrong key"])
def test_the_api_tells_who_comes_without_a_valid_key_what_to_do(
    stack: dict[str, Any], headers: dict[str, str]
) -> None:
    status, kind, problem = refused(stack, "/v1/shops/any", **headers)
    assert (status, kind) == (401, "application/problem+json")
    assert problem["status"] == 401
    assert "API key" in problem["detail"]


def test_an_unknown_address_is_a_problem_document_too(stack: dict[str, Any]) -> None:
    status, kind, problem = refused(stack, "/v1/nothing", Authorization=f"Bearer {stack['api_key']}")
    assert (status, kind, problem["status"]) == (404, "application/problem+json", 404)
