"""`make import`: the request that it makes, what it shows, and how it ends."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from kairos.domain.errors import Refused
from kairos.services.importing.wish import ImportWish
from local.import_history import Surroundings, import_file, summary, wish_of
from local.place import StackError
from tests.unit.importing.world import SHOP, World

HEADER = "id,date,email,total\n"
MAPPING = {"columns": {"order_id": "id", "placed_at": "date", "email": "email", "total": "total"}}


class Stack:
    """The API of a world whose worker works while one waits."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lines: list[str] = []

    def given(self) -> Surroundings:
        return Surroundings(self.api, self.send, self.lines.append, self.sleep)

    def api(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        parts = path.split("/")
        try:
            if method == "GET":
                return HTTPStatus.OK, self.world.show(parts[5])
            if parts[-1] == "start":
                return HTTPStatus.ACCEPTED, self.world.imports.start(SHOP.id, parts[5])
            return HTTPStatus.CREATED, self.world.imports.create(parts[3], ImportWish.model_validate(body))
        except Refused as wrong:
            return HTTPStatus.BAD_REQUEST, {
                "field": wrong.field, "detail": wrong.problem, "remedy": wrong.remedy,
            }  # fmt: skip

    def send(self, address: str, file: Path) -> None:
        assert address.startswith("https://bucket.example.com/imports/velo/i1/file?put")
        self.world.send("i1", file.read_bytes())

    def sleep(self, _seconds: float) -> None:
        self.world.work("i1")


@pytest.fixture
def stack() -> Stack:
    return Stack(World())


def file_of(folder: Path, text: str, name: str = "orders.csv") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_a_file_is_imported_and_its_progress_shown(stack: Stack, tmp_path: Path) -> None:
    file = file_of(tmp_path, HEADER + "1,2026-01-02,a@example.com,5\n2,2026-01-02,,5\n")
    told = import_file(stack.given(), SHOP.id, file, {"kind": "orders", "mapping": MAPPING})
    assert told["state"] == "done"
    assert stack.lines[-1].split() == ["100.0", "%", "2", "of", "2", "rows", "(1", "nobody)"]
    assert summary(told, 3.2) == [
        "Done in 3 s: 1 of 2 rows kept, 1 orders, 1 customers.",
        "1 rows name no customer.",
    ]


def test_bad_rows_are_shown_with_line_column_and_reason(stack: Stack, tmp_path: Path) -> None:
    file = file_of(tmp_path, HEADER + "1,never,a@example.com,5\n")
    told = import_file(stack.given(), SHOP.id, file, {"kind": "orders", "mapping": MAPPING})
    lines = summary(told, 1)
    assert lines[1] == "1 rows are bad, the first of them:"
    assert lines[2].startswith("  line 2: date: 'never' ")
    assert "bad-rows" in lines[3]


def test_a_file_that_is_not_what_was_stated_ends_with_field_and_remedy(stack: Stack, tmp_path: Path) -> None:
    file = file_of(tmp_path, "id;date\n")
    told = import_file(stack.given(), SHOP.id, file, {"kind": "orders", "mapping": MAPPING})
    [line] = summary(told, 1)
    assert line.startswith("Failed. separator: ")
    assert told["trouble"]["remedy"] in line


def test_a_refusal_is_told_with_field_and_remedy(stack: Stack, tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"400.*mapping.*shopify"):
        import_file(
            stack.given(), SHOP.id, file_of(tmp_path, HEADER), {"kind": "orders", "mapping": "shopfy"}
        )


def test_a_mapping_is_a_ready_one_by_name_or_a_file_with_the_request(tmp_path: Path) -> None:
    body = {"kind": "customers", "separator": ";", "mapping": MAPPING}
    mapping = file_of(tmp_path, json.dumps(body), "map.json")
    orders = tmp_path / "orders.csv"
    assert wish_of("shopify", None, orders) == {"kind": "orders", "mapping": "shopify"}
    assert wish_of("shopify", "customers", orders) == {"kind": "customers", "mapping": "shopify"}
    assert wish_of(str(mapping), None, orders) == body
    assert wish_of("kairos", None, tmp_path / "orders.jsonl")["format"] == "jsonl"
    with pytest.raises(StackError, match="MAP="):
        wish_of(str(file_of(tmp_path, "{", "broken.json")), None, orders)
    with pytest.raises(StackError, match="MAP="):
        wish_of(str(tmp_path / "none.json"), None, orders)
