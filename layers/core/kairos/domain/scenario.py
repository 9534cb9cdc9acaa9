"""What a scenario is, apart from its state machine: settings, named criteria, and what starts it."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from kairos.domain.broadcast import Subject
from kairos.domain.consent import Channel
from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.domain.errors import Refused
from kairos.domain.event import EventName
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.refusing import nearest, refused
from kairos.domain.shop import Shop
from kairos.domain.value import Instant, Value, canonical_json

NEGATION = "not "

RuleJson = dict[str, Any]
"""A rule as parse_rule reads it."""


class NamedCriterion(NamedTuple):
    """rule: the rule as JSON, from what started the run and its settings.

    holds, holds_not: what a run that ends because of it is said to have ended for.
    """

    rule: Callable[[str, Any], RuleJson]
    holds: str
    holds_not: str


def _no_segments(_settings: Any) -> tuple[str, ...]:
    return ()


def _as_they_are(settings: Any, _shop: Shop) -> Any:
    return settings


def _nothing_started_it(_cause: str, _profile: Profile) -> None:
    return None


Since = Callable[[Profile, Any, ZoneInfo], Instant | None]
"""Profile, settings and the shop's zone -> the instant from which a run's waits are reckoned; None where
nothing of the kind is known (any more)."""


class Entry(NamedTuple):
    """A way into a scenario: customers of whom this becomes true, by what they do or by mere time.

    beside: its runs mail nobody; so they begin beside a run under way, whatever `again_after` says, and also
    of who is held out, and neither stand in the way of others nor say who is held out.
    rule: from the settings; None where they leave nothing to ask, so that nobody enters. since: see Since;
    None: from when it was noticed, or with from_midnight from when that day began. asks_subscription: `since`
    asks for subscribed_at of the profile. on_leaving: who ceases to match enters. The rule is evaluated as a
    segment of its own while the scenario is on, so that switching it on, changing it or importing history
    starts nothing: whoever matches then is the backlog.
    """

    rule: Callable[[Any], RuleJson | None]
    since: Since | None = None
    on_leaving: bool = False
    beside: bool = False
    from_midnight: bool = False
    asks_subscription: bool = False


PER_CAUSE: Final = "per cause"
NEVER: Final = "never"
Reentry = Literal["per cause", "settings"]
"""per cause: each cause has its run. settings: as the setting `again_after` says, a length of time since the
last run began, or "never"; and never beside a run that is under way."""


class Shown(NamedTuple):
    """What a run's messages are about. products: ids, the first ones first. occasion: the name of the field
    of the profile whose day it is."""

    products: tuple[str, ...] = ()
    occasion: str | None = None


AudienceRule = Callable[[Any, Subject], RuleJson]
"""Settings and what the broadcast is about -> whom it concerns."""


class Scenario(NamedTuple):
    """settings: their model, every field with a default. starts_on: the event that may start a run.
    entries: ways in by name, for those that a segment's transition starts. A broadcast has neither.

    starts_if: named criteria that must hold then. since: the instant from which the waits of a run that an
    event started are reckoned; None where what started it is gone. durations: names of the settings that are
    lengths of time. segments: the ids of the segments that the settings name, which are not deleted while
    they do. priority: where several would send to one customer, the greater goes first. channels: all on
    which any of its steps may be sent. completed: the settings with what the shop left open filled in from
    what is known of it, as a run keeps them. shows: what its messages are about, from profile and settings,
    at a moment with the catalogue of the customer's own products. audiences: of a broadcast, by name.
    by_hand: it goes when somebody says so and at no other time, so that it needs no switching on.
    spaced_by: of a broadcast, the setting that says for how long after one of its messages a customer
    gets no other. again_by_entry: each entry is reckoned by itself, as if it were a scenario of its own:
    neither a run under way nor the setting `again_after` keeps another entry's run from beginning.
    """

    name: str
    title: str
    settings: type[Value]
    durations: tuple[str, ...]
    criteria: Mapping[str, NamedCriterion]
    starts_on: EventName | None = None
    starts_if: tuple[str, ...] = ()
    since: Callable[[str, Profile], Instant | None] = _nothing_started_it
    segments: Callable[[Any], tuple[str, ...]] = _no_segments
    priority: int = 0
    channels: tuple[Channel, ...] = ("email",)
    entries: Mapping[str, Entry] = MappingProxyType({})
    reentry: Reentry = "settings"
    completed: Callable[[Any, Shop], Any] = _as_they_are
    shows: Callable[[Profile, Any, Moment], Shown] | None = None
    audiences: Mapping[str, AudienceRule] = MappingProxyType({})
    by_hand: bool = False
    spaced_by: str | None = None
    again_by_entry: bool = False

    @property
    def is_broadcast(self) -> bool:
        """One execution for many customers."""
        return bool(self.audiences) or self.by_hand

    def read_settings(self, told: Mapping[str, Any]) -> Any:
        """The settings, defaults filled in. Raises Refused naming the field and the nearest known one."""
        try:
            return self.settings.model_validate(dict(told))
        except ValidationError as wrong:
            raise refused(wrong, self.settings, "settings", within="settings") from None

    def backlog_rules(self, settings: Any) -> dict[str, RuleJson]:
        """By way in the rules of those who stand there, as far as the settings leave them any meaning.

        Who would enter by leaving is nobody's backlog: of them the rule is true who have not.
        """
        told = {name: one.rule(settings) for name, one in self.entries.items() if not one.on_leaving}
        return {name: rule for name, rule in told.items() if rule is not None}

    def recall_settings(self, told: Mapping[str, Any]) -> Any:
        """The settings with which a run started, also those of an older version of the model: what is unknown
        now, or refused, is as if it had not been set."""
        try:
            return self.settings.model_validate(dict(told))
        except ValidationError as wrong:
            refused_fields = {str(one["loc"][0]) for one in wrong.errors() if one["loc"]}
            left = {name: value for name, value in told.items() if name not in refused_fields}
            return self.recall_settings(left) if len(left) < len(told) else self.settings()

    def rule(self, name: str, cause: str, settings: Any) -> Rule:
        """The rule of that name for this run; "not NAME" is its opposite. Raises Refused if unknown."""
        return _parsed(canonical_json(self.rule_json(name, cause, settings)))

    def rule_json(self, name: str, cause: str, settings: Any) -> RuleJson:
        """The same as JSON. Raises Refused if unknown."""
        plain = name.removeprefix(NEGATION)
        if plain not in self.criteria:
            raise Refused(
                "only_if", f"{self.name} names no criterion {plain!r}.", nearest(plain, [*self.criteria])
            )
        rule = self.criteria[plain].rule(cause, settings)
        return {"not": rule} if name.startswith(NEGATION) else rule

    def why_ended(self, failed: str) -> str:
        """Why a run ended for which the named criterion ("not NAME" too) did not hold."""
        criterion = self.criteria[failed.removeprefix(NEGATION)]
        return criterion.holds if failed.startswith(NEGATION) else criterion.holds_not

    def facts(
        self,
        names: tuple[str, ...],
        profile: Profile,
        moment: Moment,
        cause: str,
        settings: Mapping[str, Any],
    ) -> dict[str, bool]:
        """Each name with whether it holds for the customer at that moment."""
        read = self.recall_settings(settings)
        return {name: self.rule(name, cause, read).matches(profile, moment) for name in names}


@lru_cache(maxsize=1024)
def _parsed(told: str) -> Rule:
    """A rule is parsed once: runs of the same settings ask for the same few again and again."""
    return parse_rule(json.loads(told))


def in_holdout(shop: str, scenario: str, customer: str, percent: int) -> bool:
    """Whether the customer belongs to the share that is never mailed, to measure what mailing brings.

    The same customer always falls on the same side, and raising the percentage only adds to the share.
    """
    drawn = sha256(f"{shop}\x00{scenario}\x00{customer}".encode()).digest()
    return int.from_bytes(drawn[:8]) % 100 < percent
