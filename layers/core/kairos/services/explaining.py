"""Why a customer was or was not sent something: the runs, what each step decided, and on which facts."""

from typing import Any

from kairos import keys
from kairos.ports import Items
from kairos.services.customers import Component
from kairos.services.privacy.belongings import gather
from kairos.services.privacy.export import messages_of
from kairos.services.runs import runs_of


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


def _standing(body: dict[str, Any]) -> dict[str, Any]:
    """A consent or suppression as stored, less the address that it is about."""
    return {
        name: {one: text for one, text in told.items() if one != "address"}
        if isinstance(told, dict)
        else told
        for name, told in body.items()
    }
