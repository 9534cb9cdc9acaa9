"""Cursors come back as they went out, and nothing else is taken for one."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.cursor import cursor_after, read_cursor
from kairos.domain.errors import Refused

lists = st.from_regex(r"(members|feed)/[a-z_]{2,60}", fullmatch=True)
customers = st.from_regex(r"[cepv][0-9a-f]{26}", fullmatch=True)
ADA = "c" + "0" * 26


@given(lists, customers)
def test_a_cursor_comes_back_as_it_went_out(of: str, after: str) -> None:
    assert read_cursor(cursor_after(of, after), of) == after


@pytest.mark.parametrize("text", [None, ""])
def test_without_one_the_list_begins(text: str | None) -> None:
    assert read_cursor(text, "members/a") == ""


@given(st.text(min_size=1))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(Refused) as told:
        read_cursor(text, "members/a")
    assert told.value.field == "cursor"


@given(lists, lists, customers)
def test_a_cursor_of_another_list_is_refused(one: str, other: str, after: str) -> None:
    if one != other:
        with pytest.raises(Refused):
            read_cursor(cursor_after(one, after), other)


@pytest.mark.parametrize(
    "told",
    [
        {"after": "' OR 1=1 --", "of": "members/a"},
        {"after": ADA + "0", "of": "members/a"},
        {"after": ADA},
        {"of": "members/a"},
        {"after": 1, "of": "members/a"},
        [],
        {"after": ADA, "of": "members/a", "more": 1},
    ],
)
def test_a_forged_one_is_refused(told: object) -> None:
    forged = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
    with pytest.raises(Refused):
        read_cursor(forged, "members/a")
