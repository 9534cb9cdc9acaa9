"""What happened with one customer, as their timeline tells it."""

from datetime import timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.domain.activity import Activity, ActivityBatch
from kairos.domain.errors import NotFound, Refused
from kairos.domain.points import PointRules
from kairos.domain.profile import Profile
from kairos.domain.support import SupportContact
from kairos.domain.timeline import KINDS
from kairos.ports import Item, Put
from kairos.services.customers import load_profile, resolve
from kairos.services.sending.decisions import keep
from kairos.services.supporting import Supporting, note_contact
from kairos.services.timeline.reading import show_timeline
from tests.unit.api.shop_floor import KEY, SHOP, THEN, Floor, order, run_of
from tests.unit.sending.world import FakeQueue

ADA = KEY.node("demo", "platform_id", "1")
POINTS = SHOP.model_copy(update={"points": PointRules(enabled=True)})


@pytest.fixture
def floor() -> Floor:
    """Ada and Bob, of whom all is kept that can be."""
    floor = Floor()
    floor.person("Ada", 1)
    floor.person("Bob", 2)
    return floor


def told(floor: Floor, kinds: str | None = None, who: str = ADA) -> list[dict[str, Any]]:
    """All pages."""
    entries: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = show_timeline(floor.items, POINTS, who, cursor, kinds)
        entries += page["entries"]
        cursor = page["cursor"]
        if cursor is None:
            return entries


def what(floor: Floor, kind: str) -> list[str]:
    return [entry["what"] for entry in told(floor, kind)]


def test_it_tells_of_every_kind_newest_first(floor: Floor) -> None:
    keep(floor.items, run_of("Ada", ADA), "skipped", "reminder_1", "quiet hours", {"consent": True}, THEN)
    answer = {"form": "survey", "at": THEN.isoformat(), "score": 9}
    floor.items.write(Put(Item(keys.answer("demo", ADA, "survey", "1"), "1", answer)))
    entries = told(floor)
    assert {entry["kind"] for entry in entries} == set(KINDS)
    assert [entry["at"] for entry in entries] == sorted((entry["at"] for entry in entries), reverse=True)
    assert len({entry["id"] for entry in entries}) == len(entries)


def test_who_never_was_on_the_site_has_a_timeline_too(floor: Floor) -> None:
    floor.record(order("Eve", 9))
    kinds = {entry["kind"] for entry in told(floor, who=KEY.node("demo", "platform_id", "9"))}
    assert "order" in kinds
    assert "activity" not in kinds


def test_it_tells_nothing_of_anybody_else(floor: Floor) -> None:
    assert "bob" not in str(told(floor)).lower()


def test_it_tells_no_address(floor: Floor) -> None:
    said = str(told(floor)).lower()
    assert "ada@example.com" not in said
    assert "+49170" not in said


def test_an_order_is_placed_and_refunded(floor: Floor) -> None:
    entries = told(floor, "order")
    assert sorted(entry["what"] for entry in entries) == ["placed", "refunded"]
    placed = next(entry for entry in entries if entry["what"] == "placed")
    assert (placed["order"], placed["total"], placed["currency"]) == ("order-1", "10.00", "EUR")
    refunded = next(entry for entry in entries if entry["what"] == "refunded")
    assert refunded["amount"] == "1.00"


def test_an_order_that_was_cancelled_says_so(floor: Floor) -> None:
    cancelled = order("Ada", 1, THEN + timedelta(hours=2)).model_copy(update={"status": "cancelled"})
    floor.record(cancelled)
    assert what(floor, "order")[0] == "cancelled"


def test_visits_are_told_each_once_with_what_was_done(floor: Floor) -> None:
    later = THEN + timedelta(hours=3)
    floor.record(
        ActivityBatch(
            visitor="visitor-Ada",
            updated_at=later,
            activities=(
                Activity(id="a2", kind="product", at=later, target="1", device="mac"),
                Activity(id="a3", kind="page", at=later + timedelta(minutes=5), seconds=40),
            ),
        )
    )
    latest, first = told(floor, "activity")
    assert (latest["done"], latest["seconds"], latest["devices"]) == ({"product": 1, "page": 1}, 40, ["mac"])
    assert first["done"] == {"search": 1}


def test_a_message_tells_what_became_of_it_and_whether_a_person_did_it(floor: Floor) -> None:
    [pointer] = [key for key in floor.items.stored if key.sk.startswith("send#") and ADA in key.pk]
    message = pointer.sk.removeprefix("send#")
    for mark, kind, machine in (("e2", "delivery", False), ("e3", "open", True)):
        at = (THEN + timedelta(minutes=1)).isoformat()
        body = {"kind": kind, "at": at, "permanent": False, "detail": None, "machine": machine}
        floor.items.write(Put(Item(keys.engagement("demo", message, mark), "1", body)))
    entries = told(floor, "message")
    assert {entry["what"] for entry in entries} == {"reserved", "delivered", "opened", "clicked"}
    assert [entry["by"] for entry in entries if entry["what"] == "opened"] == ["machine"]
    assert {entry["message"] for entry in entries} == {message}


