"""What every domain value promises."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kairos.adapters.platforms.requests import Request
from kairos.domain.identity import Identities
from kairos.domain.snapshot import version_of
from kairos.domain.value import Value


class Told(Value):
    name: int


class Asked(Request):
    name: int


@pytest.mark.parametrize("model", [Told, Asked])
def test_an_error_names_the_field_and_never_what_was_in_it(model: type[Told | Asked]) -> None:
    with pytest.raises(ValidationError) as wrong:
        model.model_validate({"name": "ada@example.com", "nick": "ada@example.com"})
    assert "name" in str(wrong.value)
    assert "nick" in str(wrong.value)
    assert "ada" not in f"{wrong.value} {wrong.value!r}"


instants = st.datetimes(timezones=st.just(UTC))


@given(instants, instants)
def test_versions_sort_as_the_times_do_in_every_year(one: datetime, other: datetime) -> None:
    assert (version_of(one, Identities()) < version_of(other, Identities())) == (one < other)


def test_a_version_tells_its_time_in_utc() -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(microseconds=7)
    assert version_of(at, Identities()).startswith("2026-03-01T12:00:00.000007Z#")
