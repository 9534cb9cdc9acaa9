"""Why a customer was or was not sent something: the runs, what each step decided, and on which facts."""

from collections.abc import Mapping, Sequence
from typing import Any

from kairos import keys
from kairos.domain.broadcast import broadcast_of
from kairos.domain.holdout import HOLDOUT
from kairos.domain.message import LedgerEntry
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.run import Run
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios.registry import started_by
from kairos.ports import Clock, Items
from kairos.services.broadcasts.members import members_among
from kairos.services.broadcasts.missing import not_reached
from kairos.services.broadcasts.store import many
from kairos.services.checking import why_unmet
from kairos.services.consents import with_consents
from kairos.services.customers import Component, load_profile
from kairos.services.privacy.belongings import Belongings, gather
from kairos.services.privacy.export import messages_of
from kairos.services.runs import runs_of
from kairos.services.scenarios import read_standing
from kairos.services.sending.decisions import Decision, decisions_of
from kairos.services.sending.reserve import FINISHED
from kairos.services.sentences import Telling, not_started_sentence, sentence
from kairos.services.shops import load_shop
from kairos.services.starting import BACKLOG


def explain(
    items: Items, shop: str, component: Component, scenario: str | None, by: Telling
) -> dict[str, Any]:
    """{"scenario", "runs", "not_reached", "erased_at", "addresses"}: latest run first, each with its messages
    and decisions; a broadcast that decided for them counts as one.

    scenario: None for all. not_reached: the latest broadcasts that decided nothing for them, and why.
    addresses: consent and suppression by channel, without the address itself.
    """
    theirs = gather(items, shop, component.nodes)
    messages = messages_of(items, shop, theirs)
    registered = runs_of(items, shop, component.nodes)
    runs = [
        _explained(items, run, [m for m in messages if m["step"]["run"] == run.id], by)
        for run in [*_member_runs(items, shop, theirs), *registered]
        if scenario in (None, run.scenario)
    ]
    runs.sort(key=lambda run: str(run["registered_at"]), reverse=True)
    marks = items.get_many(keys.erasure(shop, node) for node in component.nodes)
    return {
        "scenario": scenario,
        "runs": runs,
        "not_reached": not_reached(items, shop, {str(run["cause"]) for run in runs}, scenario, by),
        "erased_at": max((mark.body["at"] for mark in marks.values()), default=None),
        "addresses": [
            {"kind": kind, "channel": channel, **_standing(item.body)}
            for item in theirs.addresses
            for kind, _, channel in [item.key.sk.partition("#")]
        ],
    }


def _member_runs(items: Items, shop: str, theirs: Belongings) -> list[Run]:
    """Their runs as members of broadcasts, as far as anything was decided; with the broadcast's settings."""
    members = list(members_among(shop, theirs.held))
    settings = {one.id: one.settings for one in many(items, shop, [one.broadcast for one in members])}
    return [one.run.model_copy(update={"settings": settings.get(one.broadcast, {})}) for one in members]


def _explained(items: Items, run: Run, messages: list[dict[str, Any]], by: Telling) -> dict[str, Any]:
    """The run, its messages, and what was decided for it in sentences, oldest first."""
    kept = [one.decision for one in decisions_of(items, run.shop, run.id)]
    told = [*kept, *_undelivered(kept, messages)]
    told = sorted([*told, *_went_through(run, told)], key=lambda one: one.at)
    return {
        "id": run.id,
        **run.as_json(),
        "messages": messages,
        "decisions": [{**one.as_json(), "sentence": sentence(one, by)} for one in told],
    }


def _undelivered(kept: Sequence[Decision], messages: Sequence[Mapping[str, Any]]) -> list[Decision]:
    """What the ledger says of messages that did not arrive, where no decision does."""
    known = {one.step for one in kept if one.what == "refused"}
    entries = [
        LedgerEntry.model_validate({name: told for name, told in one.items() if name != "events"})
        for one in messages
    ]
    return [
        Decision(what="refused", step=entry.step.step, reason=entry.reason, at=at, last_at=at)
        for entry in entries
        if entry.reason is not None and entry.reason != "complained" and entry.step.step not in known
        for at in [entry.settled_at or entry.reserved_at]
    ]


def _went_through(run: Run, told: Sequence[Decision]) -> list[Decision]:
    """How a run ended that no decision ended: in the holdout at once, or with its last message."""
    if run.state != "ended" or run.reason is None or broadcast_of(run.cause) is not None:
        return []  # a member's run has one message: what was decided for that says all
    if any(one.what == "ended" for one in told):
        return []
    if run.reason != HOLDOUT and not run.reason.startswith(FINISHED):
        return []
    at = max((one.last_at for one in told), default=run.registered_at)
    return [Decision(what="ended", reason=run.reason, at=at, last_at=at)]


def not_started(
    items: Items, clock: Clock, shop_id: str, component: Component, only: str | None, by: Telling
) -> list[dict[str, str]]:
    """[{"scenario", "cause", "reason", "sentence"}]: why carts without a run have none, as of now.

    only: one scenario by name, None for all that carts start.
    """
    shop, profile = load_shop(items, shop_id), load_profile(items, shop_id, component.customer)
    if shop is None or profile is None:
        return []
    profile = with_consents(items, shop.id, profile)
    running = {(run.scenario, run.cause) for run in runs_of(items, shop.id, component.nodes)}
    return [
        {
            "scenario": one.name,
            "cause": cause,
            "reason": reason,
            "sentence": not_started_sentence(reason, by),
        }
        for moment in [Moment(now=clock.now(), shop=shop)]
        for one in started_by("CartChanged")
        if only in (None, one.name)
        for cause in (f"cart:{cart.key}" for cart in profile.carts)
        if (one.name, cause) not in running
        for reason in [_objection(items, one, profile, cause, moment)]
    ]


def _objection(items: Items, scenario: Scenario, profile: Profile, cause: str, moment: Moment) -> str:
    standing = read_standing(items, moment.shop.id, scenario)
    if not standing.enabled:
        return "switched off"
    since = scenario.since(cause, profile)
    if since is not None and moment.now - since > BACKLOG:
        return "too old"
    facts = scenario.facts(scenario.starts_if, profile, moment, cause, standing.settings)
    return why_unmet(scenario, facts) or "nothing against it now: its next change starts it"


def _standing(body: dict[str, Any]) -> dict[str, Any]:
    """A consent or suppression as stored, less the address that it is about."""
    return {
        name: {one: text for one, text in told.items() if one != "address"}
        if isinstance(told, dict)
        else told
        for name, told in body.items()
    }
