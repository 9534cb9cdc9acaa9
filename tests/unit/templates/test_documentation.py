"""The documents keep up with templates and pages."""

import re
from pathlib import Path

from kairos.adapters.templates.names import CHANNELS
from kairos.adapters.templates.parts import PARTS
from kairos.adapters.templates.steps import LINKS, layouts
from kairos.adapters.templates.variables import ARTICLE_NAMES, ITEM_NAMES, NAMES, variables_of
from kairos.domain.pages import PageSettings
from kairos.services.forms.tokens import PERSONAL
from kairos.services.sending.example import example
from tests.unit.sending.world import SHOP, START

DOCS = Path(__file__).resolve().parents[3] / "docs"
TEMPLATES = (DOCS / "templates.md").read_text()
PAGES = (DOCS / "pages.md").read_text()


def first_cells(text: str, after: str) -> list[str]:
    """The code in the first cells of the first table after these words."""
    table = text.split(after, 1)[1].split("\n\n|", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"^\|? ?`([^`]+)` \|", table, re.MULTILINE)


def test_every_variable_is_documented_and_no_other() -> None:
    wanted = {f"{root}.{part}" for root, parts in NAMES.items() for part in parts}
    wanted |= {root for root, parts in NAMES.items() if not parts}
    told = first_cells(TEMPLATES, "## Variables")
    assert set(told) == wanted
    assert len(told) == len(wanted)


def test_every_part_of_a_product_is_documented() -> None:
    assert tuple(first_cells(TEMPLATES, "A product in a list:")) == ITEM_NAMES


def test_every_documented_variable_has_a_value_in_the_example() -> None:
    values = variables_of(example(SHOP, "en", "CH", START))
    assert set(values) == set(NAMES)
    for root, parts in NAMES.items():
        if parts:
            assert set(values[root]) == set(parts)  # type: ignore[call-overload]


def test_every_part_that_may_be_included_is_documented() -> None:
    assert set(re.findall(r'mj-include path="([a-z_]+)\.mjml"', TEMPLATES)) == set(PARTS)


def test_every_step_is_documented_once_with_its_blocks_and_where_it_leads() -> None:
    told = re.findall(
        r"^\| `([a-z_]+)\.([a-z_0-9]+)` \| [^|]+ \| ([^|]+) \| `([a-z]+)` \|$", TEMPLATES, re.MULTILINE
    )
    blocks = {(scenario, step): tuple(re.findall("`([^`]+)`", told)) for scenario, step, told, _ in told}
    leads = {(scenario, step): lead for scenario, step, _, lead in told}
    assert len(told) == len(layouts())
    assert blocks == {step: layout.blocks for step, layout in layouts().items()}
    assert leads == {step: layout.button for step, layout in layouts().items()}


def test_every_target_of_a_button_is_documented() -> None:
    row = next(one for one in TEMPLATES.splitlines() if "button.mjml" in one)
    assert set(re.findall("`([a-z]+)`", row)) == set(LINKS)


def test_every_part_of_an_article_is_documented() -> None:
    line = next(one for one in TEMPLATES.splitlines() if one.startswith("An article in"))
    assert tuple(re.findall("`([a-z]+)`", line)) == ARTICLE_NAMES


def test_every_channel_is_named() -> None:
    line = next(one for one in TEMPLATES.splitlines() if one.startswith("Channels are"))
    assert tuple(re.findall(r"`([a-z_]+)`", line.split(".")[0])) == CHANNELS


def test_every_setting_of_pages_is_documented() -> None:
    assert first_cells(PAGES, "## Settings") == list(PageSettings.model_fields)


def test_every_page_of_a_reader_is_documented() -> None:
    assert {form for form in PERSONAL if f"/v1/forms/{form}.…" in PAGES} == set(PERSONAL)
