"""What a drawing needs of a state machine's definition, and these of all scenarios.

`machines.json` beside this file holds them as functions can read them, for the definitions themselves lie
outside the package. `python -m local.draw_statemachine --bundle` writes it; a test compares.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

_HANDS_OVER = "arn:aws:states:::states:startExecution"
_BUNDLE = files("kairos.console.flow") / "machines.json"

Json = dict[str, Any]


class Arrow(NamedTuple):
    """From a state to another. asked: the condition, "else" for what none holds of, "" for no choice."""

    source: str
    target: str
    asked: str = ""


def essence(definition: Mapping[str, Any]) -> Json:
    """{"start", "states": {name: {"type", "arrows": [[target, asked]]}}}, of a definition in JSONata.

    A state that sends has "step" and, with one, "code"; one that hands a timeline over has "steps" and
    "only_if", a broadcast "form". What is retried, caught and assigned is no part of it.
    """
    states = {name: _state(told) for name, told in definition["States"].items()}
    return {"start": definition["StartAt"], "states": states}


def arrows(machine: Mapping[str, Any]) -> Iterator[Arrow]:
    """All of a machine's (as essence tells it), in the order of its states."""
    for name, state in machine["states"].items():
        for target, asked in state["arrows"]:
            yield Arrow(name, target, asked)


def machine_of(scenario: str) -> Json:
    """The essence of the scenario's machine. Raises KeyError for a scenario that there is not."""
    found: Json = machines()[scenario]
    return found


@cache
def machines() -> Json:
    """By scenario."""
    told: Json = json.loads(_BUNDLE.read_text(encoding="utf-8"))
    return told


def _state(told: Mapping[str, Any]) -> Json:
    arguments = told.get("Arguments") or {}
    given, payload = arguments.get("Input") or {}, arguments.get("Payload") or {}
    state: Json = {"type": told["Type"], "arrows": [list(one) for one in _arrows(told)]}
    if told.get("Resource") == _HANDS_OVER and "steps" in given:
        state |= {"steps": given["steps"], "only_if": given.get("only_if", [])}
    elif told.get("Resource") == _HANDS_OVER and "form" in given:
        state["form"] = given["form"]
    elif isinstance(payload, Mapping) and "step" in payload:
        state |= {"step": payload["step"], "code": "code" in payload}
    return state


def _arrows(told: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    found = [(one["Next"], _plain(one["Condition"])) for one in told.get("Choices", [])]
    found += [(told["Default"], "else")] if "Default" in told else []
    return found + ([(told["Next"], "")] if "Next" in told else [])


def _plain(condition: str) -> str:
    """A condition without what Mermaid reads as its own: braces, colons, dollars."""
    plain = condition.strip("{%} ").replace("$not(", "not (").replace("$", "")
    return plain.replace(":", " ").replace("'", "")
