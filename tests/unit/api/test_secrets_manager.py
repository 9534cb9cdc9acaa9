"""Shops' secrets in Secrets Manager."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from kairos.adapters.secrets import SecretsManager
from kairos.domain.errors import Throttled


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretsManager]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield SecretsManager(boto3.client("secretsmanager", region_name="eu-central-1"), "kairos/shops/")


def test_what_is_put_is_got_and_replaced(vault: SecretsManager) -> None:
    for secret in ({"current": "one"}, {"current": "two"}):
        vault.put("demo", secret)
        assert vault.get("demo") == secret


def test_an_unknown_secret_is_none(vault: SecretsManager) -> None:
    assert vault.get("demo") is None


def test_a_deleted_secret_is_gone_deleting_again_is_fine_and_its_name_is_free(vault: SecretsManager) -> None:
    vault.put("demo", {"current": "one"})
    for _ in range(2):
        vault.delete("demo")
    assert vault.get("demo") is None
    vault.put("demo", {"current": "two"})
    assert vault.get("demo") == {"current": "two"}


class Broken:
    """A client whose every call fails."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def call(**_: Any) -> None:
            self.calls.append(name)
            if self.errors:
                raise self.errors.pop(0)

        return call


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "Any")


@pytest.mark.parametrize(
    "failure",
    [error("ThrottlingException"), error("InternalServiceError"), EndpointConnectionError(endpoint_url="x")],
)
def test_a_vault_that_fails_is_told_apart_from_an_unknown_secret(failure: Exception) -> None:
    with pytest.raises(Throttled):
        SecretsManager(Broken(failure), "p/").get("demo")


def test_a_secret_that_somebody_else_makes_meanwhile_is_replaced() -> None:
    client = Broken(error("ResourceNotFoundException"), error("ResourceExistsException"))
    SecretsManager(client, "p/").put("demo", {})
    assert client.calls == ["put_secret_value", "create_secret", "put_secret_value"]
