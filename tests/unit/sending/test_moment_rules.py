"""Whatever the customer, the settings and the moment: no send breaks a rule, every wait has an end.

Several runs of two scenarios ask for their messages; each wait is waited for to the second. What was sent is
then judged by the plainest reading of each rule, from the ledger and from what the test itself did.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kairos import keys
from kairos.domain.holidays import is_holiday
from kairos.domain.message import LedgerEntry, Reason
from kairos.domain.run import Run
from kairos.domain.scenarios import registry
from kairos.domain.sending_rules import Cap, SendingRules
from kairos.domain.shop import QuietHours
from kairos.services.sending.decisions import Decision, decisions_of
from tests.unit.sending.customers import (
    NEWSLETTER,
    another_run,
    bought,
    delivered,
    has_phone,
    lives,
    settle,
    shop_with,
    unconsented,
)
from tests.unit.sending.world import World

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOST_ASKS = 60
SHOP_ZONE = "Europe/Zurich"
HOMES: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "nowhere": ({}, SHOP_ZONE),
    "Bern": ({"country": "CH", "city": "Bern"}, "Europe/Zurich"),
    "Honolulu": ({"country": "US", "city": "Honolulu"}, "Pacific/Honolulu"),
    "Boston": ({"country": "US", "city": "Boston", "province": "MA"}, "America/New_York"),
    "Sydney": ({"country": "AU", "city": "Sydney"}, "Australia/Sydney"),
    "Tokyo": ({"country": "JP"}, "Asia/Tokyo"),
}
CLOCKS_CHANGE = (
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 16, tzinfo=UTC),
    datetime(2026, 10, 3, 16, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 12, 24, 12, tzinfo=UTC),
)


class Case(NamedTuple):
    """One customer, one shop, and what their runs ask for. asks: run (0: the cart's), step, when."""

    rules: SendingRules
    quiet: QuietHours | None
    home: str
    start: datetime
    past: int
    opened: bool
    email: str
    phone: str
    bought: bool
    asks: Sequence[tuple[int, str, timedelta, Mapping[str, Any]]]
    withdraws: timedelta | None
    back: timedelta | None
    fates: Sequence[str]


caps = st.builds(
    Cap, messages=st.integers(1, 3), within=st.sampled_from(("PT6H", "P1D", "P7D", "P30D", "P2DT3H"))
)
rules = st.builds(
    SendingRules,
    soft_opt_in=st.sampled_from(((), ("CH",), ("US", "JP"))),
    super_active=caps,
    moderate=caps,
    sleeping=caps,
    free_until_delivered=st.sampled_from((0, 3, 5)),
    places_for_priority=st.integers(0, 2),
    yield_for=st.sampled_from(("PT0S", "PT12H", "P3D")),
    give_up_after=st.sampled_from(("P1D", "P10D", "P60D")),
    shop_zone_for_all=st.booleans(),
    usual_hour=st.one_of(st.none(), st.integers(0, 23)),
    avoid_holidays=st.booleans(),
    country=st.sampled_from((None, "CH")),
    spread=st.sampled_from(("PT0S", "PT15M", "PT6H")),
)
clock_times = st.builds(time, st.integers(0, 23), st.sampled_from((0, 1, 30, 59)))
requests = st.fixed_dictionaries(
    {
        "channels": st.sampled_from((["email"], ["sms"], ["email", "sms"], ["sms", "email"])),
        "at_preferred_hour": st.booleans(),
        "not_after": st.one_of(st.none(), st.integers(0, 10 * 86_400)),
    }
)
cases = st.builds(
    Case,
    rules=rules,
    quiet=st.one_of(st.none(), st.builds(QuietHours, start=clock_times, end=clock_times)),
    home=st.sampled_from(sorted(HOMES)),
    start=st.builds(
        lambda change, away: change + timedelta(seconds=away),
        st.sampled_from(CLOCKS_CHANGE),
        st.integers(-90_000, 40_000),
    ),
    past=st.sampled_from((0, 5)),
    opened=st.booleans(),
    email=st.sampled_from(("granted", "granted", "granted", "withdrawn", "unknown", "suppressed")),
    phone=st.sampled_from(("none", "granted", "withdrawn")),
    bought=st.booleans(),
    asks=st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from(("one", "two")),
            st.builds(timedelta, seconds=st.integers(0, 4 * 86_400)),
            requests,
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda ask: (ask[0], ask[1]),
    ),
    withdraws=st.one_of(st.none(), st.builds(timedelta, seconds=st.integers(0, 4 * 86_400))),
    back=st.one_of(st.none(), st.builds(timedelta, hours=st.integers(0, 90))),
    fates=st.lists(st.sampled_from(("sent", "sent", "refused", "reserved")), min_size=5, max_size=5),
)


