"""A simulated year with every timeline and cart scenario on: the promises hold, the sums agree, and the
uplift that was planted is found."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest

from kairos.domain.uplift import compare
from kairos.engine.reporting import NOTHING, Counted
from tests.simulation.outbox import Called
from tests.simulation.shards import Shard, simulate
from tests.simulation.year import CAP, HANDED_OVER, NET, PLANTED, QUIET, SHARE

CUSTOMERS, SHARDS = 2_000, 4
MANY_CUSTOMERS, MANY_SHARDS = 10_000, 20
SIZES = [
    pytest.param((CUSTOMERS, SHARDS), id="2,000 customers"),
    pytest.param((MANY_CUSTOMERS, MANY_SHARDS), id="10,000 customers", marks=pytest.mark.proof),
]


@pytest.fixture(scope="module", params=SIZES)
def shards(request: pytest.FixtureRequest) -> list[Shard]:
    return simulate(*request.param)


@pytest.fixture
def calls(shards: list[Shard]) -> list[Called]:
    return [call for shard in shards for call in shard.calls]


def by_customer(shards: list[Shard]) -> dict[tuple[int, str], list[Called]]:
    """Shards invent the same ids."""
    found: dict[tuple[int, str], list[Called]] = defaultdict(list)
    for number, shard in enumerate(shards):
        for call in shard.calls:
            found[number, call.entry.customer].append(call)
    return found


def test_the_year_was_a_busy_one(shards: list[Shard], calls: list[Called]) -> None:
    scenarios = Counter(call.entry.step.scenario for call in calls)
    assert {"abandoned_cart", "win_back", "prospects", "order_follow_up", PLANTED} <= scenarios.keys()
    assert len(calls) > 1_000
    assert sum(shard.erased for shard in shards) > 5
    assert any(call.entry.code for call in calls)
    assert [error for shard in shards for error in shard.errors] == []


def test_no_message_was_sent_twice(shards: list[Shard]) -> None:
    for shard in shards:
        steps = Counter((call.entry.step.run, call.entry.step.step) for call in shard.calls)
        assert [step for step, times in steps.items() if times > 1] == []


def test_no_message_was_sent_without_consent(calls: list[Called]) -> None:
    assert [call for call in calls if not call.consented] == []


def test_no_message_was_sent_in_quiet_hours(calls: list[Called]) -> None:
    """The shop's clock is UTC's, and of no customer another one is known."""

    def is_quiet(at: datetime) -> bool:
        return at.time() >= QUIET.start or at.time() < QUIET.end

    assert [call.at for call in calls if is_quiet(call.at - HANDED_OVER)] == []


def test_nobody_got_more_than_the_cap_allows(shards: list[Shard]) -> None:
    window = timedelta(seconds=CAP.seconds)
    for theirs in by_customer(shards).values():
        times = sorted(call.entry.reserved_at for call in theirs)
        together = zip(times, times[CAP.messages :], strict=False)
        assert [first for first, last in together if last - first < window] == []


def test_nobody_held_out_got_a_message(calls: list[Called]) -> None:
    assert [call for call in calls if call.held_out] == []


def test_nobody_changed_sides(shards: list[Shard]) -> None:
    assert [one for shard in shards for one in shard.changed_sides] == []
    assert sum(told.runs["held_out"] for shard in shards for told in shard.told.values()) > 0


def test_nobody_who_was_erased_got_a_message_after_it(calls: list[Called]) -> None:
    assert [call for call in calls if call.erased] == []


def test_nobody_got_a_code_while_another_one_was_open(calls: list[Called]) -> None:
    assert [call.codes for call in calls if call.codes] == []


def test_the_reports_sums_are_those_of_the_ledger(shards: list[Shard]) -> None:
    for shard in shards:
        for name, told in shard.told.items():
            found: dict[tuple[str, str], Counter[str]] = {}
            for (place, figure), number in told.messages.items():
                found.setdefault((place.step, place.channel), Counter())[figure] += number
            book = shard.by_book[name]
            assert {at: +some for at, some in found.items()} == {
                at: +some for at, some in book.figures.items()
            }, name
            assert (told.deferred, told.skipped) == (book.deferred, book.skipped), name
            ended = {f"ended: {reason}": number for reason, number in told.ended.items()}
            named = {one: told.runs[one] for one in ("started", "under_way", "held_out")}
            assert +Counter(named | ended) == book.runs, name


def test_every_provider_call_is_a_message_in_the_report(shards: list[Shard]) -> None:
    """But those of customers who were erased since."""
    for shard in shards:
        sent = sum(
            number for told in shard.told.values() for (_, figure), number in told.messages.items()
            if figure == "sent"
        )  # fmt: skip
        assert len(shard.calls) * 0.9 < sent <= len(shard.calls)


def test_the_uplift_that_was_planted_is_found_within_its_interval(shards: list[Shard]) -> None:
    total: Counted = NOTHING
    for shard in shards:
        total = total.plus(shard.told[PLANTED])
    found = compare(total.treated, total.held_out)
    assert found.verdict == "brings more"
    assert found.revenue is not None
    assert found.revenue.low <= SHARE * NET <= found.revenue.high
