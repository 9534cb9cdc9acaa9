"""Scenarios drawn as graphs: from the definition that is deployed, whole, with its figures in place."""

import re
from html import unescape
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from kairos.console.flow.definition import arrows, machine_of
from kairos.console.flow.graph import Figures, Graph, graph_of
from kairos.console.flow.svg import WIDTH, draw
from kairos.console.flow.telling import Telling
from kairos.console.formats import Formats
from kairos.console.words import LANGUAGES, say
from kairos.domain.scenarios.registry import SCENARIOS
from local.draw_statemachine import BUNDLE, bundle

Under = dict[frozenset[str], int]


def telling(language: str = "en") -> Telling:
    def words(name: str, **values: object) -> str:
        return say(language, name, **values)

    return Telling(words, Formats(language, ZoneInfo("Europe/Zurich"), "CHF"), language)


NOTHING = Figures()


def graph(name: str, figures: Figures = NOTHING, language: str = "en") -> Graph:
    scenario = SCENARIOS[name]
    return graph_of(machine_of(name), scenario, scenario.settings(), figures, telling(language))


def report(**steps: dict[str, object]) -> dict[str, object]:
    figures = {"sent": 0, "opened": 0, "clicked": 0, "deferred_for": {}, "skipped_for": {}, "refused_for": {}}
    return {
        "runs": {"started": 7, "under_way": 3, "held_out": 2, "ended": {"ordered since": 4}},
        "steps": [{"step": name, **figures, **told} for name, told in steps.items()],
    }


def waiting(of: Graph) -> dict[str, int]:
    return {node.title: node.waiting for node in of.nodes if node.waiting}


def test_the_bundle_is_what_the_definitions_say() -> None:
    assert BUNDLE.read_text() == bundle(), "Run `python -m local.draw_statemachine --bundle`."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_can_be_drawn_and_read_in_each_language(name: str, language: str) -> None:
    drawn = str(draw(graph(name, language=language), "title", "{n}"))

    texts = [unescape(one) for one in re.findall("<text[^>]*>([^<]*)<", drawn)]
    assert len(texts) > 3
    assert not [one for one in texts if re.search(r"[{}_]|\bNone\b|P\d|PT", one)], texts


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_step_of_the_definition_stands_in_the_graph_from_which_one_comes_to_the_end(name: str) -> None:
    told = graph(name)
    wanted = set(re.findall(r'"step": "(\w+)"', str(machine_of(name)).replace("'", '"')))

    assert wanted <= {node.name for node in told.nodes}
    reached = {0}
    for edge in sorted(told.edges):
        reached |= {edge.target} if edge.source in reached else set()
    assert reached == set(range(len(told.nodes)))
    assert told.nodes[-1].kind == "end"


def test_every_arrow_of_a_machine_of_its_own_is_drawn() -> None:
    machine, told = machine_of("abandoned_cart"), graph("abandoned_cart")
    places = {name: number for number, name in enumerate(machine["states"], start=1)}

    drawn = {(edge.source, edge.target) for edge in told.edges}
    assert {(places[one.source], places[one.target]) for one in arrows(machine)} <= drawn


def test_runs_wait_before_the_first_step_that_they_have_not_behind_them() -> None:
    under_way: Under = {frozenset(): 5, frozenset({"reminder_1"}): 2}

    told = waiting(graph("abandoned_cart", Figures(report(), under_way)))
    assert told == {"Wait for an order": 5, "Wait before the code": 2}


def test_runs_of_a_timeline_wait_after_the_last_step_that_they_have_behind_them() -> None:
    first, second = frozenset({"closer_look"}), frozenset({"closer_look", "variants"})
    under_way: Under = {frozenset(): 3, first: 2, second: 1}

    told = waiting(graph("undecided_help", Figures(report(), under_way)))
    assert told == {"After 4 hours": 3, "After 3 days": 2, "After 6 days": 1}


@pytest.mark.parametrize("name", [name for name, one in SCENARIOS.items() if not one.is_broadcast])
def test_no_run_under_way_is_lost_from_the_drawing(name: str) -> None:
    steps = re.findall(r"'step': '(\w+)'", str(machine_of(name)))
    under_way: Under = {frozenset(steps[:number]): 10**number for number in range(min(len(steps), 5) + 1)}

    told = waiting(graph(name, Figures(report(), under_way)))
    assert sum(told.values()) == sum(under_way.values())


def test_what_became_of_each_branch_stands_at_it() -> None:
    figures = report(reminder_1={"sent": 9, "opened": 5, "clicked": 2, "skipped_for": {"no consent": 3}})
    nodes = {node.name: node for node in graph("abandoned_cart", Figures(figures, {})).nodes}

    assert nodes["start"].figures == ("Begun: 7", "Held out: 2")
    assert nodes["reminder_1"].figures[0] == "Sent: 9, opened 5, clicked 2"
    assert nodes["reminder_1"].figures[1].startswith("Left out 3:")
    assert nodes["end"].figures == ("4: the customer has ordered since",)


def test_a_step_that_comes_twice_tells_its_figures_once() -> None:
    told = graph("prospects", Figures(report(first_order_code={"sent": 4}), {}))

    codes = [node for node in told.nodes if node.name == "first_order_code"]
    assert [bool(node.figures) for node in codes] == [True, False, False]


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_is_drawn_over_the_edge_or_over_another_box(name: str) -> None:
    drawn = str(draw(graph(name, Figures(report(), {frozenset(): 12})), "t", "{n} waiting"))
    found = re.findall(
        r'class="node is-\w+"><rect x="([\d.]+)" y="(\d+)" width="([\d.]+)" height="(\d+)"', drawn
    )
    boxes = [[float(one) for one in box] for box in found]

    assert len(boxes) == len(graph(name).nodes)
    assert all(y + height < below[1] for (_, y, _, height), below in pairwise(boxes))
    assert all(x >= 0 and x + width <= WIDTH for x, _, width, _ in boxes)


def test_what_a_shop_wrote_can_not_break_out_of_the_drawing() -> None:
    told = graph("abandoned_cart")
    nasty = Graph((told.nodes[0]._replace(title='<script>"&'), *told.nodes[1:]), told.edges)

    assert "<script" not in str(draw(nasty, '"><script>', "{n}"))
