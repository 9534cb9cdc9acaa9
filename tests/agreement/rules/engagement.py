"""Random criteria about what customers did with messages, and how satisfied they seem."""

from collections.abc import Callable
from typing import get_args

from kairos.domain.codes import CHANNELS
from kairos.domain.criteria.engagement import EngagementLevel
from kairos.domain.criteria.satisfaction import SatisfactionIs, SatisfactionLevel, satisfaction_parts
from kairos.domain.profile import EngagementKind
from tests.agreement import vocabulary as words
from tests.agreement.world import Json, World


def message_events(world: World, became: EngagementKind) -> Json:
    """The filters of everything that becomes of messages."""
    told: Json = {}
    facts = [one for who in world.profiles for one in who.engagement if one.kind == became]
    if world.likely(0.5):
        numbers = world.values(lambda who: [sum(one.kind == became for one in who.engagement)])
        told["times"] = world.count_test(numbers)
    if world.likely(0.7):
        told["window"] = world.time_test([one.at for one in facts] or "engagement")
    if world.likely(0.3):
        told["channel"] = world.one(("email", *CHANNELS))
    if world.likely(0.3):
        told["scenario"] = world.one((*words.SCENARIOS, "unknown"))
    if world.likely(0.2):
        told["message"] = world.one((*words.MESSAGES, "unknown"))
    return told


def _about(kind: EngagementKind) -> Callable[[World], Json]:
    return lambda world: {"kind": kind, **message_events(world, kind)}


def engagement(world: World) -> Json:
    return {"kind": "engagement", "any_of": list(world.some(get_args(EngagementLevel), 2))}


def satisfaction(world: World) -> Json:
    moment = world.moment()
    scores = [satisfaction_parts(who, moment).score for who in world.profiles]
    known = [score for score in scores if score is not None] or [50]
    levels = get_args(SatisfactionLevel)

    def drawn() -> Json:
        told: Json = {"kind": "satisfaction"}
        if world.likely(0.5):
            told["any_of"] = list(world.some(levels, 2))
        if len(told) == 1 or world.likely(0.2):
            told["score"] = world.count_test(known)
        return told

    return world.possible(SatisfactionIs, drawn)


KINDS: dict[str, Callable[[World], Json]] = {
    "engagement": engagement,
    **{kind: _about(kind) for kind in ("opened", "clicked", "bounced", "complained", "unsubscribed")},
    "satisfaction": satisfaction,
}
