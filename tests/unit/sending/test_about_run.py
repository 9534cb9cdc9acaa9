"""What a timeline's message is about: the products of its order or rule, and the day that it is."""

from datetime import UTC, date, datetime

import pytest

from kairos.domain.moment import Moment
from kairos.domain.person import Person
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact
from kairos.domain.scenario import Shown
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.domain.standing import Thresholds
from tests.unit.scenarios.shopfront import Shopfront

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def order(day: int, **bought: int) -> OrderFact:
    return OrderFact(
        id=str(day), placed_at=datetime(2026, 2, day, tzinfo=UTC), status="paid", currency="EUR",
        revenue=1000, revenue_without_tax=800, items=sum(bought.values()), counts=True,
        product_ids=tuple(sorted(bought)), quantities=tuple(bought[one] for one in sorted(bought)),
    )  # fmt: skip


def shown(scenario: str, profile: Profile, **settings: object) -> Shown:
    one = SCENARIOS[scenario]
    assert one.shows is not None
    thresholds = Thresholds(
        product_intervals={"soap": 20 * 86_400, "oil": 18 * 86_400, "chair": 900 * 86_400}
    )
    moment = Moment(now=NOW, shop=Shopfront().shop, thresholds=thresholds)
    return one.shows(profile, one.recall_settings(settings), moment)


@pytest.fixture
def ada() -> Profile:
    orders = (order(1, tea=1), order(14, soap=1, oil=1, chair=1))
    return Profile(id="c1", nodes=("c1",), orders=orders, person=Person(birthday=date(1990, 3, 2)))


@pytest.mark.parametrize("scenario", ["order_follow_up", "review_request"])
def test_what_was_ordered_last_is_shown(ada: Profile, scenario: str) -> None:
    assert set(shown(scenario, ada).products) == {"soap", "oil", "chair"}


def test_what_runs_out_is_shown_the_soonest_first(ada: Profile) -> None:
    assert shown("replenishment", ada).products == ("oil", "soap")


@pytest.mark.parametrize("scenario", ["cross_sell", "upsell"])
def test_what_goes_with_it_is_shown(ada: Profile, scenario: str) -> None:
    assert shown(scenario, ada, other_products=["dish"]).products == ("dish",)


def test_the_day_is_named_by_its_field(ada: Profile) -> None:
    assert shown("occasion", ada, dates=["anniversary", "birthday"]).occasion == "birthday"
    assert shown("occasion", ada, dates=["anniversary"]).occasion is None
