"""What `deliver_email` does with one reserved message: look again, render, call once, settle."""

from datetime import datetime, timedelta
from email.utils import formataddr
from typing import Literal, NamedTuple

from kairos import keys
from kairos.domain.errors import Conflict, Refused
from kairos.domain.identity import IdentityKey
from kairos.domain.message import LedgerEntry, Outcome
from kairos.domain.shop import Shop
from kairos.ports import Check, Clock, Counts, Email, Items, NotSent, Provider, Unchanged, Write
from kairos.services.codes import sent_writes
from kairos.services.sending import ledger, settle
from kairos.services.sending.content import Render, RenderedEmail
from kairos.services.sending.exempt import addressee, is_exempt
from kairos.services.sending.facts import CHANNEL, Customer, load_customer
from kairos.services.sending.gathering import gather
from kairos.services.sending.ledger import Held
from kairos.services.sending.reaching import Address
from kairos.services.shops import load_shop
from kairos.services.unsubscribing import Token, one_click_headers, sign

CALL_IS_OVER = timedelta(seconds=120)
"""Real time after which no invocation can still be in its call: the function's timeout is 30 s, a queue
redelivers after 180 s."""

Delivered = Literal["settled", "again"]
"""settled: the queue may forget it. again: the queue shall deliver it once more."""


class Delivering(NamedTuple):
    """What delivering needs. api_url: where unsubscribe links lead."""

    items: Items
    clock: Clock
    key: IdentityKey
    provider: Provider[Email]
    render: Render
    counts: Counts
    api_url: str


class Ready(NamedTuple):
    """A message that may go, with the facts that must still hold when the call is made."""

    shop: Shop
    customer: Customer
    address: Address
    code_expires_at: datetime | None


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
    """A call that did not settle: still under way elsewhere, or its outcome will never be known from us."""
    began = entry.called_at
    if began is not None and given.clock.real_elapsed(began) < CALL_IS_OVER:
        return "again"
    settle.unknown(given.items, given.clock, entry.step.shop, entry.message_id)
    given.counts.add("MessagesUnknown")
    return "settled"


def _send(given: Delivering, held: Held, last_chance: bool) -> Delivered:
    looked = _look_again(given, held.entry)
    if not isinstance(looked, Ready):
        return _refuse(given, held.entry, looked)
    try:
        email = _email(given, held.entry, looked)
    except Refused:
        return _refuse(given, held.entry, "template failed")
    try:
        given.items.transact(_calling(given, held, looked))
    except Conflict:
        return "again"  # consent, erasure or the entry changed this very moment: look again
    return _call(given, held.entry, email, last_chance)


def _look_again(given: Delivering, entry: LedgerEntry) -> Ready | Outcome:
    """The state of things at this moment: the run may have been decided long ago."""
    shop = load_shop(given.items, entry.step.shop)
    if shop is None:
        return "shop unknown"
    if is_exempt(entry):
        return _exempt(given, shop, entry)
    customer = load_customer(given.items, given.key, shop.id, entry.customer)
    if customer.erased_at is not None and customer.erased_at >= entry.reserved_at:
        return "erased"
    address = customer.address
    if address is None:
        return "no address"
    if not address.granted:
        return "no consent"
    if address.suppressed:
        return "suppressed"
    return Ready(shop, customer, address, _expiry(entry, given.clock.now()))


def _exempt(given: Delivering, shop: Shop, entry: LedgerEntry) -> Ready | Outcome:
    customer = addressee(given.items, entry)
    if customer is None or customer.address is None:
        return "erased"
    return "suppressed" if customer.address.suppressed else Ready(shop, customer, customer.address, None)


def _expiry(entry: LedgerEntry, now: datetime) -> datetime | None:
    """A code's validity runs from the sending, not from the decision."""
    return now + timedelta(seconds=entry.code_valid_for) if entry.code and entry.code_valid_for else None


def _email(given: Delivering, entry: LedgerEntry, ready: Ready) -> Email:
    shop = ready.shop
    token = Token(shop=shop.id, channel=CHANNEL, address_node=ready.address.node, message_id=entry.message_id)
    link = f"{given.api_url}/v1/unsubscribe/{sign(given.key, token)}"
    content = gather(given.items, shop, ready.customer, entry, ready.code_expires_at, link, given.api_url)
    words = given.render(entry.step.scenario, entry.step.step, CHANNEL, content)
    if not isinstance(words, RenderedEmail):
        raise Refused("template", "It renders no e-mail.", "Write it for e-mail.")
    return Email(
        sender=_named(shop.sender.name, shop.sender.email),
        reply_to=shop.sender.reply_to,
        to=ready.address.value,
        subject=words.subject,
        html=words.html,
        text=words.text,
        headers=one_click_headers(link),
        tags={"message": entry.message_id, "shop": shop.id},
    )


def _named(name: str, address: str) -> str:
    """`Name <address>`; quoted, and what is not ASCII encoded (RFC 2047), as SES asks for in a sender."""
    return formataddr(("".join(char for char in name if char.isprintable()), address))


def _calling(given: Delivering, held: Held, ready: Ready) -> list[Write | Check]:
    """Reserved becomes calling only if consent, suppression and erasure are still what was looked at."""
    shop, address = ready.shop.id, ready.address
    changed = held.change(
        state="calling",
        calling_at=given.clock.now(),
        called_at=ledger.real_now(given.clock),
        address_node=address.node,
        code_expires_at=ready.code_expires_at,
    )
    entry = held.entry.model_copy(update={"code_expires_at": ready.code_expires_at})
    erasures = ready.customer.erasures
    watched = {address.node, ready.customer.id, entry.customer} & erasures.keys()
    return [
        changed,
        *sent_writes(given.items, entry),
        Check(keys.consent(shop, CHANNEL, address.node), Unchanged(address.consent_version)),
        Check(keys.suppression(shop, CHANNEL, address.node), Unchanged(address.suppression_version)),
        *(Check(keys.erasure(shop, node), Unchanged(erasures[node])) for node in sorted(watched)),
    ]


def _call(given: Delivering, entry: LedgerEntry, email: Email, last_chance: bool) -> Delivered:
    shop, message_id = entry.step.shop, entry.message_id
    try:
        provider_id = given.provider.send(email)
    except NotSent as refusal:
        given.counts.add("MessagesNotTaken", reason=refusal.reason)
        if not refusal.for_now:
            return _refuse(given, entry, "refused by the provider")
        if last_chance:
            return _refuse(given, entry, "provider busy")
        settle.put_back(given.items, shop, message_id)
        return "again"
    except Exception:
        given.counts.add("MessagesWithoutAnswer")
        # It stays in calling: the next delivery gives it up as unknown, unless an event settles it before.
        return "again"
    settle.sent(given.items, shop, message_id, provider_id, given.clock.now())
    given.counts.add("MessagesSent")
    return "settled"


def _refuse(given: Delivering, entry: LedgerEntry, reason: Outcome) -> Delivered:
    settle.refused(given.items, given.clock, entry.step.shop, entry.message_id, reason)
    given.counts.add("MessagesRefused", reason=reason)
    return "settled"
