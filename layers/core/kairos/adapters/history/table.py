"""CSV as it is found: any separator, quotes, rows that span lines, and rows that are broken."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator

MOST_LINES = 200
"""Lines that one row may span: a quote that is never closed would take in all that follow."""


class Broken(Exception):
    """A row that can't be read. line: of the file, from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


class _TooLong(Exception):
    """A row spans more than MOST_LINES."""


class _Lines:
    """Lines that can be given back, counted."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.number += 1
        self.taken.append(line)
        if len(self.taken) > MOST_LINES:
            raise _TooLong
        return line

    def give_back(self) -> int:
        """All of the row but its first line. Answers the number of that one."""
        back = self.taken[1:]
        self._again.extendleft(reversed(back))
        self.number -= len(back)
        return self.number


class Table:
    """The rows of a CSV file. width: how many cells each must have; None: any number.

    A row that can't be read costs its first line alone: the lines after it are read anew, so that a quote
    left open takes nothing with it.
    """

    def __init__(self, lines: Iterable[str], separator: str) -> None:
        """separator: one character, "tab" or "blanks"."""
        blanks = separator == "blanks"
        self.width: int | None = None
        self._lines = _Lines(map(_with_single_blanks, lines) if blanks else lines)
        self._reader = csv.reader(
            self._lines,
            delimiter={"tab": "\t", "blanks": " "}.get(separator, separator),
            skipinitialspace=True,
            strict=True,
        )

    def __iter__(self) -> Iterator[tuple[int, list[str]] | Broken]:
        """Each row with the number of its first line; empty lines are passed over."""
        while True:
            try:
                row = self.next_row()
            except Broken as broken:
                yield broken
                continue
            if row is None:
                return
            yield row

    def next_row(self) -> tuple[int, list[str]] | None:
        """The next row that holds anything, None at the end. Raises Broken."""
        while True:
            self._lines.taken.clear()
            try:
                cells = next(self._reader)
            except StopIteration:
                return None
            except (csv.Error, _TooLong) as wrong:
                line = self._lines.give_back()
                raise Broken(line, "A quote is opened and not closed, or stands inside a cell.") from wrong
            if any(map(str.strip, cells)):
                return self._checked(cells)

    def _checked(self, cells: list[str]) -> tuple[int, list[str]]:
        width, found = self.width, len(cells)
        while width is not None and found > width and not cells[found - 1].strip():
            found -= 1
        if width is not None and found != width:
            line = self._lines.give_back()
            raise Broken(line, f"The row has {found} cells, not {width} as the header.")
        return self._lines.number - len(self._lines.taken) + 1, cells


def _with_single_blanks(line: str) -> str:
    return line.replace("\t", " ").rstrip() + "\n"
