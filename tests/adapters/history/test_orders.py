"""Rows become orders: grouped, dated, in minor units, and refused by column where they can't be read."""

from datetime import UTC, date, datetime

import pytest

from kairos.domain.money import decimals
from kairos.domain.order import ALL_REFUNDS, with_refunds
from tests.adapters.history.files import SIMPLE, problems, snapshots, tellings, told

LINES = {**SIMPLE, "sku": "sku", "quantity": "qty", "unit_price": "price"}
NO_TOTAL = {name: column for name, column in LINES.items() if name != "total"}


def order(text, columns=None, **options):
    """The one order of a file with a row or more."""
    [found] = snapshots(text, told(columns, **options))
    return found


def test_an_order_tells_what_its_row_tells():
    found = order("id,date,email,total\n1,2026-01-02T10:00:00Z,Ada@Example.com,12.50\n")
    assert (found.id, found.placed_at) == ("1", datetime(2026, 1, 2, 10, tzinfo=UTC))
    assert (found.identities.email, found.identities.verified) == ("ada@example.com", True)
    assert (found.amounts.total, found.amounts.currency) == (1250, "EUR")
    assert with_refunds(found, ()).counts


# Rows of one order


def test_rows_that_share_an_order_id_are_one_order_wherever_they_stand():
    text = (
        "id,date,email,total,sku,qty,price\n"
        "1,2026-01-02,ada@example.com,30,A,1,10\n"
        "2,2026-01-03,bob@example.com,5,C,1,5\n"
        "1,2026-01-02,ada@example.com,30,B,2,10\n"
    )
    one, other = snapshots(text, told(LINES))
    assert [(line.sku, line.quantity, line.total) for line in one.lines] == [("A", 1, 1000), ("B", 2, 2000)]
    assert (one.amounts.total, other.amounts.total) == (3000, 500)


def test_what_concerns_the_order_is_taken_from_the_first_row_that_fills_it():
    rows = "1,2026-01-02,,,A,1,10\n1,,ada@example.com,30,B,1,20\n1,,,99,C,1,1\n"
    text = f"id,date,email,total,sku,qty,price\n{rows}"
    found = order(text, LINES)
    assert (found.identities.email, found.amounts.total, len(found.lines)) == ("ada@example.com", 3000, 3)


def test_rows_that_share_a_number_are_one_order_under_the_id_that_one_of_them_tells():
    columns = {**SIMPLE, "number": "name", "sku": "sku"}
    text = "name,id,date,email,total,sku\n#1,4711,2026-01-02,ada@example.com,9,A\n#1,,,ada@example.com,,B\n"
    found = order(text, columns)
    assert (found.id, found.number, [line.sku for line in found.lines]) == ("4711", "#1", ["A", "B"])


def test_without_a_total_an_order_comes_to_the_sum_of_its_lines():
    text = "id,date,email,sku,qty,price,off\n1,2026-01-02,a@example.com,A,3,0.335,0.01\n1,,,B,1,1,\n"
    assert order(text, {**NO_TOTAL, "line_discount": "off"}).amounts.total == 100 + 100


def test_a_line_tells_its_price_where_only_its_total_is_told():
    columns = {**SIMPLE, "quantity": "qty", "line_total": "sum"}
    [line] = order("id,date,email,total,qty,sum\n1,2026-01-02,a@example.com,9,4,10\n", columns).lines
    assert (line.quantity, line.unit_price, line.total) == (4, 250, 1000)


def test_without_an_order_id_each_row_is_an_order_with_an_id_of_its_content_and_occurrence():
    columns = {"customer_id": "who", "placed_at": "date", "total": "total"}
    text = "who,date,total\n7,2026-01-02,5\n8,2026-01-02,5\n7,2026-01-02,5\n"
    first = [one.id for one in snapshots(text, told(columns))]
    again = [one.id for one in snapshots(text + "7,2026-01-03,5\n", told(columns))]
    assert len(set(first)) == 3
    assert again[:3] == first
    assert {one.rpartition("-")[0] for one in (first[0], first[2])} == {first[0].rpartition("-")[0]}


def test_a_row_without_the_order_id_that_the_others_have_is_bad():
    assert problems("id,date,email,total\n,2026-01-02,a@example.com,5\n") == [(2, "id")]


