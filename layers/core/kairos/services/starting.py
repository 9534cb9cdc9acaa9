"""Starting runs: which scenarios an event may start, for whom, and never twice for one cause."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Literal, NamedTuple

from kairos import keys
from kairos.domain.criteria.durations import after
from kairos.domain.errors import Conflict, Refused
from kairos.domain.event import Event
from kairos.domain.holdout import HOLDOUT, holdout_of
from kairos.domain.profile import Profile
from kairos.domain.run import LONGEST_RUN, Run, run_id
from kairos.domain.scenario import NEVER, PER_CAUSE, Scenario, in_holdout
from kairos.domain.scenario_entries import way_in_of
from kairos.domain.scenarios import registry
from kairos.domain.shop import Shop
from kairos.domain.value import digest
from kairos.ports import Clock, Executions, Item, Items, Put, Unchanged
from kairos.services.checking import evaluate, why_unmet
from kairos.services.consents import with_subscription
from kairos.services.customers import KnownCustomer, read_customer
from kairos.services.looking import see_for
from kairos.services.recording.storing import ROUNDS
from kairos.services.runs import confirm_start, register
from kairos.services.scenarios import Standing, read_standing
from kairos.services.sending.decisions import keep
from kairos.services.shops import load_shop

BACKLOG = timedelta(days=3)
"""A cause older than this starts nothing (design: the backlog guard)."""

_UNREACHABLE = frozenset({"no consent", "no address", "suppressed"})
"""Reasons with which a run may end before it could say anything: who can be reached later enters then."""

Result = Literal[
    "started", "running already", "ended already", "holdout",
    "switched off", "too old", "shop unknown", "customer unknown", "not eligible",
    "under way", "entered before", "settings refused",
]  # fmt: skip


class Starting(NamedTuple):
    """What starting runs needs."""

    items: Items
    clock: Clock
    executions: Executions


class Call(NamedTuple):
    """What calls for a run. cause: names it, once and for all. entry: the way in, where there are several.

    at: when it came about, and so the instant from which the waits are reckoned where the scenario's entry
    knows no better. by_hand: somebody released the backlog, or named the customers, and was told before how
    many they are: the backlog guard does not speak against it. again: nor does a former run.
    """

    scenario: Scenario
    shop: str
    customer: str | None
    cause: str
    at: datetime
    entry: str | None = None
    by_hand: bool = False
    again: bool = False


def start_scenarios(parts: Starting, event: Event) -> dict[str, Result]:
    """Each scenario that such an event may start, with what came of it. Any error: ask again, whole."""
    return {call.scenario.name: start_run(parts, call) for call in calls_of(event)}


def start_by_hand(
    parts: Starting, shop: str, scenario: Scenario, customer: str, batch: str, entry: str | None = None
) -> Result:
    """Start the run that somebody called for. batch: names the occasion; repeated, a customer has one run.

    entry: the way in at which the customer stands, for the backlog: their waits are reckoned from when it
    became true of them, and who has entered before stays out as ever. None: they were named one by one, or
    by a segment, and enter as if something had just happened to them.
    """
    cause = f"{'backlog' if entry else 'hand'}:{batch}:{customer}"
    call = Call(scenario, shop, customer, cause, parts.clock.now(), entry, by_hand=True, again=entry is None)
    return start_run(parts, call)


def calls_of(event: Event) -> list[Call]:
    """The runs that an event may call for."""
    if event.name in ("SegmentEntered", "SegmentLeft"):
        way = way_in_of(event.cause.removeprefix("segment:"))
        if way is None or way.entry.on_leaving != (event.name == "SegmentLeft"):
            return []
        cause = f"entry:{way.name}:{digest([event.cause, event.version])[:16]}"
        return [Call(way.scenario, event.shop, event.customer, cause, event.occurred_at, way.name)]
    return [
        Call(one, event.shop, event.customer, event.cause, event.occurred_at)
        for one in registry.started_by(event.name)
    ]


def start_run(parts: Starting, call: Call) -> Result:
    """Start one run of the scenario for this cause, if it is due.

    The registry decides: a cause has one run, ever. A run on record whose execution was not confirmed is
    started again under the same name and with the same input, which starts at most one execution.
    """
    if not call.by_hand and parts.clock.now() - call.at > BACKLOG:
        return "too old"
    shop = load_shop(parts.items, call.shop)
    if shop is None:
        return "shop unknown"
    standing = read_standing(parts.items, shop.id, call.scenario)
    if not standing.enabled:
        return "switched off"
    for _ in range(ROUNDS):
        known = read_customer(parts.items, shop.id, call.customer) if call.customer else None
        run = _due(parts, call, shop, standing, known)
        if isinstance(run, str):
            return run
        registered = register(parts.items, run, _entered(call, run, known))
        if registered is not None:
            return _start(parts, registered)
    raise Conflict(f"Others let the customer into {call.scenario.name} {ROUNDS} times in a row.")


def _entered(call: Call, run: Run, known: KnownCustomer | None) -> Put | None:
    """What keeps a second run from beginning at the same instant; None where each cause has its own."""
    if call.scenario.reentry == PER_CAUSE or known is None or _is_beside(call.scenario, call.entry):
        return None
    place = keys.entered(run.shop, run.customer, run.scenario)
    held = next((item for item in known.held if item.key == place), None)
    version = str(int(held.version) + 1) if held else "1"
    return Put(Item(place, version, {"run": run.id}), Unchanged(held.version if held else None))


def _due(
    parts: Starting, call: Call, shop: Shop, standing: Standing, known: KnownCustomer | None
) -> Run | Result:
    """The run that is called for, or why there is to be none."""
    if known is None or known.profile is None:
        return "customer unknown"
    profile = known.profile
    scenario = call.scenario
    try:
        settings = scenario.completed(scenario.read_settings(standing.settings), shop)
    except Refused:
        return "settings refused"  # of an older version: the shop is shown what to correct
    if not _eligible(parts, call, shop, known, profile, standing.settings):
        return "not eligible"
    earlier = _earlier(parts.items, call, shop.id, known)
    since = _since(parts.items, call, profile, settings, shop)
    now = parts.clock.now()
    against = _again(call, earlier, settings, shop, now) or _too_long_ago(call, since, now)
    if against is not None:
        return against
    customer = known.component.customer
    drawn = not _is_beside(scenario, call.entry) and in_holdout(
        shop.id, scenario.name, customer, standing.holdout_percent
    )
    held = holdout_of(earlier, drawn)
    return Run(
        shop=shop.id,
        scenario=scenario.name,
        cause=call.cause,
        customer=customer,
        registered_at=now,
        state="ended" if held else "registered",
        reason=HOLDOUT if held else None,
        settings=settings.as_json(),
        entry=call.entry,
        since=since,
        ended_at=now if held else None,
    )


def _eligible(
    parts: Starting,
    call: Call,
    shop: Shop,
    known: KnownCustomer,
    profile: Profile,
    settings: Mapping[str, Any],
) -> bool:
    scenario, names, now = call.scenario, call.scenario.starts_if, parts.clock.now()
    if not names:
        return True
    seen = see_for(parts.items, shop, known, profile, scenario, names, call.cause, settings, now)
    facts = evaluate(names, seen.profile, seen.moment, call.cause, settings, scenario)
    return why_unmet(scenario, facts) is None


def _since(items: Items, call: Call, profile: Profile, settings: Any, shop: Shop) -> datetime | None:
    """From when the waits are reckoned; None for the moment of registering."""
    entry = call.scenario.entries.get(call.entry or "")
    if entry is None:
        return None
    if entry.asks_subscription:
        profile = with_subscription(items, shop.id, profile)
    told = entry.since(profile, settings, shop.zone) if entry.since else None
    return told or (_midnight(call.at, shop) if entry.from_midnight else call.at)


def _too_long_ago(call: Call, since: datetime | None, now: datetime) -> Literal["too old"] | None:
    """What happened long before it was noticed: an order of last year that is told now, an old date anew."""
    passed = since is not None and not call.by_hand and now - since > BACKLOG
    return "too old" if passed else None


def _midnight(at: datetime, shop: Shop) -> datetime:
    """The beginning of the shop's day."""
    return datetime.combine(at.astimezone(shop.zone).date(), time(), shop.zone)


