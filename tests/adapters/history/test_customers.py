"""Rows become records of customers."""

from datetime import UTC, date, datetime

import pytest

from tests.adapters.history.files import NOW, problems, snapshots, tellings, told

COLUMNS = {"customer_id": "id", "email": "email", "updated_at": "changed", "registered_at": "since"}
HEAD = "id,email,changed,since\n"


def customers(**more):
    return told(more.pop("columns", COLUMNS), kind="customers", **more)


def test_a_record_tells_what_its_row_tells():
    text = (
        "id,email,first,last,lang,born,sex,since,tags,group,from,size\n"
        '7,Ada@Example.com,Ada,Lovelace,en_GB,1815-12-10,Mrs.,2020-05-06,"vip, b2b",gold,in store,38\n'
    )
    columns = {
        "customer_id": "id", "email": "email", "first_name": "first", "last_name": "last",
        "language": "lang", "birthday": "born", "gender": "sex", "registered_at": "since", "tags": "tags",
        "group": "group", "acquisition": "from",
    }  # fmt: skip
    [found] = snapshots(text, customers(columns=columns, attributes={"shoe size": "size"}))
    person = found.person
    assert (found.id, found.identities.email) == ("7", "ada@example.com")
    assert (person.first_name, person.last_name, person.language) == ("Ada", "Lovelace", "en-GB")
    assert (person.birthday, person.gender) == (date(1815, 12, 10), "female")
    assert (found.tags, found.group, found.acquisition) == (("vip", "b2b"), "gold", "in store")
    assert person.attributes == {"shoe size": "38"}
    assert found.registered_at == datetime(2020, 5, 5, 22, tzinfo=UTC)


def test_a_record_without_an_id_is_kept_by_its_address():
    [found] = snapshots(HEAD + ",ada@example.com,,\n", customers())
    assert found.id == "ada@example.com"


@pytest.mark.parametrize(
    ("cell", "exported_at", "updated_at"),
    [
        ("2026-05-06T00:00:00Z", "2026-10-01T00:00:00Z", datetime(2026, 5, 6, tzinfo=UTC)),
        ("", "2026-10-01T00:00:00Z", datetime(2026, 10, 1, tzinfo=UTC)),
        ("", None, NOW),
    ],
)
def test_a_record_is_as_new_as_its_row_says_else_as_the_file_else_as_the_import(
    cell, exported_at, updated_at
):
    asked = customers(exported_at=exported_at)
    [found] = snapshots(HEAD + f"7,ada@example.com,{cell},\n", asked)
    assert found.updated_at == updated_at


def test_of_two_rows_about_one_customer_the_newer_counts_and_of_equally_old_ones_the_last():
    rows = "7,a@example.com,2026-05-06,\n7.0,b@example.com,2026-05-04,\n7,c@example.com,2026-05-06,\n"
    [telling] = tellings(HEAD + rows, customers())
    assert (telling.snapshot.identities.email, telling.good) == ("c@example.com", 3)


def test_rows_that_name_nobody_are_counted_and_bad_ones_are_told_by_column():
    rows = ",,,\n,none,,\n7,a@example.com,yesterday,\n8,b@example.com,,\n ,,2026-01-01,\n"
    asked = customers()
    assert problems(HEAD + rows, asked) == [(3, "email"), (4, "changed")]
    assert sum(one.nobody for one in tellings(HEAD + rows, asked)) == 1
    assert [one.id for one in snapshots(HEAD + rows, asked)] == ["8"]


NEWS = {"email": "email", "phone": "phone", "accepts_email": "mail", "accepts_sms": "sms", "consent_at": "at"}


@pytest.mark.parametrize(
    ("row", "exported_at", "said", "undated"),
    [
        ("yes,,2026-01-02", None, [("email", "granted", "2026-01-02")], 0),
        ("yes,yes,", "2026-05-06", [("email", "granted", "2026-05-06"), ("sms", "granted", "2026-05-06")], 0),
        ("yes,no,", None, [], 1),
        ("no,no,", "2026-05-06", [], 0),
        ("no,,2026-01-02", "2026-05-06", [("email", "withdrawn", "2026-01-02")], 0),
        (",,2026-01-02", "2026-05-06", [], 0),
    ],
)
def test_a_consent_needs_a_time_and_a_no_a_time_of_its_own(row, exported_at, said, undated):
    asked = customers(
        columns=NEWS, timezone="UTC", exported_at=f"{exported_at}T00:00:00Z" if exported_at else None
    )
    [found] = tellings(f"email,phone,mail,sms,at\na@example.com,+41791234567,{row}\n", asked)
    told_of = [(one.channel, one.state, one.stated_at.date().isoformat()) for one in found.snapshot.consents]
    assert (told_of, found.undated) == (said, undated)
