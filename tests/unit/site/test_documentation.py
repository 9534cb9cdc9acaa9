"""docs/site.md defines every figure, parameter and step, each once."""

import re
from pathlib import Path

import pytest

from kairos.domain.shop import Shop
from kairos.domain.site import figures

TEXT = (Path(__file__).resolve().parents[3] / "docs/site.md").read_text()


def first_cells(heading: str) -> list[str]:
    """The code in the first cells of the table right below a heading."""
    section = re.split(rf"^#+ {heading}$", TEXT, flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section, flags=re.MULTILINE)[0]
    rows = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("Totals", figures.VISIT),
        ("Funnel", figures.FUNNEL),
        ("Paths", figures.PATH),
        ("Exits", figures.EXIT),
        ("Landings", figures.LANDING),
        ("Forms", figures.FORM),
        ("Times", figures.TIME),
    ],
)
def test_every_figure_is_defined_where_it_is_told(heading: str, told: figures.Figures) -> None:
    assert first_cells(heading) == list(told.names)


@pytest.mark.parametrize(
    "told",
    [figures.VISIT, figures.FUNNEL, figures.PATH, figures.EXIT, figures.LANDING, figures.FORM, figures.TIME],
)
def test_a_share_is_of_figures_that_are_counted(told: figures.Figures) -> None:
    assert told.shares.keys() <= {*told.names}


def test_every_parameter_is_explained() -> None:
    assert first_cells("The site") == list(figures.PARAMETERS)


def test_every_step_device_and_kind_of_visitor_is_named() -> None:
    for name in (*figures.STEPS, *figures.DEVICE_NAMES, *figures.VISITORS):
        assert f"`{name}`" in TEXT


def test_how_long_it_is_kept_is_the_default_of_the_setting() -> None:
    assert f"`site_kept_days` ({Shop.model_fields['site_kept_days'].default}" in TEXT
