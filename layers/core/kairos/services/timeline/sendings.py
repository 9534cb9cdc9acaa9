"""Messages with what became of them, runs, and what was decided for these."""

from collections.abc import Iterator
from datetime import datetime

from kairos import keys
from kairos.domain.message import LedgerEntry
from kairos.domain.run import Run
from kairos.domain.timeline import Entry
from kairos.ports import Item
from kairos.services.engagement import people_only
from kairos.services.sending.decisions import decisions_of
from kairos.services.timeline.parts import Looked

_REPORTED = {
    "send": "taken",
    "delivery": "delivered",
    "delay": "delayed",
    "bounce": "bounced",
    "complaint": "complained",
    "reject": "rejected",
    "rendering_failure": "rejected",
    "open": "opened",
    "click": "clicked",
    "unsubscribe": "unsubscribed",
}
_BY_ANYBODY = frozenset({"open", "click"})
"""What machines do, too: privacy proxies open, scanners click."""


def messages(looked: Looked) -> Iterator[Entry]:
    """Reserved, settled, and each thing that was reported."""
    for message in looked.named("send#"):
        held = looked.items.query(keys.message(looked.shop.id, message).pk)
        stored = next((item for item in held if item.key.sk == "message"), None)
        if stored is not None:
            entry = LedgerEntry.model_validate(stored.body)
            yield from _ledger(entry)
            yield from _reported(entry, [item for item in held if item.key.sk.startswith("event#")])


def _ledger(entry: LedgerEntry) -> Iterator[Entry]:
    named = _named(entry)
    start = f"message:{entry.message_id}"
    yield Entry(kind="message", id=f"{start}:reserved", at=entry.reserved_at, what="reserved", told=named)
    if entry.settled_at is not None and entry.state in {"sent", "refused", "unknown"}:
        told = {**named, "reason": entry.reason}
        yield Entry(kind="message", id=f"{start}:settled", at=entry.settled_at, what=entry.state, told=told)


def _reported(entry: LedgerEntry, events: list[Item]) -> Iterator[Entry]:
    people = set(people_only(events))
    for item in events:
        kind, at = item.body["kind"], datetime.fromisoformat(item.body["at"])
        by = None
        if kind in _BY_ANYBODY:
            by = "person" if (kind, at) in people else "machine"
        yield Entry(
            kind="message",
            id=f"message:{entry.message_id}:{item.key.sk}",
            at=at,
            what=_REPORTED.get(kind, kind),
            told={**_named(entry), "by": by, "permanent": item.body.get("permanent") or None},
        )


def _named(entry: LedgerEntry) -> dict[str, str]:
    step = entry.step
    return {
        "message": entry.message_id,
        "channel": entry.channel,
        "scenario": step.scenario,
        "step": step.step,
        "run": step.run,
    }


def _runs(looked: Looked) -> dict[str, Run]:
    shop = looked.shop.id
    found = looked.items.get_many(keys.run(shop, one) for one in looked.named("run#"))
    read = [Run.model_validate(item.body) for item in found.values()]
    return {run.id: run for run in read}


def runs(looked: Looked) -> Iterator[Entry]:
    """Each run once, at its beginning, with how it stands."""
    for run in _runs(looked).values():
        told = {"run": run.id, "scenario": run.scenario, "cause": run.cause, "state": run.state}
        told |= {"reason": run.reason} if run.reason else {}
        at = run.registered_at
        yield Entry(kind="run", id=f"run:{run.id}", at=at, what="registered", told=told)


def decisions(looked: Looked) -> Iterator[Entry]:
    """Every decision that is kept of the customer's runs, at the first time that it was made."""
    for run in _runs(looked).values():
        for decision, item in decisions_of(looked.items, looked.shop.id, run.id):
            yield Entry(
                kind="decision",
                id=f"decision:{run.id}:{item.key.sk}",
                at=decision.at,
                what=decision.what,
                told={
                    "run": run.id,
                    "scenario": run.scenario,
                    "step": decision.step,
                    "reason": decision.reason,
                    "until": decision.until.isoformat() if decision.until else None,
                    "times": decision.count if decision.count > 1 else None,
                    "facts": decision.facts or None,
                },
            )