class Asked(NamedTuple):
    """One answer. at: by the clock that was asked. withdrawn: by then. cart_runs: its run was under way."""

    at: datetime
    run: Run
    step: str
    answer: Any
    withdrawn: bool
    cart_runs: bool


class Story:
    """The case as it happens."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.world = World(shop_with(case.rules, quiet_hours=case.quiet, timezone=SHOP_ZONE))
        world = self.world
        world.clock.at = case.start
        lives(world, **HOMES[case.home][0])
        world.put(keys.run("lumen", world.run.id), self._began(world.run).as_json())
        world.put(keys.run_pointer("lumen", world.node, world.run.id), {"scenario": "abandoned_cart"})
        self.runs = [self._began(world.run), *(another_run(world, cause=f"cart:{one}") for one in "ab")]
        if case.bought:
            bought(world)
        if case.phone != "none":
            has_phone(world, case.phone)
        self._say(case.email)
        kinds = ("open",) if case.opened else ()
        delivered(world, *kinds, number=case.past)
        self.withdrawn = False
        self.told: list[Asked] = []

    def _began(self, run: Run) -> Run:
        return run.model_copy(update={"registered_at": self.case.start})

    def _say(self, email: str) -> None:
        if email == "unknown":
            unconsented(self.world)
        elif email == "suppressed":
            self.world.suppress()
        else:
            self.world.consent(email)

    def happen(self) -> None:
        """Every step is asked for, and again after each wait, until it is answered otherwise."""
        case, world = self.case, self.world
        due = [(case.start + when, number) for number, (_, _, when, _) in enumerate(case.asks)]
        counts = [0] * len(due)
        went_back = False
        while due:
            due.sort()
            at, number = due.pop(0)
            world.clock.at = at
            if case.back is not None and not went_back and at >= case.start + case.back:
                went_back = True
                world.clock.at = at - HOUR
            if case.withdraws is not None and at >= case.start + case.withdraws and not self.withdrawn:
                self.withdrawn = True
                world.consent("withdrawn")
            counts[number] += 1
            assert counts[number] <= MOST_ASKS, self.told[-3:]
            self._ask(number, due)

    def _ask(self, number: int, due: list[tuple[datetime, int]]) -> None:
        world = self.world
        of, step, _, fields = self.case.asks[number]
        run, now = self.runs[of], world.clock.at
        cart = world.run_now().state != "ended"
        answer = world.ask(run=run.id, step=step, **fields)
        self.told.append(Asked(now, run, step, answer, self.withdrawn, cart))
        if answer.decision == "wait":
            assert answer.wait_seconds >= 1
            due.append((now + timedelta(seconds=answer.wait_seconds), number))
        elif answer.decision == "send":
            self._settle(answer.message_id, self.case.fates[number])

    def _settle(self, message_id: str, fate: str) -> None:
        if fate != "reserved":
            settle(self.world, message_id, fate)
        if fate == "sent":
            body = {"kind": "delivery", "at": self.world.clock.now().isoformat()}
            self.world.put(keys.engagement("lumen", message_id, "delivery"), body)

    def entry(self, message_id: str) -> LedgerEntry:
        return LedgerEntry.model_validate(self.world.store.stored[keys.message("lumen", message_id)].body)

    @property
    def sends(self) -> list[Asked]:
        return [one for one in self.told if one.answer.decision == "send"]


@pytest.fixture(autouse=True, scope="module")
def _two_scenarios() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        both = ("email", "sms")
        cart = registry.SCENARIOS["abandoned_cart"]._replace(channels=both)
        patch.setitem(registry.SCENARIOS, "abandoned_cart", cart)
        patch.setitem(registry.SCENARIOS, "newsletter", NEWSLETTER._replace(channels=both))
        yield


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=cases)
def test_no_send_breaks_a_rule_and_every_wait_has_an_end(case: Case) -> None:
    story = Story(case)
    story.happen()
    for send in story.sends:
        entry = story.entry(send.answer.message_id)
        assert_consented(story, send, entry)
        assert_at_a_good_time(story, send)
        assert_within_cap(story, send)
        assert_in_time(story, send)
    assert_once(story)
    assert_yielded(story)
    assert_explained(story)


def assert_consented(story: Story, send: Asked, entry: LedgerEntry) -> None:
    case = story.case
    address = HOMES[case.home][0]
    softly = case.email == "unknown" and case.bought and address.get("country") in case.rules.soft_opt_in
    if entry.channel == "email":
        assert not send.withdrawn
        assert case.email == "granted" or softly
    else:
        assert (entry.channel, case.phone) == ("sms", "granted")


def home_zone(case: Case) -> ZoneInfo:
    return ZoneInfo(SHOP_ZONE if case.rules.shop_zone_for_all else HOMES[case.home][1])


def assert_at_a_good_time(story: Story, send: Asked) -> None:
    case = story.case
    local = send.at.astimezone(home_zone(case))
    if case.quiet is not None and case.quiet.start != case.quiet.end:
        start, end = case.quiet.start, case.quiet.end
        wall = local.time().replace(tzinfo=None)
        asleep = start <= wall < end if start < end else wall >= start or wall < end
        assert not asleep, (local, case.quiet)
    country = HOMES[case.home][0].get("country") or case.rules.country
    if case.rules.avoid_holidays and country:
        assert not is_holiday(local.date(), country, HOMES[case.home][0].get("province"))


def counted_before(story: Story, send: Asked, window: timedelta) -> int:
    """Messages of the runs that stood in the window when this one was released, whatever the reason."""
    place = story.told.index(send)
    earlier = [one for one in story.told[:place] if one.answer.decision == "send"]
    standing = [one for one in earlier if story.entry(one.answer.message_id).state != "refused"]
    return sum(one.at + window > send.at for one in standing)


def cap_then(story: Story, send: Asked) -> Cap | None:
    """The cap by what had reached them, and by the level that the answer names."""
    case, place = story.case, story.told.index(send)
    reached = case.past + sum(
        story.entry(one.answer.message_id).state == "sent"
        for one in story.told[:place]
        if one.answer.decision == "send"
    )
    if reached < case.rules.free_until_delivered:
        return None
    level = send.answer.facts["engagement"]
    named = {"super_active": case.rules.super_active, "sleeping": case.rules.sleeping}
    return named.get(level, case.rules.moderate)


def assert_within_cap(story: Story, send: Asked) -> None:
    cap = cap_then(story, send)
    if cap is not None:
        assert counted_before(story, send, timedelta(seconds=cap.seconds)) < cap.messages


def assert_in_time(story: Story, send: Asked) -> None:
    number = next(
        one
        for one, (of, step, *_) in enumerate(story.case.asks)
        if (story.runs[of].id, step) == (send.run.id, send.step)
    )
    not_after = story.case.asks[number][3]["not_after"]
    assert not_after is None or send.at <= story.case.start + timedelta(seconds=not_after)


def assert_once(story: Story) -> None:
    sent = [one.answer.message_id for one in story.sends]
    assert len(sent) == len(set(sent))


def assert_yielded(story: Story) -> None:
    """A newsletter takes one of the last places only if no cart was under way, or it yielded long enough."""
    yielding = {"PT0S": timedelta(), "PT12H": 12 * HOUR, "P3D": 3 * DAY}[story.case.rules.yield_for]
    for send in story.sends:
        cap = cap_then(story, send)
        if send.run.scenario != "newsletter" or not send.cart_runs or cap is None:
            continue
        left = cap.messages - counted_before(story, send, timedelta(seconds=cap.seconds))
        began = min(
            (
                one.at
                for one in story.told
                if (one.run, one.step) == (send.run, send.step)
                and one.answer.reason == "higher priority first"
            ),
            default=send.at,
        )
        assert left > story.case.rules.places_for_priority or send.at - began >= yielding


def assert_explained(story: Story) -> None:
    """Each answer has a reason of the list, and stands on record."""
    for one in story.told:
        assert one.answer.reason in get_args(Reason)
    for run in story.runs:
        kept: list[Decision] = [one.decision for one in decisions_of(story.world.store, "lumen", run.id)]
        expected = {
            (one.step, one.answer.reason)
            for one in story.told
            if one.run.id == run.id and one.answer.reason not in {"already reserved", "run ended"}
        }
        assert {(one.step, one.reason) for one in kept} == expected