def test_more_rows_than_an_order_can_have_are_a_mistake_of_the_mapping():
    text = "id,date,email,total\n" + "same,2026-01-02,a@example.com,5\n" * 1001
    found = problems(text)
    assert len(found) == 1001
    assert "order's id" in tellings(text)[0].bad[0].problem


# Bad rows


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("1,yesterday,a@example.com,5", "date"),
        ("1,02/01/2026,a@example.com,5", "date"),
        ("1,2026-13-01,a@example.com,5", "date"),
        ("1,2027-01-01,a@example.com,5", "date"),
        ("1,,a@example.com,5", "date"),
        ("1,0000-00-00 00:00:00,a@example.com,5", "date"),
        ("1,2026-01-02,a@example.com,five", "total"),
        ("1,2026-01-02,a@example.com,1e3", "total"),
        ("1,2026-01-02,a@example.com,NaN", "total"),
        ("1,2026-01-02,a@example.com,", "total"),
        ("1,2026-01-02,a@example.com,99999999999999999999", "total"),
        ("1,2026-01-02,not an address,5", "email"),
        (f"{'x' * 201},2026-01-02,a@example.com,5", "id"),
    ],
)
def test_a_row_that_can_not_be_read_names_its_line_and_column(row, column):
    text = f"id,date,email,total\n{row}\n2,2026-01-02,b@example.com,7\n"
    assert problems(text) == [(2, column)]
    assert [one.id for one in snapshots(text)] == ["2"]


def test_a_bad_row_among_those_of_an_order_is_left_out_and_the_others_are_kept():
    text = "id,date,email,total,sku,qty,price\n1,2026-01-02,a@example.com,9,A,1,1\n1,,,,B,x,1\n1,,,,C,1,1\n"
    assert problems(text, told(LINES)) == [(3, "qty")]
    assert [line.sku for line in order(text, LINES).lines] == ["A", "C"]


def test_no_complaint_quotes_an_address():
    [telling] = tellings("id,date,email,total\n1,2026-01-02,ada at example.com,5\n")
    assert "ada" not in telling.bad[0].problem


def test_a_wrong_date_says_how_to_state_its_form():
    [telling] = tellings("id,date,email,total\n1,02/01/2026,a@example.com,5\n")
    assert "date_formats" in telling.bad[0].problem


def test_a_decimal_comma_where_a_point_was_stated_says_what_to_state():
    [telling] = tellings('id,date,email,total\n1,2026-01-02,a@example.com,"12,50"\n')
    assert '"decimal": ","' in telling.bad[0].problem


# Times


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-02", datetime(2026, 1, 1, 23, tzinfo=UTC)),
        ("20260102", datetime(2026, 1, 1, 23, tzinfo=UTC)),
        ("2026-07-02 10:30:00", datetime(2026, 7, 2, 8, 30, tzinfo=UTC)),
        ("2026-01-02T10:30:00Z", datetime(2026, 1, 2, 10, 30, tzinfo=UTC)),
        ("2026-01-02 10:30:00 -0500", datetime(2026, 1, 2, 15, 30, tzinfo=UTC)),
        ("2026-01-02 10:30:00 UTC", datetime(2026, 1, 2, 10, 30, tzinfo=UTC)),
        ("2026-01-02T10:30:00.123+01:00", datetime(2026, 1, 2, 9, 30, 0, 123000, tzinfo=UTC)),
    ],
)
def test_iso_times_are_read_in_the_shops_time_zone_where_they_tell_none(text, instant):
    assert order(f"id,date,email,total\n1,{text},a@example.com,5\n").placed_at == instant


def test_the_mapping_may_state_the_form_of_times_and_their_zone():
    options = {"date_formats": ["%d.%m.%Y %H:%M", "%d.%m.%y"], "timezone": "America/New_York"}
    text = "id,date,email,total\n1,02.01.2026 10:30,a@example.com,5\n2,03.01.26,a@example.com,5\n"
    assert [one.placed_at for one in snapshots(text, told(**options))] == [
        datetime(2026, 1, 2, 15, 30, tzinfo=UTC),
        datetime(2026, 1, 3, 5, tzinfo=UTC),
    ]
    assert problems("id,date,email,total\n1,2026-01-02,a@example.com,5\n", told(**options)) == [(2, "date")]


