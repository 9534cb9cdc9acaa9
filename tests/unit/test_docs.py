"""The documents keep up with the code: what exists stands in them, once.

Criteria, scenarios and commands have tests of their own (tests/unit/criteria, tests/statemachines,
test_makefile.py).
"""

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from kairos import keys
from kairos.domain.event import EventName
from kairos.ports import Key
from kairos.settings import Settings
from local.costs import tables

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()
OPERATIONS = (ROOT / "docs/operations.md").read_text()
DECISIONS = (ROOT / "docs/decisions.md").read_text()


class Template(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, whose values do not matter here."""


Template.add_multi_constructor("!", lambda _loader, _suffix, _node: None)
TEMPLATE = yaml.load((ROOT / "template.yaml").read_text(), Template)  # noqa: S506 - a SafeLoader


def first_cells(text: str, heading: str) -> list[str]:
    """The code in the first cell of each row of the tables below a heading."""
    section = text.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def resources(kind: str) -> list[str]:
    return [name for name, told in TEMPLATE["Resources"].items() if told["Type"] == kind]


def test_every_function_stands_in_the_architecture() -> None:
    functions = [path.parent.name for path in ROOT.glob("functions/*/app.py")]

    assert sorted(first_cells(ARCHITECTURE, "## Functions")) == sorted(functions)


def test_every_queue_and_bus_stands_in_the_architecture() -> None:
    deployed = resources("AWS::SQS::Queue") + resources("AWS::Events::EventBus")

    assert sorted(first_cells(ARCHITECTURE, "## Queues and buses")) == sorted(deployed)


def test_every_event_stands_in_the_architecture() -> None:
    assert sorted(first_cells(ARCHITECTURE, "## Events")) == sorted(get_args(EventName))


def test_every_item_stands_in_the_architecture() -> None:
    made = [
        name
        for name, one in vars(keys).items()
        if callable(one) and getattr(one, "__annotations__", {}).get("return") is Key
    ]

    assert sorted(first_cells(ARCHITECTURE, "## Items")) == sorted(made)


def test_every_setting_stands_in_the_architecture() -> None:
    named = [name.upper() for name in Settings._fields]

    assert first_cells(ARCHITECTURE, "## Settings of the functions") == named


def test_every_parameter_stands_in_the_readme() -> None:
    assert first_cells(README, "## Deploy to AWS") == list(TEMPLATE["Parameters"])


def test_the_costs_in_the_readme_are_those_counted() -> None:
    assert tables() in README, "Run `.venvs/dev/bin/python -m local.costs README.md`."


@pytest.mark.parametrize(
    "queue", ["DeadLetters", "UndeliveredEmail", "UndeliveredMessages", "StalledImports", "UndeliveredEvents"]
)
def test_what_to_do_about_each_dead_end_stands_in_the_operations(queue: str) -> None:
    assert f"| messages in `{queue}` |" in OPERATIONS


def test_every_metric_stands_in_the_operations() -> None:
    counted = set()
    for path in [*ROOT.glob("functions/*/*.py"), *ROOT.glob("layers/core/kairos/**/*.py")]:
        counted |= set(re.findall(r'(?:counts|_COUNTS)\.add\(\s*"(\w+)"', path.read_text()))

    assert counted
    assert {name for name in counted if f"`{name}`" not in OPERATIONS} == set()


@pytest.mark.parametrize("decision", re.split(r"^## ", DECISIONS, flags=re.MULTILINE)[1:])
def test_every_decision_has_a_date_and_says_what_why_and_how_to_undo(decision: str) -> None:
    assert re.match(r"\d{4}-\d{2}-\d{2} · \S", decision), decision.splitlines()[0]
    for part in ("**Choice.**", "**Why.**", "**Undo.**"):
        assert decision.count(part) == 1, f"{part} in {decision.splitlines()[0]}"


def test_decisions_stand_in_the_order_of_their_dates() -> None:
    dates = re.findall(r"^## (\d{4}-\d{2}-\d{2})", DECISIONS, re.MULTILINE)

    assert dates == sorted(dates)


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = []
    for path in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text()):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.name}: {target}")

    assert broken == []
