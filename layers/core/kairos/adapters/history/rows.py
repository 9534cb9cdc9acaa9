"""The rows of a file, of whatever form, each as the cells that the mapping asks for."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from kairos.adapters.history.layout import Layout, csv_layout, json_layout
from kairos.adapters.history.table import Broken, Table
from kairos.adapters.history.text import Source, text_lines
from kairos.domain.errors import Refused
from kairos.domain.imports import BadRow, Import
from kairos.domain.mapping import fields_of


class Row(NamedTuple):
    """line: of the file, from 1. cells: as Layout.fields has them."""

    line: int
    cells: list[str]


class Rows(NamedTuple):
    """A file that has been opened. each: goes through it once; may raise Refused for the whole file."""

    layout: Layout
    each: Iterator[Row | BadRow]


def open_rows(source: Source, told: Import) -> Rows:
    """The file's rows. Raises Refused naming the field where the file is not what was stated."""
    lines = text_lines(source, told.format.encoding)
    wanted = list(fields_of(told.mapping))
    if told.format.type == "jsonl":
        layout = json_layout(wanted)
        return Rows(layout, _of_json(lines, layout))
    table = Table(lines, told.format.separator)
    header = _header(table) if told.format.header else None
    layout = csv_layout(wanted, header, told.needed)
    places = [one for _, columns in wanted for one in columns if isinstance(one, int)]
    return Rows(layout, _of_csv(table, layout, 0 if header else max(places, default=0)))


def _header(table: Table) -> list[str]:
    try:
        row = table.next_row()
    except Broken as broken:
        raise Refused("file", f"The header can't be read. {broken.problem}", "Mend the first line.") from None
    if row is None:
        raise Refused("file", "The file is empty.", "Send one with a header and rows.")
    cells = row[1]
    while cells and not cells[-1].strip():
        cells.pop()
    table.width = len(cells)
    return cells


def _of_csv(table: Table, layout: Layout, least: int) -> Iterator[Row | BadRow]:
    """least: cells that a row needs where no header says how many."""
    for told in table:
        if isinstance(told, Broken):
            yield BadRow(line=told.line, field="", problem=told.problem)
        elif len(told[1]) < least:
            problem = f"The row has {len(told[1])} cells; the mapping names column {least}."
            yield BadRow(line=told[0], field="", problem=problem)
        else:
            yield Row(told[0], layout.pick(told[1]))


def _of_json(lines: Iterator[str], layout: Layout) -> Iterator[Row | BadRow]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, dict):
            yield Row(number, layout.pick(told))
        else:
            yield BadRow(line=number, field="", problem="The line is no JSON object.")
