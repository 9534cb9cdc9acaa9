"""A scenario as nodes in a column and edges between them, with how many wait and what became of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from kairos.console.flow.definition import Json
from kairos.console.flow.telling import Telling
from kairos.domain.scenario import Scenario

Kind = Literal["start", "look", "choice", "wait", "step", "act", "end"]
Report = Mapping[str, Any]


class Node(NamedTuple):
    """title: what it is. lines: for whom, how, with what. figures: what became of it. waiting: runs that wait
    here now, None where they are not counted; before: they wait on the way to it, in no node of their own.
    """

    name: str
    kind: Kind
    title: str
    lines: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    waiting: int | None = None


class Edge(NamedTuple):
    """From a node to another, by their places in the column."""

    source: int
    target: int
    label: str = ""


class Graph(NamedTuple):
    """nodes: from top to bottom."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


class Figures(NamedTuple):
    """report: as services.results.report answers, None while nothing is counted. under_way: runs under way by
    the steps that they have behind them."""

    report: Report | None = None
    under_way: Mapping[frozenset[str], int] | None = None

    def step(self, name: str) -> Report | None:
        """The report's figures of a step."""
        steps = self.report["steps"] if self.report else ()
        return next((one for one in steps if one["step"] == name), None)


def graph_of(machine: Json, scenario: Scenario, settings: Any, figures: Figures, by: Telling) -> Graph:
    """machine: as flow.definition tells it. settings: in effect."""
    for state in machine["states"].values():
        if "steps" in state:
            return _timeline(state, scenario, settings, figures, by)
        if "form" in state:
            return _broadcast(state["form"], scenario, settings, figures, by)
    return _states(machine, scenario, figures, by)


class _Due(NamedTuple):
    """Steps of one name that are due at one time: the first that applies is taken."""

    name: str
    after: str
    choices: tuple[Json, ...]


def _timeline(state: Json, scenario: Scenario, settings: Any, figures: Figures, by: Telling) -> Graph:
    """Start, a wait before each time at which something is due, what is due then, and the end."""
    nodes, edges = [_start(scenario, figures, by)], list[Edge]()
    dues = _in_time(state["steps"], settings, by)
    waiting = _after_last([one.name for one in dues], figures.under_way)
    began, before = "", 0
    for due in dues:
        wait = by.due(due.choices[0], settings)
        if wait != began:
            began = wait
            held = None if waiting is None else waiting.pop(_latest(nodes), 0)
            nodes.append(Node(f"wait-{len(nodes)}", "wait", wait, waiting=held))
            edges.append(Edge(len(nodes) - 2, len(nodes) - 1))
        again = any(one.name == due.name for one in nodes)
        nodes.append(_step(due, scenario, settings, figures, by, again))
        edges.append(Edge(len(nodes) - 2, len(nodes) - 1))
        before = len(nodes) - 1
    left = sum(waiting.values()) if waiting else 0
    nodes.append(_end(scenario, state["only_if"], figures, by, left if waiting is not None else None))
    edges.append(Edge(before, len(nodes) - 1))
    return Graph(tuple(nodes), tuple(edges))


def _in_time(steps: Sequence[Json], settings: Any, by: Telling) -> list[_Due]:
    grouped: dict[tuple[str, str], list[Json]] = {}
    for step in steps:
        grouped.setdefault((step["step"], step["after"]), []).append(step)
    found = [_Due(name, after, tuple(some)) for (name, after), some in grouped.items()]
    return sorted(found, key=lambda one: by.seconds(one.choices[0], settings, steps))


def _latest(nodes: Sequence[Node]) -> str:
    """Name of the last step so far, "" before the first."""
    return next((one.name for one in reversed(nodes) if one.kind in {"step", "act"}), "")


def _after_last(
    steps: Sequence[str], under_way: Mapping[frozenset[str], int] | None
) -> dict[str, int] | None:
    """Runs under way by the last step that they have behind them; of a name that comes again, the first."""
    if under_way is None:
        return None
    order = {one: place for place, one in reversed([*enumerate(steps)])}
    found: Counter[str] = Counter()
    for done, runs in under_way.items():
        known = [one for one in done if one in order]
        found[max(known, key=lambda one: order[one], default="")] += runs
    return dict(found)


