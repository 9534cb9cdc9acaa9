"""Looking again: the facts that a scenario branches on, for one customer, read afresh in one call."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from kairos import keys
from kairos.domain.criteria.durations import after
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.refusing import refused
from kairos.domain.run import Run
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios import registry
from kairos.domain.shop import Shop
from kairos.domain.value import Value
from kairos.ports import Clock, Items
from kairos.services.backlog import is_behind
from kairos.services.customers import Component, read_customer
from kairos.services.looking import see_for
from kairos.services.runs import end_run, read_run
from kairos.services.scenarios import is_on
from kairos.services.sending.decisions import What, keep
from kairos.services.shops import load_shop

ASK_AGAIN_AFTER = timedelta(minutes=1)
"""Real time after which to look again while webhooks queue; the promise allows a lag of two minutes."""


class CheckRequest(Value):
    """What a state machine asks. criteria: named criteria whose facts it branches on.

    only_if: named criteria, "not NAME" for the opposite, that must hold for the run to go on; the first
    that does not ends it and says why.
    """

    shop: str
    run: str
    criteria: tuple[str, ...] = ()
    only_if: tuple[str, ...] = ()


class Facts(Value):
    """What a state machine branches on.

    decision: go on, wait `wait_seconds` and look again, or end because of `reason`. facts: each criterion
    asked for. quiet_seconds: since the last change of what started the run (the cart). durations: the
    scenario's settings that are lengths of time, in seconds.
    """

    decision: Literal["go", "wait", "end"]
    reason: str = ""
    facts: dict[str, bool] = Field(default_factory=dict)
    quiet_seconds: int = 0
    wait_seconds: int = 0
    durations: dict[str, int] = Field(default_factory=dict)


class Checking(NamedTuple):
    """What looking again needs."""

    items: Items
    clock: Clock


def read_request(told: Mapping[str, Any]) -> CheckRequest:
    """The request as a state machine states it. Raises Refused naming the field."""
    try:
        return CheckRequest.model_validate(dict(told))
    except ValidationError as wrong:
        raise refused(wrong, CheckRequest) from None


def evaluate(
    names: Sequence[str],
    profile: Profile,
    moment: Moment,
    cause: str,
    settings: Mapping[str, Any],
    scenario: Scenario,
) -> dict[str, bool]:
    """Each of the scenario's named criteria ("not NAME" for its opposite) with whether it holds.

    profile, moment: see looking.see_for. cause, settings: the run's. Raises Refused naming an unknown name
    and the nearest known one.
    """
    return scenario.facts(tuple(names), profile, moment, cause, settings)


def why_unmet(scenario: Scenario, facts: Mapping[str, bool]) -> str | None:
    """Why a run ends whose conditions came out like this: the first that does not hold; None if all do."""
    failed = next((name for name, holds in facts.items() if not holds), None)
    return scenario.why_ended(failed) if failed else None


def was_erased(items: Items, shop: str, component: Component, since: datetime) -> bool:
    """Whether any identity of the customer was erased since then; what came later is another customer."""
    markers = items.get_many(keys.erasure(shop, node) for node in component.nodes)
    return any(datetime.fromisoformat(item.body["at"]) >= since for item in markers.values())


def check(parts: Checking, request: CheckRequest) -> Facts:
    """The facts asked for, on a fresh fold; a run that ends is marked so. Raises Refused: unknown names."""
    run = read_run(parts.items, request.shop, request.run)
    if run is None or run.state == "ended":
        return Facts(decision="end", reason="run unknown" if run is None else "run ended")
    if not is_on(parts.items, run.shop, run.scenario):
        found = Facts(decision="end", reason="switched off")
    elif is_behind(parts.items, parts.clock):
        found = Facts(
            decision="wait", reason="webhooks are queued", wait_seconds=until_looking_again(parts.clock)
        )
    else:
        found = _look(parts, request, run)
    _keep(parts, run, found)
    if found.decision == "end":
        end_run(parts.items, run.shop, run.id, found.reason, parts.clock.now())
    return found


_KEPT_AS: dict[str, What] = {"go": "checked", "wait": "waited", "end": "ended"}


def _keep(parts: Checking, run: Run, found: Facts) -> None:
    """The decision on record; of an erased customer nothing more is kept."""
    if found.reason == "erased":
        return
    now = parts.clock.now()
    until = now + timedelta(seconds=found.wait_seconds) if found.decision == "wait" else None
    told = {f"condition {name}": holds for name, holds in found.facts.items()}
    reason = found.reason or "all conditions hold"
    keep(parts.items, run, _KEPT_AS[found.decision], None, reason, told, now, until)


def _look(parts: Checking, request: CheckRequest, run: Run) -> Facts:
    shop = load_shop(parts.items, run.shop)
    if shop is None:
        return Facts(decision="end", reason="shop unknown")
    known = read_customer(parts.items, run.shop, run.customer)
    component, profile = known.component, known.profile
    erased = was_erased(parts.items, run.shop, component, run.registered_at)
    if profile is None or erased:
        return Facts(decision="end", reason="erased" if erased else "cart gone")
    scenario = registry.scenario(run.scenario)
    names, now = (*request.only_if, *request.criteria), parts.clock.now()
    profile, moment = see_for(
        parts.items, shop, known, profile, scenario, names, run.cause, run.settings, now
    )
    found = evaluate(names, profile, moment, run.cause, run.settings, scenario)
    unmet = why_unmet(scenario, {name: found[name] for name in request.only_if})
    since = scenario.since(run.cause, profile) or moment.now
    return Facts(
        decision="end" if unmet else "go",
        reason=unmet or "",
        facts={name: found[name] for name in request.criteria},
        quiet_seconds=max(0, int((moment.now - since).total_seconds())),
        durations=in_seconds(scenario, run.settings, since, moment.shop),
    )


def in_seconds(
    scenario: Scenario, settings: Mapping[str, Any], since: datetime, shop: Shop
) -> dict[str, int]:
    """Each setting that is a length of time, in seconds from `since` on by the shop's calendar."""
    read = scenario.recall_settings(settings)
    ends = {name: after(getattr(read, name), since, shop.zone) for name in scenario.durations}
    return {name: ceil((end - since).total_seconds()) for name, end in ends.items()}


def until_looking_again(clock: Clock) -> int:
    """Seconds, by the one clock, that ASK_AGAIN_AFTER of real time lasts."""
    now = clock.now()
    real_now = now + clock.real_elapsed(now)
    return max(1, ceil((clock.shown(real_now + ASK_AGAIN_AFTER) - clock.shown(real_now)).total_seconds()))
