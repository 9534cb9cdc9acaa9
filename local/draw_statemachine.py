"""`python -m local.draw_statemachine FILE`: a state machine as a Mermaid diagram, drawn from its definition.

docs/scenarios.md holds these drawings; a test compares them with the definitions.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def draw(text: str) -> str:
    """The diagram of a definition (YAML). Choices are labelled with what they ask, less the braces."""
    machine = yaml.safe_load(text)
    lines = ["stateDiagram-v2", f"    [*] --> {machine['StartAt']}"]
    for name, state in machine["States"].items():
        if state["Type"] == "Choice":
            lines.append(f"    state {name} <<choice>>")
        lines += [f"    {line}" for line in _arrows(name, state)]
    return "\n".join(lines)


def _arrows(name: str, state: dict[str, Any]) -> Iterator[str]:
    for choice in state.get("Choices", []):
        yield f"{name} --> {choice['Next']}: {_asked(choice['Condition'])}"
    if "Default" in state:
        yield f"{name} --> {state['Default']}: else"
    if "Next" in state:
        yield f"{name} --> {state['Next']}"
    if state["Type"] in {"Succeed", "Fail"}:
        yield f"{name} --> [*]"


def _asked(condition: str) -> str:
    """Without what Mermaid reads as its own: braces, colons, dollars."""
    plain = condition.strip("{%} ").replace("$not(", "not (").replace("$", "")
    return plain.replace(":", " ").replace("'", "")


def main() -> int:
    """Print the drawing of the file that is named."""
    print(draw(Path(sys.argv[1]).read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