def _earlier(items: Items, call: Call, shop: str, known: KnownCustomer) -> Sequence[Run]:
    """The customer's other runs of the scenario, latest first; none where this cause has its run already,
    of which the registry decides, and where it begins beside them."""
    if _is_beside(call.scenario, call.entry):
        return ()
    pointers = {
        item.key.sk.removeprefix("run#")
        for item in known.held
        if item.key.sk.startswith("run#") and item.body.get("scenario") == call.scenario.name
    }
    if not pointers or run_id(shop, call.scenario.name, call.cause) in pointers:
        return ()
    held = items.get_many(keys.run(shop, one) for one in pointers).values()
    runs = [Run.model_validate(item.body) for item in held]
    runs = [run for run in runs if not _is_beside(call.scenario, run.entry)]
    written_to = {item.body.get("run") for item in known.held if item.key.sk.startswith("send#")}
    runs = [run for run in runs if run.reason not in _UNREACHABLE or run.id in written_to]
    return sorted(runs, key=lambda run: (run.registered_at, run.id), reverse=True)


def _is_beside(scenario: Scenario, entry: str | None) -> bool:
    way = scenario.entries.get(entry or "")
    return way is not None and way.beside


def _again(
    call: Call, earlier: Sequence[Run], settings: Any, shop: Shop, now: datetime
) -> Literal["under way", "entered before"] | None:
    """What an earlier run has against another one."""
    if call.scenario.again_by_entry:
        earlier = [run for run in earlier if run.entry == call.entry]
    if not earlier or call.scenario.reentry == PER_CAUSE:
        return None
    if any(run.state != "ended" and now - run.registered_at < LONGEST_RUN for run in earlier):
        return "under way"
    if call.again:
        return None
    again_after: str = settings.again_after
    if again_after == NEVER or now < after(again_after, earlier[0].registered_at, shop.zone):
        return "entered before"
    return None


