"""Why a customer was or was not sent something: the runs, what each step decided, and on which facts."""

from typing import Any

from kairos import keys
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios.registry import started_by
from kairos.ports import Clock, Items
from kairos.services.checking import why_unmet
from kairos.services.consents import with_consents
from kairos.services.customers import Component, load_profile
from kairos.services.privacy.belongings import gather
from kairos.services.privacy.export import messages_of
from kairos.services.runs import runs_of
from kairos.services.scenarios import read_standing
from kairos.services.shops import load_shop
from kairos.services.starting import BACKLOG


def explain(items: Items, shop: str, component: Component, scenario: str | None) -> dict[str, Any]:
    """{"scenario", "runs", "erased_at", "addresses"}: latest run first, each with its messages.

    scenario: None for all. addresses: consent and suppression by channel, without the address itself.
    """
    theirs = gather(items, shop, component.nodes)
    messages = messages_of(items, shop, theirs)
    runs = [
        {"id": run.id, **run.as_json(), "messages": [m for m in messages if m["step"]["run"] == run.id]}
        for run in runs_of(items, shop, component.nodes)
        if scenario in (None, run.scenario)
    ]
    marks = items.get_many(keys.erasure(shop, node) for node in component.nodes)
    return {
        "scenario": scenario,
        "runs": runs,
        "erased_at": max((mark.body["at"] for mark in marks.values()), default=None),
        "addresses": [
            {"kind": kind, "channel": channel, **_standing(item.body)}
            for item in theirs.addresses
            for kind, _, channel in [item.key.sk.partition("#")]
        ],
    }


def not_started(
    items: Items, clock: Clock, shop_id: str, component: Component, only: str | None
) -> list[dict[str, str]]:
    """[{"scenario", "cause", "reason"}]: why the customer's carts that have no run have none, as of now.

    only: one scenario by name, None for all that carts start.
    """
    shop, profile = load_shop(items, shop_id), load_profile(items, shop_id, component.customer)
    if shop is None or profile is None:
        return []
    profile = with_consents(items, shop.id, profile)
    running = {(run.scenario, run.cause) for run in runs_of(items, shop.id, component.nodes)}
    return [
        {"scenario": one.name, "cause": cause, "reason": _objection(items, one, profile, cause, moment)}
        for moment in [Moment(now=clock.now(), shop=shop)]
        for one in started_by("CartChanged")
        if only in (None, one.name)
        for cause in (f"cart:{cart.key}" for cart in profile.carts)
        if (one.name, cause) not in running
    ]


def _objection(items: Items, scenario: Scenario, profile: Profile, cause: str, moment: Moment) -> str:
    standing = read_standing(items, moment.shop.id, scenario)
    if not standing.enabled:
        return "switched off"
    since = scenario.since(cause, profile)
    if since is not None and moment.now - since > BACKLOG:
        return "too old"
    facts = scenario.facts(scenario.starts_if, profile, moment, cause, standing.settings)
    return why_unmet(facts) or "nothing against it now: its next change starts it"


def _standing(body: dict[str, Any]) -> dict[str, Any]:
    """A consent or suppression as stored, less the address that it is about."""
    return {
        name: {one: text for one, text in told.items() if one != "address"}
        if isinstance(told, dict)
        else told
        for name, told in body.items()
    }
