"""What was decided for a run, when, and on which facts: kept for 400 days.

One item for each decision, in the partition of its run. The same wait or look repeated is one, with a count.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import Field

from kairos import keys
from kairos.domain.errors import Conflict
from kairos.domain.message import LedgerEntry, Outcome
from kairos.domain.run import Run
from kairos.domain.value import Instant, Value
from kairos.ports import Item, Items, Put, Unchanged, Write

What = Literal["started", "waited", "checked", "sent", "acted", "deferred", "skipped", "refused", "ended"]
"""sent: reserved and queued. acted: done in place of a message. waited: the scenario's own wait; deferred:
for a better moment. refused: at the delivery of what was reserved."""

Told = Mapping[str, str | int | bool | None]

_KEPT_FOR = timedelta(days=400)
_REPEATED: frozenset[What] = frozenset({"waited", "checked", "deferred"})
_FINAL: frozenset[What] = frozenset({"acted", "skipped", "ended"})


class Decision(Value):
    """step: None for those of the whole run. until: when it will be asked again. at, last_at: the first and
    the last time that it was decided so; count: how often."""

    what: What
    step: str | None = None
    reason: str
    at: Instant
    last_at: Instant
    until: Instant | None = None
    count: int = 1
    facts: dict[str, str | int | bool | None] = Field(default_factory=dict)


class Kept(NamedTuple):
    """A decision as it is kept."""

    decision: Decision
    item: Item


def decisions_of(items: Items, shop: str, run_id: str) -> list[Kept]:
    """All that is kept of the run, oldest first."""
    found = items.query(keys.run(shop, run_id).pk, "decision#")
    kept = [Kept(Decision.model_validate(item.body), item) for item in found]
    return sorted(kept, key=lambda one: (one.decision.at, one.decision.last_at, one.item.key.sk))


def keep(
    items: Items,
    run: Run,
    what: What,
    step: str | None,
    reason: str,
    facts: Told,
    at: datetime,
    until: datetime | None = None,
) -> None:
    """Keep a decision. Repeating it, also after a crash, leaves one; who comes second finds it kept."""
    told = Decision(what=what, step=step, reason=reason, at=at, last_at=at, until=until, facts=dict(facts))
    write = kept_write(decisions_of(items, run.shop, run.id) if what in _REPEATED | _FINAL else (), run, told)
    if write is not None:
        with suppress(Conflict):
            items.write(write)


def kept_write(known: Iterable[Kept], run: Run, told: Decision) -> Put | None:
    """The write that keeps the decision; None where it is kept already. known: what is kept of the run."""
    same_step = [one for one in known if one.decision.step == told.step]
    last = same_step[-1] if same_step else None
    if last is None or not _is_repeated(last.decision, told):
        return _put(_item(run.shop, run.id, told, _mark(told)), None)
    before = last.decision
    if told.what in _FINAL:
        return None
    if before.until is not None and before.last_at <= told.at < before.until:
        return None  # asked again before the time: a retry of the same question
    merged = told.model_copy(update={"at": before.at, "count": before.count + 1})
    return _put(last.item._replace(body=merged.as_json()), last.item)


def refused_writes(entry: LedgerEntry, outcome: Outcome, at: datetime) -> Sequence[Write]:
    """The part of a refusal at delivery that keeps it with the run; none where there is no run.

    Of an erased customer nothing more is kept.
    """
    if entry.purpose != "marketing" or outcome == "erased":
        return ()
    step = entry.step
    told = Decision(what="refused", step=step.step, reason=outcome, at=at, last_at=at)
    place = keys.decision(step.shop, step.run, _stamp(entry.reserved_at), f"{step.step}#refused")
    return [_put(Item(place, "1", told.as_json(), _expiry(at)), None)]


def _mark(told: Decision) -> str:
    """What tells it from others of the same instant."""
    after = told.facts.get("after")
    return f"{told.step or told.what}#{after}" if after else told.step or told.what


def _is_repeated(before: Decision, told: Decision) -> bool:
    if told.what not in _REPEATED | _FINAL:
        return False
    same = (before.what, before.reason) == (told.what, told.reason)
    same_time = before.facts.get("after") == told.facts.get("after")
    return same and same_time and (told.what != "checked" or before.facts == told.facts)


def _item(shop: str, run_id: str, told: Decision, mark: str) -> Item:
    place = keys.decision(shop, run_id, _stamp(told.at), mark)
    return Item(place, "1", told.as_json(), _expiry(told.at))


def _put(item: Item, before: Item | None) -> Put:
    if before is None:
        return Put(item)
    return Put(item._replace(version=str(int(before.version) + 1)), Unchanged(before.version))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _expiry(at: datetime) -> int:
    return int((at + _KEPT_FOR).timestamp())
