"""The ledger under faults: never twice, none forgotten, every unclear call settled or unknown."""

from collections import Counter
from functools import cache
from typing import Any

import pytest

from kairos.services.sending import deliver as delivering
from kairos.services.sending import ledger, settle
from tests.unit.sending.schedules import REPORTED, Schedule, broken

FIFTY = range(50)
A_THOUSAND = range(50, 1050)


@cache
def kept(seed: int) -> Schedule:
    """The schedule of this seed, which broke nothing."""
    schedule = Schedule(seed)
    schedule.run()
    assert broken(schedule) == [], f"seed {seed}"
    for entry in schedule.entries():
        if entry.channel in REPORTED and schedule.ledger.accepted[entry.message_id]:
            schedule.report(entry.message_id)
    for entry in schedule.entries():
        taken = bool(schedule.ledger.accepted[entry.message_id])
        if entry.channel in REPORTED:
            assert (entry.state == "sent") == taken, f"seed {seed}"
    return schedule


@pytest.mark.parametrize("seed", FIFTY)
def test_whatever_fails_no_message_goes_twice_or_is_forgotten(seed: int) -> None:
    kept(seed)


@pytest.mark.proof
@pytest.mark.parametrize("hundred", range(10))
def test_a_thousand_schedules(hundred: int) -> None:
    for seed in A_THOUSAND[hundred * 100 : (hundred + 1) * 100]:
        kept(seed)


def test_the_schedules_come_to_every_end_on_every_channel() -> None:
    ends: Counter[str] = Counter()
    for seed in FIFTY:
        for entry in kept(seed).entries():
            ends[entry.channel] += 1
            ends[entry.state] += 1
            ends[str(entry.reason)] += 1
    wanted = {"email", "sms", "push", "web_push", "webhook", "sent", "refused", "unknown"}
    wanted |= {"no answer", "refused by the provider", "address gone", "delivered too late"}
    assert wanted <= set(ends), wanted - set(ends)


def found_in(schedules: range, plant: Any) -> set[str]:
    """The kinds of breach that the checker finds in them with this `deliver`."""
    kinds = set()
    for seed in schedules:
        schedule = Schedule(seed, plant)
        schedule.run()
        kinds |= {one.partition(" ")[2] for one in broken(schedule)}
    return kinds


def test_a_second_call_that_was_planted_is_found() -> None:
    def twice(given: Any, shop: str, message_id: str, last_chance: bool) -> Any:
        class Twice:
            def __init__(self, inner: Any) -> None:
                self._inner = inner

            def send(self, message: Any) -> Any:
                self._inner.send(message)
                return self._inner.send(message)

        providers = {channel: Twice(one) for channel, one in given.providers.items()}
        return delivering.deliver(given._replace(providers=providers), shop, message_id, last_chance)

    assert any("sent 2 times" in one for one in found_in(range(10), twice))


def test_an_unclear_call_that_is_repeated_is_found() -> None:
    def repeating(given: Any, shop: str, message_id: str, last_chance: bool) -> Any:
        held = ledger.load(given.items, shop, message_id)
        if held is not None and held.entry.called_at is not None:
            settle.put_back(given.items, shop, message_id, held.entry.called_at)
        return delivering.deliver(given, shop, message_id, last_chance)

    assert any("without a refusal" in one for one in found_in(range(30), repeating))


def test_a_call_without_its_own_entry_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "_calling", lambda *_: [])
    assert "was called without its own entry in calling" in found_in(range(10), delivering.deliver)


def test_a_message_that_is_forgotten_is_found() -> None:
    class Unswept(Schedule):
        def _sweep(self) -> None:
            return None

    kinds = set()
    for seed in range(20):
        schedule = Unswept(seed)
        schedule.run()
        kinds |= {one.partition(" ")[2] for one in broken(schedule)}
    assert {"was forgotten as reserved", "was forgotten as calling"} <= kinds
