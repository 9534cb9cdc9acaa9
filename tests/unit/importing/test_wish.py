"""What a request for an import may ask for, and how what makes no sense is refused."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from kairos.adapters.history.ready import READY
from kairos.domain.errors import NotFound, Refused
from kairos.services.importing.wish import ImportWish, resolve_wish
from tests.unit.importing.world import World

COLUMNS = {"order_id": "id", "placed_at": "date", "email": "email", "total": "total"}


def resolve(**wish: Any) -> Any:
    return resolve_wish(ImportWish.model_validate({"kind": "orders", "mapping": {"columns": COLUMNS}} | wish))


def refused(**wish: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        resolve(**wish)
    return caught.value


def without(*fields: str) -> dict[str, Any]:
    return {"columns": {name: column for name, column in COLUMNS.items() if name not in fields}}


@pytest.mark.parametrize("system", READY)
def test_a_ready_mapping_is_taken_by_its_name(system: str) -> None:
    assert resolve(mapping=system).mapping == READY[system].orders
    assert resolve(mapping=system, kind="customers").mapping == READY[system].customers


def test_a_ready_mapping_may_be_changed_in_part() -> None:
    changes = {"like": "woocommerce", "date_formats": ["%d/%m/%Y"], "columns": {"email": "Mail"}}
    mapping = resolve(mapping=changes | {"statuses": {"packed": "paid"}}).mapping
    ready = READY["woocommerce"].orders
    assert mapping.date_formats == ("%d/%m/%Y",)
    assert mapping.columns == ready.columns.model_copy(update={"email": ("Mail",)})
    assert mapping.statuses == ready.statuses | {"packed": "paid"}


def test_every_column_that_the_request_names_must_be_in_the_file() -> None:
    assert set(resolve().needed) == set(COLUMNS)
    changed = resolve(mapping={"like": "shopify", "columns": {"language": "Language"}})
    assert set(changed.needed) == {*READY["shopify"].orders_needed, "language"}


@pytest.mark.parametrize(
    ("wish", "field", "hint"),
    [
        ({"mapping": "shopfy"}, "mapping", "shopify"),
        ({"mapping": {"like": "woo"}}, "mapping.like", "woocommerce"),
        ({"mapping": {"columns": {**COLUMNS, "totl": "x"}}}, "mapping.columns.totl", "total"),
        ({"mapping": {"columns": {**COLUMNS, "total": ""}}}, "mapping.columns.total", "column"),
        ({"mapping": {"columns": {**COLUMNS, "total": 0}}}, "mapping.columns.total", "column"),
        ({"mapping": {"columns": {**COLUMNS, "total": []}}}, "mapping.columns.total", "column"),
        ({"mapping": {"columns": COLUMNS, "decimal": ";"}}, "mapping.decimal", ""),
        ({"mapping": {"columns": COLUMNS, "date_formats": ["%d.%m."]}}, "mapping.date_formats[0]", "%Y"),
        ({"mapping": {"columns": COLUMNS, "date_formats": ["%Q"]}}, "mapping.date_formats[0]", "%Y"),
        ({"mapping": {"columns": COLUMNS, "timezone": "Mars"}}, "mapping.timezone", "Europe/Zurich"),
        ({"mapping": {"columns": COLUMNS, "statuses": {"done": "good"}}}, "mapping.statuses.done", ""),
        ({"mapping": {"columns": COLUMNS, "kind": "customers"}}, "mapping.kind", ""),
        ({"mapping": {}}, "mapping.columns", ""),
        ({"mapping": without("placed_at")}, "mapping.columns.placed_at", "placed_at"),
        ({"mapping": without("total")}, "mapping.columns.total", "line_total"),
        ({"mapping": without("email")}, "mapping.columns.customer_id", "email"),
        ({"header": False}, "mapping.columns.email", "place"),
        (
            {"format": "jsonl", "mapping": {"columns": {**COLUMNS, "total": 4}}},
            "mapping.columns.total",
            "path",
        ),
        ({"separator": ""}, "separator", "tab"),
        ({"separator": ";;"}, "separator", "tab"),
        ({"separator": '"'}, "separator", "tab"),
        ({"separator": "a"}, "separator", "tab"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_path_with_a_remedy(
    wish: dict[str, Any], field: str, hint: str
) -> None:
    wrong = refused(**wish)
    assert wrong.field == field
    assert hint in wrong.remedy
    assert wrong.problem


def test_a_record_needs_an_id_or_an_address() -> None:
    wrong = refused(kind="customers", mapping={"columns": {"phone": "phone"}})
    assert wrong.field == "mapping.columns.customer_id"


@pytest.mark.parametrize("encoding", ["utf8", "base64", "EBCDIC", ""])
def test_an_encoding_that_is_not_on_the_list_is_refused(encoding: str) -> None:
    with pytest.raises(ValidationError, match="encoding"):
        ImportWish.model_validate({"kind": "orders", "mapping": "shopify", "encoding": encoding})


def test_a_file_written_in_the_future_is_refused() -> None:
    world = World()
    wish = {"kind": "customers", "mapping": "shopify"}
    assert world.create(**wish, exported_at=world.clock.time + timedelta(hours=23))["state"] == "waiting"
    with pytest.raises(Refused) as caught:
        world.create(**wish, exported_at=world.clock.time + timedelta(hours=25))
    assert caught.value.field == "exported_at"


def test_a_shop_that_is_none_has_no_imports() -> None:
    world = World()
    with pytest.raises(NotFound):
        world.imports.create("nobody", ImportWish(kind="orders", mapping="shopify"))
