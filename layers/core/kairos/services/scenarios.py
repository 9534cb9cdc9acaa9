"""A shop's scenarios: whether each is on, with which settings, and whom it leaves out."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, ValidationError

from kairos import keys
from kairos.domain.errors import Conflict, Refused
from kairos.domain.refusing import refused
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios.registry import SCENARIOS, scenario
from kairos.domain.shop import Shop
from kairos.domain.value import Instant, Value
from kairos.ports import Clock, Item, Items, Put, Unchanged
from kairos.services.customers import resolve
from kairos.services.runs import runs_of

MOST_HOLDOUT = 99
"""Per cent of customers that may be left out to measure what the scenario brings."""


class Standing(Value):
    """How a scenario stands at a shop. settings: only those set by the shop; the others are defaults.

    holdout_percent: share of customers that never enter. changed_at: the last change by the shop.
    enabled_since: when it was last switched on; None where that was never noted.
    """

    enabled: bool = False
    holdout_percent: Annotated[int, Field(ge=0, le=MOST_HOLDOUT)] = 0
    settings: dict[str, Any] = Field(default_factory=dict)
    changed_at: Instant | None = None
    enabled_since: Instant | None = None

    def was_on(self, at: datetime) -> bool:
        """It is on, and was switched on by then: what came before is none of its business."""
        return self.enabled and (self.enabled_since is None or self.enabled_since <= at)


class _Change(Value):
    """What a shop may set; what it leaves out stays as it is."""

    enabled: bool | None = None
    holdout_percent: Annotated[int, Field(ge=0, le=MOST_HOLDOUT)] | None = None
    settings: dict[str, Any] | None = None


def read_standing(items: Items, shop: str, one: Scenario) -> Standing:
    """How the scenario stands at the shop; off where the shop never touched it."""
    item = items.get(keys.scenario_settings(shop, one.name))
    return Standing.model_validate(item.body) if item else Standing()


def is_on(items: Items, shop: str, name: str) -> bool:
    """Whether the scenario is switched on at the shop; one that goes by hand alone always is.

    Raises NotFound for one that does not exist.
    """
    one = scenario(name)
    return one.by_hand or read_standing(items, shop, one).enabled


def show_scenario(items: Items, shop: Shop, name: str) -> dict[str, Any]:
    """{"scenario", "title", "kind", "enabled", "holdout_percent", "settings", "in_effect", "trouble",
    "changed_at"}, defaults filled in.

    kind: "run" for one of each customer, "broadcast" for one to many. in_effect: the settings with which a
    run would start now, with what the shop leaves open filled in (an amount in euros converted, say).
    trouble: why settings of an older version are refused now; until they are corrected nothing starts.
    """
    one = scenario(name)
    return _shown(one, read_standing(items, shop.id, one), shop)


def show_scenarios(items: Items, shop: Shop) -> list[dict[str, Any]]:
    """Every scenario in the box as show_scenario shows it."""
    return [show_scenario(items, shop, name) for name in SCENARIOS]


def settings_schema(name: str) -> dict[str, Any]:
    """The JSON schema of the scenario's settings (2020-12), each with its default. Raises NotFound."""
    return scenario(name).settings.model_json_schema()


def change_scenario(
    items: Items,
    clock: Clock,
    shop: Shop,
    name: str,
    told: Mapping[str, Any],
    wanted: Callable[[str], None],
) -> dict[str, Any]:
    """Switch a scenario on or off, change settings or holdout; answers as show_scenario.

    Settings left out stay as they are; null brings the default back. Runs under way keep the settings with
    which they started, and end when they look again at a scenario that is off. wanted: has the segments of
    the shop with this id recomputed, for the ways in are segments. Raises Refused naming the field, NotFound.
    """
    one, change = scenario(name), _read(told)
    key = keys.scenario_settings(shop.id, name)
    while True:
        item = items.get(key)
        held = Standing.model_validate(item.body) if item else Standing()
        standing = _merged(held, change, clock.now())
        one.read_settings(standing.settings)
        version = str(int(item.version) + 1) if item else "1"
        try:
            items.write(
                Put(Item(key, version, standing.as_json()), Unchanged(item.version if item else None))
            )
        except Conflict:
            continue
        if one.entries and (held.enabled, held.settings) != (standing.enabled, standing.settings):
            wanted(shop.id)
        return _shown(one, standing, shop)


def _read(told: Mapping[str, Any]) -> _Change:
    try:
        return _Change.model_validate(dict(told))
    except ValidationError as wrong:
        raise refused(wrong, _Change) from None


def _merged(held: Standing, change: _Change, now: datetime) -> Standing:
    settings = {**held.settings, **(change.settings or {})}
    enabled = held.enabled if change.enabled is None else change.enabled
    return Standing(
        enabled=enabled,
        holdout_percent=(held.holdout_percent if change.holdout_percent is None else change.holdout_percent),
        settings={name: value for name, value in settings.items() if value is not None},
        changed_at=now,
        enabled_since=(held.enabled_since if held.enabled else now) if enabled else None,
    )


def show_runs(items: Items, shop: str, name: str, customer: str) -> list[dict[str, Any]]:
    """The customer's runs of the scenario, latest registered first, each with its "id".

    Raises NotFound for a scenario, Refused where no customer is named.
    """
    if not re.fullmatch(r"[cepv][0-9a-f]{26}", customer):
        remedy = 'Name one by the id that GET …/customers shows: "?customer=ID".'
        raise Refused("customer", "The parameter is missing or no customer's id.", remedy)
    nodes = resolve(items, shop, customer).nodes
    runs = [run for run in runs_of(items, shop, nodes) if run.scenario == scenario(name).name]
    return [{"id": run.id, **run.as_json()} for run in runs]


def _shown(one: Scenario, standing: Standing, shop: Shop) -> dict[str, Any]:
    settings, trouble = _readable(one, standing)
    complete = one.completed(settings, shop)
    return {
        "scenario": one.name,
        "title": one.title,
        "kind": "broadcast" if one.is_broadcast else "run",
        "enabled": standing.enabled,
        "holdout_percent": standing.holdout_percent,
        "settings": settings.model_dump(mode="json"),
        "in_effect": complete.model_dump(mode="json"),
        "trouble": str(trouble) if trouble else None,
        "changed_at": standing.changed_at.isoformat() if standing.changed_at else None,
    }


def _readable(one: Scenario, standing: Standing) -> tuple[Any, Refused | None]:
    try:
        return one.read_settings(standing.settings), None
    except Refused as wrong:
        return one.recall_settings(standing.settings), wrong
