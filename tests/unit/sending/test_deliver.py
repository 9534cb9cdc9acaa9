"""One reserved message: looked at again, rendered, called once, settled."""

from datetime import timedelta

import pytest

from kairos import keys
from kairos.domain.errors import Conflict, Refused, Throttled
from kairos.domain.message import LedgerEntry
from kairos.domain.scenarios import registry
from kairos.ports import NotSent
from kairos.services import codes
from kairos.services.feedback import Feedback, Feedbacks, record
from kairos.services.sending import ledger
from kairos.services.sending.deliver import CALL_IS_OVER
from kairos.services.unsubscribing import Token, verify, withdraw
from tests.unit.sending.customers import NEWSLETTER, another_run
from tests.unit.sending.test_decide import CODE
from tests.unit.sending.world import EMAIL, SHOP, START, NoCounts, World

THROTTLED = NotSent("TooManyRequestsException", for_now=True)
REJECTED = NotSent("MessageRejected", for_now=False)


def state(world: World) -> tuple[str, str | None]:
    entry = world.entry()
    assert entry is not None
    return entry.state, entry.reason


def feedback(world: World, kind: str, **fields: object) -> Feedback:
    entry = world.entry()
    assert entry is not None
    told = {"shop": "lumen", "message_id": entry.message_id, "provider_id": "p", "kind": kind, "at": START}
    return Feedback.model_validate(told | fields)


def tell(world: World, told: Feedback) -> None:
    record(Feedbacks(world.items, world.clock, NoCounts(), world.snapshot), told)


def test_a_reserved_message_is_sent_once() -> None:
    world = World()
    world.ask()
    world.deliver_all()
    assert state(world) == ("sent", None)
    assert len(world.provider.calls) == 1


def test_the_mail_carries_what_mail_programs_and_we_need() -> None:
    world = World()
    said = world.ask()
    world.deliver_all()
    email = world.provider.calls[0]
    assert email.to == EMAIL
    assert email.sender == r'"Lumen \"& Linen\"" <shop@example.com>'
    assert email.reply_to == "help@example.com"
    assert email.tags == {"message": said.message_id, "shop": "lumen"}
    assert email.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = email.headers["List-Unsubscribe"]
    assert link.startswith("<https://api.example.com/v1/unsubscribe/")
    token = verify(world.key, link.strip("<>").rpartition("/")[2])
    assert (token.shop, token.message_id) == ("lumen", said.message_id)


@pytest.mark.parametrize(
    ("name", "sender"),
    [
        ("Lumen", "Lumen <shop@example.com>"),
        ("Lumen, Linen", '"Lumen, Linen" <shop@example.com>'),
        ("Grüezi", "=?utf-8?q?Gr=C3=BCezi?= <shop@example.com>"),
        ("Lumen\r\nBcc: all@example.com", '"LumenBcc: all@example.com" <shop@example.com>'),
    ],
)
def test_the_sender_is_written_as_mail_demands(name: str, sender: str) -> None:
    world = World(shop=SHOP.model_copy(update={"sender": SHOP.sender.model_copy(update={"name": name})}))
    world.ask()
    world.deliver_all()
    assert world.provider.calls[0].sender == sender


def test_a_repeated_delivery_of_a_sent_message_changes_nothing() -> None:
    world = World()
    world.ask()
    world.queue.messages *= 3
    world.deliver_all()
    assert len(world.provider.calls) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda world: world.consent("withdrawn"), "no consent"),
        (lambda world: world.suppress(), "suppressed"),
        (lambda world: world.erase(), "erased"),
        (lambda world: world.store.stored.pop(keys.shop("lumen")), "shop unknown"),
    ],
)
def test_what_changed_between_decision_and_delivery_counts(change: object, reason: str) -> None:
    world = World()
    world.ask()
    change(world)  # type: ignore[operator]
    world.deliver_all()
    assert state(world) == ("refused", reason)
    assert world.provider.calls == []


@pytest.mark.parametrize("change", ["consent", "suppress", "erase"])
def test_what_changes_while_the_mail_is_rendered_counts_too(change: str) -> None:
    world = World()
    world.ask()
    plain = world.render

    def changing(*args: object) -> object:
        getattr(world, change)(*(["withdrawn"] if change == "consent" else []))
        return plain(*args)

    world.render = changing
    assert world.deliver_once() == "again"
    world.render = plain
    world.deliver_all()
    assert state(world)[0] == "refused"
    assert world.provider.calls == []


def test_unsubscribing_is_honoured_at_once_by_a_message_already_queued() -> None:
    world = World()
    said = world.ask()
    token = Token(shop="lumen", channel="email", address_node=world.node, message_id=said.message_id)
    withdraw(world.items, world.clock, token, "unsubscribe page")
    world.deliver_all()
    assert state(world) == ("refused", "no consent")


