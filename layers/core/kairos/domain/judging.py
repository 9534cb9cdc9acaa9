"""Which of a shop's segments a customer is in, by the closures of their rules."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from kairos.domain.catalogue import Catalogue
from kairos.domain.moment import Flips, Moment
from kairos.domain.profile import MembershipFact, Profile
from kairos.domain.segment import SegmentId
from kairos.domain.shelf import ShopSegments


class Judgement(NamedTuple):
    """matched: of the shelf's rules. due: when time alone may next change that, None for never.

    failed: rules that could not be answered for this customer, and the kind of error: a mistake in our own
    code, which must not keep everything else from being recorded.
    """

    matched: frozenset[SegmentId]
    due: datetime | None
    failed: Mapping[SegmentId, str]


class _Answered(NamedTuple):
    """A rule that is answered already, for those that refer to it."""

    answer: bool

    def matches(self, _profile: Profile, _moment: Moment) -> bool:
        """See Matching."""
        return self.answer


def memberships(since: Mapping[SegmentId, datetime]) -> tuple[MembershipFact, ...]:
    """Segments and since when, as rules ask for them; oldest first."""
    facts = [MembershipFact(segment=segment, entered_at=at) for segment, at in since.items()]
    return tuple(sorted(facts, key=lambda one: (one.entered_at, one.segment)))


def judge(
    shelf: ShopSegments,
    profile: Profile,
    catalogue: Catalogue,
    before: Mapping[SegmentId, datetime],
    now: datetime,
) -> Judgement:
    """Every rule answered once, in the shelf's order: so those that refer to others see their new answers.

    profile: with its standing. before: the segments that the customer was in, and since when.
    """
    flips, answered, failed = Flips(), dict[str, _Answered](), dict[str, str]()
    moment = Moment(now, shelf.shop, shelf.thresholds, catalogue, answered, flips)
    since = dict(before)
    seen = profile.model_copy(update={"memberships": memberships(since)})
    for segment, rule in shelf.rules.items():
        try:
            holds = rule.matches(seen, moment)
        except Exception as error:
            failed[segment] = type(error).__name__
            continue
        answered[segment] = _Answered(holds)
        if holds != (segment in since):
            since = {one: at for one, at in since.items() if one != segment}
            since |= {segment: moment.now} if holds else {}
            if "memberships" in shelf.asks:
                seen = seen.model_copy(update={"memberships": memberships(since)})
    return Judgement(frozenset(one for one, told in answered.items() if told.answer), flips.next, failed)
