"""Switching a scenario on and off, and starting it for many: what it would do is said first."""

from typing import Any

from kairos.api import read_as
from kairos.console.asked import Answer, Asked
from kairos.console.pages.scenario import found, head, telling
from kairos.domain.errors import NotFound, NotReady, Refused
from kairos.services.broadcasts.making import Told, make_runs
from kairos.services.broadcasts.wishes import RunsWish
from kairos.services.qualifying import counted
from kairos.services.scenarios import change_scenario, show_scenario


def ask(asked: Asked) -> Answer:
    """What switching it would do: who stands at its ways in, or whose runs would end."""
    scenario, told = found(asked), head(asked, "overview")
    at = counted(asked.parts.segments().populating, asked.here, scenario.name, told["shown"])
    by = telling(asked)
    backlog = [(by.entry(scenario, one["entry"]), one["customers"]) for one in at["backlog"] or ()]
    return asked.page("scenario_switch.html", **told, at_work=at["running"], backlog=backlog)


def switch(asked: Asked) -> Answer:
    """On or off."""
    scenario, on = found(asked), asked.one("to") == "on"
    parts, wanted = asked.parts, asked.parts.segments().want_recompute
    change_scenario(parts.items, parts.clock, asked.here, scenario.name, {"enabled": on}, wanted)
    done = "scenarios.switched_on" if on else "scenarios.switched_off"
    return asked.go(f"{asked.at}/scenarios/{scenario.name}", done)


def show_start(asked: Asked) -> Answer:
    """For whom? With `backlog` the count comes at once."""
    if asked.query.get("backlog"):
        return _counted(asked, {"backlog": True})
    return _form(asked)


def start(asked: Asked) -> Answer:
    """How many it would start for; confirmed, it does."""
    told: dict[str, Any] = {"backlog": True} if asked.one("backlog") else {"segment": asked.one("segment")}
    return _start(asked, told) if asked.one("confirm") else _counted(asked, told)


def _start(asked: Asked, told: dict[str, Any]) -> Answer:
    scenario = found(asked)
    try:
        _made(asked, {**told, "confirm": True})
    except Refused as wrong:
        return _form(asked, f"{wrong.problem} {wrong.remedy}")
    return asked.go(f"{asked.at}/scenarios/{scenario.name}/runs", "scenarios.begun")


def _counted(asked: Asked, told: dict[str, Any]) -> Answer:
    try:
        answer = _made(asked, told).answer
    except Refused as wrong:
        return _form(asked, f"{wrong.problem} {wrong.remedy}")
    except NotFound:
        return _form(asked, asked.say("scenarios.choose_segment"))
    except NotReady:
        return _form(asked, asked.say("scenarios.not_ready"))
    scenario, by = found(asked), telling(asked)
    entries = [(by.entry(scenario, one), many) for one, many in answer.get("entries", {}).items()]
    from kairos.console.pages.segments import names_of

    return asked.page(
        "scenario_start_count.html",
        **head(asked, "runs"),
        wish=told,
        segment=names_of(asked).get(told.get("segment", ""), ""),
        told=answer,
        entries=entries,
    )


def _form(asked: Asked, wrong: str = "") -> Answer:
    from kairos.console.pages.segments import names_of

    names = sorted(names_of(asked).items(), key=lambda one: one[1].casefold())
    shown = show_scenario(asked.parts.items, asked.here, found(asked).name)
    told = {**head(asked, "runs"), "shown": shown}
    chosen = asked.one("segment")
    return asked.page(
        "scenario_start.html", 400 if wrong else 200, **told, segments=names, chosen=chosen, wrong=wrong
    )


def _made(asked: Asked, told: dict[str, Any]) -> Told:
    return make_runs(asked.parts.making(), asked.here.id, found(asked).name, read_as(RunsWish, told))
