"""Pictures of the products: drawn row by row, written as PNG with the standard library alone."""

import colorsys
import struct
import zlib
from collections.abc import Callable
from math import sqrt
from typing import Literal

Shape = Literal["cup", "bowl", "plate", "bottle", "bag", "cloth", "cushion", "lamp", "candle", "pot", "book"]

SIDE = 320
"""Pixels of a picture's side: twice the 160 at which a mail shows it, for dense screens."""

Span = tuple[float, float] | None
Part = tuple[int, Callable[[float], Span]]  # colour of the palette; height 0..1 -> from, to 0..1
_STEPS = 8  # of the shades between two colours, for soft edges
_GROUND, _BODY, _LIGHT, _DARK = range(4)


def _box(left: float, top: float, right: float, bottom: float) -> Callable[[float], Span]:
    return lambda y: (left, right) if top <= y <= bottom else None


def _oval(x: float, y0: float, across: float, down: float) -> Callable[[float], Span]:
    def span(y: float) -> Span:
        rest = 1 - ((y - y0) / down) ** 2
        return (x - across * sqrt(rest), x + across * sqrt(rest)) if rest > 0 else None

    return span


def _lower_half(y0: float, whole: Callable[[float], Span]) -> Callable[[float], Span]:
    return lambda y: whole(y) if y > y0 else None


def _taper(x: float, top: float, bottom: float, wide: float, narrow: float) -> Callable[[float], Span]:
    def span(y: float) -> Span:
        if not top <= y <= bottom:
            return None
        half = wide + (narrow - wide) * (y - top) / (bottom - top)
        return x - half, x + half

    return span


_SHAPES: dict[Shape, tuple[Part, ...]] = {
    "cup": (
        (_DARK, _oval(0.68, 0.52, 0.13, 0.15)),
        (_GROUND, _oval(0.68, 0.52, 0.08, 0.10)),
        (_BODY, _taper(0.47, 0.34, 0.74, 0.22, 0.19)),
        (_LIGHT, _oval(0.47, 0.34, 0.22, 0.045)),
    ),
    "bowl": (
        (_BODY, _lower_half(0.42, _oval(0.5, 0.42, 0.32, 0.32))),
        (_LIGHT, _oval(0.5, 0.42, 0.32, 0.06)),
    ),
    "plate": ((_BODY, _oval(0.5, 0.52, 0.36, 0.36)), (_LIGHT, _oval(0.5, 0.52, 0.25, 0.25))),
    "bottle": (
        (_DARK, _box(0.44, 0.16, 0.56, 0.36)),
        (_BODY, _taper(0.5, 0.34, 0.80, 0.08, 0.22)),
        (_LIGHT, _box(0.40, 0.15, 0.60, 0.19)),
    ),
    "bag": (
        (_BODY, _taper(0.5, 0.24, 0.80, 0.18, 0.24)),
        (_DARK, _box(0.32, 0.20, 0.68, 0.28)),
        (_LIGHT, _oval(0.5, 0.55, 0.12, 0.12)),
    ),
    "cloth": (
        (_BODY, _box(0.24, 0.22, 0.76, 0.78)),
        (_LIGHT, _box(0.24, 0.34, 0.76, 0.40)),
        (_DARK, _box(0.24, 0.60, 0.76, 0.66)),
    ),
    "cushion": ((_BODY, _oval(0.5, 0.52, 0.34, 0.28)), (_DARK, _oval(0.5, 0.52, 0.05, 0.045))),
    "lamp": (
        (_DARK, _box(0.47, 0.44, 0.53, 0.76)),
        (_DARK, _oval(0.5, 0.78, 0.18, 0.035)),
        (_LIGHT, _taper(0.5, 0.20, 0.48, 0.14, 0.28)),
    ),
    "candle": (
        (_LIGHT, _oval(0.5, 0.24, 0.045, 0.09)),
        (_DARK, _box(0.49, 0.30, 0.51, 0.38)),
        (_BODY, _box(0.36, 0.37, 0.64, 0.79)),
    ),
    "pot": (
        (_LIGHT, _oval(0.40, 0.30, 0.12, 0.17)),
        (_LIGHT, _oval(0.60, 0.27, 0.10, 0.19)),
        (_BODY, _taper(0.5, 0.46, 0.80, 0.25, 0.17)),
        (_DARK, _box(0.23, 0.42, 0.77, 0.50)),
    ),
    "book": (
        (_BODY, _box(0.28, 0.18, 0.72, 0.82)),
        (_DARK, _box(0.28, 0.18, 0.34, 0.82)),
        (_LIGHT, _box(0.42, 0.32, 0.64, 0.40)),
    ),
}


def _colours(hue: int) -> list[tuple[float, float, float]]:
    tints = ((0.95, 0.25), (0.55, 0.45), (0.80, 0.55), (0.36, 0.40))
    return [colorsys.hls_to_rgb(hue / 360, lightness, colour) for lightness, colour in tints]


def _palette(hue: int) -> bytes:
    """Every colour, shaded in steps into every other one: entry (under * 4 + over) * STEPS + share."""
    colours = _colours(hue)
    shades = []
    for under in colours:
        for over in colours:
            for step in range(_STEPS):
                share = step / (_STEPS - 1)
                shades += [round(255 * (u + (o - u) * share)) for u, o in zip(under, over, strict=True)]
    return bytes(shades)


def _row(parts: tuple[Part, ...], y: float) -> bytearray:
    plain = [(colour * 4 + colour) * _STEPS for colour in range(4)]
    row = bytearray([plain[_GROUND]]) * SIDE
    for colour, part in parts:
        span = part(y)
        if span is None:
            continue
        start, end = span[0] * SIDE, span[1] * SIDE
        first, last = int(start) + 1, int(end)
        for x, share in ((first - 1, first - start), (last, end - last)):
            under = row[x] // _STEPS // 4
            row[x] = (under * 4 + colour) * _STEPS + round(share * (_STEPS - 1))
        row[first:last] = bytes([plain[colour]]) * max(last - first, 0)
    return row


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def draw(shape: Shape, hue: int) -> bytes:
    """A PNG of SIDE x SIDE pixels: the shape in this hue (degrees) on a pale ground. About 2 kB."""
    parts = _SHAPES[shape]
    rows = b"".join(b"\0" + _row(parts, (y + 0.5) / SIDE) for y in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 3, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", _palette(hue)),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )
