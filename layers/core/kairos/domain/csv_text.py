"""CSV that a spreadsheet may open: no cell is ever taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA = re.compile(r"[\s\ufeff\u200b]*[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001 - full width
"""What programs take for the beginning of a formula, full-width forms included (OWASP, CSV Injection)."""


def safe_cell(text: str) -> str:
    """The text as a cell. One that a program might calculate begins with an apostrophe, so that it is text.

    NUL ends a text for some programs, so that it is left out.
    """
    plain = text.replace("\x00", "")
    return f"'{plain}" if _FORMULA.match(plain) else plain


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """Header and rows as RFC 4180 has it, every cell quoted and safe; None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe_cell(cell or "") for cell in row] for row in rows)
    return out.getvalue()
