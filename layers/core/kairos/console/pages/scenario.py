"""One scenario: drawn as a graph with what happens on it now, and its report."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from kairos.console.asked import Answer, Asked
from kairos.console.charts import Bar, funnel
from kairos.console.flow.definition import machine_of
from kairos.console.flow.graph import Figures, Graph, graph_of
from kairos.console.flow.svg import draw
from kairos.console.flow.telling import Telling
from kairos.domain.errors import NotReady, Refused
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios import registry
from kairos.services.qualifying import counted, is_watching
from kairos.services.results.asking import USUAL
from kairos.services.results.showing import show_report
from kairos.services.results.standing import count_under_way
from kairos.services.scenarios import show_scenario

_NARROW = 400
"""Width of a chart that stands in half a page: wider, its words would be too small."""

TABS = ("overview", "settings", "runs", "report")


def show(asked: Asked) -> Answer:
    """Its graph at once; what is counted on it follows."""
    told = head(asked, "overview")
    graph = graph_of(machine_of(told["name"]), found(asked), in_effect(asked), Figures(), telling(asked))
    return asked.page("scenario.html", **told, drawn=drawn(asked, graph), watching=_is_watching(asked, told))


def show_graph(asked: Asked) -> Answer:
    """The graph with what was counted over the last 90 days and who waits now: a part of the page."""
    scenario, results = found(asked), asked.parts.results()
    report = show_report(results, asked.here.id, scenario, {}, asked.language)
    _, partitions = results.snapshots.open_all(asked.here)
    standing = count_under_way(partitions, scenario.name)
    graph = graph_of(
        machine_of(scenario.name), scenario, in_effect(asked), Figures(report, standing), telling(asked)
    )
    shown = show_scenario(asked.parts.items, asked.here, scenario.name)
    at = counted(asked.parts.segments().populating, asked.here, scenario.name, shown)
    return asked.page(
        "scenario_graph.html",
        name=scenario.name,
        drawn=drawn(asked, graph),
        graph=graph,
        report=report,
        backlog=_backlog(asked, scenario, at["backlog"]),
        enabled=shown["enabled"],
        timeline=bool(scenario.entries),
        is_broadcast=scenario.is_broadcast,
    )


def show_report_page(asked: Asked) -> Answer:
    """What it did, brought and cost within a time, and what would have come without it."""
    told, wrong, report = head(asked, "report"), None, None
    try:
        report = show_report(
            asked.parts.results(), asked.here.id, found(asked), _period(asked), asked.language
        )
    except Refused as refusal:
        wrong = refusal
    except NotReady:
        report = None
    now = asked.parts.clock.now().astimezone(asked.here.zone)
    return asked.page(
        "scenario_report.html",
        400 if wrong else 200,
        **told,
        report=report,
        wrong=wrong,
        start=asked.query.get("from") or (now - USUAL).date().isoformat(),
        end=asked.query.get("to") or now.date().isoformat(),
        chart=_funnel(asked, report) if report else "",
        by=telling(asked),
    )


def _period(asked: Asked) -> Mapping[str, str]:
    """The days asked for, whole ones by the shop's clock; each as the instant of its beginning."""
    told = {}
    for name, add in (("from", 0), ("to", 1)):
        text = asked.query.get(name)
        if text:
            told[name] = _begins(asked, name, text, add)
    return told


def _begins(asked: Asked, name: str, text: str, add: int) -> str:
    try:
        day = datetime.fromisoformat(text).replace(tzinfo=None) + timedelta(days=add)
    except ValueError:
        raise Refused(name, f"{text[:40]!r} is no day.", 'Give one such as "2026-11-22".') from None
    return day.replace(tzinfo=asked.here.zone).astimezone(UTC).isoformat()


def _funnel(asked: Asked, report: Mapping[str, Any]) -> Any:
    total = report["total"]
    tones = {"orders": "good"}
    bars = [
        Bar(
            asked.say(f"scenarios.figure.{name}"),
            total[name],
            asked.formats.number(total[name]),
            tones.get(name, "accent"),
        )
        for name in ("sent", "delivered", "opened", "clicked", "orders")
    ]
    return funnel(bars, asked.say("scenarios.funnel"), _NARROW)


def found(asked: Asked) -> Scenario:
    """The scenario that the address names. Raises NotFound."""
    return registry.scenario(asked.path["scenario"])


def in_effect(asked: Asked) -> Any:
    """The settings with which a run would start now."""
    scenario = found(asked)
    shown = show_scenario(asked.parts.items, asked.here, scenario.name)
    return scenario.recall_settings(shown["in_effect"])


def telling(asked: Asked) -> Telling:
    """For graphs in the reader's language."""
    return Telling(asked.say, asked.formats, asked.language)


def drawn(asked: Asked, graph: Graph) -> Any:
    """The graph as SVG."""
    name = asked.say(f"scenario_names.{asked.path['scenario']}")
    return draw(graph, asked.say("scenarios.graph_of", name=name), asked.say("scenarios.waiting", n="{n}"))


def head(asked: Asked, tab: str) -> dict[str, Any]:
    """What every page of a scenario shows at its top."""
    scenario = found(asked)
    shown = show_scenario(asked.parts.items, asked.here, scenario.name)
    return {"name": scenario.name, "scenario": scenario, "shown": shown, "tab": tab, "tabs": TABS}


def _is_watching(asked: Asked, told: Mapping[str, Any]) -> bool:
    scenario = told["scenario"]
    if not scenario.entries or not told["shown"]["enabled"]:
        return True
    return is_watching(asked.parts.segments().populating.shelf(asked.here.id), scenario)


def _backlog(asked: Asked, scenario: Scenario, told: Any) -> list[tuple[str, int]]:
    """Who stands at each way in, by its name in words."""
    by = telling(asked)
    return [(by.entry(scenario, one["entry"]), one["customers"]) for one in told or ()]
