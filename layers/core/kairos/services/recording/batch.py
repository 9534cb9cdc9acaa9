"""A batch of the record queue: each message by itself, so that none harms another."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import NamedTuple

from kairos.domain.delivery import Delivery
from kairos.domain.errors import Unreadable
from kairos.ports import Counts, Objects, Queue
from kairos.services.recording.archive import archive
from kairos.services.recording.floods import OVER_THE_LIMIT, flooded
from kairos.services.recording.lag import LagWatch
from kairos.services.recording.messages import QueuedMessage, open_message
from kairos.services.recording.outcome import Done, Outcome
from kairos.services.recording.record import Recorder
from kairos.services.segments.touching import Touched, tell_snapshot
from kairos.services.site.telling import tell as tell_site

_UNSENDABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What the value of a message attribute may not hold (SQS, SendMessage)."""


class Batches(NamedTuple):
    """Records batches. on_error: is told each transient error, for the log; never anything personal.

    snapshot: where the snapshot is told whose facts have changed. fetches: where what a delivery names by its
    id alone waits to be fetched.
    """

    recorder: Recorder
    objects: Objects
    dead_letters: Queue
    counts: Counts
    lag: LagWatch
    on_error: Callable[[str, Exception], None]
    snapshot: Queue
    fetches: Queue

    def record(
        self, messages: Sequence[QueuedMessage], now: datetime, enough_time: Callable[[], bool]
    ) -> list[str]:
        """Record all. Returns the ids of the messages that have to be delivered again.

        enough_time: asked before each message; those left when it says no are delivered again, so that
        a slow one takes no others with it. now: real time.
        """
        self._tell_lag(messages, now)
        opened, failed = self._open(messages)
        failed |= self._archive(opened)
        recorder, recorded = self.recorder.for_a_batch(), dict[str, dict[str, Done]]()
        flooding = self._flooded(opened, now)
        for message, told in opened:
            if message.id in failed:
                continue
            if isinstance(told, Delivery) and told.source == "activity" and told.shop in flooding:
                self._count(Outcome("dropped", OVER_THE_LIMIT), told.shop)
                continue
            outcome = self._record(recorder, message, told) if enough_time() else None
            if outcome is None:
                failed.add(message.id)
            elif isinstance(told, Delivery) and (any(outcome.done.touched) or outcome.done.site):
                recorded.setdefault(told.shop, {})[message.id] = outcome.done
        for shop, by_message in recorded.items():
            failed |= self._tell(shop, by_message)
        return [message.id for message in messages if message.id in failed]

    def _tell_lag(self, messages: Iterable[QueuedMessage], now: datetime) -> None:
        """Of messages delivered for the first time; that of a retry tells nothing of the queue."""
        try:
            self.lag.observe([one.sent_at for one in messages if one.sent_at and one.receives == 1], now)
        except Exception as error:
            self.on_error("backlog", error)

    def _flooded(
        self, opened: Iterable[tuple[QueuedMessage, Delivery | Outcome]], now: datetime
    ) -> frozenset[str]:
        told = [(message.id, one) for message, one in opened if isinstance(one, Delivery)]
        try:
            return flooded(self.recorder.items, told, now)
        except Exception as error:
            self.on_error("floods", error)
            return frozenset()

    def _open(
        self, messages: Iterable[QueuedMessage]
    ) -> tuple[list[tuple[QueuedMessage, Delivery | Outcome]], set[str]]:
        """Each message with its delivery, or the reason why it is none; and those that failed for now."""
        opened: list[tuple[QueuedMessage, Delivery | Outcome]] = []
        failed = set()
        for message in messages:
            try:
                opened.append((message, open_message(message, self.objects)))
            except Unreadable as wrong:
                outcome = Outcome("dead", "no delivery", wrong.field, f"{wrong.problem} {wrong.remedy}")
                opened.append((message, outcome))
            except Exception as error:
                self.on_error(message.id, error)
                failed.add(message.id)
        return opened, failed

    def _archive(self, opened: Sequence[tuple[QueuedMessage, Delivery | Outcome]]) -> set[str]:
        """Keep what came in. Returns the ids of the messages whose shop's object could not be written."""
        by_shop: dict[str, dict[str, Delivery]] = {}
        for message, told in opened:
            if isinstance(told, Delivery):
                by_shop.setdefault(told.shop, {})[message.id] = told
        failed: set[str] = set()
        for shop, deliveries in by_shop.items():
            try:
                archive(self.objects, shop, deliveries.values())
            except Exception as error:
                self.on_error(", ".join(deliveries), error)
                failed.update(deliveries)
        return failed

    def _record(self, recorder: Recorder, message: QueuedMessage, told: Delivery | Outcome) -> Outcome | None:
        """What became of the message; None where it has to be delivered again."""
        try:
            outcome = recorder.record(told) if isinstance(told, Delivery) else told
            shop = told.shop if isinstance(told, Delivery) else ""
            if outcome.kind == "dead":
                self._bury(message, outcome, shop)
            if outcome.wanted is not None:
                self.fetches.send(outcome.wanted.as_json())
            self._count(outcome, shop)
        except Exception as error:
            self.on_error(message.id, error)
            return None
        return outcome

    def _tell(self, shop: str, by_message: Mapping[str, Done]) -> set[str]:
        """Tell the snapshot and the site's files once for all of the shop's messages. Returns the ids of the
        messages of whom they could not be told."""
        try:
            tell_snapshot(
                self.snapshot, shop, reduce(Touched.and_, (one.touched for one in by_message.values()))
            )
            tell_site(self.objects, shop, (row for one in by_message.values() for row in one.site))
        except Exception as error:
            self.on_error(", ".join(by_message), error)
            return {*by_message}
        return set()

    def _bury(self, message: QueuedMessage, outcome: Outcome, shop: str) -> None:
        """Send the whole message to the dead letters, with what was wrong with it."""
        told = {
            "reason": outcome.reason,
            "field": outcome.field,
            "problem": outcome.problem,
            "shop": shop,
        }
        self.dead_letters.send(
            message.as_json, {name: _UNSENDABLE.sub("?", value)[:256] for name, value in told.items()}
        )

    def _count(self, outcome: Outcome, shop: str) -> None:
        names = {"recorded": "Recorded", "dropped": "Dropped", "erased": "Erased", "dead": "DeadLetters"}
        names |= {"to fetch": "ToFetch"}
        labels = {"shop": shop} if shop else {}
        if outcome.reason:
            labels["topic" if outcome.kind == "dropped" else "reason"] = outcome.reason[:64]
        self.counts.add(names[outcome.kind], 1, **labels)
        for one in outcome.noted:
            self.counts.add("Reconciled", 1, shop=shop, kind=one.kind, reason=one.found)
        for segment, error in outcome.done.failed.items():
            self.counts.add("RulesFailed", shop=shop, segment=segment, error=error)
