"""What a shop may settle about its forms."""

import pytest
from pydantic import ValidationError

from kairos.domain.pages import PageSettings
from kairos.domain.refusing import refused


def settled(name: str) -> PageSettings:
    return PageSettings.model_validate({"questions": [{"name": name, "label": {"en": "Well?"}}]})


@pytest.mark.parametrize(
    "name",
    [
        *("first_name", "last_name", "gender", "birthday", "area", "looking_for"),
        *("birthday_day", "birthday_month", "birthday_year"),
        *("email", "consent", "score", "comment", "channels", "frequency", "topics", "language"),
    ],
)
def test_a_question_may_not_be_called_as_a_field_of_the_forms_themselves(name: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        settled(name)
    told = refused(wrong.value, PageSettings)
    assert told.field == "questions[0].name"
    assert repr(name) in told.problem
    assert f"my_{name}" in told.remedy


def test_what_the_error_proposes_can_be_taken() -> None:
    assert settled("my_birthday_month").questions[0].name == "my_birthday_month"
