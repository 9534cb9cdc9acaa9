"""Whom a broadcast would reach, before anything is sent: how many, of how many, by which channel."""

from collections.abc import Sequence
from typing import Any

from kairos.domain.consent import Channel
from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.domain.scenario import RuleJson
from kairos.services.broadcasts.audience import Opened
from kairos.services.segments.contacts import Contacts
from kairos.services.segments.population import Population


def count_rule(opened: Opened, rules: Sequence[RuleJson], channels: Sequence[Channel]) -> dict[str, Any]:
    """{"would_reach", "of", "reachable": {channel: n}, "as_of"} of those of whom any of the rules is true.

    would_reach: on at least one of the channels they are known, not suppressed, and have consented.
    """
    asked: RuleJson = {"any": list(rules)} if len(rules) != 1 else dict(rules[0])
    population = opened.population
    reached = {one: _number(population, {"all": [asked, _reachable(one)]}) for one in channels}
    anywhere = {"all": [asked, {"any": [_reachable(one) for one in channels]}]}
    return {
        "would_reach": _number(population, anywhere),
        "of": _number(population, asked),
        "reachable": reached,
        "as_of": population.as_of.isoformat() if population.as_of else None,
    }


def count_named(contacts: Contacts, customers: Sequence[str]) -> dict[str, Any]:
    """The same of named customers, as they now stand; by e-mail alone, which any of them is asked for."""
    known = contacts.of(customers)
    reached = len(contacts.mailable([one.customer for one in known]))
    return {"would_reach": reached, "of": len(known), "reachable": {"email": reached}, "as_of": None}


def _reachable(channel: Channel) -> RuleJson:
    """Known and not suppressed, and consented to."""
    return {
        "all": [
            {"kind": "channel", "reachable_by": [channel]},
            {"kind": "accepts_marketing", "channel": channel},
        ]
    }


def _number(population: Population, told: RuleJson) -> int:
    rule: Rule = parse_rule(told)
    return population.glimpse(rule, 1).members
