"""Code pools: every code is given once, whoever asks at the same time."""

from typing import Any

import pytest

from kairos import keys
from kairos.adapters.memory import MemoryFiles
from kairos.domain.errors import Conflict, Refused
from kairos.ports import Check, Delete, Item, Write
from kairos.services.codes import MOST_PER_UPLOAD, pools, upload
from kairos.services.codes.tally import stock_of
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.sending import settle
from tests.unit.sending.test_decide import CODE
from tests.unit.sending.world import World


def customer_number(world: World, number: int) -> World:
    """Another customer of the same shop, over the same store."""
    other = World.__new__(World)
    other.__dict__ |= world.__dict__
    email = f"customer{number}@example.com"
    other.node = world.key.node("lumen", "email", email)
    for key, item in list(world.store.stored.items()):
        if world.node in (key.pk + str(item.body)) and key.sk in {"customer", "identity", "consent#email"}:
            moved = Item(
                key._replace(pk=key.pk.replace(world.node, other.node)),
                item.version,
                _replaced(item.body, "anna@example.com", email),
            )
            world.store.stored[moved.key] = moved
    run = world.run.model_copy(update={"customer": other.node, "cause": f"cart:of{number}"})
    other.put(keys.run("lumen", run.id), run.as_json())
    other.run = run
    return other


def _replaced(body: Any, old: str, new: str) -> Any:
    if isinstance(body, dict):
        return {name: _replaced(value, old, new) for name, value in body.items()}
    if isinstance(body, list):
        return [_replaced(value, old, new) for value in body]
    return new if body == old else body


def test_as_many_codes_as_customers_are_all_given_each_once() -> None:
    world = World()
    world.upload_codes(*(f"C{number}" for number in range(8)))
    said = [customer_number(world, number).ask(code=CODE) for number in range(9)]
    assert [one.decision for one in said] == ["send"] * 8 + ["skip"]
    given = [item.body["code"] for item in world.store.query("lumen#pool#pool", "given#")]
    assert len(set(given)) == len(given) == 8


def test_a_code_taken_meanwhile_is_not_given_twice() -> None:
    world = World()
    world.upload_codes("A1", "A2")
    rival, transact, raced = customer_number(world, 1), world.store.transact, []

    def racing(writes: Any) -> None:
        if not raced and any(isinstance(write, Delete) for write in writes):
            raced.append(True)
            rival.ask(code=CODE)
        transact(writes)

    world.store.transact = racing  # type: ignore[method-assign]
    assert world.ask(code=CODE).decision == "send"
    given = {
        item.body["code"]: item.body["message_id"] for item in world.store.query("lumen#pool#pool", "given#")
    }
    assert len(given) == len(set(given.values())) == 2


def test_two_runs_of_one_customer_at_the_same_time_get_one_code() -> None:
    world = World()
    world.upload_codes("A1", "A2")
    run = world.run.model_copy(update={"cause": "cart:cart2"})
    world.put(keys.run("lumen", run.id), run.as_json())
    transact, raced = world.store.transact, []

    def racing(writes: Any) -> None:
        if not raced and any(isinstance(write, Delete) for write in writes):
            raced.append(True)
            world.ask(code=CODE, run=run.id)
        transact(writes)

    world.store.transact = racing  # type: ignore[method-assign]
    assert world.ask(code=CODE).reason == "code still open"
    assert len(world.store.query("lumen#pool#pool", "given#")) == 1


def test_facts_that_never_stand_still_are_left_to_the_state_machines_retry() -> None:
    world = World()

    def conflicting(_: list[Write | Check]) -> None:
        raise Conflict("changed")

    world.store.transact = conflicting  # type: ignore[method-assign, assignment]
    with pytest.raises(Conflict):
        world.ask()


@pytest.mark.parametrize("kind", ["pool", "shop"])
def test_the_code_of_who_is_erased_before_the_delivery_is_taken_back_once(kind: str) -> None:
    world = World()
    world.upload_codes("A1", "A2")
    wish = {**CODE, "source": "shop", "pool": None} if kind == "shop" else CODE
    assert world.ask(code=wish).decision == "send"
    world.clock.advance(60)
    erase_customer(Erasing(world.store, MemoryFiles(), "lumen", world.clock.now()), [world.node])
    world.deliver_all()
    settle.refused(world.store, world.clock, "lumen", _message(world), "erased")
    entry = world.entry()
    assert entry is not None
    assert (entry.state, entry.reason) == ("refused", "erased")
    assert stock_of(world.store, "lumen", "pool") == (2, 0)
    kept = [item.body["code"] for item in world.store.query("lumen#pool#pool", "free#")]
    assert kept == ["A1", "A2"]
    assert world.store.query("lumen#pool#pool", "given#") == []
    assert not [key for key in world.store.stored if key.sk == "holder"]