def test_the_time_of_day_may_stand_in_a_column_of_its_own():
    columns = {**SIMPLE, "placed_time": "time"}
    found = order("id,date,time,email,total\n1,2026-01-02,10:30,a@example.com,5\n", columns)
    assert found.placed_at == datetime(2026, 1, 2, 9, 30, tzinfo=UTC)


def test_an_order_is_as_new_as_the_last_thing_that_happened_to_it_unless_the_file_says_when_it_changed():
    columns = {**SIMPLE, "paid_at": "paid", "cancelled_at": "gone", "updated_at": "changed"}
    head = "id,date,email,total,paid,gone,changed\n1,2026-01-02,a@example.com,5,2026-01-05,2026-01-04,"
    assert order(head + "\n", columns).updated_at == datetime(2026, 1, 4, 23, tzinfo=UTC)
    assert order(head + "2026-02-01\n", columns).updated_at == datetime(2026, 1, 31, 23, tzinfo=UTC)


# Amounts


@pytest.mark.parametrize(
    ("point", "text", "cents"),
    [
        (".", "12.5", 1250),
        (".", ".5", 50),
        (".", "-12.50", -1250),
        (".", '"1,234.56"', 123456),
        (".", "1 234.56", 123456),
        (".", "€ 12.50", 1250),
        (".", "12.505", 1251),
        (",", '"12,50"', 1250),
        (",", '"1.234,56"', 123456),
        (",", "12", 1200),
    ],
)
def test_amounts_are_read_as_people_write_them(point, text, cents):
    found = order(f"id,date,email,total\n1,2026-01-02,a@example.com,{text}\n", decimal=point)
    assert found.amounts.total == cents


@pytest.mark.parametrize(
    ("mapped", "cell", "currency"),
    [(None, "", "EUR"), ("JPY", "", "JPY"), ("JPY", "kwd", "KWD"), (None, "USD", "USD")],
)
def test_an_amount_is_in_the_currency_of_its_row_else_of_the_mapping_else_of_the_shop(mapped, cell, currency):
    options = {"currency": mapped} if mapped else {}
    text = f"id,date,email,total,cur\n1,2026-01-02,a@example.com,5,{cell}\n"
    found = order(text, {**SIMPLE, "currency": "cur"}, **options)
    assert (found.amounts.currency, found.amounts.total) == (currency, 5 * 10 ** decimals(currency))


def test_a_currency_that_is_none_is_refused_by_its_column():
    text = "id,date,email,total,cur\n1,2026-01-02,a@example.com,5,Taler\n"
    assert problems(text, told({**SIMPLE, "currency": "cur"})) == [(2, "cur")]


def test_tax_shipping_discount_codes_and_the_sum_of_refunds_are_kept():
    columns = {
        **SIMPLE, "tax": "tax", "shipping": "ship", "discount": "off", "codes": "codes", "refunded": "back",
    }  # fmt: skip
    text = 'id,date,email,total,tax,ship,off,codes,back\n1,2026-01-02,a@example.com,50,8,5,-2,"A1, B2",20\n'
    found = order(text, columns)
    assert (found.amounts.tax, found.amounts.shipping, found.amounts.discount) == (800, 500, 200)
    assert found.codes == ("A1", "B2")
    assert [(one.id, one.amount) for one in found.refunds] == [(ALL_REFUNDS, 2000)]
    assert with_refunds(found, ()).revenue == 3000


# Status


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ("Shipped,,,", "paid"),
        ("wc-done,,,", "paid"),
        (",,,", "paid"),
        ("open,,,", "pending"),
        ("open,,,Vorkasse", "awaiting_transfer"),
        ("open,,,bacs", "awaiting_transfer"),
        ("open,,2026-01-03,", "cancelled"),
        ("strange,2026-01-03,,", "paid"),
    ],
)
def test_a_status_is_what_the_mapping_says_of_the_files_word(row, status):
    columns = {
        **SIMPLE, "status": "status", "paid_at": "paid", "cancelled_at": "gone", "payment_method": "by",
    }  # fmt: skip
    statuses = {"shipped": "paid", "open": "pending", "done": "paid"}
    text = f"id,date,email,total,status,paid,gone,by\n1,2026-01-02,a@example.com,5,{row}\n"
    assert order(text, columns, statuses=statuses).status == status


