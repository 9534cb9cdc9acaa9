"""Starting runs: which scenarios an event may start, for whom, and never twice for one cause."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from kairos.domain.errors import Refused
from kairos.domain.event import Event
from kairos.domain.moment import Moment
from kairos.domain.run import Run
from kairos.domain.scenario import Scenario, in_holdout
from kairos.domain.scenarios import registry
from kairos.domain.shop import Shop
from kairos.ports import Clock, Executions, Items
from kairos.services.checking import evaluate, why_unmet
from kairos.services.consents import with_consents
from kairos.services.customers import read_customer
from kairos.services.runs import confirm_start, register
from kairos.services.scenarios import Standing, read_standing
from kairos.services.sending.decisions import keep
from kairos.services.shops import load_shop

BACKLOG = timedelta(days=3)
"""A cause older than this starts nothing (design: the backlog guard)."""

HOLDOUT = "holdout"
"""The reason with which a run ends that was drawn into the holdout: it never had an execution."""

Result = Literal[
    "started", "running already", "ended already", "holdout",
    "switched off", "too old", "shop unknown", "customer unknown", "not eligible",
]  # fmt: skip


class Starting(NamedTuple):
    """What starting runs needs."""

    items: Items
    clock: Clock
    executions: Executions


def start_scenarios(parts: Starting, event: Event) -> dict[str, Result]:
    """Each scenario that such an event may start, with what came of it. Any error: ask again, whole."""
    return {one.name: start_scenario(parts, one, event) for one in registry.started_by(event.name)}


def start_scenario(parts: Starting, scenario: Scenario, event: Event) -> Result:
    """Start one run of the scenario for this event, if it is due.

    The registry decides: a cause has one run, ever. A run on record whose execution was not confirmed is
    started again under the same name and with the same input, which starts at most one execution.
    """
    if parts.clock.now() - event.occurred_at > BACKLOG:
        return "too old"
    shop = load_shop(parts.items, event.shop)
    if shop is None:
        return "shop unknown"
    standing = read_standing(parts.items, shop.id, scenario)
    if not standing.enabled:
        return "switched off"
    run = _due(parts, scenario, event, shop, standing)
    return run if isinstance(run, str) else _start(parts, register(parts.items, run))


def _due(parts: Starting, scenario: Scenario, event: Event, shop: Shop, standing: Standing) -> Run | Result:
    """The run that the event calls for, or why it calls for none."""
    if event.customer is None:
        return "customer unknown"
    known = read_customer(parts.items, shop.id, event.customer)
    component, profile = known.component, known.profile
    if profile is None:
        return "customer unknown"
    now = parts.clock.now()
    profile = with_consents(parts.items, shop.id, profile)
    facts = evaluate(scenario.starts_if, profile, Moment(now=now, shop=shop), event.cause, standing.settings)
    if why_unmet(facts):
        return "not eligible"
    held = in_holdout(shop.id, scenario.name, component.customer, standing.holdout_percent)
    return Run(
        shop=shop.id,
        scenario=scenario.name,
        cause=event.cause,
        customer=component.customer,
        registered_at=now,
        state="ended" if held else "registered",
        reason=HOLDOUT if held else None,
        settings=scenario.read_settings(standing.settings).as_json(),
    )


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
    settings = registry.scenario(run.scenario).read_settings(run.settings)
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
