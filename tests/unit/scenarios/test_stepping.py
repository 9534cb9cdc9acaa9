"""A timeline is followed step by step: what is due when, for whom, and once, wherever it dies."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.domain.errors import Refused
from kairos.domain.event import Event
from kairos.domain.message import LedgerEntry
from kairos.domain.timeline_step import Timeline
from kairos.ports import Check, Item, Put, Write
from kairos.services.acting.action import TagOrder
from kairos.services.checking import evaluate
from kairos.services.customers import read_customer
from kairos.services.recording.record import Recorder
from kairos.services.runs import read_run
from kairos.services.segments.noticed_items import NoticedItems
from kairos.services.sending.decisions import decisions_of
from kairos.services.sending.send import Sending
from kairos.services.starting import Starting, start_scenarios
from kairos.services.stepping import Next, read_timeline, take_step
from tests.shelves import settle
from tests.statemachines.world import NoObjects, World
from tests.unit.scenarios.shopfront import Machines

DAY = 86_400
STEPS: list[dict[str, Any]] = [
    {"step": "thanks", "after": "thanks_after"},
    {"step": "suggestions", "after": "suggestions_after"},
]


class Queued:
    """The queue of messages: only noted."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:  # noqa: ARG002
        self.sent.append(str(body["message_id"]))


class Shop(World):
    """second_order is on; its machine is only noted."""

    def __init__(self, **settings: str) -> None:
        self.machines, self.queue = Machines(), Queued()
        self.settings = settings
        super().__init__("shoes")
        self._recorder = Recorder(
            self.items,
            self,
            self.key,
            self.clock,
            lambda *_: (),
            lambda *_: None,
            lambda *_: None,
            NoObjects(),
        )
        settle(self.items, self.shop)
        self.consent()

    def put_scenario(self, *_: Any, **__: Any) -> None:
        place = keys.scenario_settings("shoes", "second_order")
        self.items.write(Put(Item(place, "1", {"enabled": True, "settings": self.settings})))

    def publish(self, events: Sequence[Event]) -> None:
        for event in events:
            start_scenarios(Starting(self.items, self.clock, self.machines), event)

    @property
    def run_id(self) -> str:
        return self.machines.started[-1][1]

    def timeline(self, steps: list[dict[str, Any]] | None = None, only_if: Sequence[str] = ()) -> Timeline:
        told = {"shop": self.id, "run": self.run_id, "only_if": list(only_if), "steps": steps or STEPS}
        return read_timeline(told)

    def ask(self, *steps: dict[str, Any], only_if: Sequence[str] = (), tag: TagOrder | None = None) -> Next:
        sending = Sending(self.items, self.clock, self.key, evaluate, self.queue)
        return take_step(sending, self.timeline(list(steps), only_if), tag)

    def ledger(self) -> list[str]:
        """The steps that were reserved."""
        found = [one for key, one in self.items.stored.items() if key.sk == "message"]
        return sorted(LedgerEntry.model_validate(one.body).step.step for one in found)

    def decided(self) -> list[tuple[str, str | None, str]]:
        kept = decisions_of(self.items, self.id, self.run_id)
        return [(one.decision.what, one.decision.step, one.decision.reason) for one in kept]

    @property
    def customer(self) -> str:
        run = read_run(self.items, self.id, self.run_id)
        assert run is not None
        return run.customer

    @property
    def reason(self) -> str | None:
        run = read_run(self.items, self.id, self.run_id)
        assert run is not None
        return run.reason


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.order()
    return made


def test_the_first_look_waits_for_the_first_step(shop: Shop) -> None:
    told = shop.ask()
    assert (told.decision, told.step, told.wait_seconds) == ("wait", "thanks", 3 * DAY)
    assert shop.ledger() == []


def test_a_step_is_taken_the_second_it_is_due_and_the_next_one_waited_for(shop: Shop) -> None:
    shop.clock.at += timedelta(days=3, seconds=-1)
    assert shop.ask().wait_seconds == 1
    shop.clock.at += timedelta(seconds=1)
    told = shop.ask()
    assert (told.step, told.wait_seconds, shop.ledger()) == ("suggestions", 18 * DAY, ["thanks"])


def test_the_last_step_ends_the_run(shop: Shop) -> None:
    for days in (3, 18):
        shop.clock.at += timedelta(days=days)
        told = shop.ask()
    assert (told.decision, told.reason, shop.reason) == ("end", "finished", "finished")


def test_a_step_that_the_next_one_has_overtaken_is_left_out(shop: Shop) -> None:
    shop.clock.at += timedelta(days=21)
    shop.ask()
    assert shop.ledger() == ["suggestions"]
    assert ("skipped", "thanks", "too late") in shop.decided()


