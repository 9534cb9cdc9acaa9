"""Secrets are remembered for minutes, and yet a rotation opens at once."""

from collections.abc import Mapping
from typing import Any

import pytest

from kairos.adapters.secrets import RememberedSecrets
from kairos.domain.errors import Throttled


class Vault:
    """Secrets Manager in a dict: counts reads, and fails on demand."""

    def __init__(self, **secrets: str) -> None:
        self.secrets = {shop: {"current": secret} for shop, secret in secrets.items()}
        self.reads = 0
        self.failing = False
        self.time = 1000.0

    def read(self, shop: str) -> dict[str, Any] | None:
        self.reads += 1
        if self.failing:
            raise Throttled("no answer")
        return self.secrets.get(shop)

    def remembered(self) -> RememberedSecrets:
        return RememberedSecrets(self.read, lambda: self.time, keep=300, fresh_for=1)


def is_(expected: str) -> Any:
    def opens(secret: Mapping[str, Any]) -> bool:
        return bool(secret["current"] == expected)

    return opens


def test_a_secret_is_read_once_for_many_deliveries() -> None:
    vault = Vault(demo="old")
    secrets = vault.remembered()
    assert all(secrets.judge("demo", is_("old")) for _ in range(100))
    assert vault.reads == 1


def test_a_remembered_secret_is_read_again_after_its_minutes() -> None:
    vault = Vault(demo="old")
    secrets = vault.remembered()
    secrets.judge("demo", is_("old"))
    vault.time += 300
    secrets.judge("demo", is_("old"))
    assert vault.reads == 2


def test_a_rotated_secret_opens_at_once() -> None:
    vault = Vault(demo="old")
    secrets = vault.remembered()
    secrets.judge("demo", is_("old"))
    vault.secrets["demo"] = {"current": "new"}
    vault.time += 1
    assert secrets.judge("demo", is_("new")) is True


def test_a_flood_of_wrong_signatures_reads_once_a_second() -> None:
    vault = Vault(demo="old")
    secrets = vault.remembered()
    for _ in range(1000):
        vault.time += 0.01
        assert secrets.judge("demo", is_("wrong")) is False
    assert vault.reads <= 12


def test_a_wrong_signature_on_a_cold_start_reads_once() -> None:
    vault = Vault(demo="old")
    assert vault.remembered().judge("demo", is_("wrong")) is False
    assert vault.reads == 1


def test_a_shop_is_found_as_soon_as_it_exists() -> None:
    vault = Vault()
    secrets = vault.remembered()
    assert secrets.judge("demo", is_("new")) is None
    vault.secrets["demo"] = {"current": "new"}
    assert secrets.judge("demo", is_("new")) is True


def test_a_shop_whose_secret_is_gone_is_unknown_once_its_minutes_are_over() -> None:
    vault = Vault(demo="old")
    secrets = vault.remembered()
    secrets.judge("demo", is_("old"))
    del vault.secrets["demo"]
    vault.time += 300
    assert secrets.judge("demo", is_("old")) is None


def test_while_the_vault_fails_remembered_secrets_still_open() -> None:
    vault = Vault(demo="old")
    secrets = vault.remembered()
    secrets.judge("demo", is_("old"))
    vault.failing = True
    vault.time += 1000
    assert secrets.judge("demo", is_("old")) is True


def test_while_the_vault_fails_an_unremembered_shop_is_neither_known_nor_unknown() -> None:
    vault = Vault(demo="old")
    vault.failing = True
    with pytest.raises(Throttled):
        vault.remembered().judge("demo", is_("old"))


def test_the_number_of_remembered_shops_is_bounded() -> None:
    vault = Vault(**{f"shop{n}": "secret" for n in range(RememberedSecrets.MOST_HELD + 1)})
    secrets = vault.remembered()
    for shop in vault.secrets:
        secrets.judge(shop, is_("secret"))
    reads = vault.reads
    secrets.judge("shop0", is_("secret"))
    assert vault.reads == reads + 1
    secrets.judge(f"shop{RememberedSecrets.MOST_HELD}", is_("secret"))
    assert vault.reads == reads + 1
