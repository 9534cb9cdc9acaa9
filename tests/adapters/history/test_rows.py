"""Files as they are found: separators, quotes, encodings, and rows that are broken."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.adapters.history.rows import Row
from kairos.domain.errors import Refused
from kairos.domain.imports import BadRow
from tests.adapters.history.files import opened, rows, told

HEADER = "id,date,email,total\n"
GOOD = "1,2026-01-02,ada@example.com,12.50\n"
TOLD = {"order_id": "1", "placed_at": "2026-01-02", "email": "ada@example.com", "total": "12.50"}
BY_PLACE = {"customer_id": 1, "placed_at": 2, "total": 3}


def by_field(text, asked=None):
    """The good rows, by field."""
    file = opened(text, asked or told())
    return [
        dict(zip(file.layout.fields, one.cells, strict=True)) for one in file.each if isinstance(one, Row)
    ]


def lines(text, asked=None):
    """The lines of good rows, and those of bad ones."""
    found = rows(text, asked)
    return [one.line for one in found if isinstance(one, Row)], [
        one.line for one in found if isinstance(one, BadRow)
    ]


def refusal(text, asked=None):
    with pytest.raises(Refused) as caught:
        rows(text, asked)
    return caught.value


# Columns


def test_a_row_tells_the_mapped_columns_alone_whatever_their_order():
    assert by_field("note,total,id,email,date\nhi,12.50,1,ada@example.com,2026-01-02\n") == [TOLD]


def test_a_column_is_found_by_its_name_in_any_case_and_with_blanks_around_it():
    assert by_field(" ID ,Date,E-MAIL,Total\n" + GOOD, told({**columns(), "email": "e-mail"})) == [TOLD]


def columns():
    return {"order_id": "id", "placed_at": "date", "email": "email", "total": "total"}


def test_of_several_columns_the_first_that_is_filled_counts():
    asked = told({**columns(), "phone": ["phone", "mobile"]})
    text = "id,date,email,total,phone,mobile\n1,2026-01-02,,9,,+41791\n2,2026-01-02,,9,+41792,+41793\n"
    assert [one["phone"] for one in by_field(text, asked)] == ["+41791", "+41792"]


def test_a_name_that_ends_in_a_star_means_all_columns_that_begin_so():
    asked = told({**columns(), "line_items": ["line_items", "line_item_*"]})
    text = "id,date,email,total,line_item_1,line_item_2,line_item_3\n1,2026-01-02,,9,name:A,name:B,\n"
    assert by_field(text, asked)[0]["line_items"] == "name:A;name:B"


def test_without_a_header_columns_are_named_by_their_place():
    assert by_field("17,2026-01-02,9.00\n", told(BY_PLACE, header=False)) == [
        {"customer_id": "17", "placed_at": "2026-01-02", "total": "9.00"}
    ]


def test_a_column_that_is_missing_is_named_with_those_that_there_are():
    wrong = refusal("id,date,email,amount\n" + GOOD)
    assert wrong.field == "mapping.columns.total"
    assert "total" in wrong.problem
    assert "amount" in wrong.remedy


def test_a_file_of_another_separator_is_told_so():
    wrong = refusal("id;date;email;total\n")
    assert wrong.field == "separator"
    assert "id;date;email;total" in wrong.problem


def test_an_empty_file_is_refused():
    assert refusal("").field == "file"
    assert refusal("\n\n").field == "file"


# Separators and quotes


@pytest.mark.parametrize(
    ("separator", "text"),
    [
        (";", "id;date;email;total\n1;2026-01-02;ada@example.com;12.50\n"),
        ("tab", "id\tdate\temail\ttotal\n1\t2026-01-02\tada@example.com\t12.50\n"),
        ("|", "id|date|email|total\n1|2026-01-02|ada@example.com|12.50\n"),
        ("blanks", " id  date email \ttotal\n   1 2026-01-02   ada@example.com 12.50  \n"),
    ],
)
def test_any_separator_is_read(separator, text):
    assert by_field(text, told(separator=separator)) == [TOLD]


def test_a_quoted_cell_may_hold_separators_quotes_and_line_ends():
    asked = told({**columns(), "title": "title"})
    text = 'id,date,email,total,title\n1,2026-01-02,,9,"A ""big"", red\nbell"\n2,2026-01-02,,9,x\n'
    assert [one["title"] for one in by_field(text, asked)] == ['A "big", red\nbell', "x"]
    assert lines(text, asked) == ([2, 4], [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way_and_the_last_need_not(end):
    text = (HEADER + GOOD + GOOD).strip().replace("\n", end)
    assert lines(text) == ([2, 3], [])


def test_empty_lines_are_passed_over_and_counted_as_lines():
    assert lines(HEADER + "\n" + GOOD + "\n,,,\n" + GOOD) == ([3, 6], [])


# Broken rows


def test_a_row_of_another_width_is_bad_and_the_others_are_kept():
    assert lines(HEADER + GOOD + "1,2026-01-02\n" + GOOD + "1,2,3,4,5\n") == ([2, 4], [3, 5])


def test_empty_cells_beyond_the_header_do_no_harm():
    assert lines(HEADER + GOOD.strip() + ",,\n") == ([2], [])


def test_without_a_header_a_row_needs_the_cells_that_are_mapped():
    assert lines("17,2026-01-02,9.00\n17,2026-01-02\n", told(BY_PLACE, header=False)) == ([1], [2])


@pytest.mark.parametrize(
    "broken",
    [
        '7,"2026-01-02,ada@example.com,9\n',
        '7,2026-01-02,"ada"@example.com,9\n',
        '"7,2026-01-02,ada@example.com,9\n',
        '7,2026-01-02,ada@example.com,"9',
    ],
)
def test_a_quote_that_is_never_closed_costs_its_own_row_alone(broken):
    text = HEADER + GOOD + broken.rstrip("\n") + "\n" + GOOD * 3
    assert lines(text) == ([2, 4, 5, 6], [3])


def test_a_quote_that_is_never_closed_before_thousands_of_rows_costs_its_own_row_alone():
    good, bad = lines(HEADER + '7,"2026-01-02,ada@example.com,9\n' + GOOD * 3000)
    assert (len(good), bad) == (3000, [2])


_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n\x85\u2028\u2029"), max_size=8)


@given(st.lists(st.lists(_CELLS, min_size=4, max_size=4), max_size=6), st.sampled_from([",", ";", "\t"]))
def test_what_another_program_wrote_as_csv_is_read_as_it_was_written(table, separator):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([["id", "date", "email", "total"], *table])
    read = by_field(text.getvalue(), told(separator="tab" if separator == "\t" else separator))
    assert [[one[field] for field in TOLD] for one in read] == [
        [cell.strip() for cell in row] for row in table if any(map(str.strip, row))
    ]


@given(st.lists(st.sampled_from([GOOD, '1,"x\n', '"', "1,2\n", '1,2,3,"4"5\n', "1,,,9\n"]), max_size=12))
def test_no_good_row_is_lost_whatever_stands_between(pieces):
    text = HEADER + "".join(one if one.endswith("\n") else one + "\n" for one in pieces)
    good = sum(one in (GOOD, "1,,,9\n") for one in pieces)
    read = by_field(text)
    assert sum(one in (TOLD, {**TOLD, "placed_at": "", "email": "", "total": "9"}) for one in read) == good


# JSON lines


def test_json_lines_are_read_by_path_with_numbers_exact():
    asked = told({**columns(), "email": "who.email"}, format="jsonl")
    text = '{"id": 1, "date": "2026-01-02", "who": {"email": "ada@example.com"}, "total": 12.50, "x": [1]}\n'
    assert by_field(text, asked) == [TOLD]


def test_what_a_json_line_leaves_out_or_tells_as_null_is_empty():
    assert by_field('{"id": "1", "total": null}\n', told(format="jsonl")) == [
        {"order_id": "1", "placed_at": "", "email": "", "total": ""}
    ]


def test_lines_that_are_no_json_objects_are_bad_and_the_others_are_kept():
    text = '{"id": "1"}\n[1]\n{"id": \n\n{"id": "2"}\n' + "[" * 100_000 + "\n"
    assert lines(text, told(format="jsonl")) == ([1, 5], [2, 3, 6])


def test_halves_of_surrogate_pairs_which_no_store_takes_are_replaced():
    [row] = by_field('{"id": "a\\ud800b"}\n', told(format="jsonl"))
    assert row["order_id"].encode() == "a\ufffdb".encode()


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252", "iso-8859-15"])
def test_the_stated_encoding_is_read(encoding):
    text = HEADER + "Bücher-1,2026-01-02,,9\n"
    assert by_field(text.encode(encoding), told(encoding=encoding))[0]["order_id"] == "Bücher-1"


def test_the_mark_that_spreadsheets_set_before_utf_8_is_no_part_of_the_first_column():
    assert by_field("\ufeff" + HEADER + GOOD) == [TOLD]


def test_bytes_that_are_not_of_the_encoding_are_named_by_line_with_a_remedy():
    wrong = refusal((HEADER + GOOD + "Bücher,2026-01-02,,9\n").encode("windows-1252"))
    assert wrong.field == "encoding"
    assert "Line 3" in wrong.problem
    assert "windows-1252" in wrong.remedy


def test_utf_16_sent_as_a_single_byte_encoding_is_noticed():
    wrong = refusal((HEADER + GOOD).encode("utf-16-le"), told(encoding="windows-1252"))
    assert (wrong.field, "utf-16" in wrong.remedy) == ("encoding", True)


@pytest.mark.parametrize("begin", [b"PK\x03\x04", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0", b"%PDF-1.7"])
def test_a_spreadsheet_or_archive_is_refused_with_what_to_do(begin):
    wrong = refusal(begin + b"\x00" * 100, told(encoding="iso-8859-1"))
    assert (wrong.field, "CSV" in wrong.remedy) == ("file", True)


def test_a_file_without_line_ends_is_refused_before_it_fills_the_memory():
    assert refusal("x" * 3_000_000).field == "file"
