"""Entries of a customer's timeline as people read them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from kairos.console.asked import Asked
from kairos.console.formats import Formats
from kairos.console.pages.segments import names_of
from kairos.console.words import has
from kairos.services.sending.decisions import Decision
from kairos.services.sentences import Telling, sentence, telling

_TONES = {
    "placed": "good", "ordered": "good", "delivered": "good", "granted": "good", "earned": "good",
    "opened": "accent", "clicked": "accent", "entered": "accent", "used": "good",
    "refused": "bad", "bounced": "bad", "complained": "bad", "rejected": "bad", "suppressed": "bad",
    "unsubscribed": "warn", "withdrawn": "warn", "refunded": "warn", "cancelled": "warn", "failed": "warn",
    "left": "", "redeemed": "warn", "reversed": "warn",
}  # fmt: skip


class Told(NamedTuple):
    """at: the instant. title, note: what people read. tone: a class of the style sheet."""

    at: str
    kind: str
    title: str
    note: str
    tone: str


def told_of(asked: Asked, entries: Sequence[Mapping[str, Any]]) -> list[Told]:
    """In their order."""
    names = names_of(asked)
    by = telling(asked.here, asked.language, asked.parts.clock.now())
    return [_told(asked, one, names, by) for one in entries]


def _told(asked: Asked, one: Mapping[str, Any], names: Mapping[str, str], by: Telling) -> Told:
    kind, what = str(one["kind"]), str(one["what"])
    if kind == "decision":
        note = _scenario(asked, one)
        return Told(one["at"], kind, sentence(_decision(one), by), note, "warn" if what == "skipped" else "")
    known = f"customer.what.{kind}.{what}"
    title = asked.say(known) if has(asked.language, known) else asked.say(f"customer.kind.{kind}")
    return Told(one["at"], kind, title, _note(asked, kind, one, names), _TONES.get(what, ""))


def _decision(one: Mapping[str, Any]) -> Decision:
    at, until = datetime.fromisoformat(one["at"]), one.get("until")
    return Decision(
        what=one["what"],
        step=one.get("step"),
        reason=one.get("reason", ""),
        at=at,
        last_at=at,
        until=datetime.fromisoformat(until) if until else None,
        count=one.get("times", 1),
        facts=one.get("facts", {}),
    )


def _note(asked: Asked, kind: str, one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    match kind:
        case "order":
            parts = [_number(asked, one), _money(asked, one, "total") or _money(asked, one, "amount")]
        case "cart":
            parts = [asked.say("customer.items", n=one.get("items", 0)), _money(asked, one, "total")]
        case "activity":
            parts = [_visited(asked, one.get("done", {}))]
        case "message":
            parts = [_channel(asked, one), _scenario(asked, one)]
        case "run":
            parts = [_scenario(asked, one)]
        case "segment":
            parts = [names.get(str(one["segment"]), str(one["segment"]))]
        case "consent":
            parts = [_channel(asked, one), str(one.get("source", ""))]
        case "code":
            parts = [str(one["code"]), _money(asked, one, "value")]
        case "points":
            parts = [asked.formats.signed(int(one["points"])), str(one.get("for", ""))]
        case "support":
            parts = [str(one.get("subject", ""))]
        case _:
            parts = [str(one["score"])] if one.get("score") is not None else []
    return " · ".join(part for part in parts if part)


def _number(asked: Asked, one: Mapping[str, Any]) -> str:
    return asked.say("customer.order", number=one.get("number") or one["order"])


def _money(asked: Asked, one: Mapping[str, Any], name: str) -> str:
    amount, currency = one.get(name), one.get("currency")
    if amount is None:
        return ""
    return Formats(asked.language, asked.here.zone, currency or asked.here.currency).money(amount)


def _channel(asked: Asked, one: Mapping[str, Any]) -> str:
    return asked.say(f"customer.channel.{one['channel']}")


def _scenario(asked: Asked, one: Mapping[str, Any]) -> str:
    name = f"scenario_names.{one.get('scenario', '')}"
    return asked.say(name) if has(asked.language, name) else str(one.get("scenario", ""))


def _visited(asked: Asked, done: Mapping[str, int]) -> str:
    shown = []
    for kind, number in sorted(done.items(), key=lambda told: -told[1]):
        name = f"customer.act.{kind}"
        shown.append(f"{asked.say(name) if has(asked.language, name) else kind} {number}")
    return ", ".join(shown[:4])
