"""The closed registry of scenarios: a new one costs a file, a state machine and one line here."""

from kairos.domain.errors import NotFound, Refused
from kairos.domain.event import EventName
from kairos.domain.refusing import nearest
from kairos.domain.scenario import NEGATION, Scenario
from kairos.domain.scenarios.abandoned_cart import ABANDONED_CART

SCENARIOS: dict[str, Scenario] = {one.name: one for one in (ABANDONED_CART,)}


def scenario(name: str) -> Scenario:
    """The scenario of that name. Raises NotFound."""
    if name not in SCENARIOS:
        raise NotFound("scenario", name)
    return SCENARIOS[name]


def started_by(event: EventName) -> list[Scenario]:
    """The scenarios that such an event may start."""
    return [one for one in SCENARIOS.values() if one.starts_on == event]


def naming(name: str) -> Scenario:
    """The scenario that names this criterion ("not NAME" too); a name means one thing. Raises Refused."""
    plain = name.removeprefix(NEGATION)
    for one in SCENARIOS.values():
        if plain in one.criteria:
            return one
    known = sorted({known for one in SCENARIOS.values() for known in one.criteria})
    raise Refused("only_if", f"No scenario names a criterion {plain!r}.", nearest(plain, known))