def test_decisions_are_told_with_their_reason_and_facts(floor: Floor) -> None:
    run = run_of("Ada", ADA)
    keep(floor.items, run, "skipped", "reminder_1", "no consent", {"consent": False}, THEN)
    [entry] = [one for one in told(floor, "decision") if one["reason"] == "no consent"]
    assert (entry["what"], entry["step"], entry["reason"], entry["facts"]) == (
        "skipped",
        "reminder_1",
        "no consent",
        {"consent": False},
    )


def test_a_segment_that_was_entered_lately_is_told_once(floor: Floor) -> None:
    entered = [entry for entry in told(floor, "segment") if entry["segment"] == "one_time_buyers"]
    assert [entry["what"] for entry in entered] == ["entered"]


def test_a_code_is_told_when_given_and_when_used(floor: Floor) -> None:
    entries = told(floor, "code")
    assert sorted(entry["what"] for entry in entries) == ["given", "used"]
    used = next(entry for entry in entries if entry["what"] == "used")
    assert (used["order"], used["value"], used["by"]) == ("order-1", "9.00", "holder")


def test_points_are_told_as_the_ledger_has_them(floor: Floor) -> None:
    told_points = sorted((entry["what"], entry["points"]) for entry in told(floor, "points"))
    assert told_points == [("earned", 10), ("redeemed", -1), ("reversed", -1)]


def test_consents_are_told_without_the_address(floor: Floor) -> None:
    [entry] = [one for one in told(floor, "consent") if one["channel"] == "email"]
    assert (entry["what"], entry["told_to"]) == ("granted", "shop")


def test_somebody_unknown_or_erased_or_of_another_shop_has_no_timeline(floor: Floor) -> None:
    with pytest.raises(NotFound):
        told(floor, who="c" + "0" * 26)
    with pytest.raises(NotFound):
        show_timeline(floor.items, POINTS.model_copy(update={"id": "other"}), ADA, None, None)
    floor.erase("demo", resolve(floor.items, "demo", ADA).nodes, floor.clock.now())
    with pytest.raises(NotFound):
        told(floor)


# Inquiries with support


def note(floor: Floor, queue: FakeQueue | None = None, **changes: Any) -> dict[str, Any]:
    asked = {"id": "t9", "subject": "Where is my mug?", "channel": "email", "at": THEN.isoformat()}
    contact = SupportContact.model_validate(asked | changes)
    return note_contact(Supporting(floor.items, floor.clock, queue or FakeQueue()), "demo", ADA, contact)


def profile(floor: Floor) -> Profile:
    found = load_profile(floor.items, "demo", ADA)
    assert found is not None
    return found


def test_an_inquiry_is_kept_once_however_often_it_is_told(floor: Floor) -> None:
    assert note(floor) == note(floor)
    subjects = [entry["subject"] for entry in told(floor, "support")]
    assert subjects.count("Where is my mug?") == 1


def test_an_inquiry_matches_the_criterion_and_is_no_visit(floor: Floor) -> None:
    before = profile(floor)
    note(floor, complaint=True, at=THEN + timedelta(days=2))
    acts = [act for act in profile(floor).acts if act.kind == "support"]
    assert [act.stage for act in acts] == [None, "complaint"]
    assert profile(floor).last_visit == before.last_visit
    assert profile(floor).as_json() != before.as_json(), "or the snapshot would not notice"


def test_its_subject_reaches_no_profile(floor: Floor) -> None:
    note(floor)
    assert "mug?" not in profile(floor).model_dump_json()


def test_another_inquiry_with_the_same_id_is_refused(floor: Floor) -> None:
    note(floor)
    with pytest.raises(Refused) as refused:
        note(floor, subject="Something else")
    assert refused.value.field == "id"


def test_an_inquiry_that_is_still_to_come_is_refused(floor: Floor) -> None:
    with pytest.raises(Refused) as refused:
        note(floor, at=floor.clock.now() + timedelta(seconds=1))
    assert refused.value.field == "at"


def test_an_inquiry_of_nobody_known_is_not_found() -> None:
    with pytest.raises(NotFound):
        note(Floor())


def test_the_snapshot_is_told_who_asked(floor: Floor) -> None:
    queue = FakeQueue()
    note(floor, queue)
    assert queue.messages[0][0]["customers"] == [ADA]


def test_no_inquiry_is_kept_of_who_is_erased_at_the_same_instant(floor: Floor) -> None:
    nodes, transact, raced = resolve(floor.items, "demo", ADA).nodes, floor.items.transact, []

    def first_the_erasure(writes: Any) -> None:
        if not raced and any("support#t9" in str(write) for write in writes):
            raced.append(True)
            floor.erase("demo", nodes, floor.clock.now())
        transact(writes)

    floor.items.transact = first_the_erasure  # type: ignore[method-assign]
    with pytest.raises(NotFound):
        note(floor)
    assert "support#t9" not in str(list(floor.items.stored))
