"""No cell of a CSV is ever a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.csv_text import csv_text, safe_cell

DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - the full-width forms are meant

cells = st.one_of(
    st.text(max_size=20),
    st.builds(
        "".join,
        st.tuples(st.sampled_from(["", " ", "\ufeff", '"', "'"]), st.sampled_from(DANGEROUS), st.text()),
    ),
)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", '=HYPERLINK("http://a")'],  # noqa: RUF001
)
def test_what_looks_like_a_formula_becomes_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Ada", "ada@example.com", "1", "a=b", "O'Hara", ""])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=5))
def test_whatever_is_written_no_cell_begins_a_formula_and_rows_stay_rows(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(("a", "b"), rows), newline="")))
    assert len(read) == len(rows) + 1
    for row, told in zip(read[1:], rows, strict=True):
        assert len(row) == 2
        for cell, text in zip(row, told, strict=True):
            assert not cell.lstrip(" \ufeff").startswith(DANGEROUS)
            assert cell.removeprefix("'") == text.replace("\x00", "").removeprefix("'")


def test_a_missing_value_is_an_empty_cell() -> None:
    assert csv_text(("a", "b"), [(None, "x")]) == '"a","b"\r\n"","x"\r\n'
