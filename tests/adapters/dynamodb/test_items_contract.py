"""What every store promises: the one in memory, by which the rules are tested, and the one in DynamoDB."""

import random

import pytest

from kairos.adapters.dynamodb.items import DynamoItems
from kairos.adapters.memory import MemoryItems
from kairos.domain.errors import Conflict
from kairos.ports import Check, Delete, Item, Key, Newer, Put, Unchanged
from tests.adapters.dynamodb.conftest import TABLE

ORDER = Key("shop#order#1", "order")


def item(version="1", key=ORDER, body=None, expires_at=None):
    return Item(key, version, {"told": version} if body is None else body, expires_at)


@pytest.fixture(params=["memory", "dynamodb"])
def items(request):
    if request.param == "memory":
        return MemoryItems()
    return DynamoItems(request.getfixturevalue("dynamodb"), TABLE, sleep=lambda _: None)


def test_what_was_put_comes_back_whole(items):
    whole = item(
        body={"a": [1, {"b": "ü"}], "none": None, "yes": True, "cents": 1234}, expires_at=1_800_000_000
    )
    items.write(Put(whole))
    assert items.get(ORDER) == whole


def test_nothing_is_none(items):
    assert items.get(ORDER) is None


def test_an_item_without_expiry_has_none(items):
    items.write(Put(item(expires_at=5)))
    items.write(Put(item()))
    assert items.get(ORDER).expires_at is None


def test_a_body_of_a_megabyte_of_text_is_kept(items):
    big = item(body={"text": "tracksuit " * 100_000})
    items.write(Put(big))
    assert items.get(ORDER) == big


def test_newer_writes_where_nothing_is(items):
    items.write(Put(item("2026"), Newer()))
    assert items.get(ORDER).version == "2026"


def test_newer_replaces_a_lesser_version(items):
    items.write(Put(item("2026-01-02T09#a")))
    items.write(Put(item("2026-01-02T10#a"), Newer()))
    assert items.get(ORDER).version == "2026-01-02T10#a"


@pytest.mark.parametrize("late", ["2026-01-02T09#a", "2026-01-02T08#z"])
def test_newer_refuses_an_equal_or_lesser_version(items, late):
    items.write(Put(item("2026-01-02T09#a")))
    with pytest.raises(Conflict):
        items.write(Put(item(late, body={"told": "late"}), Newer()))
    assert items.get(ORDER) == item("2026-01-02T09#a")


def test_versions_compare_as_text(items):
    items.write(Put(item("9")))
    with pytest.raises(Conflict):
        items.write(Put(item("10"), Newer()))


@pytest.mark.parametrize(
    ("held", "asked", "holds"), [("1", "1", True), ("2", "1", False), (None, "1", False)]
)
def test_unchanged_holds_for_exactly_that_version(items, held, asked, holds):
    if held:
        items.write(Put(item(held)))
    if holds:
        items.write(Put(item("3"), Unchanged(asked)))
        assert items.get(ORDER).version == "3"
    else:
        with pytest.raises(Conflict):
            items.write(Put(item("3"), Unchanged(asked)))


def test_unchanged_none_holds_only_where_nothing_is(items):
    items.write(Put(item("1"), Unchanged(None)))
    with pytest.raises(Conflict):
        items.write(Put(item("2"), Unchanged(None)))
    assert items.get(ORDER) == item("1")


def test_deleting_what_is_absent_is_fine(items):
    items.write(Delete(ORDER))
    assert items.get(ORDER) is None


def test_deleting_heeds_its_condition(items):
    items.write(Put(item("1")))
    with pytest.raises(Conflict):
        items.write(Delete(ORDER, Unchanged("2")))
    items.write(Delete(ORDER, Unchanged("1")))
    assert items.get(ORDER) is None


def test_deleting_what_is_absent_under_a_condition_is_a_conflict(items):
    with pytest.raises(Conflict):
        items.write(Delete(ORDER, Unchanged("1")))


def test_a_query_answers_in_sort_key_order_those_that_start_with_the_prefix(items):
    for sk in ("order#2", "order#10", "order", "cart#1", "orders"):
        items.write(Put(item(key=Key("node", sk))))
    items.write(Put(item(key=Key("other", "order#3"))))
    assert [one.key.sk for one in items.query("node", "order#")] == ["order#10", "order#2"]
    assert len(items.query("node")) == 5
    assert items.query("nobody") == []