def test_a_template_that_fails_refuses_the_message_and_says_so() -> None:
    world = World()
    world.ask()

    def broken(*_: object) -> None:
        raise Refused("html", "It does too much.", "Simplify it.")

    world.render = broken
    world.deliver_all()
    assert state(world) == ("refused", "template failed")


def test_a_throttled_message_is_sent_later() -> None:
    world = World()
    world.ask()
    world.provider.outcomes = [THROTTLED, THROTTLED]
    world.deliver_all()
    entry = world.entry()
    assert entry is not None
    assert (entry.state, entry.attempts, len(world.provider.accepted)) == ("sent", 2, 1)


def test_a_message_throttled_to_the_last_is_refused_and_not_forgotten() -> None:
    world = World()
    world.ask()
    world.provider.outcomes = [THROTTLED] * 9
    world.deliver_all()
    assert state(world) == ("refused", "provider busy")
    assert len(world.provider.calls) == 5


def test_a_definite_refusal_is_final() -> None:
    world = World()
    world.ask()
    world.provider.outcomes = [REJECTED]
    world.deliver_all()
    assert state(world) == ("refused", "refused by the provider")
    assert len(world.provider.calls) == 1


def test_why_the_provider_did_not_take_a_message_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(NoCounts, "add", lambda _self, name, _=1, **labels: counted.append((name, labels)))
    world = World()
    world.ask()
    world.provider.outcomes = [THROTTLED, REJECTED]
    world.deliver_all()
    told = [labels["reason"] for name, labels in counted if name == "MessagesNotTaken"]
    assert told == ["TooManyRequestsException", "MessageRejected"]


def test_an_unclear_answer_is_never_tried_again_and_ends_unknown() -> None:
    world = World()
    world.ask()
    world.provider.outcomes = [TimeoutError()]
    world.deliver_all()
    assert state(world)[0] == "calling"
    world.sweep()
    assert state(world) == ("unknown", "no answer")
    world.sweep()
    world.deliver_all()
    assert len(world.provider.calls) == 1


@pytest.mark.parametrize("waited", [False, True])
def test_an_unclear_answer_is_settled_by_the_providers_own_event(waited: bool) -> None:
    world = World()
    world.ask()
    world.provider.outcomes = [TimeoutError()]
    world.deliver_once()
    if waited:
        world.sweep()
    tell(world, feedback(world, "delivery"))
    world.deliver_all()
    entry = world.entry()
    assert entry is not None
    assert (entry.state, entry.reason, entry.provider_id) == ("sent", None, "p")
    assert len(world.provider.calls) == 1


def test_a_call_still_under_way_is_left_alone() -> None:
    world = World()
    world.ask()
    world.queue.messages *= 2
    world.provider.outcomes = [TimeoutError()]
    world.deliver_once()
    world.clock.advance(CALL_IS_OVER.total_seconds() - 1)
    assert world.deliver_once() == "again"
    assert state(world)[0] == "calling"


def test_an_event_that_overtakes_our_own_writing_settles_once() -> None:
    world = World()
    world.ask()
    accept = world.provider.send

    def overtaken(email: object) -> str:
        answer: str = accept(email)
        tell(world, feedback(world, "send", provider_id=answer))
        return answer

    world.provider.send = overtaken
    world.deliver_all()
    entry = world.entry()
    assert entry is not None
    assert (entry.state, entry.provider_id) == ("sent", "provider-1")


def test_two_deliveries_at_the_same_time_call_once() -> None:
    world = World()
    world.ask()
    world.queue.messages *= 2
    plain, inside = world.render, []

    def twice(*args: object) -> object:
        if not inside:
            inside.append(True)
            world.deliver_once()  # the other delivery, from reading to sending, while this one renders
        return plain(*args)

    world.render = twice
    world.deliver_once()
    world.deliver_all()
    assert len(world.provider.calls) == 1
    assert state(world) == ("sent", None)


def test_an_erased_entry_lets_the_queue_forget_it() -> None:
    world = World()
    said = world.ask()
    del world.store.stored[keys.message("lumen", said.message_id)]
    assert world.deliver_once() == "settled"


def test_a_message_goes_to_the_address_that_the_customer_has_now() -> None:
    world = World()
    world.ask()
    new = world.key.node("lumen", "email", "new@example.com")
    world.node, old = new, world.node
    world.put(keys.link("lumen", old, new), {})
    world.put(keys.link("lumen", new, old), {})
    cart = world.store.stored[keys.customer_record("lumen", old)]
    told = cart.body | {"identities": {"email": "new@example.com"}, "id": "8"}
    world.put(keys.customer_record("lumen", new), told | {"updated_at": (START + timedelta(1)).isoformat()})
    world.consent("granted")
    world.deliver_all()
    entry = world.entry()
    assert entry is not None
    assert world.provider.calls[0].to == "new@example.com"
    assert entry.address_node == new