def _start(parts: Starting, run: Run) -> Result:
    if run.state == "started":
        return "running already"
    if run.state == "ended":
        return "holdout" if run.reason == HOLDOUT else "ended already"
    met = {f"condition {name}": True for name in registry.scenario(run.scenario).starts_if}
    keep(parts.items, run, "started", None, "all conditions hold", met, run.registered_at)
    parts.executions.start(run.scenario, run.id, execution_input(run))
    confirm_start(parts.items, run)
    return "started"


def execution_input(run: Run) -> dict[str, Any]:
    """What the state machine is given: ids and settings, never personal data, for it can't be erased.

    Every setting is told, one without a value as null: an expression that finds nothing fails.
    """
    settings = registry.scenario(run.scenario).recall_settings(run.settings)
    return {
        "shop": run.shop,
        "customer": run.customer,
        "run": run.id,
        "cause": run.cause,
        "settings": settings.model_dump(mode="json"),
    }


def read_event(detail_type: str, detail: Mapping[str, Any]) -> Event:
    """The event as the bus carries it: kairos.domain.event.Event with its id beside. Raises Refused."""
    fields = {name: value for name, value in detail.items() if name != "id"}
    try:
        return Event.model_validate({"name": detail_type, **fields})
    except ValueError as wrong:
        raise Refused(
            "detail", f"No event {detail_type}: {wrong}.", "Publish events as record_events does."
        ) from None
