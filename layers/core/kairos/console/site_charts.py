"""What the page of the site draws: see charts."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from kairos.console.charts import svg

_LEFT, _TOP, _CELL, _ROW, _GAP = 44, 20, 26, 24, 2
_SHADES = 6
_LABELLED = 3
"""Every so many hours one is written."""


def heat(
    rows: Sequence[tuple[str, Sequence[float]]], title: str, tell: Callable[[str, int, float], str]
) -> Markup:
    """Weekdays below each other, hours beside each other, the fuller the darker.

    rows: the weekday's short name, and a value for each hour. tell: a cell in words.
    """
    top = max((value for _, values in rows for value in values), default=0)
    if not top:
        return Markup("")
    hours = max(len(values) for _, values in rows)
    drawn = [
        f'<text class="tick" x="{_LEFT + hour * _CELL}" y="12">{hour}</text>'
        for hour in range(0, hours, _LABELLED)
    ]
    for at, (name, values) in enumerate(rows):
        y = _TOP + at * _ROW
        drawn.append(f'<text class="tick" x="0" y="{y + 16}">{escape(name)}</text>')
        for hour, value in enumerate(values):
            shade = -(-int(value * (_SHADES - 1)) // int(top)) if value else 0
            drawn.append(
                f'<rect class="heat-{shade}" x="{_LEFT + hour * _CELL}" y="{y}" width="{_CELL - _GAP}" '
                f'height="{_ROW - _GAP}" rx="3"><title>{escape(tell(name, hour, value))}</title></rect>'
            )
    width, height = _LEFT + hours * _CELL, _TOP + len(rows) * _ROW
    return svg("chart heat", width, height, title, "".join(drawn))


def change(row: Mapping[str, Any], figure: str) -> float | None:
    """By which part of itself a figure grew; None where there was nothing to grow from."""
    before = row["before"]
    former = float(before[figure] or 0) if before else 0
    return float(row[figure]) / former - 1 if former and row[figure] is not None else None
