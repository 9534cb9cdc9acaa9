"""docs/results.md defines every figure, setting and verdict, each once."""

import re
from pathlib import Path

import pytest

from kairos.domain.results import FIGURES, UNKNOWN_COST, UNKNOWN_MARGIN, VERDICTS, ResultSettings
from kairos.services.results.asking import WINDOWS

TEXT = (Path(__file__).resolve().parents[3] / "docs/results.md").read_text()


def first_cells(heading: str) -> list[str]:
    """The code in the first cells of the tables below a heading."""
    section = re.split(rf"^#+ {heading}$", TEXT, flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section, flags=re.MULTILINE)[0]
    rows = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def test_every_figure_is_defined_once() -> None:
    assert first_cells("Figures") == list(FIGURES)


def test_every_setting_is_explained_with_its_default() -> None:
    assert first_cells("Windows") == list(ResultSettings.model_fields)
    for name, field in ResultSettings.model_fields.items():
        default = f"`{field.default}`" if field.default is not None else "none"
        assert f"| `{name}` | {default} |" in TEXT


def test_every_parameter_that_takes_a_settings_place_is_named() -> None:
    assert first_cells("Results") == ["from", "to", *WINDOWS, "language"]


@pytest.mark.parametrize("language", VERDICTS)
def test_every_verdict_is_explained_and_said_in_every_language(language: str) -> None:
    assert sorted(first_cells("Holdout")) == sorted(VERDICTS["en"])
    assert VERDICTS[language].keys() == VERDICTS["en"].keys()
    assert {language} <= UNKNOWN_MARGIN.keys() & UNKNOWN_COST.keys()
