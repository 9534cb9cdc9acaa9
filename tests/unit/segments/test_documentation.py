"""docs/segments.md tells every ready-made segment once, and its examples are what the API takes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from kairos.domain.audience import NETWORKS
from kairos.domain.criteria.rule import MOST_CRITERIA, MOST_DEPTH, parse_rule
from kairos.domain.feed import MOST_DAYS, USUAL_DAYS, FeedWish
from kairos.domain.levels import Levels
from kairos.domain.persona import PersonaWish
from kairos.domain.ready_made.registry import READY_MADE
from kairos.domain.segment_graph import MOST_EXPANDED, MOST_VALUES
from kairos.domain.segment_wish import NewSegment, RuleWish, SegmentEdit
from kairos.services.consenting import ConsentsWish
from kairos.services.segments import audiences, editing, feeds, lists, members, personas

TEXT = (Path(__file__).parents[3] / "docs" / "segments.md").read_text()
EXAMPLES = re.findall(r"^`(POST|PUT) …(/\S+?)`[^\n]*\n\n```json\n(.*?)```", TEXT, re.MULTILINE | re.DOTALL)
TAKES: dict[tuple[str, str], type[BaseModel]] = {
    ("POST", "/segments"): NewSegment,
    ("POST", "/segments/fair_visitors/members"): lists.ListChange,
    ("PUT", "/segments/fans"): SegmentEdit,
    ("POST", "/segments/preview"): RuleWish,
    ("POST", "/segments/fans/impact"): RuleWish,
    ("POST", "/segments/fans/feeds"): FeedWish,
    ("PUT", "/customers/{customer}/consents"): ConsentsWish,
    ("PUT", "/personas/anna"): PersonaWish,
}


def test_every_ready_made_segment_stands_there_once() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", TEXT.split("## Ready-made segments")[1], re.MULTILINE)
    assert sorted(listed) == sorted(READY_MADE)


@pytest.mark.parametrize("one", READY_MADE.values(), ids=READY_MADE)
def test_each_is_told_as_the_api_tells_it(one: Any) -> None:
    [row] = [line for line in TEXT.splitlines() if line.startswith(f"| `{one.id}` |")]
    assert f"| {one.names.en} | {one.description}" in row
    assert all(f"`{parameter.name}`" in row for parameter in one.parameters)


def test_every_request_has_an_example() -> None:
    assert {(method, path) for method, path, _ in EXAMPLES} == set(TAKES)
    assert TEXT.count("```json") == len(EXAMPLES)


@pytest.mark.parametrize(("method", "path", "example"), EXAMPLES)
def test_each_example_is_what_the_api_takes(method: str, path: str, example: str) -> None:
    told = TAKES[method, path].model_validate_json(example)
    rule = getattr(told, "rule", None)
    if isinstance(told, NewSegment) and told.copy_of:
        rule = READY_MADE[told.copy_of].filled(told.parameters, Levels())
    if rule is not None:
        parse_rule(rule)


def test_the_limits_are_those_that_hold() -> None:
    for words in (
        f"nests {MOST_DEPTH} levels deep, has {MOST_CRITERIA} criteria and {MOST_VALUES:,} values",
        f"{MOST_EXPANDED:,} criteria",
        f"{editing.MOST_SEGMENTS} segments of its own, {personas.MOST_PERSONAS} personas",
        f"{feeds.MOST_FEEDS} open feeds",
        f"`days` ({USUAL_DAYS}, at most {MOST_DAYS})",
        f"{lists.MOST_AT_ONCE} at a time",
        f"{members.USUAL_PAGE} a page or `limit` ({members.MOST_PAGE} at most)",
        f"looks at {members.FEED_PAGE:,} members",
        f"after {audiences.KEPT.days} days",
    ):
        assert words in TEXT


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_stands_there(network: str) -> None:
    assert f"| `{network}` |" in TEXT


def test_the_examples_are_json_objects() -> None:
    assert all(isinstance(json.loads(example), dict) for _, _, example in EXAMPLES)
