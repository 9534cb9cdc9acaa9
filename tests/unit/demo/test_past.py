"""The past of the demo shop: it was recorded, decided and counted by the product's own services."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kairos import keys
from kairos.domain.identity import IdentityKey
from kairos.domain.message import LedgerEntry
from kairos.domain.shop import Shop
from kairos.ports import Item
from local.demo_past.playing import Past, Wanted, play
from local.shop_generator import SHOP, shop_settings

pytestmark = pytest.mark.proof  # half a minute

ENDS = datetime(2026, 11, 22, 11, tzinfo=UTC)
POOL = "welcome"


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    return play(wanted(tmp_path_factory.mktemp("past")))


def wanted(folder: Path) -> Wanted:
    told = {name: value for name, value in shop_settings("secret").items() if name != "secrets"}
    shop = Shop(id=SHOP, **told)
    held = [Item(keys.shop(SHOP), "1", shop.as_json()), Item(keys.listed_shop(SHOP), "1", {})]
    codes = [f"SONNE-{number}" for number in range(50)]
    return Wanted(
        shop, held, IdentityKey(secret=b"secret"), ENDS, POOL, codes, "https://api.example.com",
        "https://pictures.example.com", folder, customers=24, visits_a_day=1,
        ticks_apart=60, daily=timedelta(days=1),
    )  # fmt: skip


def of(past: Past, kind: str) -> list[Item]:
    return [one for one in past.items if one.key.sk.partition("#")[0] == kind]


def test_every_message_of_the_past_stands_in_the_ledger_as_sent(past: Past) -> None:
    entries = [LedgerEntry.model_validate(one.body) for one in of(past, "message")]

    assert past.messages == len(entries) > 3
    assert {one.state for one in entries} == {"sent"}
    assert all(one.reserved_at < ENDS for one in entries)


def test_every_message_belongs_to_a_run_that_was_decided_for(past: Past) -> None:
    runs = {one.key.pk for one in past.items if one.key.sk == "run"}
    decided = {one.key.pk for one in of(past, "decision")}

    for one in of(past, "message"):
        run = keys.run(SHOP, LedgerEntry.model_validate(one.body).step.run).pk
        assert run in runs & decided


def test_customers_have_memberships_and_segments_a_history_of_months(past: Past) -> None:
    assert len(of(past, "membership")) == len(of(past, "profile")) >= 24
    days = sorted(one.key.sk for one in past.items if one.key.sk[:2] == "20")
    assert days[0] < "2026-01" < "2026-11-20" < days[-1]


def test_every_file_that_an_item_leads_to_is_there(past: Past) -> None:
    [site] = [one.body for one in past.items if one.key == keys.site(SHOP)]
    assert site["days"]
    assert {ref["key"] for ref in site["days"].values()} <= past.objects.keys()
    assert not [key for key in past.objects if key.startswith("site/new/")]
