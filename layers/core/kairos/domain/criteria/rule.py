"""Rules: trees of `all`, `any` and `not` over criteria, read from JSON with errors that name the place."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from kairos.domain.criteria.criterion import Criterion
from kairos.domain.criteria.query import Query, every, some
from kairos.domain.criteria.registry import CRITERIA
from kairos.domain.errors import Refused
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.refusing import nearest, refused, under

MOST_DEPTH = 10
MOST_CRITERIA = 100


@dataclass(frozen=True)
class All:
    """True where every part is."""

    parts: tuple["Rule", ...]

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return all(part.matches(profile, moment) for part in self.parts)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return every(part.sql(query) for part in self.parts)


@dataclass(frozen=True)
class AnyOf:
    """True where at least one part is."""

    parts: tuple["Rule", ...]

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return any(part.matches(profile, moment) for part in self.parts)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return some(part.sql(query) for part in self.parts)


@dataclass(frozen=True)
class Not:
    """True where its part is not, also where what the part asks for is unknown."""

    part: "Rule"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return not self.part.matches(profile, moment)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return f"(NOT {self.part.sql(query)})"


Rule = All | AnyOf | Not | Criterion


def parse_rule(told: Any) -> Rule:
    """The rule that this JSON states: {"all": […]}, {"any": […]}, {"not": …} or {"kind": …, …}.

    Raises Refused naming the path ("all[1].not.within") and, for an unknown name, the nearest known one.
    """
    rule, criteria = _parse(told, "", 1)
    if criteria > MOST_CRITERIA:
        problem = f"The rule has {criteria} criteria; {MOST_CRITERIA} are the most."
        raise Refused("rule", problem, "Split it into several segments.")
    return rule


def _parse(told: Any, path: str, depth: int) -> tuple[Rule, int]:
    """The rule at this path and how many criteria it holds."""
    here = path or "rule"
    if depth > MOST_DEPTH:
        raise Refused(here, f"Nested deeper than {MOST_DEPTH} levels.", "Join neighbouring levels.")
    if not isinstance(told, Mapping):
        raise Refused(
            here, "A rule is an object.", 'Send {"all": […]}, {"any": […]}, {"not": …} or a criterion.'
        )
    joins = [name for name in ("all", "any", "not") if name in told]
    if not joins:
        return _criterion(told, path), 1
    if len(told) > 1:
        problem = f"{joins[0]!r} stands beside {sorted(set(told) - {joins[0]})}."
        raise Refused(here, problem, f"Put {joins[0]!r} into an object of its own.")
    join, inner = joins[0], told[joins[0]]
    if join == "not":
        part, criteria = _parse(inner, under(path, "not"), depth + 1)
        return Not(part), criteria
    if not isinstance(inner, list) or not inner:
        raise Refused(under(path, join), "Needs a list of at least one rule.", "Add a rule or leave it out.")
    if len(inner) > MOST_CRITERIA:
        problem = f"{len(inner)} rules; {MOST_CRITERIA} are the most."
        raise Refused(under(path, join), problem, "Split it into several segments.")
    read = [_parse(one, under(path, f"{join}[{at}]"), depth + 1) for at, one in enumerate(inner)]
    parts, criteria = tuple(part for part, _ in read), sum(count for _, count in read)
    return (All(parts) if join == "all" else AnyOf(parts)), criteria


def _criterion(told: Mapping[str, Any], path: str) -> Criterion:
    kind = told.get("kind")
    if not isinstance(kind, str):
        raise Refused(under(path, "kind"), "Missing.", f"Use one of {', '.join(CRITERIA)}.")
    if kind not in CRITERIA:
        raise Refused(under(path, "kind"), f"There is no criterion {kind!r}.", nearest(kind, CRITERIA))
    try:
        return CRITERIA[kind].model_validate_json(json.dumps(dict(told)), strict=True)
    except ValidationError as wrong:
        raise refused(wrong, CRITERIA[kind], path or "rule", within=path) from None