def test_a_step_that_is_not_for_them_is_left_out_when_it_is_due(shop: Shop) -> None:
    first = {**STEPS[0], "when": ["not ordered_once"]}
    assert shop.ask(first, STEPS[1]).step == "thanks"
    shop.clock.at += timedelta(days=3)
    assert shop.ask(first, STEPS[1]).step == "suggestions"
    assert shop.decided()[1:] == [("skipped", "thanks", "not meant for them")]


def test_of_steps_of_one_name_the_first_that_applies_is_sent_and_no_other(shop: Shop) -> None:
    several = [
        {**STEPS[0], "when": ["not ordered_once"]},
        {**STEPS[0], "when": ["ordered_once"]},
        {"step": "thanks", "after": "suggestions_after"},
    ]
    for _ in range(22):
        told = shop.ask(*several)
        shop.clock.at += timedelta(days=1)
    assert (told.reason, shop.ledger()) == ("finished", ["thanks"])


def test_a_later_choice_of_the_same_name_is_taken_where_the_earlier_did_not_apply(shop: Shop) -> None:
    several = [
        {**STEPS[0], "when": ["not ordered_once"]},
        {"step": "thanks", "after": "suggestions_after"},
    ]
    for _ in range(22):
        shop.ask(*several)
        shop.clock.at += timedelta(days=1)
    assert (shop.ledger(), shop.reason) == (["thanks"], "finished")


def test_what_the_shop_has_not_set_up_is_left_out(shop: Shop) -> None:
    shop.clock.at += timedelta(days=3)
    shop.ask({**STEPS[0], "needs": "video"}, STEPS[1])
    assert shop.decided()[1:] == [("skipped", "thanks", "not set up")]


def test_steps_of_another_way_in_are_not_theirs(shop: Shop) -> None:
    assert shop.ask({**STEPS[0], "entries": ["second"]}, STEPS[1]).step == "suggestions"
    assert shop.ask({**STEPS[0], "entries": ["first_order"]}, STEPS[1]).step == "thanks"


def test_a_condition_that_fails_ends_the_run_at_the_next_look(shop: Shop) -> None:
    shop.clock.at += timedelta(days=1)
    shop.order()
    told = shop.ask(only_if=["ordered_once"])
    assert (told.decision, told.reason, shop.reason) == ("end", "ordered again", "ordered again")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"step": "thanks", "after": "thanks_aftr"}, "thanks_after"),
        ({**STEPS[0], "when": ["ordered_onc"]}, "ordered_once"),
        ({**STEPS[0], "after": "thanks_after", "action": "sing"}, "sing"),
    ],
)
def test_a_timeline_that_names_what_does_not_exist_is_refused(
    shop: Shop, wrong: dict[str, Any], named: str
) -> None:
    shop.clock.at += timedelta(days=3)
    with pytest.raises(Refused, match=named):
        shop.ask(wrong)


def test_while_webhooks_queue_nothing_is_decided(shop: Shop) -> None:
    shop.clock.at += timedelta(days=3)
    shop.queue_lags(150)
    assert shop.ask().reason == "webhooks are queued"
    assert shop.ledger() == []


def test_a_run_that_was_stopped_is_over(shop: Shop) -> None:
    shop.erase()
    assert shop.ask().decision == "end"
    assert shop.queue.sent == []


GIFT = {"step": "tag_gift", "after": "thanks_after", "action": "tag_gift"}


def parcel_gift(shop: Shop) -> str | None:
    found = read_customer(shop.items, shop.id, shop.customer).profile
    return found.person.attributes.get("parcel_gift") if found else None


def test_an_action_that_speaks_to_the_shop_is_done_once_with_the_last_order(shop: Shop) -> None:
    tagged: list[tuple[str, str, str]] = []
    shop.clock.at += timedelta(days=3)
    for _ in range(3):
        shop.ask(GIFT, STEPS[1], tag=lambda at, order, tag: tagged.append((at.id, order, tag)))
    [(at, order, tag)] = tagged
    assert (at, tag) == (shop.id, "gift")
    assert parcel_gift(shop) == f"gift: {order}"
    assert [one for one in shop.decided() if one[0] == "acted"] == [("acted", "tag_gift", "tag gift")]


def test_an_action_that_died_is_done_again_and_the_run_goes_on(shop: Shop) -> None:
    def dies(*_: object) -> None:
        raise SystemError

    tagged: list[str] = []
    shop.clock.at += timedelta(days=3)
    with pytest.raises(SystemError):
        shop.ask(GIFT, STEPS[1], tag=dies)
    told = shop.ask(GIFT, STEPS[1], tag=lambda _shop, order, _tag: tagged.append(order))
    assert (len(tagged), told.step) == (1, "suggestions")


