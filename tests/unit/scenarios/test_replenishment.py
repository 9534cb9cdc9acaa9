"""Several products that run out one after another: which the one message tells of."""

from datetime import timedelta

import pytest

from kairos.domain.catalogue import ProductFact
from kairos.domain.moment import Moment
from kairos.domain.scenarios.registry import scenario
from tests.unit.criteria.people import catalogue
from tests.unit.scenarios.asked_of import NOW, SHOP, customer, order

DAY = timedelta(days=1)


def told(*days_left: float, **settings: str) -> tuple[str, ...]:
    """The products that a message of now tells of, each running out in so many days."""
    names = [f"p{number}" for number in range(len(days_left))]
    known = catalogue(*(ProductFact(id=name, unit_seconds=100 * 86_400) for name in names))
    orders = [
        order(NOW - (100 - left) * DAY, product_ids=(name,), quantities=(1,))
        for name, left in zip(names, days_left, strict=True)
    ]
    one = scenario("replenishment")
    assert one.shows is not None
    return one.shows(
        customer(*orders), one.read_settings(settings), Moment(NOW, SHOP, catalogue=known)
    ).products


def test_a_message_tells_of_all_that_would_come_too_early_for_a_run_of_its_own() -> None:
    # Due 7 days before: within the 7 days of `again_after`, and in the day after for which these are fresh.
    assert told(15, 14, 7) == ("p2", "p1", "p0")


def test_what_has_a_run_of_its_own_is_left_to_it() -> None:
    assert told(7, 15.1) == ("p0",)


@pytest.mark.parametrize(("again_after", "products"), [("never", ("p0",)), ("P14D", ("p0", "p1"))])
def test_how_far_ahead_depends_on_the_next_run(again_after: str, products: tuple[str, ...]) -> None:
    assert told(7, 20, again_after=again_after) == products
