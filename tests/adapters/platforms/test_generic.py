"""Generic JSON: what the documentation shows is what is read."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kairos.adapters.platforms.generic import TYPES
from kairos.domain.errors import Unreadable
from tests.adapters.platforms.delivering import StandingClock, generic

DOCS = Path(__file__).resolve().parents[3] / "docs/generic.md"
EXAMPLES: list[dict[str, Any]] = [
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCS.read_text(), re.DOTALL)
]
BY_TYPE = {one["type"]: one for one in EXAMPLES}

KINDS = {"deletion": "order"}


class AMonthLater(StandingClock):
    """The examples tell a story of some days, all of them past."""

    def now(self) -> datetime:
        return datetime(2026, 4, 1, tzinfo=UTC)


def test_every_type_has_one_example_in_the_documentation() -> None:
    assert sorted(one["type"] for one in EXAMPLES) == sorted(TYPES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: str(one["type"]))
def test_every_example_of_the_documentation_is_read(example: dict[str, Any]) -> None:
    [told] = generic(example, clock=AMonthLater())
    assert told.kind == KINDS.get(example["type"], example["type"])


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_field_that_a_type_knows_is_shown_in_its_example(kind: str) -> None:
    model, _ = TYPES[kind]
    assert set(model.model_fields) - set(BY_TYPE[kind]) <= {"consents", "customer", "ordered_at"}


def test_the_order_of_the_documentation_is_read_whole() -> None:
    [told] = generic(BY_TYPE["order"])
    assert told.id == "1017"
    assert told.updated_at == datetime(2026, 3, 1, 11, 30, tzinfo=UTC)
    assert (told.amounts.total, told.amounts.tax, told.amounts.shipping) == (5480, 875, 490)
    assert told.presentment.currency == "CHF"
    assert told.lines[0].total == 4990
    assert told.refunds[0].amount == 1000
    assert told.identities.platform_id == "c-12"
    assert told.identities.phone == "+4930901820"
    assert [(one.channel, one.address, one.state) for one in told.consents] == [
        ("email", "kim@example.com", "granted")
    ]
    assert told.person.attributes == {"loyalty_card": "yes"}
    assert told.cart_token == BY_TYPE["cart"]["id"]


def test_a_line_s_total_is_price_times_quantity_where_it_is_not_told() -> None:
    [told] = generic(BY_TYPE["cart"] | {"lines": [{"price": "1.25", "quantity": 3}]})
    assert told.lines[0].total == 375


def test_a_cart_without_total_is_worth_its_lines() -> None:
    body = {key: value for key, value in BY_TYPE["cart"].items() if key != "total"}
    assert generic(body)[0].total == 5490


def test_an_absent_consent_is_no_statement() -> None:
    assert generic(BY_TYPE["cart"])[0].consents == ()


def test_consent_to_advertising_is_stated_for_every_address_told() -> None:
    said = {"channel": "advertising", "state": "granted", "at": "2026-03-01T10:00:00Z"}
    [told] = generic(BY_TYPE["order"] | {"consents": [said]})
    assert [(one.channel, one.address) for one in told.consents] == [
        ("advertising", "kim@example.com"),
        ("advertising", "+4930901820"),
    ]


def test_a_customer_without_id_is_kept_under_the_email_and_deleted_by_it() -> None:
    [told] = generic(BY_TYPE["customer"] | {"customer": {"email": "Kim@Example.com"}, "consents": []})
    deletion = {"type": "deletion", "of": "customer", "id": "KIM@example.com", "updated_at": "2026-03-01"}
    [gone] = generic(deletion)
    assert told.id == gone.id == "kim@example.com"
    assert gone.identities == told.identities


@pytest.mark.parametrize("of", ["order", "cart", "customer", "product", "category"])
def test_everything_can_be_deleted(of: str) -> None:
    [told] = generic(BY_TYPE["deletion"] | {"of": of, "updated_at": "2026-03-01T10:00:00Z"})
    assert (told.id, told.deleted) == ("1017", True)


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in BY_TYPE["order"].items() if key != name}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": "ordr"}, "type"),
        ({}, "type"),
        (without("updated_at"), "updated_at"),
        (without("amounts"), "amounts"),
        (BY_TYPE["order"] | {"updatd_at": "2026-03-01"}, "updatd_at"),
        (BY_TYPE["order"] | {"status": "payed"}, "status"),
        (BY_TYPE["order"] | {"updated_at": "2026-03-05T00:00:00Z"}, "updated_at"),
        (BY_TYPE["order"] | {"updated_at": "soon"}, "updated_at"),
        (BY_TYPE["order"] | {"lines": [{"price": "1"}, {"price": "free"}]}, "lines[1].price"),
        (BY_TYPE["order"] | {"amounts": {"currency": "eur", "total": "1"}}, "amounts.currency"),
        (BY_TYPE["order"] | {"amounts": {"currency": "EUR", "total": "1e30"}}, "amounts.total"),
        (BY_TYPE["order"] | {"customer": {"email": "kim at example"}, "consents": []}, "customer.email"),
        (BY_TYPE["order"] | {"customer": {"id": "c-12"}}, "consents[0].channel"),
        (
            BY_TYPE["order"]
            | {
                "customer": {"id": "c-12"},
                "consents": [{"channel": "advertising", "state": "granted", "at": "2026-03-01T10:00:00Z"}],
            },
            "consents[0].channel",
        ),
        (BY_TYPE["customer"] | {"customer": {}, "consents": []}, "customer.id"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(body: dict[str, Any], field: str) -> None:
    with pytest.raises(Unreadable) as told:
        generic(body)
    assert told.value.field == field
    assert told.value.remedy


def test_a_mistyped_type_is_met_with_the_nearest_one() -> None:
    with pytest.raises(Unreadable, match="Did you mean 'order'"):
        generic({"type": "ordr"})
