"""The decision: pure, from facts alone, in the one order that scenarios rely on."""

from datetime import timedelta
from math import ceil

from kairos.domain.message import Answer, Reason, Variant
from kairos.services.codes import objection
from kairos.services.sending.facts import Facts
from kairos.services.sending.quiet import quiet_until


def decide(facts: Facts) -> Answer:
    """Send, skip, wait or end, with the reason and the facts used.

    Order: erased, switched off, webhooks queued, conditions, quiet for long enough, consent, quiet hours,
    code. What ends a run comes before what only delays it, save that facts known to be behind decide nothing.
    """
    customer, profile = facts.customer, facts.customer.profile
    erased = customer.erased_at is not None and customer.erased_at >= facts.run.registered_at
    if erased or profile is None:
        return _answer("end", "erased" if erased else "cart gone", facts)
    if not facts.on:
        return _answer("end", "switched off", facts)
    if facts.behind_for:
        return _answer("wait", "webhooks are queued", facts, facts.behind_for)
    if not all(facts.conditions.get(name, False) for name in facts.request.only_if):
        return _answer("end", "condition not met", facts)
    return _too_early(facts) or _not_allowed(facts) or _quiet(facts) or _no_code(facts) or _send(facts)


def variant_of(facts: Facts) -> Variant | None:
    """Which text a reminder takes: free shipping for a cart left at that step, if the shop offers it."""
    cart = facts.customer.cart(facts.run.cause)
    left_there = cart is not None and cart.step == "shipping"
    wanted = facts.shop.free_shipping and facts.run.settings.get("free_shipping", True)
    return "free_shipping" if left_there and wanted else None


def failed_condition(facts: Facts) -> str | None:
    """The first condition that does not hold."""
    asked = facts.request.only_if
    return next((name for name in asked if not facts.conditions.get(name, False)), None)


def _too_early(facts: Facts) -> Answer | None:
    quiet_for = facts.request.quiet_for
    if quiet_for is None:
        return None
    cart = facts.customer.cart(facts.run.cause)
    if cart is None:
        return _answer("end", "cart gone", facts)
    left = cart.changed_at + timedelta(seconds=quiet_for) - facts.now
    if left <= timedelta():
        return None
    return _answer("wait", "cart changed lately", facts, _seconds(left))


def _not_allowed(facts: Facts) -> Answer | None:
    address = facts.customer.address
    if address is None:
        return _answer("end", "no address", facts)
    if not address.granted:
        return _answer("end", "no consent", facts)
    return _answer("end", "suppressed", facts) if address.suppressed else None


def _quiet(facts: Facts) -> Answer | None:
    until = quiet_until(facts.now, facts.shop.quiet_hours, facts.shop.zone)
    return _answer("wait", "quiet hours", facts, _seconds(until - facts.now)) if until else None


def _no_code(facts: Facts) -> Answer | None:
    wish, profile = facts.request.code, facts.customer.profile
    if wish is None or profile is None:
        return None
    used = [code for order in profile.orders for code in order.codes]
    reason = objection(facts.claims, used, wish, facts.now)
    if reason is None and facts.free is None:
        reason = "no code left"
    return _answer("skip", reason, facts) if reason else None


def _send(facts: Facts) -> Answer:
    return _answer("send", "all conditions hold", facts).model_copy(
        update={"message_id": facts.step.message_id}
    )


def _seconds(left: timedelta) -> int:
    return ceil(left.total_seconds())


def _answer(decision: str, reason: Reason, facts: Facts, wait_seconds: int = 0) -> Answer:
    return Answer.model_validate(
        {"decision": decision, "reason": reason, "wait_seconds": wait_seconds, "facts": used(facts)}
    )


def used(facts: Facts) -> dict[str, str | int | bool | None]:
    """The facts as they are kept and shown: no personal data."""
    cart, address = facts.customer.cart(facts.run.cause), facts.customer.address
    told: dict[str, str | int | bool | None] = {
        "at": facts.now.isoformat(timespec="seconds"),
        "consent": address.granted if address else None,
        "suppressed": address.suppressed if address else None,
        "cart_changed_at": cart.changed_at.isoformat(timespec="seconds") if cart else None,
        "failed_condition": failed_condition(facts),
    }
    return told | {f"condition {name}": facts.conditions.get(name) for name in facts.request.only_if}
