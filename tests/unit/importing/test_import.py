"""An import from its request to its end: started, shown, failed with a remedy, and going on elsewhere."""

from typing import Any

import pytest

from kairos.domain.errors import Conflict, NotFound, Refused, Throttled, TooLarge, Unavailable
from kairos.services.importing import parts, requests
from kairos.services.importing.places import bad_rows_file, uploaded_file
from kairos.services.importing.work import TRIES, TRIES_UNFORESEEN
from tests.unit.importing.world import SHOP, World, node

COLUMNS = {"order_id": "id", "placed_at": "date", "email": "email", "total": "total"}
WISH: dict[str, Any] = {"kind": "orders", "mapping": {"columns": COLUMNS}}
HEADER = "id,date,email,total\n"
FILE = HEADER + "".join(f"{n},2026-01-0{n % 9 + 1},person{n % 4}@example.com,{n}.50\n" for n in range(1, 13))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a few hundred bytes are cut as large ones are."""
    monkeypatch.setattr(parts, "PART_BYTES", 100)


def email(number: int) -> str:
    return node("email", f"person{number}@example.com")


# Starting


def test_a_new_import_waits_for_its_file_and_tells_where_to_send_it(world: World) -> None:
    told = world.create(**WISH)
    assert (told["state"], told["rows"]["in_file"]) == ("waiting", None)
    assert told["upload"]["method"] == "PUT"
    assert uploaded_file(SHOP.id, told["id"]) in told["upload"]["address"]


def test_it_can_not_start_without_its_file(world: World) -> None:
    import_id = world.create(**WISH)["id"]
    with pytest.raises(Refused) as caught:
        world.imports.start(SHOP.id, import_id)
    assert (caught.value.field, "PUT" in caught.value.remedy) == ("file", True)
    assert world.show(import_id)["state"] == "waiting"
    assert world.queue.messages == []


def test_a_file_that_is_too_large_is_refused_before_anything_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "LARGEST_FILE", 10)
    with pytest.raises(Refused) as caught:
        world.begin(FILE, **WISH)
    assert caught.value.field == "file"


def test_starting_queues_its_work_and_again_queues_it_again(world: World) -> None:
    import_id = world.begin(FILE, **WISH)
    told = world.imports.start(SHOP.id, import_id)
    assert (told["state"], told["upload"]) == ("running", None)
    assert world.queue.messages == [{"shop": SHOP.id, "import": import_id}] * 2


def test_one_that_is_done_is_not_started_again(world: World) -> None:
    told = world.run(FILE, **WISH)
    queued = len(world.queue.messages)
    assert world.imports.start(SHOP.id, told["id"]) == world.show(told["id"])
    assert len(world.queue.messages) == queued


@pytest.mark.parametrize("shop", [SHOP.id, "other"])
def test_an_import_of_another_shop_or_none_is_not_found(world: World, shop: str) -> None:
    import_id = world.create(**WISH)["id"] if shop == "other" else "none"
    for ask in (world.imports.show, world.imports.start):
        with pytest.raises(NotFound):
            ask(shop, import_id)


# Working


@pytest.mark.usefixtures("small_parts")
def test_all_rows_become_orders_of_their_customers(world: World) -> None:
    told = world.run(FILE, **WISH)
    assert told["state"] == "done"
    assert told["rows"] == {"in_file": 12, "read": 12, "good": 12, "bad": 0, "nobody": 0, "erased": 0}
    assert (told["orders"], told["customers"]) == (12, 4)
    profile = world.profile("email", "person1@example.com")
    assert profile is not None
    assert [(one.id, one.revenue) for one in profile.orders] == [("9", 950), ("1", 150), ("5", 550)]
    assert profile.email == "person1@example.com"


@pytest.mark.usefixtures("small_parts")
def test_each_customer_is_told_about_once_when_all_is_stored(world: World) -> None:
    world.run(FILE, **WISH)
    assert sorted(world.touched) == sorted(email(number) for number in range(4))


def test_the_file_is_deleted_when_it_is_imported(world: World) -> None:
    told = world.run(FILE, **WISH)
    assert world.files.stored == {}
    assert told["bad_rows"] == {"first": [], "address": None}


def test_progress_can_be_watched_step_by_step(world: World, small_parts: None) -> None:
    assert small_parts is None
    import_id = world.begin(FILE, **WISH)
    seen = []
    for _ in range(20):
        steps = iter([True])
        world.work(import_id, lambda steps=steps: next(steps, False))
        seen.append(world.show(import_id)["rows"]["read"])
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0, 12)
    assert len(set(seen)) > 2


def test_when_time_is_up_the_work_goes_on_with_another_message(world: World) -> None:
    import_id = world.begin(FILE, **WISH)
    world.work(import_id, lambda: False)
    assert world.queue.messages == [{"shop": SHOP.id, "import": import_id}] * 2
    world.work(import_id)
    assert world.show(import_id)["state"] == "done"


@pytest.mark.parametrize("gone", ["shop", "import"])
def test_nothing_is_done_for_a_shop_or_import_that_is_gone(world: World, gone: str) -> None:
    import_id = world.begin(FILE, **WISH)
    stored = world.items.stored
    [key] = [
        one for one in stored if (one.sk == "import" if gone == "import" else one == ("shop#velo", "shop"))
    ]
    del stored[key]
    world.work(import_id)
    assert world.history().keys() <= {("shop#velo", "shop")}


# Bad rows


def bad_file(good: int, bad: int) -> str:
    rows = [f"{n},2026-01-02,a@example.com,{'x' if n < bad else n}\n" for n in range(good + bad)]
    return HEADER + "".join(rows)


def test_with_three_bad_rows_in_ten_the_good_ones_are_kept_and_the_bad_ones_told(world: World) -> None:
    told = world.run(bad_file(70, 30), **WISH)
    assert told["state"] == "done"
    assert (told["rows"]["good"], told["rows"]["bad"], told["orders"]) == (70, 30, 70)
    first = told["bad_rows"]["first"]
    assert [one["line"] for one in first] == list(range(2, 22))
    assert {one["field"] for one in first} == {"total"}
    text = world.files.stored[bad_rows_file(SHOP.id, told["id"])].decode()
    assert len(text.splitlines()) == 31
    assert text.splitlines()[1].startswith("2,total,")
    assert bad_rows_file(SHOP.id, told["id"]) in told["bad_rows"]["address"]


def test_rows_that_can_not_even_be_read_are_told_with_the_others_by_line(world: World) -> None:
    told = world.run(HEADER + "1,x,a@example.com,1\n1,2\n2,2026-01-02,a@example.com,2\n,,,5\n", **WISH)
    assert [(one["line"], one["field"]) for one in told["bad_rows"]["first"]] == [
        (2, "date"), (3, ""), (5, "date"),
    ]  # fmt: skip
    assert told["orders"] == 1


def test_a_list_of_bad_rows_holds_no_formulas(world: World) -> None:
    told = world.run(
        "id,date,email,=total\n1,2026-01-02,a@example.com,x\n",
        kind="orders",
        mapping={"columns": {**COLUMNS, "total": "=total"}},
    )
    text = world.files.stored[bad_rows_file(SHOP.id, told["id"])].decode()
    assert "=total" in text
    assert not [cell for line in text.splitlines() for cell in line.split(",") if cell.startswith("=")]


def test_rows_without_a_customer_are_counted_and_leave_nothing(world: World) -> None:
    before = world.history()
    told = world.run(HEADER + "1,2026-01-02,,5\n2,2026-01-02,,5\n", **WISH)
    assert (told["state"], told["rows"]["nobody"], told["rows"]["bad"]) == ("done", 2, 0)
    assert world.history() == before


class Full:
    """A store in which nothing longer than a tweet has room."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def put_batch(self, items: Any) -> None:
        listed = list(items)
        if any(len(str(item.body)) > 700 for item in listed):
            raise TooLarge("too large")
        self.inner.put_batch(listed)