def _broadcast(form: Json, scenario: Scenario, settings: Any, figures: Figures, by: Telling) -> Graph:
    """The audiences one after the other, and what they are sent."""
    nodes = [Node("start", "start", by.words(f"flow.audience.start.{scenario.name}"))]
    for stage in form["stages"]:
        if stage.get("after"):
            nodes.append(Node(f"wait-{len(nodes)}", "wait", by.due({"after": stage["after"]}, settings)))
        told = {**form, "steps": (), "when": ()}
        lines = (by.words(f"flow.audience.{stage['audience']}"), *by.how(told, settings))
        alone = len(form["stages"]) == 1
        nodes.append(
            Node(
                form["step"],
                "step",
                by.step(scenario.name, form["step"]),
                lines,
                by.became(figures.step(form["step"])) if alone else (),
            )
        )
    nodes.append(_end(scenario, (), figures, by, None))
    if len(form["stages"]) > 1:
        last = nodes[-1]
        nodes[-1] = last._replace(figures=(*by.became(figures.step(form["step"])), *last.figures))
    return Graph(tuple(nodes), tuple(Edge(one, one + 1) for one in range(len(nodes) - 1)))


def _states(machine: Json, scenario: Scenario, figures: Figures, by: Telling) -> Graph:
    """State by state, as the machine is written."""
    names = [*machine["states"]]
    places = {name: number + 1 for number, name in enumerate(names)}
    waiting = _before_next(machine, figures.under_way)
    nodes, edges = [_start(scenario, figures, by)], [Edge(0, places[machine["start"]])]
    for name, state in machine["states"].items():
        nodes.append(_node(machine, name, scenario, figures, by, waiting))
        seen = set[int]()
        for target, asked in state["arrows"]:
            if places[target] not in seen:
                edges.append(Edge(places[name], places[target], by.condition(asked) if asked else ""))
            seen.add(places[target])
    return Graph(tuple(nodes), tuple(edges))


def _node(
    machine: Json,
    name: str,
    scenario: Scenario,
    figures: Figures,
    by: Telling,
    waiting: Mapping[str, int] | None,
) -> Node:
    state, title = machine["states"][name], by.words(f"flow.state.{name}")
    match state["type"]:
        case "Choice":
            told = tuple(
                by.words("flow.branch", asked=by.condition(asked), target=by.words(f"flow.state.{target}"))
                for target, asked in state["arrows"]
            )
            return Node(name, "choice", title, told)
        case "Wait":
            return Node(name, "wait", title, waiting=None if waiting is None else waiting.get(name, 0))
        case "Succeed":
            return _end(scenario, (), figures, by, None)
    if "step" in state:
        lines = (by.words("flow.with_code"),) if state["code"] else ()
        step = by.step(scenario.name, state["step"])
        return Node(state["step"], "step", step, lines, by.became(figures.step(state["step"])))
    return Node(name, "look", title)


def _before_next(machine: Json, under_way: Mapping[frozenset[str], int] | None) -> dict[str, int] | None:
    """Runs under way by the wait that leads to the first step that they have not behind them."""
    if under_way is None:
        return None
    leads = {
        name: _leads_to(machine, name) for name, one in machine["states"].items() if one["type"] == "Wait"
    }
    steps = [one["step"] for one in machine["states"].values() if "step" in one]
    found: Counter[str] = Counter()
    for done, runs in under_way.items():
        following = next((one for one in steps if one not in done), steps[-1])
        found.update({name: runs for name, step in leads.items() if step == following})
    return dict(found)


def _leads_to(machine: Json, name: str) -> str | None:
    """The step that a state goes on to without asking anything."""
    while (state := machine["states"][name]).get("step") is None:
        if len(state["arrows"]) != 1 or state["type"] == "Task":
            return None
        [[name, _]] = state["arrows"]
    return str(state["step"])


def _start(scenario: Scenario, figures: Figures, by: Telling) -> Node:
    lines = tuple(by.entry(scenario, name) for name in scenario.entries) or (
        by.words(f"flow.event.{scenario.starts_on}"),
    )
    runs = figures.report["runs"] if figures.report else None
    told = by.started(runs) if runs else ()
    return Node("start", "start", by.words("flow.starts"), lines, told)


def _step(due: _Due, scenario: Scenario, settings: Any, figures: Figures, by: Telling, again: bool) -> Node:
    """again: a step of this name stands further up, with the figures of both."""
    first = due.choices[0]
    lines = [line for one in due.choices for line in by.whom(scenario, one)]
    codes = [line for one in due.choices[1:] for line in by.code(one, settings)]
    told = tuple(dict.fromkeys([*lines, *by.how(first, settings), *codes]))
    if first.get("action"):
        return Node(due.name, "act", by.step(scenario.name, due.name), (by.words("flow.action"), *told))
    became = () if again else by.became(figures.step(due.name))
    return Node(due.name, "step", by.step(scenario.name, due.name), told, became)


def _end(
    scenario: Scenario, only_if: Sequence[str], figures: Figures, by: Telling, waiting: int | None
) -> Node:
    """What ends a run early, and why those ended that did."""
    lines = tuple(by.words("flow.early", why=by.ended(scenario, one)) for one in only_if)
    ended = figures.report["runs"]["ended"] if figures.report else {}
    return Node("end", "end", by.words("flow.end"), lines, by.reasons(ended), waiting)
