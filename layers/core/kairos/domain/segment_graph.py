"""Segments that ask for other segments: what a shop's rules refer to, and what they may not."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.domain.errors import Refused
from kairos.domain.refusing import nearest, under
from kairos.domain.scenarios.registry import SCENARIOS

MOST_VALUES = 5_000
"""Values that the lists of one rule hold in all."""

MOST_EXPANDED = 1_000
"""Criteria of a rule with those of every segment that it asks for, as often as it asks for it."""

_REFERRING = ("in_segment", "entered_segment")

Rules = Mapping[str, Mapping[str, Any]]
"""A shop's rules as JSON, by segment id."""


class Reference(NamedTuple):
    """A segment that a rule asks for, and where in the rule ("all[1].any_of[0]")."""

    segment: str
    path: str


def references(rule: Mapping[str, Any]) -> list[Reference]:
    """Every segment whose rule or members the rule (one that parses) asks for, in its order."""
    return [
        Reference(told["segment"], under(path, "segment"))
        for path, told in _criteria(rule, "")
        if told["kind"] in _REFERRING
    ]


def lists_in(rule: Mapping[str, Any]) -> list[Reference]:
    """Every fixed list that the rule (one that parses) asks who stands on."""
    return [
        Reference(told["list"], under(path, "list"))
        for path, told in _criteria(rule, "")
        if told["kind"] == "on_list"
    ]


def _scenarios_in(rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every scenario that the rule names, and where."""
    for path, told in _criteria(rule, ""):
        if told.get("scenario") is not None:
            yield told["scenario"], under(path, "scenario")


def rule_of_list(segment: str) -> dict[str, Any]:
    """The rule that every fixed list has."""
    return {"kind": "on_list", "list": segment}


def dependents(rules: Rules, segment: str) -> list[str]:
    """Ids of the segments whose rules ask for this one, also of who stands on it, sorted."""
    return sorted(
        one
        for one, rule in rules.items()
        if segment in {to for to, _ in references(rule)}
        or (one != segment and segment in {to for to, _ in lists_in(rule)})
    )


def judge(segment: str, told: Any, others: Rules) -> Rule:
    """The rule that the segment is to have, among the shop's other rules.

    Raises Refused for what parse_rule refuses, an unknown segment, list or scenario, a cycle (its path
    named), and for more values, or with what it asks for more criteria, than can be kept fast.
    """
    rule = parse_rule(told)
    values = sum(1 for _ in _values(told))
    if values > MOST_VALUES:
        problem = f"The rule lists {values} values; {MOST_VALUES} are the most."
        raise Refused("rule", problem, "Split it into several segments, or use a tag.")
    rules = {**others, segment: told}
    for to, path in references(told):
        if to not in rules:
            raise Refused(path, f"There is no segment {to!r} (any more).", nearest(to, dict(others)))
        if way := _way(rules, to, segment):
            problem = f"The segment would ask for itself: {' → '.join((segment, *way))}."
            raise Refused(path, problem, "Take one of these out.")
    lists = [one for one, rule_told in others.items() if rule_told == rule_of_list(one)]
    for to, path in lists_in(told):
        if to not in lists:
            raise Refused(path, _no_list(to, others), nearest(to, lists))
    for name, path in _scenarios_in(told):
        if name not in SCENARIOS:
            raise Refused(path, f"There is no scenario {name!r}.", nearest(name, SCENARIOS))
    for one in _asking(rules, segment):
        if (size := _expanded(rules, one)) > MOST_EXPANDED:
            problem = f"With the segments that {one!r} asks for it would have {size} criteria."
            raise Refused("rule", problem, f"Ask for less: {MOST_EXPANDED} are the most.")
    return rule


def _no_list(named: str, others: Rules) -> str:
    if named in others:
        return f"The segment {named!r} is no fixed list: in_segment asks for those."
    return f"There is no fixed list {named!r} (any more)."


def _criteria(told: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every criterion of the rule, with its path."""
    if not isinstance(told, Mapping):
        return
    if "kind" in told:
        yield path, told
    for join in ("all", "any"):
        for at, part in enumerate(told.get(join, ())):
            yield from _criteria(part, under(path, f"{join}[{at}]"))
    if "not" in told:
        yield from _criteria(told["not"], under(path, "not"))


def _values(told: Any) -> Iterator[Any]:
    """Whatever stands in the lists of the rule's criteria."""
    for _, criterion in _criteria(told, ""):
        for field in criterion.values():
            yield from field if isinstance(field, list) else ()


def _way(rules: Rules, start: str, goal: str) -> Sequence[str] | None:
    """The segments by which one leads to another, both included; None where it does not."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        for to, _ in references(rules.get(way[-1], {})):
            if to not in seen:
                seen.add(to)
                ways.append((*way, to))
    return None


def _asking(rules: Rules, segment: str) -> list[str]:
    """The segment and all that ask for it, also by way of others."""
    found = [segment]
    for one in found:
        found += [other for other in dependents(rules, one) if other not in found]
    return found


def _expanded(rules: Rules, segment: str, known: dict[str, int] | None = None) -> int:
    known = {} if known is None else known
    if segment not in known:
        rule = rules.get(segment, {})
        own = sum(1 for _ in _criteria(rule, ""))
        known[segment] = own + sum(_expanded(rules, to, known) for to, _ in references(rule))
    return known[segment]
