"""What is wrong with an input is told with its field and with what to do about it."""

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import AwareDatetime, Field, ValidationError

from kairos.domain.errors import Refused
from kairos.domain.refusing import nearest, refused
from kairos.domain.value import Value


class Inner(Value):
    at_least: int | None = None
    at_most: int | None = None


class Outer(Value):
    name: Annotated[str, Field(min_length=1, max_length=5)] = "x"
    code: Annotated[str, Field(pattern="^[a-z]+$")] = "x"
    share: Annotated[float, Field(gt=0, le=12.5)] = 1.0
    whole: Annotated[int, Field(ge=1, lt=1_000_000)] = 1
    yes: bool = False
    always: Literal[True] | None = None
    level: Literal["super_active", "moderate", "sleeping"] = "moderate"
    day: date | None = None
    at: AwareDatetime | None = None
    parts: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("x",)
    inner: Inner | None = None
    several: tuple[Inner, ...] = ()


def refusal(told: dict[str, Any]) -> Refused:
    with pytest.raises(ValidationError) as wrong:
        Outer.model_validate(told, strict=True)
    return refused(wrong.value, Outer)


@pytest.mark.parametrize(
    ("told", "field", "problem", "remedy"),
    [
        ({"name": 5}, "name", "no text", "in quotes"),
        ({"name": None}, "name", "no text", "Send a text"),
        ({"name": ""}, "name", "empty", "Send a text"),
        ({"name": "abcdef"}, "name", "longer than 5", "Shorten it to 5"),
        ({"name": "\ud800"}, "name", "no text", "whole characters"),
        ({"code": "A"}, "code", "form", "^[a-z]+$"),
        ({"share": "1"}, "share", "no number", "without quotes"),
        ({"share": 0.0}, "share", "not above 0.", "more than 0."),
        ({"share": 13.0}, "share", "above 12.5.", "12.5 or less"),
        ({"whole": "3"}, "whole", "no whole number", "such as 3"),
        ({"whole": 1.5}, "whole", "no whole number", "such as 3"),
        ({"whole": 0}, "whole", "below 1.", "1 or more"),
        ({"whole": 1_000_000}, "whole", "not below 1000000.", "less than 1000000."),
        ({"yes": "true"}, "yes", "neither true nor false", "true or false"),
        ({"always": False}, "always", "only be true", "leave it out"),
        ({"level": "superactive"}, "level", "none of the known", "Did you mean 'super_active'?"),
        ({"level": "Sleeping"}, "level", "none of the known", "Did you mean 'sleeping'?"),
        ({"level": 7}, "level", "none of the known", "Use one of super_active, moderate, sleeping."),
        ({"day": "31.3.2026"}, "day", "no day", "2026-03-31"),
        ({"at": "2026-03-31"}, "at", "no time", "2026-03-31T12:00:00Z"),
        ({"parts": "x"}, "parts", "no list", "list"),
        ({"parts": ()}, "parts", "empty", "1 or more, or leave the field out"),
        ({"parts": ("x",) * 3}, "parts", "more than 2", "2 at most"),
        ({"parts": ("x", 1)}, "parts[1]", "no text", "in quotes"),
        ({"inner": 3}, "inner", "no object", "object"),
        ({"inner": {"atleast": 3}}, "inner.atleast", "no field 'atleast'", "'at_least'"),
        ({"several": ({}, {"most": 3})}, "several[1].most", "no field", "There are at_least, at_most."),
    ],
)
def test_each_mistake_is_told_with_its_field_and_remedy(
    told: dict[str, Any], field: str, problem: str, remedy: str
) -> None:
    wrong = refusal(told)
    assert wrong.field == field
    assert problem in wrong.problem
    assert remedy in wrong.remedy


def test_a_value_that_is_none_of_the_known_is_not_repeated() -> None:
    assert "kim@example.com" not in str(refusal({"level": "kim@example.com"}))


def test_of_few_names_all_are_told_beside_the_nearest_and_of_many_the_nearest_alone() -> None:
    assert nearest("lenght", ["length", "width"]) == "Did you mean 'length'? There are length, width."
    assert nearest("name7x", [f"name{number}" for number in range(99)]) == "Did you mean 'name7'?"


def test_where_no_name_is_near_all_are_told_and_where_there_is_none_that() -> None:
    assert nearest("colour", ["length", "width"]) == "Use one of length, width."
    assert nearest("colour", []) == "There is none yet: leave it out."
