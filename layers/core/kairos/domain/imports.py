"""Imports of history: what is wanted, how far it has come, and what was wrong."""

from typing import Annotated, Literal

from pydantic import Field

from kairos.domain.mapping import CustomerMapping, OrderMapping
from kairos.domain.value import Instant, Value

ImportKind = Literal["orders", "customers"]
ImportState = Literal["waiting", "running", "done", "failed"]
Phase = Literal["split", "store", "report", "tell", "clean"]
"""What is done next: cut the file into parts, store part after part, gather the bad rows, tell whose
segments may have changed, delete the file."""

Encoding = Literal[
    "utf-8",
    "utf-16",
    "windows-1252",
    "iso-8859-1",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "iso-8859-2",
    "shift_jis",
    "gb18030",
]

FIRST_BAD = 20
"""Bad rows shown with the progress; all of them stand in the file of bad rows."""


class FileFormat(Value):
    """How the file is written.

    header: of CSV, whether its first line names the columns. separator: one character, "tab", or "blanks"
    for runs of blanks.
    """

    type: Literal["csv", "jsonl"] = "csv"
    header: bool = True
    separator: str = ","
    encoding: Encoding = "utf-8"


class BadRow(Value):
    """A row that was left out. line: of the file, from 1. field: the column as the file names it."""

    line: int
    field: str
    problem: str


class Trouble(Value):
    """Why an import failed. field: of the request, or empty."""

    field: str
    problem: str
    remedy: str


class RowCounts(Value):
    """Rows so far: good ones are stored; nobody's name no customer; erased ones name one who was erased."""

    good: int = 0
    bad: int = 0
    nobody: int = 0
    erased: int = 0

    @property
    def read(self) -> int:
        """All of them."""
        return self.good + self.bad + self.nobody + self.erased

    def plus(self, other: "RowCounts") -> "RowCounts":
        """Both."""
        return RowCounts(
            good=self.good + other.good,
            bad=self.bad + other.bad,
            nobody=self.nobody + other.nobody,
            erased=self.erased + other.erased,
        )


class Progress(Value):
    """How far an import has come; enough to go on after a crash anywhere.

    rows_in_file: known once it is split. parts: into how many; of these parts_done are stored, and
    parts_begun may be stored half. orders,
    customers: told by good rows; undated_consents: consents left out because nobody knows when they were
    given. shares, told: how many shares the customers are told in, and how many of them were.
    """

    phase: Phase = "split"
    rows_in_file: int | None = None
    parts: int = 0
    parts_begun: int = 0
    parts_done: int = 0
    rows: RowCounts = RowCounts()
    orders: int = 0
    customers: int = 0
    undated_consents: int = 0
    first_bad: tuple[BadRow, ...] = ()
    touched: int = 0
    shares: int = 0
    told: int = 0


class Import(Value):
    """One import. needed: fields without which it makes no sense; every other column may be absent.

    columns: what the file calls each field, known once it is split. exported_at: when the file was written.
    """

    id: str
    format: FileFormat
    mapping: Annotated[OrderMapping | CustomerMapping, Field(discriminator="kind")]
    needed: tuple[str, ...]
    exported_at: Instant | None = None
    created_at: Instant
    state: ImportState = "waiting"
    started_at: Instant | None = None
    finished_at: Instant | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    progress: Progress = Progress()
    trouble: Trouble | None = None
