"""Fixed lists hold whom one puts there, and tell what has to be evaluated again."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from kairos import keys
from kairos.domain.errors import Refused
from kairos.domain.identity import Identities
from kairos.domain.segment import Segment
from kairos.ports import Item, Put
from kairos.services.segments.lists import MOST_AT_ONCE, ListChange, Lists, change_list
from tests.unit.api.shop_floor import KEY, Floor, customer

ADA = KEY.node("demo", "platform_id", "1")
ADA_BY_MAIL = KEY.node("demo", "email", "ada@example.com")
BOB = KEY.node("demo", "platform_id", "2")
VIPS = Segment(id="vips", name="VIPs", type="list", rule={"kind": "on_list", "list": "vips"})


class Told:
    """See ports.Queue."""

    def __init__(self) -> None:
        self.messages: list[Mapping[str, Any]] = []

    def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:
        assert attributes is None
        self.messages.append(body)


class Listed:
    """The shop "demo" with Ada and Bob, and what its lists tell."""

    def __init__(self) -> None:
        self.floor = Floor()
        self.floor.record(customer("Ada", 1), customer("Bob", 2))
        self.told = Told()

    def change(self, segment: Segment = VIPS, **change: list[str]) -> dict[str, Any]:
        parts = Lists(self.floor.items, KEY, self.floor.clock, self.told)
        return change_list(parts, "demo", segment, ListChange.model_validate(change))

    def members(self) -> list[str]:
        found = [key for key in self.floor.items.stored if key.sk == "list#vips"]
        return sorted(key.pk.rpartition("#")[2] for key in found)


@pytest.fixture
def listed() -> Listed:
    return Listed()


def test_members_are_put_by_id_or_by_address(listed: Listed) -> None:
    assert listed.change(put=[" ADA@example.com", BOB]) == {"put": 2, "removed": 0, "unknown": []}
    assert listed.members() == sorted([ADA, BOB])


def test_what_changed_is_to_be_evaluated_and_starts_no_scenario(listed: Listed) -> None:
    listed.change(put=["ada@example.com"], remove=[BOB])
    assert listed.told.messages == [{"shop": "demo", "customers": sorted([ADA, BOB]), "cause": "import"}]


def test_repeating_it_changes_nothing_and_tells_the_same(listed: Listed) -> None:
    listed.change(put=[ADA])
    assert listed.change(put=[ADA, "ada@example.com"]) == {"put": 0, "removed": 0, "unknown": []}
    assert listed.members() == [ADA]
    assert listed.told.messages[0] == listed.told.messages[1]


def test_who_was_put_under_any_of_their_names_is_taken_off_under_any(listed: Listed) -> None:
    listed.floor.items.write(Put(Item(keys.on_list("demo", ADA_BY_MAIL, "vips"), "1", {})))
    listed.floor.items.write(Put(Item(keys.on_list("demo", ADA, "vips"), "1", {})))
    assert listed.change(remove=["ada@example.com"])["removed"] == 1
    assert listed.members() == []


def test_strangers_are_named_by_their_place(listed: Listed) -> None:
    stranger = "c" + "0" * 26
    told = listed.change(put=["nobody@example.com", ADA, "no address"], remove=[stranger])
    assert told == {"put": 1, "removed": 0, "unknown": ["put[0]", "put[2]", "remove[0]"]}
    assert listed.members() == [ADA]


def test_customers_of_another_shop_are_strangers(listed: Listed) -> None:
    assert listed.change(put=[KEY.node("other", "platform_id", "1")])["unknown"] == ["put[0]"]


def test_nothing_is_told_where_nobody_was_named(listed: Listed) -> None:
    listed.change(put=["nobody@example.com"])
    assert listed.told.messages == []


def test_the_members_of_a_rule_are_not_put_by_hand(listed: Listed) -> None:
    rule = Segment(id="vips", name="VIPs", rule={"kind": "order_count", "at_least": 3})
    with pytest.raises(Refused):
        listed.change(rule, put=[ADA])


def test_an_erased_customer_leaves_every_list(listed: Listed) -> None:
    listed.change(put=[ADA])
    listed.floor.erase("demo", [ADA, ADA_BY_MAIL], listed.floor.clock.now())
    assert listed.members() == []


def test_two_who_became_one_are_put_once(listed: Listed) -> None:
    merged = customer("Bob", 2).model_copy(
        update={"identities": Identities(platform_id="2", email="ada@example.com")}
    )
    listed.floor.record(merged)
    assert listed.change(put=[ADA, BOB])["put"] == 1


@pytest.mark.parametrize("change", [{}, {"put": [""]}, {"put": ["a"] * MOST_AT_ONCE, "remove": ["b"]}])
def test_a_change_must_name_somebody_and_not_too_many(change: dict[str, list[str]]) -> None:
    with pytest.raises(ValidationError):
        ListChange.model_validate(change)
