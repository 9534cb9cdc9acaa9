"""Which other segments a rule refers to."""

from kairos.domain.criteria.asking import criteria_of
from kairos.domain.criteria.membership import EnteredSegment, InSegment
from kairos.domain.criteria.rule import Rule


def segments_in(rule: Rule) -> set[str]:
    """Ids of the segments whose rules or members the rule asks for."""
    return {one.segment for one in criteria_of(rule) if isinstance(one, InSegment | EnteredSegment)}
