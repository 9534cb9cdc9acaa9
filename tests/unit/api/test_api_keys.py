"""API keys: shown once, kept as a hash, closed at once."""

from datetime import timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.domain.access import Caller
from kairos.domain.errors import Forbidden, NotFound, Refused
from kairos.ports import Item
from kairos.services.api_keys import KeyWish, create_key, find_caller, hash_of, list_keys, withdraw_key
from tests.unit.api.fakes import DEPLOYMENT_OWNER, NOW, FixedClock

OWNER_OF_ALPHA = Caller(key_id="k1", role="owner", shops=("alpha",))


@pytest.fixture
def items() -> MemoryItems:
    store = MemoryItems()
    for shop in ("alpha", "beta"):
        store.stored[keys.shop(shop)] = Item(keys.shop(shop), "1", {})
    return store


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


def create(items: MemoryItems, clock: FixedClock, caller: Caller = DEPLOYMENT_OWNER, **wish: Any) -> Any:
    return create_key(items, clock, caller, "alpha", KeyWish.model_validate({"role": "marketer"} | wish))


def test_a_key_opens_what_it_was_made_for(items: MemoryItems, clock: FixedClock) -> None:
    made = create(items, clock, shops=["alpha", "beta"])
    assert find_caller(items, clock, made["key"]) == Caller(
        key_id=made["id"], role="marketer", shops=("alpha", "beta")
    )


def test_without_shops_a_key_opens_the_shop_of_the_address(items: MemoryItems, clock: FixedClock) -> None:
    assert create(items, clock)["shops"] == ["alpha"]


def test_the_secret_is_neither_stored_nor_shown_again(items: MemoryItems, clock: FixedClock) -> None:
    secret = create(items, clock)["key"]
    assert secret not in str(items.stored)
    [listed] = list_keys(items, DEPLOYMENT_OWNER, "alpha")
    assert secret not in str(listed)
    assert hash_of(secret) not in str(listed)
    assert listed["last_four"] == secret[-4:]


def test_two_keys_differ(items: MemoryItems, clock: FixedClock) -> None:
    assert create(items, clock)["key"] != create(items, clock)["key"]


@pytest.mark.parametrize("secret", ["", "kairos_wrong", "\udcff", "x" * 10_000])
def test_a_wrong_secret_opens_nothing(items: MemoryItems, clock: FixedClock, secret: str) -> None:
    create(items, clock)
    assert find_caller(items, clock, secret) is None


def test_an_expired_key_opens_nothing_from_that_instant(items: MemoryItems, clock: FixedClock) -> None:
    secret = create(items, clock, expires_at=NOW + timedelta(days=1))["key"]
    clock.time = NOW + timedelta(days=1) - timedelta(seconds=1)
    assert find_caller(items, clock, secret) is not None
    clock.time = NOW + timedelta(days=1)
    assert find_caller(items, clock, secret) is None


def test_a_withdrawn_key_opens_nothing_and_leaves_nothing(items: MemoryItems, clock: FixedClock) -> None:
    before = dict(items.stored)
    made = create(items, clock)
    withdraw_key(items, "alpha", made["id"])
    assert find_caller(items, clock, made["key"]) is None
    assert items.stored == before


def test_a_key_withdrawn_from_one_shop_still_opens_the_other(items: MemoryItems, clock: FixedClock) -> None:
    made = create(items, clock, shops=["alpha", "beta"])
    withdraw_key(items, "alpha", made["id"])
    left = find_caller(items, clock, made["key"])
    assert left is not None
    assert left.shops == ("beta",)
    assert list_keys(items, DEPLOYMENT_OWNER, "alpha") == []


def test_a_shops_list_names_no_shop_that_its_reader_does_not_own(items: Any, clock: FixedClock) -> None:
    create(items, clock, shops=["alpha", "beta"])
    [listed] = list_keys(items, OWNER_OF_ALPHA, "alpha")
    assert listed["shops"] == ["alpha"]


def test_nobody_makes_a_key_for_a_shop_that_is_not_theirs(items: MemoryItems, clock: FixedClock) -> None:
    before = dict(items.stored)
    with pytest.raises(Forbidden):
        create(items, clock, OWNER_OF_ALPHA, shops=["alpha", "beta"])
    assert items.stored == before


def test_no_key_is_made_for_a_shop_that_does_not_exist(items: MemoryItems, clock: FixedClock) -> None:
    with pytest.raises(NotFound):
        create(items, clock, shops=["alpha", "nobody"])


@pytest.mark.parametrize(
    ("wish", "field"), [({"shops": ["beta"]}, "shops"), ({"expires_at": NOW}, "expires_at")]
)
def test_a_wish_that_cannot_be_met_names_its_field(
    items: MemoryItems, clock: FixedClock, wish: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        create(items, clock, **wish)
    assert refused.value.field == field


def test_an_unknown_key_cannot_be_withdrawn(items: MemoryItems) -> None:
    with pytest.raises(NotFound):
        withdraw_key(items, "alpha", "nobody")


def test_another_shops_key_cannot_be_withdrawn(items: MemoryItems, clock: FixedClock) -> None:
    made = create(items, clock)
    with pytest.raises(NotFound):
        withdraw_key(items, "beta", made["id"])
    assert find_caller(items, clock, made["key"]) is not None
