"""A graph as SVG: one column that a phone can read, branches past other nodes on rails at its sides."""

import textwrap
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from markupsafe import Markup

from kairos.console.charts import svg
from kairos.console.flow.graph import Edge, Graph, Node

WIDTH = 400
_LANE = 14
_GAP = 26
_PADDING = 12
_TITLE, _LINE = 20, 18
_CHARACTER = 6.9
"""Width of one at 13 px, on average; a little more than most, so that nothing runs over its box."""


class _Box(NamedTuple):
    """Where a node stands. title, lines, figures: its words, broken into lines that fit."""

    node: Node
    y: int
    height: int
    title: tuple[str, ...]
    lines: tuple[str, ...]
    figures: tuple[str, ...]


class _Rail(NamedTuple):
    """A way past nodes. lane: 0 is the nearest to the boxes. back: upwards, at the left."""

    edge: Edge
    lane: int
    back: bool


def draw(graph: Graph, title: str, waiting: str) -> Markup:
    """title: says in words what it shows. waiting: the words beside a number of runs that wait, with {n}."""
    rails = _rails(graph)
    left = 6 + _LANE * _lanes(rails, back=True)
    right = WIDTH - 6 - _LANE * _lanes(rails, back=False)
    boxes = _stacked(graph, right - left)
    height = boxes[-1].y + boxes[-1].height + 4
    lines = [_straight(one, boxes, (left + right) / 2) for one in graph.edges if one.target == one.source + 1]
    lines += [_rail(one, boxes, left, right) for one in rails]
    drawn = "".join([*lines, *(_node(one, left, right, waiting) for one in boxes)])
    return svg("flow", WIDTH, height, title, drawn)


def _stacked(graph: Graph, width: float) -> list[_Box]:
    boxes, y = [], 4
    for node in graph.nodes:
        inner = width - 2 * _PADDING
        title = _broken([node.title], inner - (96 if node.waiting else 0), 7.6)
        lines, figures = _broken(node.lines, inner, _CHARACTER), _broken(node.figures, inner, _CHARACTER)
        height = 2 * _PADDING + _TITLE * len(title) + _LINE * (len(lines) + len(figures)) - 4
        height += 6 if lines and figures else 0
        boxes.append(_Box(node, y, height, title, lines, figures))
        y += height + _GAP
    return boxes


def _broken(told: Iterable[str], width: float, character: float) -> tuple[str, ...]:
    most = max(int(width / character), 12)
    return tuple(line for one in told for line in textwrap.wrap(one, most) or [""])


def _rails(graph: Graph) -> list[_Rail]:
    """Edges past other nodes; those that end at the same node share a lane, none cross within one."""
    found: list[_Rail] = []
    held: dict[tuple[bool, int], list[Edge]] = {}
    past = [one for one in graph.edges if one.target != one.source + 1]
    for edge in sorted(past, key=lambda one: (abs(one.target - one.source), one.source)):
        back, lane = edge.target <= edge.source, 0
        while any(_collide(edge, other) for other in held.get((back, lane), ())):
            lane += 1
        held.setdefault((back, lane), []).append(edge)
        found.append(_Rail(edge, lane, back))
    return found


def _collide(one: Edge, other: Edge) -> bool:
    if one.target == other.target:
        return False
    (a, b), (c, d) = sorted(one[:2]), sorted(other[:2])
    return a <= d and c <= b


def _lanes(rails: Iterable[_Rail], back: bool) -> int:
    return max((one.lane + 1 for one in rails if one.back == back), default=0)


def _straight(edge: Edge, boxes: list[_Box], x: float) -> str:
    above, below = boxes[edge.source], boxes[edge.target]
    top, end = above.y + above.height, below.y
    return f'<path class="edge" d="M{x} {top}V{end - 5}"/>{_head(x, end, 0, 1)}'


def _rail(rail: _Rail, boxes: list[_Box], left: float, right: float) -> str:
    source, target = boxes[rail.edge.source], boxes[rail.edge.target]
    out = source.y + source.height - 14
    into = target.y + 14
    if rail.back:
        x = left - _LANE * (rail.lane + 1) + 4
        path = f"M{left} {out}H{x + 5}q-5 0 -5 -5V{into + 5}q0 -5 5 -5H{left - 5}"
        return f'<path class="edge" d="{path}"/>{_head(left, into, 1, 0)}'
    x = right + _LANE * (rail.lane + 1) - 4
    path = f"M{right} {out}H{x - 5}q5 0 5 5V{into - 5}q0 5 -5 5H{right + 5}"
    return f'<path class="edge" d="{path}"/>{_head(right, into, -1, 0)}'


def _head(x: float, y: float, across: int, down: int) -> str:
    """The tip of an arrow that points there."""
    if down:
        return f'<path class="tip" d="M{x - 4} {y - 6}L{x} {y}L{x + 4} {y - 6}z"/>'
    return f'<path class="tip" d="M{x - 6 * across} {y - 4}L{x} {y}L{x - 6 * across} {y + 4}z"/>'


def _node(box: _Box, left: float, right: float, waiting: str) -> str:
    node, y = box.node, box.y
    round_off = {"start": 18, "end": 18, "wait": 18}.get(node.kind, 8)
    drawn = [
        f'<g class="node is-{node.kind}"><rect x="{left}" y="{y}" width="{right - left}" '
        f'height="{box.height}" rx="{round_off}"/>'
    ]
    at = y + _PADDING + 13
    for line in box.title:
        drawn.append(f'<text class="name" x="{left + _PADDING}" y="{at}">{escape(line)}</text>')
        at += _TITLE
    for line in box.lines:
        drawn.append(f'<text class="how" x="{left + _PADDING}" y="{at}">{escape(line)}</text>')
        at += _LINE
    at += 6 if box.lines and box.figures else 0
    for line in box.figures:
        drawn.append(f'<text class="became" x="{left + _PADDING}" y="{at}">{escape(line)}</text>')
        at += _LINE
    if node.waiting:
        drawn.append(_pill(right - _PADDING, y + 8, waiting.format(n=node.waiting)))
    return "".join(drawn) + "</g>"


def _pill(right: float, y: float, text: str) -> str:
    width = round(len(text) * 7 + 16)
    return (
        f'<rect class="pill" x="{right - width}" y="{y}" width="{width}" height="22" rx="11"/>'
        f'<text class="pill-text" x="{right - width / 2}" y="{y + 15.5}">{escape(text)}</text>'
    )
