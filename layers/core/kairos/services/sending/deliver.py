"""What `deliver_message` does with one reserved message: look again, render, call once, settle."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from kairos import keys
from kairos.domain.consent import Channel
from kairos.domain.errors import Conflict, Refused
from kairos.domain.identity import IdentityKey
from kairos.domain.message import LedgerEntry, Outcome
from kairos.domain.shop import Shop
from kairos.ports import Check, Clock, Counts, Items, NotSent, Provider, Unchanged, Write
from kairos.services.codes import sent_writes
from kairos.services.endpoints import forget
from kairos.services.sending import ledger, settle
from kairos.services.sending.channels import COMPOSE
from kairos.services.sending.channels.draft import Draft, Unsendable
from kairos.services.sending.content import Render
from kairos.services.sending.exempt import addressee, is_exempt
from kairos.services.sending.facts import Customer, load_customer
from kairos.services.sending.gathering import gather
from kairos.services.sending.lateness import late_since
from kairos.services.sending.ledger import Held
from kairos.services.sending.out_of_hours import is_out_of_hours
from kairos.services.sending.permission import objection_to
from kairos.services.sending.reaching import Address
from kairos.services.shops import load_shop
from kairos.services.short_links import shorten
from kairos.services.unsubscribing import Token, sign
from kairos.services.visit_links import visit_token, with_token

CALL_IS_OVER = timedelta(seconds=120)
"""Real time after which no invocation can still be in its call: the function's timeout is 30 s, a queue
redelivers after 180 s."""

_LEADING_BACK: tuple[Channel, ...] = ("email", "push", "web_push")
"""Whose links say which message they came by; a text message's would cost another segment."""

Delivered = Literal["settled", "again"]
"""settled: the queue may forget it. again: the queue shall deliver it once more."""

Issue = Callable[[Shop, LedgerEntry, datetime | None], Literal["ready", "later", "never"]]
"""services.codes.issuing.issue: sees that the entry's code is good for use until then."""


class Delivering(NamedTuple):
    """What delivering needs. providers: by channel, who carries its messages. secret_of: a shop's secrets,
    asked for by channels that sign. api_url: where unsubscribe links lead."""

    items: Items
    clock: Clock
    key: IdentityKey
    providers: Mapping[Channel, Provider[Any]]
    render: Render
    issue: Issue
    secret_of: Callable[[str], Mapping[str, Any]]
    counts: Counts
    api_url: str


class Ready(NamedTuple):
    """A message that may go, with the facts that must still hold when the call is made."""

    shop: Shop
    customer: Customer
    address: Address
    code_expires_at: datetime | None


class _Call(NamedTuple):
    """The call of this invocation: the entry it was made for, and the real time that tells it from others."""

    entry: LedgerEntry
    called_at: datetime


def deliver(given: Delivering, shop: str, message_id: str, last_chance: bool) -> Delivered:
    """Bring one message as far as possible. Calls the provider at most once.

    last_chance: the queue will not deliver it again, so that a refusal for the moment becomes final.
    """
    held = ledger.load(given.items, shop, message_id)
    if held is None:
        given.counts.add("MessagesErased")
        return "settled"
    if held.entry.state == "calling":
        return _interrupted(given, held.entry)
    if held.entry.state != "reserved":
        return "settled"
    return _send(given, held, last_chance)


def _interrupted(given: Delivering, entry: LedgerEntry) -> Delivered:
    """A call that did not settle: under way elsewhere, or only the provider's event can tell its outcome.

    What no event tells within a day is given up by services.sending.sweeping.
    """
    began = entry.called_at
    if began is not None and given.clock.real_elapsed(began) < CALL_IS_OVER:
        return "again"
    given.counts.add("MessagesInterrupted")
    return "settled"


def _send(given: Delivering, held: Held, last_chance: bool) -> Delivered:
    looked = _look_again(given, held.entry)
    if not isinstance(looked, Ready):
        return _refuse(given, held.entry, looked)
    issued = given.issue(looked.shop, held.entry, looked.code_expires_at)
    if issued != "ready":
        return _without_code(given, held.entry, issued == "never" or last_chance, last_chance)
    try:
        message = _composed(given, held.entry, looked)
    except Refused:
        return _refuse(given, held.entry, "template failed")
    except Unsendable as refusal:
        return _refuse(given, held.entry, refusal.outcome)
    called_at = ledger.real_now(given.clock)
    try:
        given.items.transact(_calling(given, held, looked, called_at))
    except Conflict:
        return "again"  # consent, erasure or the entry changed this very moment: look again
    return _call(given, _Call(held.entry, called_at), looked, message, last_chance)


def _look_again(given: Delivering, entry: LedgerEntry) -> Ready | Outcome:
    """The state of things at this moment: the run may have been decided long ago."""
    shop = load_shop(given.items, entry.step.shop)
    if shop is None:
        return "shop unknown"
    if entry.reserved_at <= late_since(given.clock):
        return "delivered too late"
    if is_exempt(entry):
        return _exempt(given, shop, entry)
    customer = load_customer(given.items, given.key, shop.id, entry.customer)
    if customer.erased_at is not None and customer.erased_at >= entry.reserved_at:
        return "erased"
    address = customer.addresses.get(entry.channel)
    if address is None:
        return "no address"
    objection: Outcome | None = objection_to(shop, customer.profile, address)
    if objection is None and is_out_of_hours(given.clock, shop, customer.profile, entry.reserved_at):
        objection = "quiet hours"
    return objection or Ready(shop, customer, address, _expiry(entry, given.clock.now()))


