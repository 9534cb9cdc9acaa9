"""`python -m local.draw_statemachine FILE`: a state machine as a Mermaid diagram, drawn from its definition.

docs/scenarios.md holds these drawings; a test compares them with the definitions. A timeline, whose machine
hands a table of steps over to follow_steps, is drawn with these steps: what is looked at before each, when
each is due, and for whom; a broadcast with its audiences.

With `--bundle` in place of a file, it writes what the console draws the scenarios' graphs from.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from kairos.console.flow.definition import essence
from kairos.domain.scenarios.registry import SCENARIOS

_ROOT = Path(__file__).resolve().parents[1]
BUNDLE = _ROOT / "layers/core/kairos/console/flow/machines.json"


def draw(text: str) -> str:
    """The diagram of a definition (YAML). Choices are labelled with what they ask, less the braces."""
    machine = essence(yaml.safe_load(text))
    lines = ["stateDiagram-v2", f"    [*] --> {machine['start']}"]
    for name, state in machine["states"].items():
        if state["type"] == "Choice":
            lines.append(f"    state {name} <<choice>>")
        if "steps" in state:
            lines += [f"    {line}" for line in _timeline(name, state)]
        if "form" in state:
            lines += [f"    {line}" for line in _broadcast(name, state["form"])]
        lines += [f"    {line}" for line in _arrows(name, state)]
    return "\n".join(lines)


def bundle() -> str:
    """The essence of every scenario's machine, as JSON."""
    told = {
        name: essence(yaml.safe_load((_ROOT / f"statemachines/{name}.asl.yaml").read_text()))
        for name in SCENARIOS
    }
    return json.dumps(told, indent=1) + "\n"


def _arrows(name: str, state: Mapping[str, Any]) -> Iterator[str]:
    for target, asked in state["arrows"]:
        yield f"{name} --> {target}{': ' if asked else ''}{asked}"
    if state["type"] in {"Succeed", "Fail"}:
        yield f"{name} --> [*]"


def _timeline(name: str, given: Mapping[str, Any]) -> Iterator[str]:
    """The steps within the state that hands them over: each from when it is due, back to the next look."""
    yield f"state {name} {{"
    yield "    [*] --> LookAgain"
    for number, step in enumerate(given["steps"], start=1):
        yield f"    LookAgain --> step{number}: {_due(step)}"
        yield f"    step{number}: {_done(step)}"
        yield f"    step{number} --> LookAgain"
    if given.get("only_if"):
        yield f"    LookAgain --> [*]: without {' or '.join(given['only_if'])}"
    yield "    LookAgain --> [*]: no step left"
    yield "}"


def _broadcast(name: str, form: Mapping[str, Any]) -> Iterator[str]:
    """The audiences within the state that hands them over, in their order."""
    sent = f"{form['step']} by {', else '.join(form.get('channels', ['email']))}{_code(form.get('code'))}"
    stages = form["stages"]
    yield f"state {name} {{"
    before = "[*]"
    for number, stage in enumerate(stages, start=1):
        waits = f": after {stage['after']}" if stage.get("after") else ""
        yield f"    {before} --> stage{number}{waits}"
        yield f"    stage{number}: {sent}, to {stage['audience']}"
        before = f"stage{number}"
    yield f"    {before} --> [*]: nobody waits for a better moment"
    yield "}"


def _due(step: Mapping[str, Any]) -> str:
    """When, and for whom."""
    told = [f"after {step['after']}{' from ' + step['follows'] if step.get('follows') else ''}"]
    told += [f"unless {step['unless']} was sent"] if step.get("unless") else []
    told += [f"entered by {' or '.join(step['entries'])}"] if step.get("entries") else []
    told += [f"if {' and '.join(step['when'])}"] if step.get("when") else []
    told += [f"if the shop has a {step['needs']}"] if step.get("needs") else []
    return ", ".join(told)


def _done(step: Mapping[str, Any]) -> str:
    """What: an action, or a message, by which channels and with which code."""
    if step.get("action"):
        return f"{step['step']} (action)"
    channels: Sequence[str] = step.get("channels", ["email"])
    return f"{step['step']} by {', else '.join(channels)}{_code(step.get('code'))}"


def _code(code: Mapping[str, Any] | None) -> str:
    if code is None:
        return ""
    worth = code.get("percent") or code.get("kind", "")
    return f", {'perhaps ' if code.get('optional') else ''}with a code ({worth})"


def main() -> int:
    """Print the drawing of the file that is named, or write the bundle."""
    if sys.argv[1] == "--bundle":
        BUNDLE.write_text(bundle())
    else:
        print(draw(Path(sys.argv[1]).read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
