"""Having the shop's own system make a code, right before the message that carries it is sent."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from kairos import keys
from kairos.domain.errors import Conflict
from kairos.domain.message import CodeWish, LedgerEntry
from kairos.domain.money import amount_text
from kairos.domain.shop import Shop
from kairos.ports import Clock, Counts, Item, Items, NewCode, NotMade, Secrets, ShopCodes
from kairos.services.codes.claims import CodeClaim, changed_claim
from kairos.services.codes.tally import stock_of
from kairos.services.sending.ledger import real_now
from kairos.services.shop_access import open_api

Issued = Literal["ready", "later", "never"]
"""ready: the message may go with its code. later: ask again. never: there will be no code."""

MARGIN = timedelta(hours=1)
"""How much longer than told the shop honours a code: asking again, by the queue, takes some minutes, and what
the message says must hold."""

_SKEW = timedelta(minutes=10)
"""How much earlier a code begins to be valid: the shop's clock may be behind ours."""


class Issuing(NamedTuple):
    """What issuing needs. connect: speaks to a shop's API with its secret. Raises NotMade."""

    items: Items
    clock: Clock
    secrets: Secrets
    counts: Counts
    connect: Callable[[Shop, str], ShopCodes]


def issue(parts: Issuing, shop: Shop, entry: LedgerEntry, expires_at: datetime | None) -> Issued:
    """See that the entry's code is good for use until `expires_at`. One call of the shop's API at most.

    A code of a pool, or none at all, is ready without any call. Repeating it asks for the same code: it
    counts as made where the shop has it. Validity is what was asked for first; where that is too short by
    now, and the shop has the code already, the answer is never.
    """
    wish = entry.code_wish
    if not entry.code or wish is None or wish.source != "shop":
        _warn_if_low(parts, shop, entry)
        return "ready"
    held = parts.items.get(keys.code_claim(shop.id, entry.customer, entry.message_id))
    if held is None or expires_at is None:
        return "never"
    claim = CodeClaim.model_validate(held.body)
    if claim.made and claim.asked_until is not None and expires_at <= claim.asked_until:
        return "ready"
    return _have_it_made(parts, shop, wish, held, expires_at)


def _have_it_made(parts: Issuing, shop: Shop, wish: CodeWish, held: Item, expires_at: datetime) -> Issued:
    claim = CodeClaim.model_validate(held.body)
    before = claim.asked_until
    fits = before is not None and expires_at <= before
    until = before if fits and before is not None else expires_at + MARGIN
    if not fits:
        asked = changed_claim(held, asked_until=until)
        try:
            parts.items.write(asked)
        except Conflict:
            return "later"
        held = asked.item
    try:
        api = open_api(parts.secrets, parts.connect, shop)
        made = api.make(_new_code(parts.clock, shop, wish, claim, until))
    except NotMade as refusal:
        parts.counts.add("CodesNotMade", shop=shop.id, reason=refusal.reason)
        return "later" if refusal.for_now else "never"
    if made == "exists" and before is not None and not fits:
        # Made by an earlier attempt, to end before what the message would say.
        return "never"
    with suppress(Conflict):  # it spares a call, nothing more
        parts.items.write(changed_claim(held, made=True))
    parts.counts.add("CodesMade", shop=shop.id)
    return "ready"


def _new_code(clock: Clock, shop: Shop, wish: CodeWish, claim: CodeClaim, until: datetime) -> NewCode:
    if wish.scope != "all" and not wish.collections:
        raise NotMade("no collection set", for_now=False)
    real = real_now(clock)
    return NewCode(
        code=claim.code,
        kind=wish.kind,
        percent=wish.percent,
        collections=wish.collections,
        minimum=amount_text(wish.minimum_basket, shop.currency) if wish.minimum_basket else None,
        starts_at=real - _SKEW,
        ends_at=real + (until - clock.now()),
    )


def _warn_if_low(parts: Issuing, shop: Shop, entry: LedgerEntry) -> None:
    if entry.code and entry.code_pool:
        left = stock_of(parts.items, shop.id, entry.code_pool).free
        if left < shop.discounts.warn_below:
            parts.counts.add("CodePoolLow", shop=shop.id, pool=entry.code_pool)
