"""Dead letters: each shop finds its own, sees no body, and loses none by replaying."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.api import read_as
from kairos.domain.dead_letter import masked, name_of
from kairos.domain.errors import Refused
from kairos.ports import Item, Put
from kairos.services.dead_letters.keeping import KEPT, NOBODYS, Buried, Keeping, keep_letter
from kairos.services.dead_letters.replaying import Replaying, ReplayWish, list_letters, replay
from tests.unit.api.shop_floor import SHOP, MemoryCounts

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DELIVERY = {
    "shop": "demo",
    "platform": "shopify",
    "source": "webhook",
    "headers": {"x-shopify-topic": "orders/create", "x-shopify-webhook-id": "1"},
    "body": "eyJlbWFpbCI6ICJhZGFAZXhhbXBsZS5jb20ifQ==",
    "received_at": "2026-11-22T09:00:00+00:00",
}


class At:
    """A clock that tells real time."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def shown(self, real: datetime) -> datetime:
        return real

    def real_elapsed(self, since: datetime) -> timedelta:
        return self._now - since


class Heard:
    """A queue; fails after so many messages."""

    def __init__(self, fails_after: int | None = None) -> None:
        self.bodies: list[Mapping[str, Any]] = []
        self.fails_after = fails_after

    def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:
        assert attributes is None
        if self.fails_after == len(self.bodies):
            raise ConnectionError
        self.bodies.append(body)


@pytest.fixture
def items() -> MemoryItems:
    held = MemoryItems()
    for shop in ("demo", "other"):
        held.write(Put(Item(keys.shop(shop), "1", SHOP.model_copy(update={"id": shop}).as_json())))
    return held


def buried(number: int, shop: str = "demo", **told: str) -> Buried:
    body = json.dumps({**DELIVERY, "shop": shop})
    attributes = {"reason": "unreadable", "shop": shop, **told}
    return Buried(f"m{number}", body, NOW - timedelta(minutes=number), attributes)


def names(items: MemoryItems, shop: str = "demo") -> list[str]:
    return [one["name"] for one in list_letters(items, At(), shop)["letters"]]


def test_a_shop_sees_its_own_letters_newest_first_and_no_other_shops(items: MemoryItems) -> None:
    for number in (3, 1, 2):
        keep_letter(items, buried(number))
    keep_letter(items, buried(9, "other"))
    assert [name.rpartition("-")[2] for name in names(items)] == ["m1", "m2", "m3"]
    assert [name.rpartition("-")[2] for name in names(items, "other")] == ["m9"]


def test_it_says_what_was_wrong_and_nothing_of_the_body(items: MemoryItems) -> None:
    problem = (
        "'Ada Lovelace' is no time. Send one such as \"2026-01-01\", not ada@example.com or +41 79 123 45 67."
    )
    keep_letter(items, buried(1, field="lines[0].price", problem=problem))
    (told,) = list_letters(items, At(), "demo")["letters"]
    assert (told["reason"], told["field"], told["platform"]) == ("unreadable", "lines[0].price", "shopify")
    assert (told["topic"], told["received_at"]) == ("orders/create", "2026-11-22T09:00:00+00:00")
    shown = json.dumps(told)
    for personal in ("Ada", "example.com", "123 45 67", DELIVERY["body"]):
        assert personal not in shown
    assert "is no time. Send one such as" in shown


@given(st.emails())
def test_no_address_is_ever_shown(email: str) -> None:
    assert email not in masked(f"The field holds {email} and more.")


@pytest.mark.parametrize(
    ("body", "told", "files_with"),
    [
        (json.dumps(DELIVERY), {}, "demo"),
        (json.dumps({"object": "oversize/demo/1.json"}), {}, "demo"),
        ("not even JSON", {}, NOBODYS),
        (json.dumps({**DELIVERY, "shop": "gone"}), {"shop": "gone"}, NOBODYS),
    ],
)
def test_what_the_queue_itself_gave_up_is_filed_by_what_it_says(
    items: MemoryItems, body: str, told: dict[str, str], files_with: str
) -> None:
    keep_letter(items, Buried("m1", body, NOW, told))
    (letter,) = list_letters(items, At(), files_with)["letters"]
    assert letter["reason"] == "failed again and again"


def test_keeping_a_letter_twice_keeps_it_once_and_one_that_fails_harms_no_other(items: MemoryItems) -> None:
    troubled: list[str] = []
    keeping = Keeping(items, MemoryCounts(), lambda one, _error: troubled.append(one))
    broken = buried(2)._replace(told={"shop": "demo", "reason": None})  # type: ignore[dict-item]
    assert keeping.keep([buried(1), broken, buried(3)]) == ["m2"] == troubled
    assert keeping.keep([buried(1)]) == []
    assert len(names(items)) == 2


def test_letters_go_back_as_they_came_and_are_gone(items: MemoryItems) -> None:
    for number in (1, 2, 3):
        keep_letter(items, buried(number))
    heard, (first, *others) = Heard(), names(items)
    assert replay(Replaying(items, At(), heard), "demo", ReplayWish(letters=(first,))) == {
        "replayed": 1,
        "left": False,
    }
    assert (heard.bodies, names(items)) == ([DELIVERY], others)
    assert replay(Replaying(items, At(), heard), "demo", ReplayWish(all=True))["replayed"] == 2
    assert (len(heard.bodies), names(items)) == (3, [])


def test_a_replay_that_dies_midway_loses_none(items: MemoryItems) -> None:
    for number in range(5):
        keep_letter(items, buried(number))
    heard = Heard(fails_after=2)
    with pytest.raises(ConnectionError):
        replay(Replaying(items, At(), heard), "demo", ReplayWish(all=True))
    assert len(heard.bodies) + len(names(items)) == 5


def test_a_shop_cannot_replay_anothers_letter(items: MemoryItems) -> None:
    keep_letter(items, buried(1, "other"))
    heard, wish = Heard(), ReplayWish(letters=tuple(names(items, "other")))
    assert replay(Replaying(items, At(), heard), "demo", wish)["replayed"] == 0
    assert (heard.bodies, len(names(items, "other"))) == ([], 1)


def test_a_letter_is_shown_for_fourteen_days(items: MemoryItems) -> None:
    keep_letter(items, buried(0))
    assert list_letters(items, At(NOW + KEPT - timedelta(seconds=1)), "demo")["letters"]
    assert list_letters(items, At(NOW + KEPT), "demo")["letters"] == []


@pytest.mark.parametrize("told", [{}, {"all": True, "letters": [name_of(NOW, "m")]}, {"letters": ["../x"]}])
def test_a_replay_says_which_letters_it_wants(told: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        read_as(ReplayWish, told)
