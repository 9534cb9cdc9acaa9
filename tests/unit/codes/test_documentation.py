"""docs/codes.md and docs/points.md tell every setting once, and their examples are what the API takes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from kairos.domain.discounts import DiscountRules
from kairos.domain.points import PointRules
from kairos.services.points import RedemptionWish

DOCS = Path(__file__).parents[3] / "docs"
TOLD: dict[str, type[BaseModel]] = {"codes.md": DiscountRules, "points.md": PointRules}


def settings(document: str) -> dict[str, str]:
    """Name and default of each row below "Rules of the shop"."""
    section = (DOCS / document).read_text().split("\n## Rules of the shop\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", section, re.MULTILINE)
    assert len(rows) == len(dict(rows))
    return dict(rows)


def shown(default: Any) -> str:
    """A default as the documents show it."""
    if default is None:
        return "none"
    text = default if isinstance(default, str) and default.startswith("P") else json.dumps(default)
    return f"`{text}`"


@pytest.mark.parametrize("document", sorted(TOLD))
def test_every_setting_is_told_once_with_its_default(document: str) -> None:
    defaults = TOLD[document]().model_dump(mode="json")
    assert settings(document) == {name: shown(value) for name, value in defaults.items()}


def test_the_example_of_a_redemption_is_what_the_api_takes() -> None:
    [example] = re.findall(r"```json\n(.*?)```", (DOCS / "points.md").read_text(), re.DOTALL)
    assert RedemptionWish.model_validate(json.loads(example)).points == 250
