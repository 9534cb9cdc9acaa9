"""`python -m local.lint_statemachines`: what `sam validate` does not look at in statemachines/*.asl.yaml.

A state machine must parse; every target must exist and every state be reachable; states are named in
PascalCase; a Task retries errors by name with full jitter; Fail says Error and Cause; placeholders are quoted
and are those of the template; every JSONata expression compiles and reads no clock of its own.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonata
import yaml

from local.place import ROOT

_TYPES = {"Task", "Choice", "Wait", "Pass", "Succeed", "Fail", "Map", "Parallel"}
_CATCH_ALLS = {"States.ALL", "States.TaskFailed"}
_JSONPATH_FIELDS = {
    "InputPath",
    "OutputPath",
    "ResultPath",
    "Parameters",
    "ResultSelector",
    "ItemsPath",
    "SecondsPath",
}
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


class _TemplateLoader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (!Sub, !GetAtt, …) as their plain content."""


def _plain(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


_TemplateLoader.add_multi_constructor("!", _plain)


def read_template(text: str) -> Any:
    """A CloudFormation template in which `!Ref X`, `!GetAtt X.Arn` and the like read as plain values."""
    return yaml.load(text, _TemplateLoader)  # noqa: S506 - a SafeLoader


def lint_all(root: Path) -> list[str]:
    """Findings in the repository at `root`, each "file: state: what and remedy"; none means all is well."""
    template = read_template((root / "template.yaml").read_text())
    declared: dict[str, set[str]] = {}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::StateMachine":
            properties = resource["Properties"]
            declared[properties["DefinitionUri"]] = set(properties.get("DefinitionSubstitutions", {}))
    present = {str(path.relative_to(root)) for path in (root / "statemachines").glob("*.asl.yaml")}
    findings = [
        f"{name}: the template names it, but there is no such file"
        for name in sorted(declared.keys() - present)
    ]
    findings += [
        f"{name}: no state machine of the template uses it" for name in sorted(present - declared.keys())
    ]
    for name in sorted(present & declared.keys()):
        findings += [f"{name}: {found}" for found in lint((root / name).read_text(), declared[name])]
    return findings


def lint(text: str, substitutions: set[str]) -> list[str]:
    """Findings in one definition (YAML) whose placeholders the template fills in with `substitutions`."""
    try:
        machine = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return [f"is not YAML: {error}"]
    if not isinstance(machine, dict) or not isinstance(machine.get("States"), dict):
        return ["has no States"]
    findings = [*_placeholders(text, substitutions)]
    if machine.get("QueryLanguage") != "JSONata":
        findings.append("QueryLanguage must be JSONata")
    return [*findings, *_states(machine)]


def _placeholders(text: str, substitutions: set[str]) -> Iterator[str]:
    used = set(_PLACEHOLDER.findall(text))
    for name in sorted(used - substitutions):
        yield f"${{{name}}} is not among the template's DefinitionSubstitutions"
    for name in sorted(substitutions - used):
        yield f"the template's substitution {name} is not used"
    for token in yaml.scan(text):
        if isinstance(token, yaml.ScalarToken) and token.plain and "${" in token.value:
            yield f'{token.value} must be quoted: "{token.value}"'


def _states(machine: dict[str, Any]) -> Iterator[str]:
    """Findings in a machine, a Map's processor or a Parallel's branch."""
    states = machine["States"]
    start = str(machine.get("StartAt"))
    if start not in states:
        yield f"StartAt names {start}, which does not exist"
        return
    for name, state in states.items():
        for target in _targets(state):
            if target not in states:
                yield f"{name}: goes to {target}, which does not exist"
        for finding in _state(name, state):
            yield f"{name}: {finding}"
        for inner in _inner(state):
            yield from _states(inner)
    for name in sorted(states.keys() - _reachable(start, states)):
        yield f"{name}: nothing leads here"


def _inner(state: dict[str, Any]) -> list[dict[str, Any]]:
    return [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]


def _targets(state: dict[str, Any]) -> list[str]:
    branches = [*state.get("Choices", []), *state.get("Catch", [])]
    return [
        each for each in (state.get("Next"), state.get("Default"), *[b.get("Next") for b in branches]) if each
    ]


def _reachable(start: str, states: dict[str, Any]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in states and name not in seen:
            seen.add(name)
            waiting += _targets(states[name])
    return seen


def _state(name: str, state: dict[str, Any]) -> Iterator[str]:
    kind = state.get("Type")
    if not re.fullmatch(r"([A-Z][a-z0-9]*)+", name):
        yield "is not named in PascalCase"
    if kind not in _TYPES:
        yield f"has the unknown Type {kind}"
    if kind in {"Task", "Wait", "Pass", "Map", "Parallel"} and ("Next" in state) == ("End" in state):
        yield "needs either Next or End"
    if kind == "Choice" and "Default" not in state:
        yield "needs a Default"
    if kind == "Task":
        yield from _retries(state)
    if kind == "Fail":
        yield from (f"must say its {field}" for field in ("Error", "Cause") if not state.get(field))
    for field in sorted(_JSONPATH_FIELDS & state.keys()):
        yield f"{field} belongs to JSONPath: use Arguments, Output and Assign"
    own = {field: value for field, value in state.items() if field not in ("Branches", "ItemProcessor")}
    for text in _texts(own):
        yield from _expression(text)


def _retries(task: dict[str, Any]) -> Iterator[str]:
    if not task.get("Retry"):
        yield "is a Task without Retry"
    for retry in task.get("Retry") or []:
        errors = retry.get("ErrorEquals") or []
        if not errors:
            yield "has a Retry without ErrorEquals"
        yield from (f"retries {error}: name the errors" for error in errors if error in _CATCH_ALLS)
        if retry.get("JitterStrategy") != "FULL":
            yield "has a Retry without JitterStrategy: FULL"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _expression(text: str) -> Iterator[str]:
    if "{%" not in text and "%}" not in text:
        return
    if not (text.startswith("{%") and text.endswith("%}")):
        yield f"an expression is the whole value, from {{% to %}}: {text}"
        return
    source = _PLACEHOLDER.sub("placeholder", text[2:-2]).strip()
    if re.search(r"\$(now|millis)\s*\(", source):
        yield f"reads the real clock, which runs apart from the shown one on a laptop: {text}"
    try:
        jsonata.Jsonata(source)
    except Exception as error:  # the parser raises many kinds, and each means the same here
        yield f"{text} does not compile: {error}"


def main() -> int:
    """Print the findings; answer 1 if there are any."""
    findings = lint_all(ROOT)
    print("\n".join(findings) if findings else "State machines: nothing to find.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
