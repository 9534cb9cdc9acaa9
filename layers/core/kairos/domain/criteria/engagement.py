"""Criteria about engagement: what customers did with our messages, and what became of them."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from kairos.domain.codes import CHANNELS, ENGAGEMENT_KINDS, code_of
from kairos.domain.consent import Channel
from kairos.domain.criteria.acts import AT_LEAST_ONCE
from kairos.domain.criteria.criterion import Criterion, Text
from kairos.domain.criteria.lately import older_than, within
from kairos.domain.criteria.numbers import CountTest
from kairos.domain.criteria.query import Query, Window, every, isin
from kairos.domain.criteria.times import TimeTest, window_of
from kairos.domain.moment import Moment
from kairos.domain.profile import EngagementFact, EngagementKind, Profile

EngagementLevel = Literal["super_active", "moderate", "sleeping", "never_mailed"]
_LEVELS: tuple[EngagementLevel, ...] = get_args(EngagementLevel)


class Became(Criterion):
    """Something became of messages. times: of how many; of one at least if left out. window: it did then.

    channel, scenario, message (a scenario's step): of these alone.
    """

    became: ClassVar[EngagementKind]
    times: CountTest | None = None
    window: TimeTest | None = None
    channel: Channel | None = None
    scenario: Text | None = None
    message: Text | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        messages = [
            one
            for one in profile.engagement
            if one.kind == self.became
            and (self.channel is None or one.channel == self.channel)
            and (self.scenario is None or one.scenario == self.scenario)
            and (self.message is None or one.message == self.message)
            and (self.window is None or self.window.holds(one.at, moment))
        ]
        return (self.times or AT_LEAST_ONCE).holds(len(messages))

    def sql(self, query: Query) -> str:
        """See Criterion."""
        tests = [_kind_sql(self.became)]
        if self.channel is not None:
            tests.append(f"channel = {code_of(CHANNELS, self.channel)}")
        for name in ("scenario", "message"):
            wanted = getattr(self, name)
            if wanted is not None:
                tests.append(isin(name, query.codes(name, wanted.__eq__)))
        window = window_of(self.window, query.moment)
        number = query.feature("engagement", "count(*)", every(tests), window)
        return (self.times or AT_LEAST_ONCE).count_sql(number)


class Opened(Became):
    """Messages were opened, by a person as far as that can be told."""

    kind: Literal["opened"] = "opened"
    became = "opened"


class Clicked(Became):
    """A link in messages was followed."""

    kind: Literal["clicked"] = "clicked"
    became = "clicked"


class Bounced(Became):
    """Messages could not be delivered."""

    kind: Literal["bounced"] = "bounced"
    became = "bounced"


class Complained(Became):
    """Messages were reported as unwanted."""

    kind: Literal["complained"] = "complained"
    became = "complained"


class Unsubscribed(Became):
    """Consent was withdrawn by way of a message."""

    kind: Literal["unsubscribed"] = "unsubscribed"
    became = "unsubscribed"


class EngagementIs(Criterion):
    """At one of the levels, of which every customer has exactly one (see kairos.domain.levels).

    never_mailed: nothing was ever delivered. sleeping: something was, `sleeping_after` ago or before, and
    nothing opened since then. super_active: of the messages sent in `engagement_window`,
    `engagement_delivered` or more were delivered and `super_active_percent` or more of these opened.
    moderate: all others.
    """

    kind: Literal["engagement"] = "engagement"
    any_of: Annotated[tuple[EngagementLevel, ...], Field(min_length=1)]

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return engagement_level(profile, moment) in self.any_of

    def sql(self, query: Query) -> str:
        """See Criterion."""
        level = (
            f"CASE WHEN {query.column('first_delivered')} = 0 THEN {code_of(_LEVELS, 'never_mailed')}"
            f" WHEN {_asleep_sql(query)} THEN {code_of(_LEVELS, 'sleeping')}"
            f" WHEN {_super_active_sql(query)} THEN {code_of(_LEVELS, 'super_active')}"
            f" ELSE {code_of(_LEVELS, 'moderate')} END"
        )
        return isin(f"({level})", (code_of(_LEVELS, one) for one in self.any_of))


def engagement_level(profile: Profile, moment: Moment) -> EngagementLevel:
    """The customer's level, see EngagementIs."""
    levels = moment.shop.levels
    delivered = _of_kind(profile, "delivered")
    opened = _of_kind(profile, "opened")
    if not delivered:
        return "never_mailed"
    last_opened = max((one.at for one in opened), default=None)
    first_delivered = min(one.at for one in delivered)
    if not within(levels.sleeping_after).holds(last_opened, moment) and older_than(
        levels.sleeping_after
    ).holds(first_delivered, moment):
        return "sleeping"
    lately = within(levels.engagement_window)
    mailed, read = (sum(lately.holds(one.sent_at, moment) for one in some) for some in (delivered, opened))
    eager = read * 100 >= mailed * levels.super_active_percent
    return "super_active" if mailed >= levels.engagement_delivered and eager else "moderate"


def _of_kind(profile: Profile, kind: EngagementKind) -> Sequence[EngagementFact]:
    return [one for one in profile.engagement if one.kind == kind]


def _kind_sql(kind: EngagementKind) -> str:
    return f"kind = {code_of(ENGAGEMENT_KINDS, kind)}"


def _asleep_sql(query: Query) -> str:
    after = query.moment.shop.levels.sleeping_after
    awake = within(after).time_sql(query, query.column("last_opened"))
    return every([f"NOT {awake}", older_than(after).time_sql(query, query.column("first_delivered"))])


def _super_active_sql(query: Query) -> str:
    levels = query.moment.shop.levels
    # Nothing becomes of a message before it is sent, so that what rules rows out by time does so here too.
    window = within(levels.engagement_window).as_window(query.moment, "sent_at")
    sent = Window(window.sql, window.since)
    mailed, read = (
        query.feature("engagement", "count(*)", _kind_sql(kind), sent) for kind in ("delivered", "opened")
    )
    either = f"({_kind_sql('delivered')} OR {_kind_sql('opened')})"
    query.turn(query.feature("engagement", "min(sent_at)", either, sent), window.turns)
    return every(
        [
            f"{mailed} >= {levels.engagement_delivered}",
            f"{read} * 100 >= {mailed} * {levels.super_active_percent}",
        ]
    )
