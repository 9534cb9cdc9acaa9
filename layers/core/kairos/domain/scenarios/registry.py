"""The closed registry of scenarios: a new one costs a file, a state machine and one line here."""

from kairos.domain.errors import NotFound
from kairos.domain.event import EventName
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios.abandoned_cart import ABANDONED_CART
from kairos.domain.scenarios.campaign import CAMPAIGN
from kairos.domain.scenarios.launch_announcement import LAUNCH_ANNOUNCEMENT
from kairos.domain.scenarios.newsletter import NEWSLETTER
from kairos.domain.scenarios.price_drop import PRICE_DROP
from kairos.domain.scenarios.season import SEASON
from kairos.domain.scenarios.second_order import SECOND_ORDER

SCENARIOS: dict[str, Scenario] = {
    one.name: one
    for one in (
        ABANDONED_CART,
        SECOND_ORDER,
        PRICE_DROP,
        LAUNCH_ANNOUNCEMENT,
        SEASON,
        NEWSLETTER,
        CAMPAIGN,
    )
}


def scenario(name: str) -> Scenario:
    """The scenario of that name. Raises NotFound."""
    if name not in SCENARIOS:
        raise NotFound("scenario", name)
    return SCENARIOS[name]


def started_by(event: EventName) -> list[Scenario]:
    """The scenarios that such an event may start."""
    return [one for one in SCENARIOS.values() if one.starts_on == event]
