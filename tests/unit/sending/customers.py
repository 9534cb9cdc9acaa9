"""Customers with a past: messages that reached them, orders, other runs, and where they live."""

from datetime import datetime, timedelta
from typing import Any

from kairos import keys
from kairos.domain.consent import Channel, Consent, ConsentStatement
from kairos.domain.identity import Identities
from kairos.domain.message import LedgerEntry, Step
from kairos.domain.order import Amounts, OrderSnapshot
from kairos.domain.run import Run
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios.abandoned_cart import ABANDONED_CART
from kairos.domain.sending_rules import SendingRules
from kairos.domain.shop import Shop
from kairos.services.sending import ledger
from tests.unit.sending.world import EMAIL, SHOP, World

PHONE = "+41791234567"
NEWSLETTER: Scenario = ABANDONED_CART._replace(name="newsletter", title="Newsletter", priority=10)
"""A scenario of lower priority than that of abandoned carts."""

FREE = SendingRules(spread="PT0S", free_until_delivered=5)


def shop_with(rules: SendingRules | None = None, **fields: Any) -> Shop:
    """The shop with these rules; what it made to wait is not spread unless they say so."""
    return SHOP.model_copy(update={"sending": rules or SendingRules(spread="PT0S"), **fields})


def mailed(world: World, ago: timedelta, number: int = 0, *kinds: str, **fields: Any) -> LedgerEntry:
    """A message sent so long ago, counted in the budget, of which these events were reported."""
    at = world.clock.now() - ago
    step = Step(shop=world.shop.id, scenario="abandoned_cart", run=f"{number:032x}", step="past")
    told = {
        "message_id": step.message_id,
        "step": step,
        "customer": world.node,
        "channel": "email",
        "address_node": world.node,
        "state": "sent",
        "reserved_at": at,
        "calling_at": at,
    }
    entry = LedgerEntry.model_validate(told | fields)
    world.put(keys.message(world.shop.id, entry.message_id), entry.as_json())
    world.put(keys.send_pointer(world.shop.id, world.node, entry.message_id), {})
    for kind in kinds or ("delivery",):
        body = {"kind": kind, "at": at.isoformat()}
        world.put(keys.engagement(world.shop.id, entry.message_id, kind), body)
    _count(world, entry.message_id, at)
    return entry


def delivered(world: World, *kinds: str, days: int = 40, number: int = 5) -> None:
    """So many messages that reached them, long enough ago to count in no week: there is a cap by now."""
    for one in range(number):
        mailed(world, timedelta(days=days + one), 1000 * days + one, "delivery", *kinds)


def _count(world: World, message_id: str, at: datetime) -> None:
    key = keys.sends(world.shop.id, world.node)
    held = world.store.get(key)
    places = [*(held.body["places"] if held else ()), {"message_id": message_id, "at": at.isoformat()}]
    body = {"count": len(places), "last_at": at.isoformat(), "places": places}
    world.put(key, body, str(int(held.version) + 1) if held else "1")


def another_run(world: World, scenario: str = "newsletter", cause: str = "cart:cart1", **fields: Any) -> Run:
    """A run of that scenario for the same customer, under way, with its scenario switched on."""
    told = {
        "shop": world.shop.id,
        "scenario": scenario,
        "cause": cause,
        "customer": world.node,
        "registered_at": world.clock.now(),
        "state": "started",
        "settings": {},
    }
    run = Run.model_validate(told | fields)
    world.put(keys.run(run.shop, run.id), run.as_json())
    world.put(keys.run_pointer(run.shop, world.node, run.id), {"scenario": scenario})
    world.put(keys.scenario_settings(run.shop, scenario), {"enabled": True})
    return run


def lives(world: World, **address: Any) -> None:
    """Where the customer lives, as the platform's record says."""
    world.record_customer(address=address)


def bought(world: World) -> None:
    """An order that counts, long before the cart."""
    at = world.clock.now() - timedelta(days=100)
    told = OrderSnapshot(
        id="old",
        updated_at=at,
        placed_at=at,
        status="paid",
        amounts=Amounts(currency="CHF", total=5000),
        identities=Identities(email=EMAIL),
    )
    world.put(keys.order(world.shop.id, "old"), {"nodes": [world.node], "snapshot": told.as_json()})
    world.put(keys.order_pointer(world.shop.id, world.node, "old"), {})


def has_phone(world: World, state: str | None = "granted") -> str:
    """A phone number of theirs, with what was said about messages to it; its node."""
    node = world.key.node(world.shop.id, "phone", PHONE)
    shop = world.shop.id
    record = keys.customer_record(shop, world.node)
    told = world.store.stored[record].body
    world.put(record, told | {"identities": told["identities"] | {"phone": PHONE}})
    if state is not None:
        said = ConsentStatement.model_validate(
            {
                "channel": "sms",
                "address": PHONE,
                "state": state,
                "stated_at": world.clock.now(),
                "source": "form",
            }
        )
        world.put(keys.consent(shop, "sms", node), Consent(shop=said).as_json())
    return node


def unconsented(world: World, channel: Channel = "email") -> None:
    """Nobody ever said anything about messages to their address."""
    del world.store.stored[keys.consent(world.shop.id, channel, world.node)]


def settle(world: World, message_id: str, state: str) -> None:
    """What became of a reserved message."""

    def change(held: ledger.Held) -> Any:
        return [held.change(state=state, calling_at=world.clock.now())]

    assert ledger.update(world.store, world.shop.id, message_id, change)