def test_a_query_stops_at_its_limit(items):
    for number in range(5):
        items.write(Put(item(key=Key("node", f"order#{number}"))))
    assert [one.key.sk for one in items.query("node", limit=3)] == ["order#0", "order#1", "order#2"]
    assert len(items.query("node", limit=9)) == 5


def test_a_query_pages_beyond_a_megabyte(items):
    noise = random.Random(1)  # noqa: S311 - compresses badly, no secret
    for number in range(14):
        body = {"text": noise.randbytes(90_000).hex()}
        items.write(Put(item(key=Key("node", f"order#{number:02}"), body=body)))
    assert [one.key.sk for one in items.query("node")] == [f"order#{number:02}" for number in range(14)]


def test_any_number_of_keys_is_read_at_once_and_absent_ones_are_left_out(items):
    wanted = [Key("node", f"order#{number}") for number in range(230)]
    for key in wanted[::2]:
        items.write(Put(item(key=key)))
    assert items.get_many([*wanted, *wanted]) == {key: item(key=key) for key in wanted[::2]}
    assert items.get_many([]) == {}


def test_a_transaction_writes_all(items):
    other = Key("node", "sends")
    items.write(Put(item("1", key=other)))
    items.transact([Put(item("1"), Unchanged(None)), Delete(other, Unchanged("1"))])
    assert items.get(ORDER) == item("1")
    assert items.get(other) is None


def test_a_transaction_whose_one_condition_fails_writes_nothing(items):
    other = Key("node", "sends")
    items.write(Put(item("2", key=other)))
    with pytest.raises(Conflict):
        items.transact([Put(item("1"), Unchanged(None)), Put(item("2", key=other), Unchanged("1"))])
    assert items.get(ORDER) is None


@pytest.mark.parametrize(("version", "holds"), [("1", True), ("2", False), (None, False)])
def test_a_check_in_a_transaction_writes_nothing_but_must_hold(items, version, holds):
    erasure = Key("node", "erased")
    items.write(Put(item("1", key=erasure)))
    writes = [Put(item("1")), Check(erasure, Unchanged(version))]
    if holds:
        items.transact(writes)
        assert items.get(ORDER) == item("1")
        assert items.get(erasure) == item("1", key=erasure)
    else:
        with pytest.raises(Conflict):
            items.transact(writes)
        assert items.get(ORDER) is None


def test_a_transaction_of_one_write_is_that_write(items):
    items.transact([Put(item("1"), Unchanged(None))])
    with pytest.raises(Conflict):
        items.transact([Put(item("2"), Unchanged(None))])


def test_an_empty_transaction_is_nothing(items):
    items.transact([])


def test_versions_are_told_of_what_exists(items):
    wanted = [item(str(one), key=Key("node", f"order#{one:03}")) for one in range(120)]
    items.put_batch(wanted)
    gone = Key("node", "order#gone")
    assert items.versions([one.key for one in wanted] + [gone]) == {one.key: one.version for one in wanted}


def test_of_many_writes_each_holds_or_not_by_itself_and_the_lost_ones_are_told(items):
    places = [Key("node", f"order#{one:03}") for one in range(30)]
    items.put_batch(item("1", key=place) for place in places[:20])
    writes = [Put(item("2", key=place), Unchanged("1")) for place in places]
    writes[3] = Delete(places[3], Unchanged("1"))
    writes[4] = Delete(places[4], Unchanged("0"))
    assert items.write_each(writes) == [writes[4], *writes[20:]]
    versions = items.versions(places)
    assert versions == {
        place: "1" if place == places[4] else "2" for place in places[:20] if place != places[3]
    }


def test_no_writes_are_nothing(items):
    assert items.write_each([]) == []


@pytest.mark.parametrize("number", [0, 1, 25, 26, 230])
def test_a_batch_of_any_size_is_written_whole_over_whatever_is_there(items, number):
    wanted = [item("2", key=Key("node", f"order#{one:03}"), expires_at=5) for one in range(number)]
    for one in wanted[::3]:
        items.write(Put(item("9", key=one.key)))
    items.put_batch(iter(wanted))
    assert items.query("node") == wanted


def test_of_a_batch_with_equal_keys_the_last_stays(items):
    items.put_batch([item("3"), item("1"), item("2")])
    assert items.get(ORDER) == item("2")


def test_what_a_caller_does_to_a_body_afterwards_changes_nothing_stored(items):
    told = {"lines": [1]}
    items.write(Put(item(body=told)))
    told["lines"].append(2)
    items.get(ORDER).body["lines"].append(3)
    assert items.get(ORDER).body == {"lines": [1]}