def test_an_order_that_no_item_can_hold_is_a_bad_row_and_the_others_are_kept(world: World) -> None:
    columns = {**COLUMNS, "title": "title"}
    rows = f"1,2026-01-02,a@example.com,5,{'x' * 900}\n2,2026-01-02,a@example.com,5,small\n"
    import_id = world.begin(f"id,date,email,total,title\n{rows}", kind="orders", mapping={"columns": columns})
    world.work(import_id, items=Full(world.items))
    told = world.show(import_id)
    assert (told["rows"]["good"], told["orders"]) == (1, 1)
    assert [one["line"] for one in told["bad_rows"]["first"]] == [2]


# Failing


@pytest.mark.parametrize(
    ("body", "wish", "field", "hint"),
    [
        ("id,date,email,totl\n", {}, "mapping.columns.total", "totl"),
        ("id;date;email;total\n", {}, "separator", "separates"),
        ((HEADER + "Bücher,2026-01-02,,5\n").encode("windows-1252"), {}, "encoding", "windows-1252"),
        (b"PK\x03\x04", {}, "file", "CSV"),
        ("", {}, "file", "header"),
    ],
)
def test_a_file_that_is_not_what_was_stated_fails_with_field_and_remedy_and_leaves_nothing(
    world: World, body: str | bytes, wish: dict[str, Any], field: str, hint: str
) -> None:
    before = world.history()
    told = world.run(body, **WISH | wish)
    assert told["state"] == "failed"
    assert told["trouble"]["field"] == field
    assert hint in told["trouble"]["remedy"]
    assert world.history() == before
    assert world.touched == []