def test_taking_back_an_erased_customers_code_leaves_it_to_who_was_given_the_same_text_since() -> None:
    world = World()
    other = customer_number(world, 1)
    for pool in ("pool", "other"):
        upload(world.store, "lumen", pool, ["A1"])
    world.ask(code=CODE)
    body = world.queue.messages[0]
    world.clock.advance(60)
    erase_customer(Erasing(world.store, MemoryFiles(), "lumen", world.clock.now()), [world.node])
    assert other.ask(code={**CODE, "pool": "other"}).decision == "send"
    world.queue.messages[:] = [body]
    world.deliver_all()
    assert stock_of(world.store, "lumen", "pool") == (1, 0)
    holder = world.store.get(keys.code_holder("lumen", "a1"))
    assert holder is not None
    assert holder.body["customer"] == other.node


def _message(world: World) -> str:
    entry = world.entry()
    assert entry is not None
    return entry.message_id


def test_uploading_again_adds_nothing_not_even_what_was_given_meanwhile() -> None:
    world = World()
    codes = [f"C{number}" for number in range(120)]
    assert upload(world.store, "lumen", "pool", [*codes, " C1 "]) == {
        "pool": "pool",
        "added": 120,
        "known": 0,
    }
    world.ask(code=CODE)
    assert upload(world.store, "lumen", "pool", codes)["added"] == 0
    assert pools(world.store, "lumen") == [{"pool": "pool", "free": 119, "given": 1, "low": False}]


def test_a_pool_whose_first_codes_are_held_by_their_text_gives_the_later_ones_and_drops_those() -> None:
    world = World()
    twice = [f"A{number:02}" for number in range(30)]
    upload(world.store, "lumen", "pool", twice)
    upload(world.store, "lumen", "other", [*twice, "B1"])
    for number in range(30):
        customer_number(world, number).ask(code=CODE)
    assert pools(world.store, "lumen")[1] == {"pool": "pool", "free": 0, "given": 30, "low": False}
    said = customer_number(world, 30).ask(code={**CODE, "pool": "other"})
    assert said.decision == "send"
    [given] = world.store.query("lumen#pool#other", "given#")
    assert given.body["code"] == "B1"
    assert pools(world.store, "lumen")[0]["given"] == 1
    assert pools(world.store, "lumen")[0]["free"] == len(world.store.query("lumen#pool#other", "free#")) < 30


def test_a_pool_of_held_codes_alone_says_that_it_is_empty() -> None:
    world = World()
    for pool in ("pool", "other"):
        upload(world.store, "lumen", pool, ["A1", "A2"])
    for number in range(2):
        customer_number(world, number).ask(code=CODE)
    assert customer_number(world, 2).ask(code={**CODE, "pool": "other"}).decision == "skip"
    assert stock_of(world.store, "lumen", "other") == (0, 0)


def test_a_code_that_came_back_while_its_holder_was_looked_at_stays_in_its_pool() -> None:
    world = World()
    world.upload_codes("A1")
    holder = keys.code_holder("lumen", "a1")
    world.put(holder, {"customer": "c", "message_id": "m"})
    transact = world.store.transact

    def released_first(writes: Any) -> None:
        world.store.stored.pop(holder, None)
        transact(writes)

    world.store.transact = released_first  # type: ignore[method-assign]
    assert world.ask(code=CODE).decision == "send"
    assert stock_of(world.store, "lumen", "pool") == (0, 1)


def test_a_code_in_other_letters_and_one_that_a_customer_holds_are_known() -> None:
    world = World()
    assert upload(world.store, "lumen", "pool", ["abc", "ABC", "Abc"]) == {
        "pool": "pool",
        "added": 1,
        "known": 2,
    }
    assert [item.body["code"] for item in world.store.query("lumen#pool#pool", "free#")] == ["abc"]
    world.ask(code=CODE)
    assert upload(world.store, "lumen", "other", ["ABC", "new"]) == {"pool": "other", "added": 1, "known": 1}
    assert stock_of(world.store, "lumen", "other") == (1, 0)


@pytest.mark.parametrize(
    ("pool", "codes", "field"),
    [
        ("No Pool", ["A"], "pool"),
        ("pool", ["A", " "], "codes[1]"),
        ("pool", ["A" * 65], "codes[0]"),
        ("pool", ["A"] * (MOST_PER_UPLOAD + 1), "codes"),
    ],
)
def test_bad_uploads_are_refused_with_the_field(pool: str, codes: list[str], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        upload(World().store, "lumen", pool, codes)
    assert refusal.value.field == field
