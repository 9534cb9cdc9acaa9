"""What activity costs is counted, and stands in the document as it was counted."""

from pathlib import Path

from local.activity_costs import count, table

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs/activity.md").read_text()


def test_the_costs_in_the_document_are_those_counted() -> None:
    assert table() in DOCUMENT, "Run `.venvs/dev/bin/python -m local.activity_costs docs/activity.md`."


def test_customers_cost_more_than_people_nobody_knows() -> None:
    nobody, known = count(known=False), count(known=True)
    assert 0 < nobody.writes <= known.writes
    assert 0 < nobody.reads <= known.reads