@pytest.mark.parametrize(("shared", "field"), [("email", "email"), ("who", "customer_id")])
def test_a_column_that_would_make_one_person_of_everybody_is_refused_before_anything_is_stored(
    world: World, shared: str, field: str
) -> None:
    before = world.history()
    rows = [
        f"{n},2026-01-02,{'x' if shared == 'email' else n}@example.com,{7 if shared == 'who' else n},5\n"
        for n in range(1, 52)
    ]
    wish = {"kind": "orders", "mapping": {"columns": {**COLUMNS, "customer_id": "who"}}}
    told = world.run("id,date,email,who,total\n" + "".join(rows), **wish)
    assert (told["state"], told["trouble"]["field"]) == ("failed", f"mapping.columns.{field}")
    assert world.history() == before
    told = world.run("id,date,email,who,total\n" + "".join(rows[1:]), **wish)
    assert told["state"] == "done"


def test_a_failed_import_may_be_given_another_file_and_started_again(world: World) -> None:
    told = world.run("wrong\n", **WISH)
    assert told["upload"] is not None
    world.send(told["id"], FILE)
    world.imports.start(SHOP.id, told["id"])
    world.work(told["id"])
    assert world.show(told["id"])["state"] == "done"
    assert world.show(told["id"])["trouble"] is None


class Busy:
    """A store that refuses the first so many batches."""

    def __init__(self, inner: Any, error: Exception, times: int) -> None:
        self.inner = inner
        self.error = error
        self.times = times

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def put_batch(self, items: Any) -> None:
        if self.times:
            self.times -= 1
            raise self.error
        self.inner.put_batch(items)


@pytest.mark.parametrize("error", [Throttled("slow"), Unavailable("gone"), Conflict("other")])
def test_a_busy_store_is_asked_again_after_pauses_that_grow(world: World, error: Exception) -> None:
    import_id = world.begin(FILE, **WISH)
    world.work(import_id, items=Busy(world.items, error, 3))
    assert world.show(import_id)["orders"] == 12
    assert world.pauses == [2, 4, 8]
    assert world.errors == [error] * 3


def test_a_store_that_stays_busy_ends_it_for_now_and_starting_again_goes_on(world: World) -> None:
    import_id = world.begin(FILE, **WISH)
    world.work(import_id, items=Busy(world.items, Throttled("slow"), 99))
    told = world.show(import_id)
    assert (told["state"], len(world.pauses)) == ("failed", TRIES - 1)
    assert "tart it again" in told["trouble"]["remedy"]
    assert told["upload"] is None
    world.imports.start(SHOP.id, import_id)
    world.work(import_id)
    assert world.show(import_id)["orders"] == 12


def test_what_nobody_foresaw_is_told_to_the_log_tried_again_and_then_fails_for_now(world: World) -> None:
    import_id = world.begin(FILE, **WISH)
    world.work(import_id, items=Busy(world.items, KeyError("a@example.com"), 99))
    told = world.show(import_id)
    assert told["state"] == "failed"
    assert "example.com" not in str(told["trouble"])
    assert [type(one) for one in world.errors] == [KeyError] * TRIES_UNFORESEEN
    assert ("Imports", 1, {"state": "failed"}) in world.counts.told


def test_consents_without_a_time_are_counted(world: World) -> None:
    wish = {"kind": "customers", "mapping": {"columns": {"email": "email", "accepts_email": "news"}}}
    told = world.run("email,news\na@example.com,yes\nb@example.com,no\n", **wish)
    assert (told["undated_consents"], told["customers"], told["orders"]) == (1, 2, 0)
