"""Whoever writes a run, a message or a decision has told the snapshot of its customer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.domain.errors import Conflict
from kairos.domain.message import LedgerEntry, LedgerState, Step
from kairos.domain.run import Run
from kairos.ports import Check, Item, Put, Unchanged
from kairos.services.runs import confirm_start, end_run, register
from kairos.services.segments.noticed_items import NoticedItems
from kairos.services.sending import settle
from kairos.services.sending.decisions import keep

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RUN = Run(
    shop="demo", scenario="win_back", cause="c", customer="c1", registered_at=NOW, settings={}
)  # fmt: skip
TOLD = {"shop": "demo", "customers": ["c1"], "cause": "event"}


class Queue(list[dict[str, Any]]):
    """See ports.Queue."""

    def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:  # noqa: ARG002
        self.append(dict(body))

    def taken(self) -> list[dict[str, Any]]:
        told = [*self]
        self.clear()
        return told


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def stored() -> MemoryItems:
    return MemoryItems()


@pytest.fixture
def items(queue: Queue, stored: MemoryItems) -> NoticedItems:
    return NoticedItems(stored, queue)


def entry(state: LedgerState, **more: Any) -> LedgerEntry:
    step = Step(shop="demo", scenario="win_back", run=RUN.id, step="whats_new")
    return LedgerEntry(
        message_id=step.message_id, step=step, customer="c1", channel="email", address_node="n",
        state=state, reserved_at=NOW, **more,
    )  # fmt: skip


def put(told: LedgerEntry) -> Put:
    return Put(Item(keys.message("demo", told.message_id), "1", told.as_json()))


def test_the_beginning_and_the_end_of_a_run_are_told(items: NoticedItems, queue: Queue) -> None:
    register(items, RUN)
    assert queue.taken() == [TOLD]
    confirm_start(items, RUN)
    end_run(items, "demo", RUN.id, "ordered", NOW)
    assert queue.taken() == [TOLD, TOLD]


def test_a_decision_is_told_to_who_reads_the_runs_customer(
    items: NoticedItems, stored: MemoryItems, queue: Queue
) -> None:
    register(stored, RUN)  # by another function: this one never saw the run
    keep(items, RUN, "skipped", "whats_new", "too late", {}, NOW)
    assert queue.taken() == [TOLD]


@pytest.mark.parametrize("state", ["reserved", "sent", "refused", "unknown"])
def test_what_becomes_of_a_message_is_told(items: NoticedItems, queue: Queue, state: LedgerState) -> None:
    items.transact([put(entry(state))])
    assert queue.taken() == [TOLD]


def test_settling_a_message_is_told(items: NoticedItems, stored: MemoryItems, queue: Queue) -> None:
    stored.write(put(entry("calling", calling_at=NOW)))

    class Clock:
        def now(self) -> datetime:
            return NOW

    settle.unknown(items, Clock(), "demo", entry("calling").message_id)  # type: ignore[arg-type]
    assert queue.taken() == [TOLD]


@pytest.mark.parametrize("told", [entry("calling"), entry("sent", purpose="test")])
def test_what_no_report_counts_is_not_told(items: NoticedItems, queue: Queue, told: LedgerEntry) -> None:
    items.put_batch([put(told).item])
    items.write_each([Put(Item(keys.shop("demo"), "1", {}))])
    assert queue == []


def test_what_was_not_written_is_not_told(items: NoticedItems, queue: Queue) -> None:
    stale = put(entry("sent"))._replace(only_if=Unchanged("7"))
    with pytest.raises(Conflict):
        items.write(stale)
    with pytest.raises(Conflict):
        items.transact([put(entry("sent")), Check(keys.shop("demo"), Unchanged("7"))])
    assert items.write_each([stale]) == [stale]
    assert queue == []


def test_one_transaction_tells_once(items: NoticedItems, queue: Queue) -> None:
    register(items, RUN)
    queue.clear()
    run = Put(Item(keys.run("demo", RUN.id), "2", RUN.as_json()))
    items.transact([put(entry("reserved")), run])
    assert queue.taken() == [TOLD]
