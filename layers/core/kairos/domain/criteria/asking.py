"""What a rule asks for beyond the stored profile, so that only this is read before it is answered."""

from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import BaseModel

from kairos.domain.criteria.criterion import Criterion
from kairos.domain.criteria.rule import All, AnyOf, Not, Rule

Asked = Literal[
    "accepts",
    "reachable",
    "habits",
    "lists",
    "points",
    "engagement",
    "runs",
    "surveys",
    "memberships",
    "outreach",
    "catalogue",
    "thresholds",
]
"""Fields of the profile that are never stored with it ("habits": preferred channel, hour and weekday;
"outreach", which no rule asks for, but reports), the moment's catalogue, and its thresholds."""

STANDING: frozenset[Asked] = frozenset(
    {"accepts", "reachable", "habits", "lists", "points", "engagement", "runs", "surveys", "memberships"}
)
"""What may change while the stored profile stays as it is."""

_ASKED: dict[str, frozenset[Asked]] = {
    "accepts_marketing": frozenset({"accepts"}),
    "channel": frozenset({"reachable", "habits", "engagement"}),
    "preferred_time": frozenset({"habits"}),
    "bought_at_launch": frozenset({"catalogue"}),
    "replenishment_due": frozenset({"catalogue", "thresholds"}),
    "points": frozenset({"points"}),
    "engagement": frozenset({"engagement"}),
    "opened": frozenset({"engagement"}),
    "clicked": frozenset({"engagement"}),
    "bounced": frozenset({"engagement"}),
    "complained": frozenset({"engagement"}),
    "unsubscribed": frozenset({"engagement"}),
    "received": frozenset({"engagement"}),
    "satisfaction": frozenset({"surveys"}),
    "lifecycle": frozenset({"thresholds"}),
    "rfm": frozenset({"thresholds"}),
    "rank": frozenset({"thresholds"}),
    "next_order_due": frozenset({"thresholds"}),
    "entered_segment": frozenset({"memberships"}),
    "in_scenario": frozenset({"runs"}),
    "on_list": frozenset({"lists"}),
}
"""By kind; of all others nothing. tests/unit/criteria/test_asking.py watches what each kind really reads."""

_BY_CATALOGUE = ("categories", "brands")


def asked(rule: Rule) -> frozenset[Asked]:
    """What answering the rule takes beyond the stored profile."""
    return _united(_of(criterion) for criterion in criteria_of(rule))


def criteria_of(rule: Rule) -> Iterator[Criterion]:
    """Every criterion of the rule, in its order."""
    match rule:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from criteria_of(part)
        case Not(part):
            yield from criteria_of(part)
        case _:
            yield rule


def _of(criterion: Criterion) -> frozenset[Asked]:
    by_catalogue: frozenset[Asked] = frozenset({"catalogue"} if _names_products_by_kind(criterion) else ())
    return _ASKED.get(criterion.kind, frozenset()) | by_catalogue


def _names_products_by_kind(told: object) -> bool:
    """Whether the criterion, or a filter in it, chooses products by category or brand."""
    if not isinstance(told, BaseModel):
        return False
    values = {name: getattr(told, name) for name in type(told).model_fields}
    by_kind = any(values.get(name) for name in _BY_CATALOGUE)
    return by_kind or any(map(_names_products_by_kind, values.values()))


def _united(some: Iterable[frozenset[Asked]]) -> frozenset[Asked]:
    return frozenset(one for each in some for one in each)
