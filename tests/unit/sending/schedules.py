"""Seeded schedules of everything that can go wrong between a reservation and its end, and what must hold.

A schedule sends several messages on several channels through `answer`, `deliver`, `record` and `sweep`, while
every call of a port may fail before or after its work, time out, be throttled or refused, and every message
of the queue may come twice, at once or late. Nothing here knows how delivering works: the checker reads what
was written and what the providers were called with.
"""

import contextlib
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from kairos.domain.errors import Throttled
from kairos.domain.message import LedgerEntry
from kairos.ports import NotSent
from kairos.services.feedback import Feedback, Feedbacks, record
from kairos.services.sending.deliver import deliver
from kairos.services.sending.sweeping import Sweeping, sweep
from tests.unit.sending.customers import has_phone
from tests.unit.sending.devices import (
    BROWSER,
    BROWSER_KEYS,
    OTHER_ARN,
    PHONE_ARN,
    has_device,
    has_platform_id,
    world_with_channels,
)
from tests.unit.sending.world import Crash, NoCounts, World

CHANNELS = ("email", "sms", "push", "web_push", "webhook")
REPORTED = frozenset({"email", "sms", "push"})
"""Channels whose provider reports what it took; of the others nobody ever hears again."""

STEPS = ("reminder_1", "reminder_2", "reminder_3")
MOST_RECEIVES = 5
MOVES = 40


class Ledger:
    """What the schedule saw from outside: every entry into `calling`, every call, every acceptance."""

    def __init__(self) -> None:
        self.entered: Counter[str] = Counter()
        self.put_back: Counter[str] = Counter()
        self.called: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()


class WatchedItems:
    """The store, in which each transition of a ledger entry is noted, and calls fail as the chance says."""

    def __init__(self, world: World, ledger: Ledger, chance: Callable[[], str | None]) -> None:
        self._store, self._ledger, self._chance = world.store, ledger, chance

    def __getattr__(self, name: str) -> Any:
        inner = getattr(self._store, name)

        def call(*args: Any, **named: Any) -> Any:
            fault = self._chance()
            if fault == "crash before":
                raise Crash
            if fault == "throttled":
                raise Throttled("The table is busy.")
            before = self._states()
            answer = inner(*args, **named)
            self._note(before)
            if fault == "crash after":
                raise Crash
            return answer

        return call

    def _states(self) -> dict[str, str]:
        entries = (item.body for key, item in self._store.stored.items() if key.sk == "message")
        return {body["message_id"]: body["state"] for body in entries}

    def _note(self, before: dict[str, str]) -> None:
        for message, state in self._states().items():
            if state == "calling" and before.get(message) != "calling":
                self._ledger.entered[message] += 1
            if state == "reserved" and before.get(message) == "calling":
                self._ledger.put_back[message] += 1


class WatchedProvider:
    """Takes, refuses, fails or dies as the chance says, and notes which message it was."""

    def __init__(self, ledger: Ledger, of: Callable[[Any], str], chance: Callable[[], str | None]) -> None:
        self._ledger, self._of, self._chance = ledger, of, chance

    def send(self, message: Any) -> str | None:
        said = self._of(message)
        self._ledger.called[said] += 1
        fault = self._chance()
        if fault in {"refused", "busy", "gone"}:
            self._ledger.refused[said] += 1
            raise NotSent(str(fault), for_now=fault == "busy", gone=fault == "gone")
        if fault == "crash before":
            raise Crash
        if fault == "time-out before":
            raise TimeoutError
        self._ledger.accepted[said] += 1
        if fault == "crash after":
            raise Crash
        if fault == "time-out after":
            raise TimeoutError
        return f"provider-{said}-{self._ledger.accepted[said]}"


