"""Who is unhappy is told of to support whatever else is under way, and whoever is held out of mails."""

from datetime import timedelta

import pytest

from kairos import keys
from kairos.domain.event import Event
from kairos.domain.holdout import HOLDOUT
from kairos.domain.scenario_entries import WayIn
from kairos.domain.scenarios.satisfaction import SATISFACTION
from kairos.ports import Item, Put
from kairos.services.runs import runs_of
from kairos.services.starting import Starting, start_scenarios
from tests.unit.scenarios.shopfront import Shopfront


@pytest.fixture
def shop() -> Shopfront:
    made = Shopfront()
    stand(made)
    made.order(days=12)
    return made


def stand(shop: Shopfront, holdout: int = 0, **settings: str) -> None:
    body = {"enabled": True, "holdout_percent": holdout, "settings": settings}
    shop.items.write(Put(Item(keys.scenario_settings("shoes", "satisfaction"), "1", body)))


def enters(shop: Shopfront, entry: str, version: str = "1") -> str:
    event = Event(
        name="SegmentEntered",
        shop="shoes",
        customer=shop.nodes()[0],
        cause=f"segment:{WayIn(SATISFACTION, entry).segment}",
        occurred_at=shop.clock.now(),
        version=version,
    )
    return start_scenarios(Starting(shop.items, shop.clock, shop.machines), event)["satisfaction"]


def test_who_turns_unhappy_while_the_survey_is_under_way_is_told_of(shop: Shopfront) -> None:
    assert [enters(shop, "delivered"), enters(shop, "low_score")] == ["started", "started"]


def test_a_note_to_support_under_way_keeps_no_survey_back(shop: Shopfront) -> None:
    stand(shop, again_after="P90D")
    assert [enters(shop, "low_score"), enters(shop, "delivered")] == ["started", "started"]


def test_every_time_somebody_turns_unhappy_counts_and_each_once(shop: Shopfront) -> None:
    stand(shop, again_after="never")
    told = [enters(shop, "low_score", version) for version in ("1", "2", "2")]
    assert told == ["started", "started", "running already"]


def test_who_is_held_out_of_the_survey_is_told_of_and_stays_held_out(shop: Shopfront) -> None:
    stand(shop, holdout=99)
    assert enters(shop, "low_score") == "started"
    assert enters(shop, "delivered") == HOLDOUT
    shop.clock.at += timedelta(days=1)
    assert enters(shop, "low_score", "2") == "started"
    stand(shop, holdout=0)
    assert enters(shop, "delivered", "2") == HOLDOUT
    assert len(runs_of(shop.items, "shoes", shop.nodes())) == 4
