"""The decision: pure, from facts alone, in the one order that scenarios rely on."""

from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from kairos.domain.message import Answer, Reason, Variant
from kairos.services.codes import objection
from kairos.services.sending.budget import cap_of
from kairos.services.sending.channel_choice import any_open, choose_channel
from kairos.services.sending.deferring import deferral, in_time
from kairos.services.sending.facts import Facts, wanted_frequency
from kairos.services.sending.reaching import Address

Told = dict[str, str | int | bool | None]


def decide(facts: Facts) -> Answer:
    """Send, skip, wait or end, with the reason and the facts used.

    Order: erased, switched off, webhooks queued, conditions, quiet for long enough, channel, too late,
    earlier step, cap, priority, hours, code. What ends a run comes before what only delays it, save that
    facts known to be behind decide nothing.
    """
    if (gone := _gone(facts)) is not None:
        return _answer("end", gone, facts)
    if not facts.on:
        return _answer("end", "switched off", facts)
    if facts.had_it:
        return _answer("skip", "had it already", facts)
    if facts.had_one:
        return _answer("skip", "had one lately", facts)
    if facts.behind_for:
        return _wait("webhooks are queued", facts, facts.now + timedelta(seconds=facts.behind_for))
    if not all(facts.conditions.get(name, False) for name in facts.request.only_if):
        return _answer("end", "condition not met", facts)
    return _too_early(facts) or _unreachable(facts) or _not_now(facts) or _no_code(facts) or _send(facts)


def _gone(facts: Facts) -> Reason | None:
    """Why there is nobody to write to. Who was erased before a broadcast began is still among its members
    where the shop named them, or where the snapshot has not heard of it."""
    customer = facts.customer
    if customer.erased_at is not None and customer.erased_at >= facts.run.registered_at:
        return "erased"
    if customer.profile is not None:
        return None
    if facts.run_version is not None:
        return "cart gone"
    return "customer unknown" if customer.erased_at is None else "erased"


def address_for(facts: Facts) -> Address | None:
    """Where the message goes, None where no channel of the step is open."""
    return choose_channel(facts).address


def code_for(facts: Facts) -> bool:
    """Whether the message carries a code; one that need not have one may go without."""
    return facts.wish is not None and _code_objection(facts) is None


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
    quiet_at = cart.changed_at + timedelta(seconds=quiet_for)
    if quiet_at <= facts.now:
        return None
    if not in_time(facts, quiet_at):
        return _answer("skip", "too late", facts)
    return _wait("cart changed lately", facts, quiet_at)


def _unreachable(facts: Facts) -> Answer | None:
    """No channel of the step is open: on to the next step, if it may still reach them by another."""
    chosen = choose_channel(facts)
    if chosen.address is not None:
        return None
    others = set(facts.scenario.channels) - set(facts.request.channels)
    reason = chosen.closed[facts.request.channels[0]]
    return _answer("skip" if any_open(facts, others) else "end", reason, facts)


def _not_now(facts: Facts) -> Answer | None:
    if not in_time(facts, facts.now):
        return _answer("skip", "too late", facts)
    held = deferral(facts)
    if held is None:
        return None
    if not in_time(facts, held.until):
        return _answer("skip", "too late", facts)
    if facts.gives_up_at is not None and facts.now >= facts.gives_up_at:
        return _answer("skip", "waited too long", facts)
    return _wait(held.reason, facts, held.until)


def _no_code(facts: Facts) -> Answer | None:
    reason = _code_objection(facts)
    if facts.wish is None or facts.wish.optional or reason is None:
        return None
    return _answer("skip", reason, facts)


def _code_objection(facts: Facts) -> Reason | None:
    wish, profile = facts.wish, facts.customer.profile
    if wish is None or profile is None:
        return None
    if facts.guarded:
        return "buys without codes"
    used = [code for order in profile.orders for code in order.codes]
    reason = objection(facts.claims, used, wish, facts.now)
    return "no code left" if reason is None and facts.free is None else reason


def _send(facts: Facts) -> Answer:
    return _answer("send", "all conditions hold", facts).model_copy(
        update={"message_id": facts.step.message_id}
    )


def _wait(reason: Reason, facts: Facts, until: datetime) -> Answer:
    """Never for no time: a clock that was set back makes no wait negative."""
    seconds = max(1, ceil((until - facts.now).total_seconds()))
    told = _answer("wait", reason, facts)
    shown = {"until": (facts.now + timedelta(seconds=seconds)).isoformat(timespec="seconds")}
    return told.model_copy(update={"wait_seconds": seconds, "facts": told.facts | shown})


def _answer(decision: Literal["send", "skip", "wait", "end"], reason: Reason, facts: Facts) -> Answer:
    return Answer(decision=decision, reason=reason, facts=used(facts))


def used(facts: Facts) -> Told:
    """The facts as they are kept and shown: no personal data."""
    cart = facts.customer.cart(facts.run.cause)
    told: Told = {
        "at": facts.now.isoformat(timespec="seconds"),
        **_channel_facts(facts),
        "cart_changed_at": cart.changed_at.isoformat(timespec="seconds") if cart else None,
        "failed_condition": failed_condition(facts),
        **_budget_facts(facts),
        "time_zone": facts.hours.zone.key,
        "hour": facts.standing.hour,
        "too_late_after": facts.deadline.isoformat(timespec="seconds") if facts.deadline else None,
    }
    return told | {f"condition {name}": facts.conditions.get(name) for name in facts.request.only_if}


def _channel_facts(facts: Facts) -> Told:
    """The channel taken, else the step's favourite; and why others before it were not."""
    chosen = choose_channel(facts)
    channel = chosen.address.channel if chosen.address else facts.request.channels[0]
    address = facts.customer.addresses.get(channel)
    return {
        "channel": channel,
        "consent": address.granted if address else None,
        "suppressed": address.suppressed if address else None,
        **{f"channel {one}": why for one, why in chosen.closed.items()},
    }


def _budget_facts(facts: Facts) -> Told:
    cap = cap_of(facts.shop.sending, facts.level, wanted_frequency(facts))
    capped = facts.standing.delivered >= facts.shop.sending.free_until_delivered
    return {
        "engagement": facts.level,
        "cap": cap.messages if capped else None,
        "cap_window": cap.within if capped else None,
        "sent_lately": len(facts.budget.within(cap, facts.now)),
        "under_way": ", ".join(facts.rivals) or None,
    }
