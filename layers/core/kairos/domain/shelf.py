"""All segments of a shop, with what it takes to evaluate them."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from kairos.domain.catalogue import Catalogue
from kairos.domain.criteria.asking import STANDING, Asked, asked
from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.domain.errors import Refused
from kairos.domain.moment import Flips, Moment
from kairos.domain.segment import UNREADABLE, Layout, Segment, SegmentId
from kairos.domain.segment_graph import references
from kairos.domain.shop import Shop
from kairos.domain.standing import Thresholds
from kairos.domain.value import canonical_json, digest

_MEANING = {"currency", "timezone", "levels"}
"""Settings of the shop that its rules are read by: changed, they change what each rule says."""


@dataclass(frozen=True)
class ShopSegments:
    """segments: ready-made and own, by id. rules: of those that can be evaluated, each after all that it asks
    for. broken: why the others can't; their members stay as they are. asked: what each rule reads beyond the
    stored profile, itself or by the segments that it asks for.
    """

    shop: Shop
    segments: Mapping[SegmentId, Segment]
    rules: Mapping[SegmentId, Rule]
    broken: Mapping[SegmentId, Refused]
    asked: Mapping[SegmentId, frozenset[Asked]]
    layout: Layout
    thresholds: Thresholds

    @cached_property
    def asks(self) -> frozenset[Asked]:
        """What any of the rules reads beyond the stored profile."""
        return frozenset().union(*self.asked.values())

    @cached_property
    def moved(self) -> frozenset[SegmentId]:
        """Segments that compare with thresholds which changed since all customers were compared with them, or
        ask for products by what has changed about these."""
        changed: set[Asked] = set()
        if self.thresholds.version > self.layout.thresholds:
            changed.add("thresholds")
        if self.thresholds.catalogue != self.layout.catalogue:
            changed.add("catalogue")
        return frozenset(one for one, reads in self.asked.items() if not changed.isdisjoint(reads))

    @cached_property
    def beyond(self) -> frozenset[SegmentId]:
        """Segments whose answers may change while the stored profile stays as it is."""
        return frozenset(one for one, reads in self.asked.items() if not STANDING.isdisjoint(reads))


def moment_for(
    of: ShopSegments, now: datetime, catalogue: Catalogue | None = None, flips: Flips | None = None
) -> Moment:
    """The moment at which the shop's rules are read. catalogue: None where no rule asks for one."""
    return Moment(
        now=now,
        shop=of.shop,
        thresholds=of.thresholds,
        catalogue=catalogue or Catalogue(),
        segments=of.rules,
        flips=flips,
    )


def read_shelf(
    shop: Shop, segments: Mapping[SegmentId, Segment], layout: Layout, thresholds: Thresholds
) -> ShopSegments:
    """The shelf of these segments. layout: as stored; what it lacks is added to it."""
    rules, broken = _rules(segments)
    reads: dict[SegmentId, frozenset[Asked]] = {}
    versions = dict.fromkeys(broken, UNREADABLE)
    meaning = digest(shop.model_dump(mode="json", include=_MEANING))
    for one, rule in rules.items():
        others = _asked_for(segments[one])
        reads[one] = asked(rule).union(*(reads[other] for other in others))
        rests_on = {other: versions[other] for other in others}
        versions[one] = digest([meaning, segments[one].rule_version, rests_on])[:12]
    return ShopSegments(shop, segments, rules, broken, reads, layout.extended(versions), thresholds)


def _rules(
    segments: Mapping[SegmentId, Segment],
) -> tuple[dict[SegmentId, Rule], dict[SegmentId, Refused]]:
    """The rules in an order in which they can be answered, and why the others can't be."""
    parsed: dict[SegmentId, Rule] = {}
    broken: dict[SegmentId, Refused] = {}
    for one, segment in segments.items():
        try:
            parsed[one] = _parsed(canonical_json(segment.rule))
        except Refused as wrong:
            broken[one] = wrong
    waiting = {one: _asked_for(segments[one]) for one in parsed}
    rules: dict[SegmentId, Rule] = {}
    while ready := [one for one, others in waiting.items() if others <= rules.keys()]:
        rules |= {one: parsed[one] for one in ready}
        waiting = {one: others for one, others in waiting.items() if one not in rules}
    return rules, broken | {one: _unanswerable(others, segments, rules) for one, others in waiting.items()}


def _asked_for(segment: Segment) -> frozenset[SegmentId]:
    return frozenset(one.segment for one in references(segment.rule))


def _unanswerable(
    asked_for: Collection[SegmentId], segments: Collection[SegmentId], rules: Collection[SegmentId]
) -> Refused:
    gone = _named(one for one in asked_for if one not in segments)
    if gone:
        return Refused("rule", f"It asks for {gone}, of which there is none.", "Take it out.")
    stuck = _named(one for one in asked_for if one not in rules)
    return Refused("rule", f"It asks for {stuck}, which can't be evaluated.", "Correct that first.")


def _named(some: Iterable[SegmentId]) -> str:
    return ", ".join(repr(one) for one in sorted(some))


@lru_cache(maxsize=4096)
def _parsed(rule: str) -> Rule:
    return parse_rule(json.loads(rule))