def _exempt(given: Delivering, shop: Shop, entry: LedgerEntry) -> Ready | Outcome:
    customer = addressee(given.items, given.key, entry)
    address = customer.addresses.get(entry.channel) if customer else None
    if customer is None or address is None:
        return "erased"
    return "suppressed" if address.suppressed else Ready(shop, customer, address, None)


def _expiry(entry: LedgerEntry, now: datetime) -> datetime | None:
    """A code's validity runs from the sending, not from the decision."""
    return now + timedelta(seconds=entry.code_valid_for) if entry.code and entry.code_valid_for else None


def _without_code(given: Delivering, entry: LedgerEntry, never: bool, last_chance: bool) -> Delivered:
    """The shop did not make the code: wait for it, go without, or not at all."""
    if not never:
        return "again"
    if entry.code_wish is None or not entry.code_wish.optional:
        return _refuse(given, entry, "no code to be had")
    settle.without_code(given.items, entry.step.shop, entry.message_id)
    held = ledger.load(given.items, entry.step.shop, entry.message_id)
    if held is None or held.entry.state != "reserved" or held.entry.code is not None:
        return "again"
    return _send(given, held, last_chance)


def _composed(given: Delivering, entry: LedgerEntry, ready: Ready) -> Any:
    """What the channel's provider takes."""
    shop, channel, address = ready.shop, entry.channel, ready.address
    named = Token(shop=shop.id, channel=channel, address_node=address.node, message_id=entry.message_id)
    token = sign(given.key, named)
    if channel == "sms":
        token = shorten(given.items, given.clock, given.key, token)
    link = f"{given.api_url}/v1/unsubscribe/{token}"
    content = gather(given.items, shop, ready.customer, entry, ready.code_expires_at, link, given.api_url)
    if shop.tag.mail_links and channel in _LEADING_BACK and not is_exempt(entry):
        content = with_token(content, visit_token(given.key, shop.id, entry.message_id))
    words = given.render(entry.step.scenario, entry.step.step, channel, content)
    real = ledger.real_now(given.clock)
    draft = Draft(shop, address, entry, words, link, real, lambda: given.secret_of(shop.id))
    return COMPOSE[channel](draft)


def _calling(given: Delivering, held: Held, ready: Ready, called_at: datetime) -> list[Write | Check]:
    """Reserved becomes calling only if consent, suppression and erasure are still what was looked at."""
    shop, address, channel = ready.shop.id, ready.address, held.entry.channel
    changed = held.change(
        state="calling",
        calling_at=given.clock.now(),
        called_at=called_at,
        address_node=address.node,
        code_expires_at=ready.code_expires_at,
    )
    entry = held.entry.model_copy(update={"code_expires_at": ready.code_expires_at})
    erasures = ready.customer.erasures
    watched = {address.node, ready.customer.id, entry.customer} & erasures.keys()
    return [
        changed,
        *sent_writes(given.items, entry),
        Check(keys.consent(shop, channel, address.node), Unchanged(address.consent_version)),
        Check(keys.suppression(shop, channel, address.node), Unchanged(address.suppression_version)),
        *(Check(keys.erasure(shop, node), Unchanged(erasures[node])) for node in sorted(watched)),
    ]


def _call(given: Delivering, call: _Call, ready: Ready, message: Any, last_chance: bool) -> Delivered:
    shop, message_id, channel = call.entry.step.shop, call.entry.message_id, call.entry.channel
    try:
        provider_id = given.providers[channel].send(message)
    except NotSent as refusal:
        given.counts.add("MessagesNotTaken", reason=refusal.reason, channel=channel)
        if refusal.gone:
            return _gone(given, call, ready, last_chance)
        if not refusal.for_now:
            return _refuse(given, call.entry, "refused by the provider", call.called_at)
        if last_chance:
            return _refuse(given, call.entry, "provider busy", call.called_at)
        settle.put_back(given.items, shop, message_id, call.called_at)
        return "again"
    except Exception:
        given.counts.add("MessagesWithoutAnswer", channel=channel)
        # It stays in calling: the provider's event settles it, or after a day nobody can.
        return "settled"
    settle.sent(given.items, given.clock, shop, message_id, provider_id, given.clock.now())
    given.counts.add("MessagesSent", channel=channel)
    return "settled"


def _gone(given: Delivering, call: _Call, ready: Ready, last_chance: bool) -> Delivered:
    """The address has ceased to exist: never again there, but at the customer's next one of the channel."""
    shop, entry = ready.shop, call.entry
    forget(given.items, given.clock, shop.id, entry.channel, ready.address, ready.customer.nodes)
    given.counts.add("EndpointsGone", channel=entry.channel)
    customer = load_customer(given.items, given.key, shop.id, entry.customer)
    other = customer.addresses.get(entry.channel)
    if last_chance or other is None or objection_to(shop, customer.profile, other):
        return _refuse(given, entry, "address gone", call.called_at)
    settle.put_back(given.items, shop.id, entry.message_id, call.called_at)
    return "again"


def _refuse(
    given: Delivering, entry: LedgerEntry, reason: Outcome, called_at: datetime | None = None
) -> Delivered:
    """Refuse the message, if it was not called meanwhile; with `called_at`, if that is still its call."""
    shop, message_id = entry.step.shop, entry.message_id
    if not settle.refused(given.items, given.clock, shop, message_id, reason, called_at):
        return "again"  # another invocation has it in hand: look again what became of it
    given.counts.add("MessagesRefused", reason=reason, channel=entry.channel)
    return "settled"
