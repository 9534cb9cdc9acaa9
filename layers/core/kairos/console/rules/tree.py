"""A rule as the form holds it: groups of groups and criteria, each at a place such as "0.1.2"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kairos.console.rules.inputs import read_criterion, starting_with
from kairos.domain.criteria.registry import CRITERIA
from kairos.domain.criteria.rule import MOST_CRITERIA, MOST_DEPTH
from kairos.domain.refusing import under

Join = Literal["all", "any"]
Json = dict[str, Any]
ROOT = "0"


@dataclass
class Node:
    """A group, or a criterion (kind is set). place: where it stands. negated: "not" is before it.

    path: where it stands in the JSON rule, as refusals name it. wrong: what is refused of it.
    """

    place: str
    negated: bool = False
    join: Join = "all"
    parts: list["Node"] = field(default_factory=list)
    kind: str = ""
    told: Json = field(default_factory=dict)
    path: str = ""
    wrong: str = ""

    @property
    def depth(self) -> int:
        """0 for the outermost group."""
        return self.place.count(".")

    @property
    def mark(self) -> str:
        """The place as it may stand in ids."""
        return self.place.replace(".", "-")

    def every(self) -> Iterator["Node"]:
        """It and all below."""
        yield self
        for part in self.parts:
            yield from part.every()


def from_rule(rule: Mapping[str, Any]) -> Node:
    """The tree of a rule that parses. Outermost there is a group, if only around one criterion."""
    node = _node(rule, ROOT)
    if node.kind or node.negated:
        node = Node(ROOT, parts=[_node(rule, f"{ROOT}.0")])
    return node


def _node(rule: Mapping[str, Any], place: str) -> Node:
    if "not" in rule:
        node = _node(rule["not"], place)
        node.negated = not node.negated
        return node
    for join in ("all", "any"):
        if join in rule:
            parts = [_node(one, f"{place}.{at}") for at, one in enumerate(rule[join])]
            return Node(place, join="any" if join == "any" else "all", parts=parts)
    return Node(place, kind=rule["kind"], told=dict(rule))


def to_rule(node: Node, path: str = "") -> Json:
    """The rule as JSON; notes at each node the path under which it stands there.

    A group of nothing stays as it is, so that it is refused at its place.
    """
    inner = under(path, "not") if node.negated else path
    node.path = inner
    told: Json
    if node.kind:
        told = dict(node.told)
    else:
        told = {
            node.join: [to_rule(one, under(inner, f"{node.join}[{at}]")) for at, one in enumerate(node.parts)]
        }
    return {"not": told} if node.negated else told


def read_tree(form: Mapping[str, list[str]]) -> Node:
    """The tree that was posted. Nodes: "node:PLACE" -> "all", "any" or a criterion's kind; "not:PLACE"."""
    places = {
        name.removeprefix("node:"): values[0]
        for name, values in form.items()
        if name.startswith("node:") and values
    }
    posted: dict[str, dict[str, list[str]]] = {}
    for name, values in form.items():
        if name.startswith("v:"):
            _, place, input_name = (*name.split(":", 2), "", "")[:3]
            posted.setdefault(place, {})[input_name] = values
    return _posted(ROOT, places, posted, form) or Node(ROOT)


def _posted(
    place: str,
    places: Mapping[str, str],
    posted: Mapping[str, Mapping[str, list[str]]],
    form: Mapping[str, list[str]],
) -> Node | None:
    told = places.get(place)
    negated = bool(form.get(f"not:{place}", [""])[0])
    if told in CRITERIA:
        return Node(place, negated, kind=told, told=read_criterion(told, posted.get(place, {})))
    if told not in {"all", "any"} or place.count(".") >= MOST_DEPTH:
        return None
    children = sorted(
        (one for one in places if one.startswith(f"{place}.") and one.count(".") == place.count(".") + 1),
        key=_order,
    )
    parts = [node for one in children if (node := _posted(one, places, posted, form)) is not None]
    return Node(place, negated, "any" if told == "any" else "all", parts[:MOST_CRITERIA])


def _order(place: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in place.split("."))


def carry_out(root: Node, wanted: str) -> Node:
    """The tree after a button was pressed: "add:PLACE:KIND", "group:PLACE", "remove:PLACE", "not:PLACE",
    "join:PLACE". What there is not is left as it is."""
    act, _, rest = wanted.partition(":")
    place, _, kind = rest.partition(":")
    node = next((one for one in root.every() if one.place == place), None)
    if node is None:
        return root
    match act:
        case "add" if not node.kind and kind in CRITERIA:
            node.parts.append(Node("", kind=kind, told=starting_with(kind)))
        case "group" if not node.kind:
            other: Join = "any" if node.join == "all" else "all"
            node.parts.append(Node("", join=other))
        case "remove" if place != ROOT:
            for one in root.every():
                one.parts = [part for part in one.parts if part is not node]
        case "not":
            node.negated = not node.negated
        case "join" if not node.kind:
            node.join = "any" if node.join == "all" else "all"
    return _placed(root, ROOT)


def _placed(node: Node, place: str) -> Node:
    node.place = place
    for at, part in enumerate(node.parts):
        _placed(part, f"{place}.{at}")
    return node


def blame(root: Node, path: str, why: str) -> None:
    """Note a refusal at the node whose path leads farthest towards it."""
    fitting = [
        one
        for one in root.every()
        if not one.path or path == one.path or path.startswith((f"{one.path}.", f"{one.path}["))
    ]
    max(fitting, key=lambda one: len(one.path)).wrong = why
