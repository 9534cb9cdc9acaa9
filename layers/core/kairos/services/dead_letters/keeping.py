"""From the queue of dead letters into the store, where each shop finds its own."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.dead_letter import AGAIN_AND_AGAIN, DeadLetter, masked, name_of
from kairos.ports import Counts, Item, Items, Put
from kairos.services.shops import load_shop

KEPT = timedelta(days=14)
"""As long as the bodies that a letter may point to (template.yaml, OversizeBodies)."""

NOBODYS = ""
"""Stands for the shop of letters that name none, or none that there is."""

_TOPICS = ("topic", "event-code")


class Buried(NamedTuple):
    """A message of the queue of dead letters. told: its attributes; died_at: real time."""

    id: str
    body: str
    died_at: datetime
    told: Mapping[str, str]


class Keeping(NamedTuple):
    """What keeping needs. on_error: is told which message failed for now, and by what."""

    items: Items
    counts: Counts
    on_error: Callable[[str, Exception], None]

    def keep(self, letters: Sequence[Buried]) -> list[str]:
        """Keep all; repeating it changes nothing. Returns the ids of those to be delivered again."""
        failed = []
        for letter in letters:
            try:
                keep_letter(self.items, letter)
            except Exception as error:
                self.on_error(letter.id, error)
                failed.append(letter.id)
            else:
                self.counts.add("DeadLettersKept", reason=letter.told.get("reason", AGAIN_AND_AGAIN)[:64])
        return failed


def buried_of(record: Mapping[str, Any]) -> Buried:
    """A record of an SQS event as Lambda hands it over."""
    told = {name: one.get("stringValue", "") for name, one in record.get("messageAttributes", {}).items()}
    sent = int(record["attributes"]["SentTimestamp"])
    return Buried(record["messageId"], record["body"], datetime.fromtimestamp(sent / 1000, UTC), told)


def keep_letter(items: Items, letter: Buried) -> None:
    """Keep the whole message, and what may be shown of it apart from it."""
    delivery = _delivery(letter.body)
    shop = letter.told.get("shop") or str(delivery.get("shop") or _shop_of_object(delivery))
    if not shop or load_shop(items, shop) is None:
        shop = NOBODYS
    shown = _shown(letter, delivery)
    goes = int((letter.died_at + KEPT).timestamp())
    items.transact(
        [
            Put(Item(keys.dead_letter_body(shop, shown.name), "1", {"message": letter.body}, goes)),
            Put(Item(keys.dead_letter(shop, shown.name), "1", shown.as_json(), goes)),
        ]
    )


def _shown(letter: Buried, delivery: Mapping[str, Any]) -> DeadLetter:
    headers = delivery.get("headers")
    named = headers if isinstance(headers, dict) else {}
    topic = next((str(told) for name, told in named.items() if name.endswith(_TOPICS)), "")
    return DeadLetter(
        name=name_of(letter.died_at, letter.id),
        died_at=letter.died_at,
        received_at=_instant(delivery.get("received_at")),
        platform=_word(delivery.get("platform")),
        source=_word(delivery.get("source")),
        topic=masked(topic)[:100],
        reason=letter.told.get("reason", AGAIN_AND_AGAIN),
        field=masked(letter.told.get("field", "")),
        problem=masked(letter.told.get("problem", "")),
    )


def _delivery(body: str) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _shop_of_object(delivery: Mapping[str, Any]) -> str:
    """The shop of a message that points to the bucket: oversize/{shop}/…."""
    parts = str(delivery.get("object", "")).split("/")
    return parts[1] if len(parts) > 2 else ""


def _word(told: Any) -> str:
    return told[:40] if isinstance(told, str) else ""


def _instant(told: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None