def test_the_snapshot_is_told_of_the_customer_after_an_action_has_noted_something(shop: Shop) -> None:
    stored = shop.items
    seen: list[tuple[list[str], str | None]] = []

    class Looking:
        """The snapshot's queue, which reads whom it is told of at once."""

        def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:  # noqa: ARG002
            gift = read_customer(stored, shop.id, body["customers"][0]).profile
            seen.append((body["customers"], gift.person.attributes.get("parcel_gift") if gift else None))

    shop.items = NoticedItems(stored, Looking())  # type: ignore[assignment]
    shop.clock.at += timedelta(days=3)
    shop.ask(GIFT, STEPS[1])
    assert [one for one in seen if one[1] is not None] == [([shop.customer], parcel_gift(shop))]


class Dying(MemoryItems):
    """The process dies at the write of this number, before or after it is done."""

    def __init__(self, stored: Any, at: int, done: bool) -> None:
        super().__init__()
        self.stored, self.left, self.done = stored, at, done

    def write(self, write: Write) -> None:
        self._counted(lambda: super(Dying, self).write(write))

    def transact(self, writes: Sequence[Write | Check]) -> None:
        self._counted(lambda: super(Dying, self).transact(writes))

    def _counted(self, act: Any) -> None:
        self.left -= 1
        if self.left == 0 and not self.done:
            raise SystemError
        act()
        if self.left == 0:
            raise SystemError


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("at", range(1, 9))
def test_wherever_it_dies_each_step_is_sent_once_and_the_run_ends(at: int, done: bool) -> None:
    shop = Shop()
    shop.order()
    shop.items = Dying(shop.items.stored, at, done)
    left_out = {"step": "thanks", "after": "thanks_after", "when": ["not ordered_once"]}
    later = {"step": "reminder", "after": "suggestions_after"}
    for _ in range(60):
        shop.clock.at += timedelta(days=1)
        try:
            told = shop.ask(left_out, STEPS[1], later)
        except SystemError:
            told = shop.ask(left_out, STEPS[1], later)  # the machine's retry
        if told.decision == "end":
            break
    assert shop.reason == "finished"
    assert shop.ledger() == ["reminder", "suggestions"]
    assert len(set(shop.queue.sent)) == 2


CALL: dict[str, Any] = {"step": "thanks", "after": "thanks_after"}
AFTER_IT: dict[str, Any] = {
    "step": "stop",
    "after": "suggestions_after",
    "follows": "thanks",
    "action": "stop_mailing",
}


def test_what_follows_a_message_is_due_so_long_after_it_was_sent(shop: Shop) -> None:
    shop.clock.at += timedelta(days=5)
    told = shop.ask(CALL, AFTER_IT)
    assert (told.step, told.wait_seconds, shop.ledger()) == ("stop", 21 * DAY, ["thanks"])
    shop.clock.at += timedelta(days=21)
    assert shop.ask(CALL, AFTER_IT).reason == "finished"
    assert ("acted", "stop", "stop mailing") in shop.decided()


def test_what_follows_a_message_that_was_left_out_is_left_out_too(shop: Shop) -> None:
    shop.clock.at += timedelta(days=40)
    assert shop.ask({**CALL, "when": ["not ordered_once"]}, AFTER_IT).reason == "finished"
    assert "acted" not in [what for what, _, _ in shop.decided()]


def test_an_action_overtakes_no_message_and_is_never_too_late(shop: Shop) -> None:
    at_once = {"step": "flag", "after": "thanks_after", "action": "flag_priority_support"}
    shop.clock.at += timedelta(days=30)
    shop.ask(at_once, STEPS[1])
    assert ("acted", "flag", "flag priority support") in shop.decided()
    assert shop.ledger() == ["suggestions"]


def test_of_two_steps_that_exclude_each_other_one_is_sent(shop: Shop) -> None:
    shop.clock.at += timedelta(days=3)
    other = {"step": "again", "after": "thanks_after", "unless": "thanks"}
    assert shop.ask(STEPS[0], other).reason == "finished"
    assert shop.ledger() == ["thanks"]


def test_two_times_of_one_step_that_pass_at_one_instant_are_both_left_out(shop: Shop) -> None:
    never = ["not ordered_once"]
    two = [{**STEPS[0], "when": never}, {"step": "thanks", "after": "suggestions_after", "when": never}]
    shop.clock.at += timedelta(days=40)
    assert shop.ask(*two).reason == "finished"
    assert [what for what, _, _ in shop.decided()].count("skipped") == 2
