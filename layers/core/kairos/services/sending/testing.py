"""Tests of templates: sent to the shop itself, through the ledger like every other message."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from kairos import keys
from kairos.domain.errors import NotFound, Refused
from kairos.domain.identity import IdentityKey, folded_email
from kairos.domain.message import LedgerEntry, Step
from kairos.domain.shop import Shop
from kairos.ports import Clock, Item, Items, Put, Queue, Unchanged
from kairos.services.limits import Limit, allowed
from kairos.services.sending import ledger
from kairos.services.sending.facts import load_customer
from kairos.services.sending.previewing import latest_cart

PER_HOUR = Limit("test", 20, timedelta(hours=1))
"""Tests of one shop; our own default."""

_KEPT = timedelta(days=1)


class TemplateTests(NamedTuple):
    """What testing needs. fresh: makes a text never made before."""

    items: Items
    clock: Clock
    key: IdentityKey
    queue: Queue
    fresh: Callable[[], str]


def send_test(
    given: TemplateTests, shop: Shop, scenario: str, step: str, tag: str, to: str, customer: str | None
) -> str:
    """Reserve and queue the test; answers its message id. Raises Refused, NotFound.

    It is a ledger entry of its own (purpose "test"), called for once like any other, and hangs on no
    customer: so no engagement, budget or segment ever counts it.
    """
    address, cause = _own_address(shop, to), None
    if customer is not None:
        known = load_customer(given.items, given.key, shop.id, customer)
        if known.profile is None:
            raise NotFound("customer", customer)
        cause = latest_cart(known)
    if not allowed(given.items, given.clock.now(), shop.id, PER_HOUR, "shop"):
        problem = f"{PER_HOUR.most} tests were sent within this hour."
        raise Refused("to", problem, "Preview the template, or wait for the next hour.")
    named = Step(shop=shop.id, scenario=scenario, run=f"test-{given.fresh()}", step=step)
    node, now = given.key.node(shop.id, "email", address), given.clock.now()
    entry = LedgerEntry(
        message_id=named.message_id,
        step=named,
        customer=node,
        channel="email",
        address_node=node,
        purpose="test",
        state="reserved",
        reserved_at=now,
        cause=cause,
    )
    told = {"email": address, "tag": tag} | ({"customer": customer} if customer else {})
    expires = int((now + _KEPT).timestamp())
    ledger.watch(given.items, given.clock, shop.id, entry.message_id)
    given.items.transact(
        [
            Put(Item(keys.message(shop.id, entry.message_id), "1", entry.as_json()), Unchanged(None)),
            Put(Item(keys.test_message(shop.id, entry.message_id), "1", told, expires), Unchanged(None)),
        ]
    )
    given.queue.send({"shop": shop.id, "message_id": entry.message_id, "channel": "email"})
    return entry.message_id


def _own_address(shop: Shop, to: str) -> str:
    """The address, if it is the shop's own."""
    address = folded_email(to)
    if address is None:
        raise Refused("to", "That is no e-mail address.", "Send one such as you@example.com.")
    own = {folded_email(one) for one in shop.pages.test_addresses}
    domain = shop.sender.email.rpartition("@")[2].lower()
    if address not in own and address.rpartition("@")[2] != domain:
        remedy = f"Choose one at {domain}, or add it to pages.test_addresses of the shop."
        raise Refused("to", "Tests go to the shop's own addresses alone.", remedy)
    return address
