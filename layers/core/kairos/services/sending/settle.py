"""What becomes of a message once the provider was called, or may have been."""

from datetime import datetime

from kairos.domain.message import Outcome
from kairos.ports import Clock, Items, Write
from kairos.services.codes import release_writes
from kairos.services.sending import ledger
from kairos.services.sending.ledger import Held


def sent(items: Items, shop: str, message_id: str, provider_id: str | None, at: datetime) -> bool:
    """The provider took it. True also of one reserved or given up as unknown: its word outweighs ours."""

    def change(held: Held) -> list[Write]:
        if held.entry.state not in {"reserved", "calling", "unknown"}:
            return []
        return [held.change(state="sent", provider_id=provider_id, settled_at=at, reason=None)]

    return ledger.update(items, shop, message_id, change)


def refused(items: Items, clock: Clock, shop: str, message_id: str, reason: Outcome) -> bool:
    """It will definitely not be sent. Its code, which nobody saw, goes back to the pool."""

    def change(held: Held) -> list[Write]:
        if held.entry.state in {"sent", "refused"}:
            return []
        return _refuse(items, held, reason, clock.now())

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
    return [over, *release_writes(items, held.entry)]


def put_back(items: Items, shop: str, message_id: str) -> bool:
    """The provider definitely refused it for the moment: it may be called again."""

    def change(held: Held) -> list[Write]:
        if held.entry.state != "calling":
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
