"""Charts as SVG, drawn on the server: no script, no style of their own, colours from the style sheet.

Every chart says in words what it shows (`title`); the figures themselves stand beside it as text or a table.
"""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from markupsafe import Markup

_ROUND = 2


class Bar(NamedTuple):
    """label: what it stands for. shown: its value as people read it. tone: a class of the style sheet."""

    label: str
    value: float
    shown: str
    tone: str = "accent"


class Point(NamedTuple):
    """A value at a day. label: the day as people read it."""

    label: str
    value: float
    shown: str


def sparkline(values: Sequence[float], title: str, width: int = 96, height: int = 28) -> Markup:
    """A line without axes, from the least to the greatest value."""
    if len(values) < 2:
        return Markup("")
    low, high = min(values), max(values)
    points = _places(values, low, high, width, height, 2)
    line = " ".join(f"{x},{y}" for x, y in points)
    (x, y) = points[-1]
    return svg(
        "spark",
        width,
        height,
        title,
        f'<polyline class="line" points="{line}"/><circle class="dot" cx="{x}" cy="{y}" r="2.5"/>',
    )


def line(points: Sequence[Point], title: str, width: int = 640, height: int = 200) -> Markup:
    """A line over days with an area below, from zero; least and greatest value are written at the side."""
    if len(points) < 2:
        return Markup("")
    values = [one.value for one in points]
    top = max(*values, 1)
    inner, right = height - 28, width - 8
    places = _places(values, 0, top, right, inner, 8)
    path = " ".join(f"{x},{y}" for x, y in places)
    area = f"{places[0][0]},{inner} {path} {places[-1][0]},{inner}"
    greatest = max(points, key=lambda one: one.value)
    grid = "".join(
        f'<line class="grid" x1="0" x2="{width}" y1="{_r(inner * part)}" y2="{_r(inner * part)}"/>'
        for part in (0.04, 0.5, 1)
    )
    words = (
        f'<text class="tick" x="0" y="{height - 6}">{escape(points[0].label)}</text>'
        f'<text class="tick end" x="{width}" y="{height - 6}">{escape(points[-1].label)}</text>'
        f'<text class="tick" x="0" y="{_r(inner * 0.04) + 14}">{escape(greatest.shown)}</text>'
    )
    dots = "".join(
        f'<circle class="hit" cx="{x}" cy="{y}" r="6"><title>{escape(f"{one.label}: {one.shown}")}</title>'
        "</circle>"
        for (x, y), one in zip(places, points, strict=True)
    )
    drawn = (
        f'{grid}<polygon class="area" points="{area}"/><polyline class="line" points="{path}"/>{dots}{words}'
    )
    return svg("chart", width, height, title, drawn)


def bars(told: Sequence[Bar], title: str, width: int = 640) -> Markup:
    """Lying bars, one below the other, each with its label and value."""
    if not told:
        return Markup("")
    top, row = max(*(one.value for one in told), 1), 34
    drawn = []
    for at, one in enumerate(told):
        y, length = at * row, max(_r(width * one.value / top), 2 if one.value else 0)
        drawn.append(
            f'<text class="label" x="0" y="{y + 13}">{escape(one.label)}</text>'
            f'<text class="label end" x="{width}" y="{y + 13}">{escape(one.shown)}</text>'
            f'<rect class="track" x="0" y="{y + 19}" width="{width}" height="8" rx="4"/>'
            f'<rect class="{one.tone}" x="0" y="{y + 19}" width="{length}" height="8" rx="4"/>'
        )
    return svg("chart bars", width, len(told) * row, title, "".join(drawn))


def funnel(told: Sequence[Bar], title: str, width: int = 640) -> Markup:
    """Steps of which each holds a part of the one before, drawn from the middle."""
    if not told:
        return Markup("")
    top, row = max(told[0].value, 1), 46
    drawn = []
    for at, one in enumerate(told):
        y, length = at * row, max(_r(width * one.value / top), 2 if one.value else 0)
        drawn.append(
            f'<text class="label" x="0" y="{y + 13}">{escape(one.label)}</text>'
            f'<text class="label end" x="{width}" y="{y + 13}">{escape(one.shown)}</text>'
            f'<rect class="{one.tone}" x="{_r((width - length) / 2)}" y="{y + 19}" width="{length}" '
            'height="18" rx="3"/>'
        )
    return svg("chart funnel", width, len(told) * row, title, "".join(drawn))


def _places(
    values: Sequence[float], low: float, high: float, width: float, height: float, margin: float
) -> list[tuple[float, float]]:
    across, up = width - 2 * margin, height - 2 * margin
    span = high - low
    return [
        (
            _r(margin + across * at / (len(values) - 1)),
            _r(margin + up * (1 - (value - low) / span)) if span else _r(height / 2),
        )
        for at, value in enumerate(values)
    ]


def _r(told: float) -> float:
    return round(told, _ROUND)


def svg(kind: str, width: float, height: float, title: str, drawn: str) -> Markup:
    """A picture with its title for who hears the page. kind: its classes; drawn: SVG in which everything that
    came from outside is escaped already."""
    return Markup(  # noqa: S704
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" '
        f'focusable="false">{drawn}</svg>'
    )