def test_a_word_that_nobody_explained_is_refused_unless_the_mapping_says_what_others_mean():
    columns = {**SIMPLE, "status": "status"}
    text = "id,date,email,total,status\n1,2026-01-02,a@example.com,5,strange\n"
    assert problems(text, told(columns)) == [(2, "status")]
    assert order(text, columns, other_status="pending").status == "pending"


def test_an_invoice_with_the_prefix_of_cancellations_takes_back_and_counts_for_nothing():
    rows = "C7,2026-01-02,a@example.com,A,-3,2.50\nc8,2026-01-02,a@example.com,A,1,1\n"
    text = f"id,date,email,sku,qty,price\n{rows}"
    back, other = snapshots(text, told(NO_TOTAL, cancelled_prefix="C"))
    assert (back.id, back.status, back.amounts.total) == ("C7", "cancelled", 750)
    assert [(line.quantity, line.total) for line in back.lines] == [(3, 750)]
    assert not with_refunds(back, ()).counts
    assert other.status == "paid"


# People


@pytest.mark.parametrize(
    ("cell", "customer"), [("17850.0", "17850"), ("'17850", "17850"), ("00004", "00004")]
)
def test_ids_lose_what_spreadsheets_add_and_nothing_else(cell, customer):
    columns = {"order_id": "id", "placed_at": "date", "customer_id": "who", "total": "total"}
    found = order(f"id,date,who,total\n536365.0,2026-01-02,{cell},5\n", columns)
    assert (found.id, found.identities.platform_id) == ("536365", customer)


def test_rows_that_name_nobody_are_counted_as_such_and_are_not_bad():
    columns = {**SIMPLE, "customer_id": "who"}
    text = "id,date,email,who,total\n1,2026-01-02,,0,5\n2,2026-01-02,,,5\n2,,,,\n3,2026-01-02,,7,5\n"
    found = tellings(text, told(columns))
    assert [(one.nobody, one.good, len(one.bad)) for one in found] == [(1, 0, 0), (2, 0, 0), (0, 1, 0)]


def test_a_wrong_address_beside_an_id_costs_the_address_alone():
    columns = {**SIMPLE, "customer_id": "who"}
    found = order("id,date,email,who,total\n1,2026-01-02,none,7,5\n", columns)
    assert (found.identities.platform_id, found.identities.email) == ("7", None)


def test_a_national_phone_number_is_read_by_its_country_code_or_english_name():
    columns = {**SIMPLE, "phone": "phone", "country": "country"}
    for country in ("CH", "ch", "Switzerland"):
        text = f"id,date,email,total,phone,country\n1,2026-01-02,a@example.com,5,079 123 45 67,{country}\n"
        found = order(text, columns)
        assert found.identities.phone == "+41791234567"
        assert found.person.address.country == "CH"


def test_a_name_in_one_column_is_split_before_its_last_word():
    columns = {**SIMPLE, "name": "name"}
    found = order("id,date,email,total,name\n1,2026-01-02,a@example.com,5,Ada Augusta Lovelace\n", columns)
    assert (found.person.first_name, found.person.last_name) == ("Ada Augusta", "Lovelace")


# Consent


def test_a_consent_given_with_an_order_bears_its_time_and_a_box_left_empty_says_nothing():
    columns = {**SIMPLE, "accepts_email": "news"}
    head = "id,date,email,total,news\n1,2026-01-02T00:00:00Z,a@example.com,5,"
    [said] = order(head + "yes\n", columns).consents
    assert (said.channel, said.state, said.stated_at.date()) == ("email", "granted", date(2026, 1, 2))
    assert order(head + "no\n", columns).consents == ()
    assert order(head + "perhaps\n", columns).consents == ()


def test_a_withdrawal_counts_where_the_file_tells_its_time():
    columns = {**SIMPLE, "accepts_email": "news", "consent_at": "since"}
    text = "id,date,email,total,news,since\n1,2026-01-02,a@example.com,5,no,2026-03-04T00:00:00Z\n"
    [said] = order(text, columns).consents
    assert (said.state, said.stated_at.date()) == ("withdrawn", date(2026, 3, 4))
