"""The lines of a file: decoded, counted, and refused with a remedy where they are not what was stated."""

import codecs
import io
from collections.abc import Iterator
from typing import Protocol

from kairos.domain.errors import Refused

_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 20
"""Characters; a longer one is no row of a table."""

_OTHER_FILES = {
    b"PK\x03\x04": "a spreadsheet or an archive",
    b"\xd0\xcf\x11\xe0": "a spreadsheet",
    b"\x1f\x8b": "compressed",
    b"%PDF": "a PDF",
}
"""How files begin that are often sent by mistake."""


class Source(Protocol):
    """Whatever is read piece by piece."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


def text_lines(source: Source, encoding: str) -> Iterator[str]:
    """Every line with its final newline, whatever the file ends its lines with.

    Raises Refused naming `encoding` where the bytes are no such text, or `file` where they are no text.
    """
    codec = "utf-8-sig" if encoding == "utf-8" else encoding  # without the mark that spreadsheets set
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)(), translate=True)
    pending, number, first = "", 0, True
    while chunk := source.read(_CHUNK):
        if first:
            _refuse_other_files(chunk)
        first = False
        *whole, pending = (pending + _decoded(decoder, chunk, number, encoding)).split("\n")
        for line in whole:
            yield line + "\n"
        number += len(whole)
        if len(pending) > _LONGEST_LINE:
            problem = f"Line {number + 1} is longer than a million characters."
            raise Refused("file", problem, "Send a table with one row a line.")
    pending += _decoded(decoder, b"", number, encoding)
    if pending:
        yield pending


def _decoded(decoder: io.IncrementalNewlineDecoder, chunk: bytes, number: int, encoding: str) -> str:
    try:
        text: str = decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as wrong:
        line = number + wrong.object[: wrong.start].count(b"\n") + 1
        remedy = 'State the encoding that it was saved in, such as "windows-1252" or "utf-16".'
        raise Refused("encoding", f"Line {line} of the file is not {encoding}.", remedy) from wrong
    if "\0" in text:
        problem = f"The file holds NUL characters near line {number + 1}, as {encoding} text never does."
        raise Refused("encoding", problem, 'State the encoding that it was saved in, probably "utf-16".')
    return text


def _refuse_other_files(begin: bytes) -> None:
    for mark, what in _OTHER_FILES.items():
        if begin.startswith(mark):
            raise Refused("file", f"The file is {what}.", "Save it as CSV or JSON lines, uncompressed.")
