"""docs/criteria.md tells every kind, and nothing that is no longer true."""

import json
import re
from pathlib import Path

import pytest

from kairos.domain.criteria.registry import CRITERIA
from kairos.domain.criteria.rule import parse_rule

_TEXT = (Path(__file__).parents[3] / "docs" / "criteria.md").read_text()
_SECTIONS = re.findall(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", _TEXT, re.MULTILINE | re.DOTALL)


def test_every_kind_stands_there_once() -> None:
    assert sorted(kind for kind, _ in _SECTIONS) == sorted(CRITERIA)


@pytest.mark.parametrize(("kind", "text"), _SECTIONS, ids=[kind for kind, _ in _SECTIONS])
def test_each_has_a_meaning_and_one_example_that_reads(kind: str, text: str) -> None:
    examples = re.findall(r"```json\n(.*?)```", text, re.DOTALL)

    assert len(text.split("```")[0].strip()) > 20
    assert len(examples) == 1
    assert type(parse_rule(json.loads(examples[0]))) is CRITERIA[kind]


@pytest.mark.parametrize(("kind", "text"), _SECTIONS, ids=[kind for kind, _ in _SECTIONS])
def test_each_field_of_a_kind_is_explained_there_or_holds_for_all(kind: str, text: str) -> None:
    general = _TEXT.split("## Person")[0]
    fields = CRITERIA[kind].model_fields.keys() - {"kind", "name", "at"}

    assert {name for name in fields if f"`{name}" not in text + general and f'"{name}"' not in text} == set()


@pytest.mark.parametrize(("kind", "model"), CRITERIA.items())
def test_a_kind_is_registered_under_its_own_name(kind: str, model: type) -> None:
    assert model.model_fields["kind"].default == kind
