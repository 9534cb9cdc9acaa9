"""replenishment: what somebody bought runs out soon.

Each product lets somebody in on the first day on which it is due, so that one hides no other; what becomes
due before the next run may begin stands in the message too.

Figures with a star are our own defaults (eDesk and CloudCart give none); each is a setting of the shop.
"""

from kairos.domain.criteria.criterion import Names
from kairos.domain.criteria.durations import ExactDuration, ExactLastingDuration, WaitDuration, after
from kairos.domain.criteria.product_times import ReplenishmentDue
from kairos.domain.criteria.rule import parse_rule
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.scenario import NEVER, Entry, NamedCriterion, RuleJson, Scenario, Shown
from kairos.domain.scenarios.timeline_settings import Again, TimelineSettings


class ReplenishmentSettings(TimelineSettings):
    """lead: 7 days*, before it runs out. overdue: 14 days*, after which it is too late to remind. products,
    categories: of these alone, by id or name; none: of all. send_after: at once*. again_after: 7 days*.
    """

    again_after: Again = "P7D"
    lead: ExactLastingDuration = "P7D"
    overdue: ExactDuration = "P14D"
    products: Names | None = None
    categories: Names | None = None
    send_after: WaitDuration = "PT0S"


FRESH_FOR = "P1D"


def _newly_due(settings: ReplenishmentSettings) -> RuleJson:
    return {**_due(settings), "fresh_for": FRESH_FOR}


def _due(settings: ReplenishmentSettings) -> RuleJson:
    chosen = {"products": settings.products, "categories": settings.categories}
    named = {name: list(some) for name, some in chosen.items() if some is not None}
    return {"kind": "replenishment_due", "lead": settings.lead, "overdue": settings.overdue, **named}


def _still_due(_cause: str, settings: ReplenishmentSettings) -> RuleJson:
    return _due(settings)


def _told_ahead(settings: ReplenishmentSettings, moment: Moment) -> str:
    """So long before it runs out, a product is told of: all that would let somebody in too early, and what
    becomes due while such a one is fresh, which goes unnoticed."""
    if settings.again_after == NEVER:
        return settings.lead
    until = after(settings.again_after, after(settings.lead, moment.now, moment.shop.zone), moment.shop.zone)
    until = after(FRESH_FOR, until, moment.shop.zone)
    return f"PT{int((until - moment.now).total_seconds())}S"


def _running_out(profile: Profile, settings: ReplenishmentSettings, moment: Moment) -> Shown:
    rule = parse_rule({**_due(settings), "lead": _told_ahead(settings, moment)})
    return Shown(rule.products_due(profile, moment) if isinstance(rule, ReplenishmentDue) else ())


REPLENISHMENT = Scenario(
    name="replenishment",
    title="Replenishment",
    settings=ReplenishmentSettings,
    durations=("lead", "overdue", "send_after"),
    criteria={"still_due": NamedCriterion(_still_due, "running out", "ordered again, or run out long ago")},
    entries={"due": Entry(_newly_due)},
    shows=_running_out,
    priority=55,
)