class Schedule:
    """One world and one seed."""

    STORE_FAULTS = ("crash before", "crash after", "throttled")
    PROVIDER_FAULTS = (
        "refused", "busy", "busy", "gone",
        "crash before", "crash after", "time-out before", "time-out after",
    )  # fmt: skip

    def __init__(self, seed: int, delivering: Callable[..., Any] = deliver) -> None:
        self.chance, self.ledger, self._delivering = Random(seed), Ledger(), delivering  # noqa: S311
        self.world = self._world()
        self.rate = self.chance.choice([0.0, 0.01, 0.03, 0.1])
        self.calm = False
        self.queued: list[tuple[dict[str, Any], int]] = self.world.queue.messages
        self.world.items = WatchedItems(self.world, self.ledger, self._store_fault)  # type: ignore[assignment]
        self.world.provider = WatchedProvider(self.ledger, self._of, self._provider_fault)
        self._sending: str = ""

    def _world(self) -> World:
        world = world_with_channels()
        has_phone(world)
        has_platform_id(world)
        has_phone(world)
        has_device(world, "push", PHONE_ARN)
        has_device(world, "push", OTHER_ARN)
        has_device(world, "web_push", BROWSER, **BROWSER_KEYS)
        world.upload_codes(*(f"A{number}" for number in range(6)))
        return world

    def _store_fault(self) -> str | None:
        if self.calm or self.chance.random() >= self.rate:
            return None
        return self.chance.choice(self.STORE_FAULTS)

    def _provider_fault(self) -> str | None:
        if self.calm or self.chance.random() >= 0.5:
            return None
        return self.chance.choice(self.PROVIDER_FAULTS)

    def _of(self, _message: Any) -> str:
        return self._sending

    def run(self) -> None:
        """Forty moves with faults, then what real machines go on doing until nothing moves."""
        for _ in range(MOVES):
            self._survive(self.chance.choice([self._ask, self._deliver, self._deliver, self._other]))
        self.calm = True
        if self.chance.random() < 0.5:  # else the state machine's execution has ended, too
            self._survive(lambda: self._ask(STEPS[0]))
        for _ in range(60):
            self.world.clock.advance(1800)
            self._survive(self._sweep)
            while self.queued:
                self._survive(self._deliver)
                self.world.clock.advance(1)

    def _survive(self, move: Callable[[], object]) -> None:
        with contextlib.suppress(Crash, Throttled):
            move()

    def _ask(self, step: str | None = None) -> None:
        code = {"pool": "pool"} if self.chance.random() < 0.3 else None
        told = step or self.chance.choice(STEPS)
        channels = self.chance.sample(CHANNELS, k=self.chance.randint(1, 3))
        self.world.ask(step=told, channels=channels, code=code)

    def _deliver(self) -> None:
        """The oldest message: gone while it is delivered, back if it is not settled or its process dies."""
        if not self.queued:
            return
        body, received = self.queued.pop(0)
        if received < MOST_RECEIVES and self.chance.random() < 0.15 and not self.calm:
            self.queued.append((body, received))  # the queue delivers it twice
        again = True
        try:
            again = self._one(body, received) == "again"
        finally:
            if again and received + 1 < MOST_RECEIVES:
                self.queued.append((body, received + 1))

    def _one(self, body: dict[str, Any], received: int) -> Any:
        before, self._sending = self._sending, body["message_id"]
        plain = self.world.render
        if not self.calm and self.chance.random() < 0.1:
            self.world.render = self._with_another_in_between(body, plain)
        try:
            last = received + 1 >= MOST_RECEIVES
            return self._delivering(self.world.delivering, body["shop"], body["message_id"], last)
        finally:
            self._sending, self.world.render = before, plain

    def _with_another_in_between(self, body: dict[str, Any], plain: Any) -> Any:
        """The same message is delivered elsewhere while this one is rendered."""

        def render(*given: Any) -> Any:
            self.world.render = plain
            self._survive(lambda: self._one(body, 0))
            return plain(*given)

        return render

    def _other(self) -> None:
        move = self.chance.choice(
            [self._wait, self._lose, self._lose, self._tell, self._sweep, self._duplicate]
        )
        move()

    def _wait(self) -> None:
        self.world.clock.advance(self.chance.choice([1, 180, 3600, 30 * 3600]))

    def _lose(self) -> None:
        if self.queued:
            self.queued.pop(self.chance.randrange(len(self.queued)))

    def _duplicate(self) -> None:
        if self.queued:
            self.queued.append(self.chance.choice(self.queued))

    def _tell(self) -> None:
        """The provider reports something that it took."""
        taken = [one.message_id for one in self.entries() if self.ledger.accepted[one.message_id]]
        reported = [one for one in taken if self._entry(one).channel in REPORTED]
        if reported:
            self.report(self.chance.choice(sorted(reported)))

    def report(self, message: str) -> None:
        """As the provider does for what it took."""
        told = Feedback(
            shop="lumen", message_id=message, provider_id="p", kind="delivery", at=self.world.clock.now()
        )
        record(Feedbacks(self.world.items, self.world.clock, NoCounts(), self.world.snapshot), told)

    def _sweep(self) -> None:
        sweep(Sweeping(self.world.items, self.world.clock, self.world.queue, NoCounts()))

    def entries(self) -> list[LedgerEntry]:
        """Every entry of the ledger as it stands."""
        stored = self.world.store.stored.items()
        return [LedgerEntry.model_validate(item.body) for key, item in stored if key.sk == "message"]

    def _entry(self, message: str) -> LedgerEntry:
        return next(one for one in self.entries() if one.message_id == message)


def broken(schedule: Schedule) -> list[str]:
    """Which claims the schedule broke, in words; none where all hold."""
    found, ledger = [], schedule.ledger
    for entry in schedule.entries():
        message = entry.message_id
        if ledger.accepted[message] > 1:
            found.append(f"{message} was sent {ledger.accepted[message]} times")
        if ledger.called[message] > 1 + ledger.refused[message]:
            found.append(f"{message} was called again without a refusal")
        if ledger.called[message] > ledger.entered[message]:
            found.append(f"{message} was called without its own entry in calling")
        if ledger.entered[message] > 1 + ledger.put_back[message]:
            found.append(f"{message} was in calling twice")
        if entry.state in {"reserved", "calling"}:
            found.append(f"{message} was forgotten as {entry.state}")
        if entry.state != "sent" and entry.reason is None:
            found.append(f"{message} is {entry.state} without a reason")
        if entry.state == "sent" and not ledger.accepted[message]:
            found.append(f"{message} is sent, and nobody took it")
        if entry.state == "refused" and ledger.accepted[message]:
            found.append(f"{message} is refused, and was taken")
    return found
