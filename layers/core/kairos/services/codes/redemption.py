"""Which codes were used, in which order, and by whom: derived from orders as they now stand.

An order points to itself from each code that it names, whoever placed it and whenever it came to be known;
what is told here follows from the orders alone, so that the order of arrival never matters.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from kairos import keys
from kairos.domain.errors import NotFound, Refused
from kairos.domain.message import LedgerEntry
from kairos.domain.money import amount_text
from kairos.domain.order import OrderSnapshot
from kairos.domain.purchases import NO_PURCHASE
from kairos.domain.value import Instant
from kairos.ports import Item, Items
from kairos.services.codes.claims import CodeClaim, claims_of
from kairos.services.customers import OrderAndNodes, read_orders, resolve

_LONGEST = 64
"""Characters: longer texts are no codes of ours."""

MOST_USES = 100
"""Orders that are looked at for one code: a code for everybody may have any number, ours have one or two."""

By = Literal["holder", "somebody else", "unknown"]


class CodeUse(NamedTuple):
    """An order that named a code. value: what it came to, less refunds, in minor units of its currency.

    by: whether whoever was given the code placed it; "unknown" where the order names nobody, or where the
    code was given to nobody. counts: see Order.
    """

    order: str
    at: Instant
    value: int
    currency: str
    counts: bool
    by: By

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        value = amount_text(self.value, self.currency)
        return {**self._asdict(), "at": self.at.isoformat(), "value": value}


def code_pointers(shop: str, told: OrderSnapshot) -> list[Item]:
    """What leads from the codes that an order names to the order."""
    named = sorted({code.casefold() for code in told.codes if 0 < len(code) <= _LONGEST})
    return [Item(keys.code_order(shop, code, told.id), "1", {}) for code in named]


def uses_of(items: Items, shop: str, codes: Iterable[str], holder: Sequence[str]) -> dict[str, list[CodeUse]]:
    """By case-folded code: the orders that name it, earliest first. holder: nodes of who was given them."""
    named = {code.casefold(): _orders_naming(items, shop, code.casefold()) for code in codes}
    orders = {
        one.order.snapshot.id: one for one in read_orders(items, shop, {o for n in named.values() for o in n})
    }
    return {
        code: sorted(
            (
                _use(orders[order], holder)
                for order in ids
                if order in orders and _still_names(orders[order], code)
            ),
            key=lambda use: (use.at, use.order),
        )
        for code, ids in named.items()
    }


def _orders_naming(items: Items, shop: str, code: str) -> list[str]:
    found = items.query(keys.code_order(shop, code, "").pk, "order#", limit=MOST_USES)
    return [item.key.sk.removeprefix("order#") for item in found]


def _still_names(found: OrderAndNodes, code: str) -> bool:
    told = found.order.snapshot
    placed = not (told.deleted or told.test or told.status in NO_PURCHASE)
    return placed and code in {one.casefold() for one in told.codes}


def _use(found: OrderAndNodes, holder: Sequence[str]) -> CodeUse:
    told = found.order.snapshot
    by: By = "unknown"
    if found.nodes and holder:
        by = "holder" if found.nodes[0] in holder else "somebody else"
    return CodeUse(
        told.id, told.placed_at, found.order.revenue, told.amounts.currency, found.order.counts, by
    )


def named_customer(customer: str) -> str:
    """The customer's id, if it can be one. Raises Refused."""
    if not re.fullmatch(r"[cepv][0-9a-f]{26}", customer):
        remedy = 'Name one by the id that GET …/customers shows: "?customer=ID".'
        raise Refused("customer", "It is no customer's id.", remedy)
    return customer


def codes_of_customer(items: Items, shop: str, customer: str, now: datetime) -> list[dict[str, Any]]:
    """Every code that the customer was given, latest first, with what became of it."""
    nodes = resolve(items, shop, customer).nodes
    claims = sorted(claims_of(items, shop, nodes), key=lambda one: (one.given_at, one.code), reverse=True)
    uses = uses_of(items, shop, (claim.code for claim in claims), nodes)
    entries = _entries(items, shop, claims)
    return [_shown(one, uses[one.code.casefold()], entries.get(one.message_id), now) for one in claims]


def story_of_code(items: Items, shop: str, code: str, now: datetime) -> dict[str, Any]:
    """One code in any case: to whom it was given, and who used it. Raises NotFound: neither."""
    folded = code.strip().casefold()[:_LONGEST]
    held = items.get(keys.code_holder(shop, folded)) if folded else None
    if held is None:
        uses = uses_of(items, shop, [folded], ())[folded] if folded else []
        if not uses:
            raise NotFound("discount code", code[:_LONGEST])
        return {"code": code.strip(), "customer": None, "uses": [one.as_json() for one in uses]}
    customer = resolve(items, shop, held.body["customer"]).customer
    theirs = codes_of_customer(items, shop, customer, now)
    told = next((one for one in theirs if one["message_id"] == held.body["message_id"]), None)
    if told is None:
        raise NotFound("discount code", code[:_LONGEST])
    return {**told, "customer": customer}


def _entries(items: Items, shop: str, claims: Sequence[CodeClaim]) -> Mapping[str, LedgerEntry]:
    found = items.get_many(keys.message(shop, claim.message_id) for claim in claims)
    entries = [LedgerEntry.model_validate(item.body) for item in found.values()]
    return {entry.message_id: entry for entry in entries}


def _shown(
    claim: CodeClaim, uses: Sequence[CodeUse], entry: LedgerEntry | None, now: datetime
) -> dict[str, Any]:
    over = claim.expires_at
    state = "waiting" if over is None else "open" if now < over else "expired"
    return {
        "code": claim.code,
        "state": "used" if uses else state,
        "kind": claim.kind,
        "percent": claim.percent if claim.kind == "percent" else None,
        "pool": claim.pool,
        "message_id": claim.message_id,
        "scenario": entry.step.scenario if entry else None,
        "step": entry.step.step if entry else None,
        "given_at": claim.given_at.isoformat(),
        "expires_at": over.isoformat() if over else None,
        "uses": [one.as_json() for one in uses],
    }
