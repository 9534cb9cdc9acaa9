"""Named criteria, and parts of rules, that several scenarios have in common."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from kairos.domain.criteria.durations import after
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.scenario import NamedCriterion, RuleJson, Shown

_BOUGHT = ["pending", "awaiting_transfer", "paid"]
_PLACED = [*_BOUGHT, "refunded", "cancelled"]

OPEN_COMPLAINT = "open_complaint"
"""The attribute that says "true" of a customer whose complaint is not settled, see services.acting."""

EVERYBODY: RuleJson = {"kind": "order_count", "at_least": 0}
NOBODY: RuleJson = {"not": EVERYBODY}
"""What is true of nobody: of a rule whose settings say nothing yet."""


def bought_within(length: str) -> RuleJson:
    """Placed an order since then, paid yet or not."""
    window = {"within": length}
    return {"kind": "order_count", "at_least": 1, "statuses": _BOUGHT, "window": window}


def silent_for(length: str) -> RuleJson:
    """The last order that counts is so old, and none was placed since that is still to be paid."""
    return {"all": [{"kind": "last_order", "older_than": length}, {"not": bought_within(length)}]}


def attribute_is(name: str, value: str) -> RuleJson:
    """The profile says so."""
    return {"kind": "attribute", "name": name, "equals": value}


def complaint_is_open() -> RuleJson:
    """They answered badly or complained, and nobody has settled it, however long ago.

    A complaint that no help desk tells of, the script tag alone, counts for 30 days* where none was ever
    settled: nobody says when it is.
    """
    told = {"kind": "support_contact", "complaint": True, "window": {"within": "P30D"}}
    by_tag = {"all": [told, {"not": attribute_is(OPEN_COMPLAINT, "false")}]}
    return {"any": [attribute_is(OPEN_COMPLAINT, "true"), by_tag]}


def _never_ordered(_cause: str, _settings: Any) -> RuleJson:
    return {"not": {"kind": "order_status", "any_of": _PLACED}}


def _no_cart(_cause: str, _settings: Any) -> RuleJson:
    return {"not": {"kind": "abandoned_cart"}}


def _no_open_complaint(_cause: str, _settings: Any) -> RuleJson:
    return {"not": complaint_is_open()}


def _very_satisfied(_cause: str, _settings: Any) -> RuleJson:
    return {"kind": "satisfaction", "any_of": ["very_satisfied"]}


def _in_loyal_segment(_cause: str, settings: Any) -> RuleJson:
    return {"kind": "in_segment", "segment": settings.loyal_segment}


NEVER_ORDERED = NamedCriterion(_never_ordered, "never ordered", "ordered")
NO_CART = NamedCriterion(_no_cart, "no cart", "filled a cart")
NO_OPEN_COMPLAINT = NamedCriterion(_no_open_complaint, "no open complaint", "complaint not settled")
SATISFIED = NamedCriterion(_very_satisfied, "very satisfied", "not very satisfied any more")
LOYAL = NamedCriterion(_in_loyal_segment, "loyal", "not loyal")
"""By the setting `loyal_segment`: the ready-made one (more orders than the shop's level for loyal buyers
says, also of those who have fallen silent), or the shop's own."""

LOYAL_SEGMENT = "loyal_customers"

_MEASURED_FROM = datetime(2026, 1, 1, tzinfo=UTC)


def refuse_unless_rising(settings: Any, *names: str) -> None:
    """Raises ValueError where one of these lengths is not longer than the one before."""
    for shorter, longer in pairwise(names):
        one, other = getattr(settings, shorter), getattr(settings, longer)
        if not _ends(one) < _ends(other):
            raise ValueError(
                f"the lengths cross: {longer} ({other}) is no longer than {shorter} ({one});"
                " let it be the longer one"
            )


def _ends(length: str) -> datetime:
    return after(length, _MEASURED_FROM, ZoneInfo("UTC"))


def ordered_last(profile: Profile, _settings: Any, _moment: Moment) -> Shown:
    """The products of the last order."""
    orders = profile.counting_orders
    return Shown(tuple(orders[-1].product_ids) if orders else ())
