"""What becomes of a message once the provider was called, or may have been."""

from datetime import datetime

from kairos import keys
from kairos.domain.message import Outcome
from kairos.ports import Clock, Item, Items, Put, Write
from kairos.services.codes import release_writes
from kairos.services.sending import ledger
from kairos.services.sending.decisions import refused_writes
from kairos.services.sending.ledger import Held

REPORTED_BY_THEIR_ID = frozenset({"sms", "push"})
"""Channels whose reports name the provider's own id of a message, and nothing of ours."""

_REPORTS_COME_FOR = 14 * 86400
"""Seconds for which the provider's id is kept."""


def sent(
    items: Items, clock: Clock, shop: str, message_id: str, provider_id: str | None, at: datetime
) -> bool:
    """The provider took it. True also of one reserved or given up as unknown: its word outweighs ours."""

    def change(held: Held) -> list[Write]:
        if held.entry.state not in {"reserved", "calling", "unknown"}:
            return []
        over = held.change(state="sent", provider_id=provider_id, settled_at=at, reason=None)
        return [over, *_known_by(clock, held, provider_id)]

    return ledger.update(items, shop, message_id, change)


def _known_by(clock: Clock, held: Held, provider_id: str | None) -> list[Write]:
    if provider_id is None or held.entry.channel not in REPORTED_BY_THEIR_ID:
        return []
    body = {"shop": held.entry.step.shop, "message_id": held.entry.message_id}
    until = int(ledger.real_now(clock).timestamp()) + _REPORTS_COME_FOR
    return [Put(Item(keys.provider_message(provider_id), "1", body, until))]


def refused(
    items: Items,
    clock: Clock,
    shop: str,
    message_id: str,
    reason: Outcome,
    called_at: datetime | None = None,
) -> bool:
    """It will definitely not be sent. Its code, which nobody saw, goes back to the pool.

    called_at: which call was refused; None for one that was never made. Of a call that somebody else made
    meanwhile nothing is known, and it is left alone.
    """

    def change(held: Held) -> list[Write]:
        if not _concerns(held, called_at):
            return []
        return _refuse(items, held, reason, clock.now())

    return ledger.update(items, shop, message_id, change)


def _concerns(held: Held, called_at: datetime | None) -> bool:
    """Whether the entry still waits for what became of this call, or of none."""
    if called_at is None:
        return held.entry.state == "reserved"
    return held.entry.state in {"calling", "unknown"} and held.entry.called_at == called_at


def expired(items: Items, clock: Clock, shop: str, message_id: str) -> bool:
    """Nobody brought it to the provider for a day: it would come too late. One that is called is left."""

    def change(held: Held) -> list[Write]:
        if held.entry.state != "reserved":
            return []
        return _refuse(items, held, "delivered too late", clock.now())

    return ledger.update(items, shop, message_id, change)


def rejected(items: Items, shop: str, message_id: str, provider_id: str | None, at: datetime) -> bool:
    """The provider took it and threw it away (a virus found): what it says last holds."""

    def change(held: Held) -> list[Write]:
        if held.entry.state == "refused":
            return []
        return _refuse(items, held, "refused by the provider", at, provider_id=provider_id)

    return ledger.update(items, shop, message_id, change)


def _refuse(items: Items, held: Held, reason: Outcome, at: datetime, **more: object) -> list[Write]:
    over = held.change(state="refused", reason=reason, settled_at=at, code_expires_at=None, **more)
    kept = refused_writes(held.entry, reason, at)
    return [over, *release_writes(items, held.entry), *kept]


def without_code(items: Items, shop: str, message_id: str) -> bool:
    """There is no code to be had, and the message goes without: whatever was claimed for it is released."""

    def change(held: Held) -> list[Write]:
        if held.entry.state != "reserved" or held.entry.code is None:
            return []
        bare = held.change(code=None, code_pool=None, code_valid_for=None, code_expires_at=None)
        return [bare, *release_writes(items, held.entry)]

    return ledger.update(items, shop, message_id, change)


def put_back(items: Items, shop: str, message_id: str, called_at: datetime) -> bool:
    """The provider definitely refused this call for the moment: it may be called again."""

    def change(held: Held) -> list[Write]:
        if held.entry.state != "calling" or held.entry.called_at != called_at:
            return []
        attempts = held.entry.attempts + 1
        return [held.change(state="reserved", calling_at=None, called_at=None, attempts=attempts)]

    return ledger.update(items, shop, message_id, change)


def unknown(items: Items, clock: Clock, shop: str, message_id: str) -> bool:
    """Nobody can tell whether it was sent. It is never tried again; the provider's event may still tell."""

    def change(held: Held) -> list[Write]:
        if held.entry.state != "calling":
            return []
        return [held.change(state="unknown", reason="no answer", settled_at=clock.now())]

    return ledger.update(items, shop, message_id, change)
