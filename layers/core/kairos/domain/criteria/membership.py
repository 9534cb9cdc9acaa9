"""Criteria about membership: of other segments and fixed lists, in scenarios, and messages received."""

from typing import Literal

from kairos.domain.criteria.criterion import Criterion, Text
from kairos.domain.criteria.engagement import Became
from kairos.domain.criteria.query import Query, every, isin
from kairos.domain.criteria.times import TimeTest
from kairos.domain.errors import Refused
from kairos.domain.moment import Matching, Moment
from kairos.domain.profile import Profile


def _known(segment: str, moment: Moment) -> Matching:
    """The segment's rule. Raises Refused where there is none: nobody may silently be in a segment gone."""
    if segment not in moment.segments:
        problem = f"There is no segment {segment!r} (any more)."
        raise Refused("segment", problem, "Take it out of the rule, or name another.")
    return moment.segments[segment]


class InSegment(Criterion):
    """The rule of another segment is true."""

    kind: Literal["in_segment"] = "in_segment"
    segment: Text

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion. Raises Refused where there is no such segment."""
        return _known(self.segment, moment).matches(profile, moment)

    def sql(self, query: Query) -> str:
        """See Criterion. Raises Refused where there is no such segment."""
        _known(self.segment, query.moment)
        return query.segment(self.segment)


class EnteredSegment(TimeTest, Criterion):
    """When they entered a segment that they are in; who is not in it has no such time."""

    kind: Literal["entered_segment"] = "entered_segment"
    segment: Text

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion. Raises Refused where there is no such segment."""
        _known(self.segment, moment)
        entered = (one.entered_at for one in profile.memberships if one.segment == self.segment)
        return self.holds(max(entered, default=None), moment)

    def sql(self, query: Query) -> str:
        """See Criterion. Raises Refused where there is no such segment."""
        _known(self.segment, query.moment)
        codes = query.codes("segment", self.segment.__eq__)
        return self.time_sql(query, query.feature("memberships", "max(ts)", isin("segment", codes)))


class InScenario(Criterion):
    """A run of the scenario is going on; with a window, any run was started then, going on or ended."""

    kind: Literal["in_scenario"] = "in_scenario"
    scenario: Text
    window: TimeTest | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        runs = [run for run in profile.runs if run.scenario == self.scenario]
        if self.window is None:
            return any(run.ended_at is None for run in runs)
        held = [self.window.holds(run.started_at, moment) for run in runs]
        return any(held)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        scenario = isin("scenario", query.codes("scenario", self.scenario.__eq__))
        if self.window is None:
            return f"{query.feature('runs', 'count(*)', every([scenario, 'ended_at = 0']))} > 0"
        window = self.window.as_window(query.moment)
        return f"{query.feature('runs', 'count(*)', scenario, window)} > 0"


class Received(Became):
    """Messages were delivered."""

    kind: Literal["received"] = "received"
    became = "delivered"


class OnList(Criterion):
    """Stands on a fixed list. list: the id of the segment that is one."""

    kind: Literal["on_list"] = "on_list"
    list: Text

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.list in profile.lists

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return isin(query.column("lists"), query.codes("lists", lambda lists: self.list in lists))