def test_a_codes_validity_runs_from_the_sending() -> None:
    world = World()
    world.upload_codes("A1")
    world.ask(code=CODE)
    world.clock.advance(12 * 3600)
    world.deliver_once()
    entry = world.entry()
    assert entry is not None
    assert entry.code_expires_at == START + timedelta(days=14, hours=12)
    claim = world.store.get(keys.code_claim("lumen", world.node, entry.message_id))
    assert claim is not None
    assert claim.body["expires_at"].startswith("2026-12-06")


def test_the_code_of_a_message_never_sent_goes_back_to_its_pool() -> None:
    world = World()
    world.upload_codes("A1")
    world.ask(code=CODE)
    world.consent("withdrawn")
    world.deliver_all()
    assert world.store.get(keys.free_code("lumen", "pool", "A1")) is not None
    assert world.store.get(keys.given_code("lumen", "pool", "A1")) is None


def test_the_code_of_an_unknown_message_stays_given() -> None:
    world = World()
    world.upload_codes("A1")
    world.ask(code=CODE)
    world.provider.outcomes = [TimeoutError()]
    world.deliver_all()
    assert world.store.get(keys.free_code("lumen", "pool", "A1")) is None


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [("bounce", {"permanent": True}, "bounced"), ("complaint", {}, "complained")],
)
def test_a_hard_bounce_or_complaint_suppresses_the_address(
    kind: str, fields: dict[str, object], reason: str
) -> None:
    world = World()
    world.ask()
    world.deliver_all()
    tell(world, feedback(world, kind, **fields))
    assert state(world) == ("sent", reason)
    assert world.ask(step="reminder_2").reason == "suppressed"


@pytest.mark.parametrize("kind", ["bounce", "delay", "open", "click", "delivery"])
def test_anything_else_suppresses_nobody(kind: str) -> None:
    world = World()
    world.ask()
    world.deliver_all()
    tell(world, feedback(world, kind))
    assert world.ask(step="reminder_2").decision == "send"


def test_engagement_is_one_item_per_event_however_often_it_comes() -> None:
    world = World()
    said = world.ask()
    world.deliver_all()
    for _ in range(3):
        tell(world, feedback(world, "open"))
    tell(world, feedback(world, "click", detail="https://shop.example.com"))
    pk = keys.message("lumen", said.message_id).pk
    assert len(world.store.query(pk, "event#")) == 2


def test_a_rejection_after_acceptance_has_the_last_word() -> None:
    world = World()
    world.ask()
    world.deliver_all()
    tell(world, feedback(world, "reject", detail="Bad content"))
    tell(world, feedback(world, "send"))
    assert state(world) == ("refused", "refused by the provider")


def test_the_code_of_a_message_that_the_provider_threw_away_goes_back_to_its_pool() -> None:
    world = World()
    world.upload_codes("A1")
    world.ask(code={"pool": "pool"})
    world.deliver_all()
    for _ in range(2):
        tell(world, feedback(world, "reject", detail="Bad content"))
    pools = codes.pools(world.store, "lumen")
    assert [(one["free"], one["given"]) for one in pools] == [(1, 0)]


def test_feedback_about_an_erased_message_is_counted_and_dropped() -> None:
    world = World()
    before = dict(world.store.stored)
    told = Feedback(shop="lumen", message_id="0" * 32, provider_id=None, kind="open", at=START)
    tell(world, told)
    assert world.store.stored == before


@pytest.mark.parametrize("error", [Throttled("slow down"), Conflict("changed")])
def test_a_store_that_fails_leaves_the_message_to_the_queue(error: Exception) -> None:
    world = World()
    world.ask()

    def failing(*_: object) -> None:
        raise error

    transact, world.store.transact = world.store.transact, failing  # type: ignore[method-assign, assignment]
    try:
        outcome = world.deliver_once()
    except Throttled:
        outcome = "again"
    world.store.transact = transact  # type: ignore[method-assign]
    assert outcome == "again"
    assert world.provider.calls == []
    world.deliver_all()
    assert state(world) == ("sent", None)


def test_no_entry_ever_holds_the_address() -> None:
    world = World()
    world.ask()
    world.deliver_all()
    entry: LedgerEntry | None = world.entry()
    assert entry is not None
    assert EMAIL not in str(entry.as_json())
    assert SHOP.sender.email not in str(entry.as_json())


def test_a_sender_that_ses_does_not_know_holds_up_nobody_elses_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(registry.SCENARIOS, "newsletter", NEWSLETTER)
    world = World()
    refused, sent = world.ask().message_id, world.ask(run=another_run(world).id).message_id
    world.provider.outcomes = [NotSent("MessageRejected", for_now=False)]
    assert [world.deliver_once(), world.deliver_once()] == ["settled", "settled"]
    ends = [ledger.load(world.items, "lumen", one) for one in (refused, sent)]
    assert [one.entry.state for one in ends if one] == ["refused", "sent"]
