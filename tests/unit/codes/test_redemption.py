"""Who used which code, told from orders in whatever order they come."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from kairos.domain.errors import NotFound, Refused
from kairos.domain.message import CodeWish
from kairos.domain.order import Amounts, OrderSnapshot
from kairos.domain.snapshot import Snapshot
from kairos.services.codes import FreeCode, claim_of, claim_writes
from kairos.services.codes.redemption import codes_of_customer, named_customer, story_of_code
from kairos.services.customers import resolve
from tests.unit.api.shop_floor import KEY, THEN, Floor, customer, person_of

ADA = KEY.node("demo", "platform_id", "1")
BOB = KEY.node("demo", "platform_id", "2")
NOW = THEN + timedelta(days=3)


def bought(number: int, code: str, who: int = 1, **told: Any) -> OrderSnapshot:
    return OrderSnapshot(
        **{
            "id": f"o{number}",
            "updated_at": THEN + timedelta(hours=1),
            "placed_at": THEN + timedelta(hours=number),
            "status": "paid",
            "amounts": Amounts(currency="EUR", total=4990),
            "codes": (code,),
            "identities": person_of("Ada" if who == 1 else "Bob", who),
        }
        | told
    )


def floor_with(*told: Snapshot) -> Floor:
    """The shop, Ada with the code TENTH from a message, Bob, and what is told."""
    floor = Floor()
    floor.record(customer("Ada", 1), customer("Bob", 2))
    message_id = floor.mailed("Ada", 1)
    claim = claim_of(CodeWish(percent=10), FreeCode(None, "TENTH", None), message_id, THEN)
    floor.items.transact(claim_writes("demo", ADA, FreeCode(None, "TENTH", None), claim))
    floor.record(*told)
    return floor


def code_of(floor: Floor) -> dict[str, Any]:
    [told] = codes_of_customer(floor.items, "demo", ADA, NOW)
    return told


def test_a_code_that_nobody_used_shows_its_message_and_no_use() -> None:
    told = code_of(floor_with())
    assert (told["code"], told["percent"], told["scenario"], told["step"]) == (
        "TENTH",
        10,
        "abandoned_cart",
        "reminder_1",
    )
    assert (told["state"], told["uses"]) == ("waiting", [])


def test_an_order_with_the_code_in_any_case_is_its_use() -> None:
    told = code_of(floor_with(bought(1, "tenth")))
    assert told["state"] == "used"
    [use] = told["uses"]
    assert (use["order"], use["value"], use["currency"], use["by"], use["counts"]) == (
        "o1",
        "49.90",
        "EUR",
        "holder",
        True,
    )
    assert use["at"] == (THEN + timedelta(hours=1)).isoformat()


def test_somebody_else_who_uses_the_code_is_told_apart() -> None:
    uses = code_of(floor_with(bought(1, "Tenth", who=2), bought(2, "TENTH")))["uses"]
    assert [(use["order"], use["by"]) for use in uses] == [("o1", "somebody else"), ("o2", "holder")]


def test_a_cancelled_order_is_still_a_use_that_does_not_count() -> None:
    [use] = code_of(floor_with(bought(1, "TENTH", status="cancelled")))["uses"]
    assert use["counts"] is False


@pytest.mark.parametrize("other", [{"status": "draft"}, {"test": True}, {"deleted": True}])
def test_an_order_that_nobody_placed_is_no_use(other: dict[str, Any]) -> None:
    assert code_of(floor_with(bought(1, "TENTH", **other)))["uses"] == []


def test_whatever_the_order_of_arrival_the_same_is_told() -> None:
    later = {"updated_at": THEN + timedelta(hours=5)}
    story = [
        bought(1, "TENTH"),
        bought(1, "OTHER", **later),  # the code was taken off the order
        bought(2, "tenth", who=2),
        bought(2, "tenth", who=2, **later),
    ]
    told = [code_of(floor_with(*some)) for some in permutations(story)]
    assert all(one == told[0] for one in told)
    assert [use["order"] for use in told[0]["uses"]] == ["o2"]


def test_an_order_told_twice_is_one_use() -> None:
    assert len(code_of(floor_with(bought(1, "TENTH"), bought(1, "TENTH")))["uses"]) == 1


def test_an_order_that_came_before_the_code_was_given_is_found() -> None:
    floor = Floor()
    floor.record(bought(1, "TENTH", who=2))
    assert story_of_code(floor.items, "demo", "TENTH", NOW)["uses"][0]["by"] == "unknown"
    message_id = floor.mailed("Ada", 1)
    claim = claim_of(CodeWish(), FreeCode(None, "TENTH", None), message_id, THEN)
    floor.items.transact(claim_writes("demo", ADA, FreeCode(None, "TENTH", None), claim))
    floor.record(customer("Ada", 1))
    assert story_of_code(floor.items, "demo", "tenth", NOW)["uses"][0]["by"] == "somebody else"


def test_one_code_tells_its_holder_and_use() -> None:
    told = story_of_code(floor_with(bought(1, "TENTH")).items, "demo", " tenth ", NOW)
    assert (told["customer"], told["uses"][0]["order"]) == (ADA, "o1")


def test_a_code_that_nobody_knows_is_not_found_nor_is_that_of_another_shop() -> None:
    floor = floor_with(bought(1, "TENTH"))
    for shop, code in (("demo", "NONE"), ("other", "TENTH"), ("demo", " ")):
        with pytest.raises(NotFound):
            story_of_code(floor.items, shop, code, NOW)


def test_what_is_no_customers_id_is_refused() -> None:
    assert named_customer(ADA) == ADA
    with pytest.raises(Refused):
        named_customer("ada@example.com")


def test_erasure_leaves_no_way_from_the_code_to_who_held_or_used_it() -> None:
    floor = floor_with(bought(1, "TENTH"), bought(2, "TENTH", who=2))
    floor.erase("demo", resolve(floor.items, "demo", ADA).nodes, NOW)
    told = story_of_code(floor.items, "demo", "TENTH", NOW)
    assert (told["customer"], [use["order"] for use in told["uses"]]) == (None, ["o2"])
    floor.erase("demo", resolve(floor.items, "demo", BOB).nodes, NOW)
    assert not [key for key in floor.items.stored if "#code#" in key.pk]
