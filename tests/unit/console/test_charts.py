"""Charts: what they draw is what they were told, and nothing that was told becomes markup."""

import re
from xml.etree import ElementTree

import pytest

from kairos.console.charts import Bar, Point, bars, funnel, line, sparkline

HOSTILE = '"><script>alert(1)</script>'


def points(svg: str, kind: str) -> list[tuple[float, float]]:
    [found] = re.findall(rf'<{kind} [^>]*points="([^"]+)"', svg)
    return [(float(x), float(y)) for x, _, y in (one.partition(",") for one in found.split())]


def test_a_line_rises_where_the_values_rise() -> None:
    svg = line([Point(str(at), value, "") for at, value in enumerate([0, 5, 10, 5])], "title")
    ys = [y for _, y in points(svg, "polyline")]
    assert ys[0] > ys[1] > ys[2]
    assert ys[1] == ys[3]
    assert (ys[0] - ys[1]) == pytest.approx(ys[1] - ys[2])


def test_a_sparkline_uses_its_whole_height_and_a_still_one_lies_in_the_middle() -> None:
    moving = [y for _, y in points(sparkline([100, 101], "t", height=28), "polyline")]
    still = [y for _, y in points(sparkline([7, 7, 7], "t", height=28), "polyline")]
    assert moving == [26, 2]
    assert set(still) == {14}


@pytest.mark.parametrize("draw", [bars, funnel])
def test_a_bar_is_as_long_as_its_share(draw: object) -> None:
    svg = draw([Bar("a", 10, "10"), Bar("b", 5, "5"), Bar("c", 0, "0")], "t", width=600)  # type: ignore[operator]
    lengths = [float(one) for one in re.findall(r'<rect class="accent"[^>]* width="([\d.]+)"', svg)]
    assert lengths == [600, 300, 0]


def test_one_value_is_no_line() -> None:
    assert str(sparkline([1], "t")) == str(line([Point("a", 1, "1")], "t")) == ""


def test_what_was_told_never_becomes_markup() -> None:
    bar, point = Bar(HOSTILE, 1, HOSTILE), Point(HOSTILE, 1, HOSTILE)
    for svg in (
        bars([bar], HOSTILE),
        funnel([bar], HOSTILE),
        line([point, point], HOSTILE),
        sparkline([1, 2], HOSTILE),
    ):
        assert "script" not in {one.tag.rpartition("}")[2] for one in ElementTree.fromstring(svg).iter()}  # noqa: S314
        assert "style=" not in svg
        assert 'role="img"' in svg
