"""When an answer turns by time alone: never before the next turn that either reading noted."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kairos.domain.criteria.rule import Rule, parse_rule
from kairos.domain.moment import Flips, Moment
from kairos.domain.profile import Profile
from kairos.engine.plan import Plan
from tests.agreement.readings import Partition
from tests.agreement.world import Json, World

ENGINE_LOOKS_AHEAD = timedelta(hours=36)
_FAR = timedelta(days=500)
_STEPS = 40


def answer(rule: Rule, profile: Profile, moment: Moment, now: datetime) -> tuple[bool, datetime | None]:
    """What the closure says at that instant, and the next turn it notes."""
    flips = Flips()
    said = rule.matches(profile, replace(moment, now=now, flips=flips))
    return said, flips.next


def instants(world: World, first: datetime, before: datetime) -> Iterator[datetime]:
    """Whole seconds from `first` on and before the other: the ends, midnights of the shop, and any."""
    last = before - timedelta(seconds=1)
    if last < first:
        return
    yield from (first, last)
    span = int((last - first).total_seconds())
    yield from (first + timedelta(seconds=world.number(0, span)) for _ in range(3))
    midnight = last.astimezone(world.shop.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for day in (0, world.number(0, 40)):
        at = (midnight - timedelta(days=day)).astimezone(UTC)
        if first <= at <= last:
            yield at


def closure_turns_unseen(world: World, partition: Partition, told: Sequence[Json]) -> list[str]:
    """Where a closure's answer changes before the turn that it noted."""
    unseen = []
    for one in told:
        rule = parse_rule(one)
        at = world.number(0, len(world.profiles) - 1)
        profile, moment = world.profiles[at], partition.moments[at]
        said, turns = answer(rule, profile, moment, world.now)
        until = turns or world.now + _FAR
        assert until > world.now, f"noted a turn that is over: {json.dumps(one)}"
        for instant in instants(world, world.now, until):
            if rule.matches(profile, replace(moment, now=instant)) != said:
                unseen.append(_told(world, one, at, instant, turns))
    return unseen


def engine_turns_unseen(world: World, partition: Partition, told: Sequence[Json]) -> list[str]:
    """Where an answer changes before the engine's `due`, within what it looks ahead."""
    unseen = []
    for one in told:
        rule = parse_rule(one)
        plan = Plan(world.moment(), partition.words, with_turns=True)
        outputs = {"w0": f"({rule.sql(plan)})::UTINYINT"}
        found = partition.connection.execute(plan.select(outputs, partition.sources))
        for at, said, due in found.fetchall():
            dues = datetime.fromtimestamp(due, UTC)
            assert dues > world.now, f"due already: {json.dumps(one)}"
            instant = _first_change(rule, world.profiles[at], partition.moments[at], bool(said), dues)
            if instant is not None:
                unseen.append(_told(world, one, at, instant, dues))
    return unseen


def _first_change(rule: Rule, profile: Profile, moment: Moment, said: bool, due: datetime) -> datetime | None:
    """When the answer differs before it is due, as far as going from one noted turn to the next shows."""
    until = min(due, moment.now + ENGINE_LOOKS_AHEAD)
    at = moment.now
    for _ in range(_STEPS):
        now_said, turns = answer(rule, profile, moment, at)
        if now_said != said:
            return at
        if turns is None or turns >= until:
            break
        at = turns
    last = until - timedelta(seconds=1)
    return last if rule.matches(profile, replace(moment, now=max(last, moment.now))) != said else None


def _told(world: World, rule: Json, customer: int, instant: datetime, turns: datetime | None) -> str:
    noted = turns.isoformat() if turns else "never"
    asked = f"seed {world.seed}, asked at {world.now.isoformat()} ({world.shop.timezone})"
    return (
        f"{asked}: {json.dumps(rule, ensure_ascii=False)} of customer {customer}"
        f" is different at {instant.isoformat()}, but noted to turn: {noted}"
    )
