"""Mails as files: what was sent, and what a browser shows without the stack."""

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from local.mail_files import as_message, save_mail

LINK = f"<https://api.example.com/v1/unsubscribe/{'a' * 300}>"
RECORD: dict[str, Any] = {
    "at": "2026-03-04T05:06:07+00:00",
    "message_id": "0100",
    "to": ["zoë.o'hara+1@example.com"],
    "headers": {
        "From": "Shop <shop@example.com>",
        "To": "zoë.o'hara+1@example.com",
        "Subject": "Grüsse, 5 %",
        "List-Unsubscribe": LINK,
    },
    "text": "Grüezi",
    "html": '<p>Grüezi</p><img src="http://127.0.0.1:1/pictures-bucket/mug.png">',
}


def test_the_file_holds_the_headers_as_they_were_sent() -> None:
    read = message_from_bytes(as_message(RECORD).as_bytes(), policy=policy.default)

    assert f"List-Unsubscribe: {LINK}".encode() in as_message(RECORD).as_bytes()
    assert read["Subject"] == "Grüsse, 5 %"
    assert read.get_body(("plain",)).get_content().strip() == "Grüezi"  # type: ignore[union-attr]
    assert "<p>Grüezi</p>" in read.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_the_page_shows_its_pictures_when_nothing_runs(tmp_path: Path) -> None:
    page = save_mail(RECORD, tmp_path / "mails", "http://127.0.0.1:1/pictures-bucket")

    assert 'src="../pictures/mug.png"' in page.read_text()


def test_names_of_files_are_safe(tmp_path: Path) -> None:
    page = save_mail(RECORD, tmp_path, "http://127.0.0.1:1/pictures-bucket")

    assert page.name == "zo-.o-hara-1-0304-0506.html"
    assert page.with_suffix(".eml").exists()
