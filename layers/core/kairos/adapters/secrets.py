"""Secrets Manager: each shop's secret, read afresh or remembered for some minutes. Light imports only."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from kairos.domain.errors import Throttled


class SecretsManager:
    """See ports.Secrets. prefix: of the names of the shops' secrets, with its final slash."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def get(self, name: str) -> dict[str, Any] | None:
        """See ports.Secrets. Raises Throttled where Secrets Manager gives no answer."""
        text = self._read(self._prefix + name)
        told: dict[str, Any] | None = json.loads(text) if text is not None else None
        return told

    def text(self, name: str) -> str:
        """A secret that is no JSON, by its full name or ARN. Raises KeyError if there is none."""
        text = self._read(name)
        if text is None:
            raise KeyError(name)
        return text

    def put(self, name: str, value: Mapping[str, Any]) -> None:
        """See ports.Secrets."""
        told = {"SecretId": self._prefix + name, "SecretString": json.dumps(value, sort_keys=True)}
        try:
            self._client.put_secret_value(**told)
        except ClientError as error:
            if _code(error) != "ResourceNotFoundException":
                raise Throttled(f"Secrets Manager did not take the secret: {_code(error)}.") from error
            self._create(told)

    def delete(self, name: str) -> None:
        """See ports.Secrets. At once, so that the shop's name may be used again."""
        try:
            self._client.delete_secret(SecretId=self._prefix + name, ForceDeleteWithoutRecovery=True)
        except ClientError as error:
            if _code(error) != "ResourceNotFoundException":
                raise

    def _create(self, told: Mapping[str, str]) -> None:
        try:
            self._client.create_secret(Name=told["SecretId"], SecretString=told["SecretString"])
        except ClientError as error:
            if _code(error) != "ResourceExistsException":
                raise Throttled(f"Secrets Manager did not make the secret: {_code(error)}.") from error
            self._client.put_secret_value(**told)

    def _read(self, name: str) -> str | None:
        try:
            text: str = self._client.get_secret_value(SecretId=name)["SecretString"]
        except ClientError as error:
            # Deleted a moment ago: Secrets Manager still knows the name, but it opens nothing.
            if _code(error) in {"ResourceNotFoundException", "InvalidRequestException"}:
                return None
            raise Throttled(f"Secrets Manager gave no secret: {_code(error)}.") from error
        except BotoCoreError as error:
            raise Throttled("Secrets Manager did not answer.") from error
        return text


def _code(error: ClientError) -> str:
    code: str = error.response["Error"]["Code"]
    return code


class _Held(NamedTuple):
    secret: dict[str, Any]
    read_at: float


class RememberedSecrets:
    """Shops' secrets, each remembered for `keep` seconds; `monotonic` tells seconds that only grow.

    What is refused by a remembered secret is judged once more by a fresh one, so that a rotated secret
    opens at once; but not if that one was read less than `fresh_for` seconds ago, so that a flood of
    wrong signatures does not become a flood of reads. Shops that do not exist are not remembered: the
    first delivery after a shop's creation must find it.
    """

    MOST_HELD = 1000

    def __init__(
        self,
        read: Callable[[str], dict[str, Any] | None],
        monotonic: Callable[[], float],
        keep: float = 300,
        fresh_for: float = 1,
    ) -> None:
        self._read = read
        self._monotonic = monotonic
        self._keep = keep
        self._fresh_for = fresh_for
        self._held: dict[str, _Held] = {}

    def judge[T](self, shop: str, opens: Callable[[Mapping[str, Any]], T]) -> T | None:
        """What `opens` says of the shop's secret (falsy: refused); None where there is no such shop.

        Raises Throttled where nothing is remembered and the secret can't be read.
        """
        secret = self._remembered(shop)
        if secret is None:
            return None
        said = opens(secret)
        if said or self._age(shop) < self._fresh_for:
            return said
        fresh = self._refreshed(shop)
        return None if fresh is None else opens(fresh)

    def _remembered(self, shop: str) -> Mapping[str, Any] | None:
        held = self._held.get(shop)
        if held is not None and self._age(shop) < self._keep:
            return held.secret
        return self._refreshed(shop)

    def _refreshed(self, shop: str) -> Mapping[str, Any] | None:
        try:
            secret = self._read(shop)
        except Throttled:
            if shop in self._held:
                return self._held[shop].secret
            raise
        self._held.pop(shop, None)
        if secret is not None:
            if len(self._held) >= self.MOST_HELD:
                self._held.pop(next(iter(self._held)))
            self._held[shop] = _Held(secret, self._monotonic())
        return secret

    def _age(self, shop: str) -> float:
        return self._monotonic() - self._held[shop].read_at
