"""A scenario's runs: who is in it, why, and stopping one."""

from typing import Any

from kairos.console.asked import Answer, Asked
from kairos.console.pages.scenario import found, head, telling
from kairos.domain.errors import NotFound, NotReady
from kairos.domain.run import Run
from kairos.services.broadcasts import running, showing
from kairos.services.broadcasts.store import find
from kairos.services.customers import resolve
from kairos.services.explaining import explain
from kairos.services.runs import read_run
from kairos.services.segments.previewing import shown as contact_shown
from kairos.services.sentences import telling as sentences_in

STATES = ("", "started", "ended")
"""Those that are asked for: of all, under way, over."""


def show(asked: Asked) -> Answer:
    """A page of runs; readers see addresses masked, as on the API."""
    scenario = found(asked)
    state = asked.query.get("state", "")
    told: dict[str, Any] = {"runs": [], "broadcasts": [], "cursor": None}
    ready = True
    try:
        wanted = running.Asked(None, state if state in STATES[1:] else None, asked.query.get("cursor"))
        opened = asked.parts.making().open
        told = running.list_runs(
            asked.parts.items, lambda: opened(asked.here.id), asked.here.id, scenario.name, wanted
        )
    except NotReady:
        ready = False
    return asked.page(
        "scenario_runs.html",
        **head(asked, "runs"),
        runs=[_row(asked, one) for one in told["runs"]],
        people=_people(asked, [one["customer"] for one in told["runs"]]),
        broadcasts=told["broadcasts"],
        cursor=told["cursor"],
        state=state if state in STATES else "",
        states=STATES,
        ready=ready,
    )


def show_run(asked: Asked) -> Answer:
    """What was decided in a run, when and why."""
    run = _run(asked)
    component = resolve(asked.parts.items, asked.here.id, run.customer)
    by = sentences_in(asked.here, asked.language, asked.parts.clock.now())
    told = explain(asked.parts.items, asked.here.id, component, run.scenario, by)
    explained = next((one for one in told["runs"] if one["id"] == run.id), None)
    return asked.page(
        "scenario_run.html",
        **head(asked, "runs"),
        run=_row(asked, {"id": run.id, **run.as_json()}),
        decisions=explained["decisions"] if explained else [],
        people=_people(asked, [run.customer]),
        step=telling(asked).step,
    )


def ask_to_stop(asked: Asked) -> Answer:
    """Asks whether the run is to be ended, and names whose it is."""
    scenario, named = found(asked), asked.path["run"]
    back = f"{asked.at}/scenarios/{scenario.name}/runs"
    if named.startswith("b"):
        return _ask_about_broadcast(asked, named, back)
    run = _run(asked)
    person = _people(asked, [run.customer]).get(run.customer)
    return asked.page(
        "sure.html",
        title=asked.say("scenarios.stop_run"),
        text=asked.say("scenarios.stop_run_text"),
        button=asked.say("scenarios.stop"),
        action=f"{back}/{run.id}/stop",
        back=back,
        named=[
            asked.say(f"scenario_names.{run.scenario}"),
            (person and person["email"]) or run.customer,
            asked.say("scenarios.began", at=asked.formats.moment(run.registered_at)),
        ],
        typed="",
    )


def _ask_about_broadcast(asked: Asked, named: str, back: str) -> Answer:
    told = showing.shown(find(asked.parts.items, asked.here.id, named).broadcast)
    return asked.page(
        "sure.html",
        title=asked.say("campaigns.stop_title"),
        text=asked.say("campaigns.stop_text"),
        button=asked.say("campaigns.stop"),
        action=f"{back}/{named}/stop",
        back=back,
        named=[
            asked.say(f"scenario_names.{told['scenario']}"),
            asked.say("campaigns.decided", n=told["progress"]["decided"], of=told["progress"]["of"] or 0),
        ],
        typed="",
    )


def stop(asked: Asked) -> Answer:
    """The run ends, or nobody further begins one."""
    scenario = found(asked)
    executing = asked.parts.making().executing
    running.stop_run(executing, asked.here.id, scenario.name, asked.path["run"])
    return asked.go(f"{asked.at}/scenarios/{scenario.name}/runs", "scenarios.stopped")


def _run(asked: Asked) -> Run:
    run = read_run(asked.parts.items, asked.here.id, asked.path["run"])
    if run is None or run.scenario != found(asked).name:
        raise NotFound("run", asked.path["run"])
    return run


def _row(asked: Asked, told: dict[str, Any]) -> dict[str, Any]:
    by = telling(asked)
    entry = by.entry(found(asked), told["entry"]) if told.get("entry") in found(asked).entries else ""
    return {**told, "why": by.reason(told["reason"]) if told.get("reason") else "", "entered": entry}


def _people(asked: Asked, customers: list[str]) -> dict[str, dict[str, str | None]]:
    """Who they are, by id."""
    known = asked.parts.segments().contacts(asked.here.id).of(list(dict.fromkeys(customers)))
    return {one.customer: contact_shown(one, not asked.may("marketer")) for one in known}
