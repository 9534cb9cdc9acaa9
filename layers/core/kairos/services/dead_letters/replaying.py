"""A shop's dead letters: shown without their bodies, and sent back to be recorded after a fix."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from kairos import keys
from kairos.domain.dead_letter import DeadLetter
from kairos.domain.value import Value
from kairos.ports import Clock, Delete, Item, Items, Queue
from kairos.services.sending.ledger import real_now

SHOWN = 100
"""The newest; who replays these sees the next."""

MOST_AT_ONCE = 500
"""Of one request: at some 20 ms each well within the API's 29 seconds."""

LetterName = Annotated[str, StringConstraints(pattern=r"^\d{13}-[A-Za-z0-9-]{1,80}$")]


class ReplayWish(Value):
    """Which letters are to be sent again: these by name, or all that died before the request."""

    letters: Annotated[tuple[LetterName, ...], Field(max_length=SHOWN)] = ()
    all: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.all == bool(self.letters):
            raise ValueError("either letters or all is to be sent; name letters, or send all as true")
        return self


class Replaying(NamedTuple):
    """What replaying needs. record: where deliveries wait to be recorded."""

    items: Items
    clock: Clock
    record: Queue


def list_letters(items: Items, clock: Clock, shop: str) -> dict[str, Any]:
    """{"letters", "more"}: the newest first, times by the one clock. more: there are others beyond these."""
    found = _kept(items, clock, shop, SHOWN + 1)
    return {"letters": [_told(one, clock) for one in found[:SHOWN]], "more": len(found) > SHOWN}


def replay(parts: Replaying, shop: str, wish: ReplayWish) -> dict[str, Any]:
    """Send letters again; answers {"replayed", "left"}. left: whether all was asked for and there is more.

    Each goes from the store only after it stands in the record queue again: whatever interrupts this loses
    none and at worst records one twice, which changes nothing. What dies anew is a letter of its own.
    """
    if wish.all:
        found = _kept(parts.items, parts.clock, shop, MOST_AT_ONCE + 1)
        names = [one.name for one in found[:MOST_AT_ONCE]]
        return {"replayed": _send_back(parts, shop, names), "left": len(found) > MOST_AT_ONCE}
    return {"replayed": _send_back(parts, shop, list(dict.fromkeys(wish.letters))), "left": False}


def _kept(items: Items, clock: Clock, shop: str, most: int) -> list[DeadLetter]:
    now = real_now(clock).timestamp()
    place = keys.dead_letter(shop, "")
    found = items.query(place.pk, place.sk, limit=most)
    return [DeadLetter.model_validate(one.body) for one in found if not _is_over(one, now)]


def _is_over(item: Item, now: float) -> bool:
    """The store drops what has expired within days, not at once."""
    return item.expires_at is not None and item.expires_at <= now


def _send_back(parts: Replaying, shop: str, names: Sequence[str]) -> int:
    """How many of them there were."""
    sent = 0
    for name in names:
        held = parts.items.get(keys.dead_letter_body(shop, name))
        if held is not None:
            parts.record.send(_delivery(held.body["message"]))
            sent += 1
        parts.items.transact(
            [Delete(keys.dead_letter(shop, name)), Delete(keys.dead_letter_body(shop, name))]
        )
    return sent


def _delivery(message: str) -> dict[str, Any]:
    """As it stood in the record queue; what is no JSON object is wrapped, as when it died."""
    try:
        told = json.loads(message)
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"unreadable": message}


def _told(letter: DeadLetter, clock: Clock) -> dict[str, Any]:
    at = {
        name: clock.shown(real).isoformat() if real else None
        for name, real in (("died_at", letter.died_at), ("received_at", letter.received_at))
    }
    return {**letter.model_dump(mode="json"), **at}
