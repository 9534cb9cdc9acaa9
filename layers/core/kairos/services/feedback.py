"""What the provider reports about a message: it settles the ledger, becomes engagement, may suppress."""

from typing import Literal, NamedTuple

from kairos import keys
from kairos.domain.message import LedgerEntry, Outcome
from kairos.domain.value import Instant, Value, digest
from kairos.ports import Clock, Counts, Delete, Item, Items, Put, Queue, Write
from kairos.services.mailing_stops import lift_stop
from kairos.services.segments.touching import Touched, tell_snapshot
from kairos.services.sending import ledger, settle
from kairos.services.sending.ledger import Held
from kairos.services.unsubscribing import Token, withdraw

Kind = Literal[
    "send",
    "delivery",
    "delay",
    "bounce",
    "complaint",
    "reject",
    "rendering_failure",
    "open",
    "click",
    "subscription",
]


class Feedback(Value):
    """One event. at: real time as the provider tells it. provider_id: its id of the message.

    permanent: of a bounce, that the address will never work; of a subscription, that all mail is refused.
    detail: the bounce's sub-type, the link clicked, the cause of a rejection; never who it was. machine: of
    an open or click, that no person made it.
    """

    shop: str
    message_id: str
    provider_id: str | None
    kind: Kind
    at: Instant
    permanent: bool = False
    detail: str | None = None
    machine: bool = False

    @property
    def id(self) -> str:
        """32 hex digits, the same however often the event is delivered."""
        return digest([self.kind, self.at.isoformat(), self.detail])[:32]


class Feedbacks(NamedTuple):
    """What recording feedback needs. snapshot: where it is told whose segments may turn by it."""

    items: Items
    clock: Clock
    counts: Counts
    snapshot: Queue


def record(given: Feedbacks, told: Feedback) -> None:
    """Take the event in; repeated, late and out of order it leaves the same. Unknown messages are counted.

    Of a customer erased since, it settles and suppresses, and nothing of what they did is kept.
    """
    held = ledger.load(given.items, told.shop, told.message_id)
    if held is None:
        given.counts.add("FeedbackWithoutMessage", kind=told.kind)
        return
    _settle(given, told)
    if told.kind == "subscription" and told.permanent:
        _withdraw(given, told, held.entry)
    if told.kind == "complaint" or (told.kind == "bounce" and told.permanent):
        _suppress(given, told, held.entry)
    if told.kind == "click" and not told.machine:
        at = given.clock.shown(told.at)
        lift_stop(given.items, told.shop, held.entry.channel, held.entry.address_node, at)
    if _keep(given, told, held.entry):
        tell_snapshot(given.snapshot, told.shop, Touched(frozenset({held.entry.customer})))
    given.counts.add("Feedback", kind=told.kind)


def _settle(given: Feedbacks, told: Feedback) -> None:
    """Any event but a refusal proves that the provider took the message."""
    at = given.clock.shown(told.at)
    if told.kind in {"reject", "rendering_failure"}:
        settle.rejected(given.items, told.shop, told.message_id, told.provider_id, at)
    else:
        settle.sent(given.items, given.clock, told.shop, told.message_id, told.provider_id, at)


def _withdraw(given: Feedbacks, told: Feedback, entry: LedgerEntry) -> None:
    """The recipient turned everything off with the provider, which is as good as on our page."""
    token = Token(
        shop=told.shop, channel=entry.channel, address_node=entry.address_node, message_id=told.message_id
    )
    withdraw(given.items, given.clock, token, "subscription with the provider")


def _suppress(given: Feedbacks, told: Feedback, entry: LedgerEntry) -> None:
    """Never again to this address; the entry says why."""
    reason: Outcome = "complained" if told.kind == "complaint" else "bounced"
    at = given.clock.shown(told.at)
    key = keys.suppression(told.shop, entry.channel, entry.address_node)
    body = {"reason": reason, "at": at.isoformat(), "message_id": told.message_id}
    given.items.write(Put(Item(key, digest(body), body)))

    def change(held: Held) -> list[Write]:
        if held.entry.state != "sent" or held.entry.reason in {reason, "complained"}:
            return []
        return [held.change(reason=reason)]

    ledger.update(given.items, told.shop, told.message_id, change)


def _keep(given: Feedbacks, told: Feedback, entry: LedgerEntry) -> bool:
    """Keep the event as engagement; False where its customer was erased.

    Looked at after the writing, too: an erasure marks first and then forgets what it finds, so that one that
    was not marked yet by then finds this event.
    """
    if ledger.is_erased(given.items, entry):
        return False
    event = _engagement(given, told)
    given.items.write(Put(event))
    if ledger.is_erased(given.items, entry):
        given.items.write(Delete(event.key))
        return False
    return True


def _engagement(given: Feedbacks, told: Feedback) -> Item:
    key = keys.engagement(told.shop, told.message_id, told.id)
    body = {
        "kind": told.kind,
        "at": given.clock.shown(told.at).isoformat(),
        "permanent": told.permanent,
        "detail": told.detail,
    } | ({"machine": True} if told.machine else {})
    return Item(key, "1", body)


def message_of(items: Items, provider_id: str) -> tuple[str, str] | None:
    """(shop, message id) of the message that the provider calls so; None where it is none of ours."""
    held = items.get(keys.provider_message(provider_id))
    return (held.body["shop"], held.body["message_id"]) if held else None
