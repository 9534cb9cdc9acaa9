"""Pieces of SQL mean what their closures mean."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kairos.domain.criteria.query import isin

CODES = some.one_of(
    some.sets(some.integers(0, 40), max_size=12),
    some.sets(some.integers(0, 300), min_size=60, max_size=90),
    some.sets(some.integers(-300, 300), min_size=60, max_size=90),
    some.sets(some.integers(0, 2**31), min_size=40, max_size=60),
)


@settings(deadline=None)
@given(CODES)
def test_a_code_is_in_a_list_of_any_length_exactly_if_it_stands_there(codes: set[int]) -> None:
    asked = sorted({beside for code in codes | {0} for beside in (code - 1, code, code + 1)})
    found = duckdb.execute(f"SELECT x, {isin('x', codes)} FROM (SELECT unnest(?::BIGINT[]) AS x)", [asked])  # noqa: S608
    assert dict(found.fetchall()) == {code: code in codes for code in asked}


@pytest.mark.parametrize(("step", "is_map"), [(1, False), (2, True), (5000, False)])
def test_many_scattered_codes_are_looked_up_instead_of_compared_in_turn(step: int, is_map: bool) -> None:
    assert ("get_bit" in isin("x", range(0, 100 * step, step))) is is_map
    assert "get_bit" not in isin("x", range(0, 8 * step, step))
