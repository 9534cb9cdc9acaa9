"""The score of satisfaction and its parts, reckoned by hand from the formula in docs/criteria.md."""

from datetime import timedelta
from typing import Any

import pytest

from kairos.domain.criteria.satisfaction import satisfaction_parts
from kairos.domain.errors import Refused
from kairos.domain.levels import Levels
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile, SurveyFact
from tests.unit.criteria.both import holds
from tests.unit.criteria.doing import DAY, SECOND, act
from tests.unit.criteria.people import NOW, moment, order, profile

YEAR = timedelta(days=365)


def answers(*scores: int, ago: timedelta = DAY) -> tuple[SurveyFact, ...]:
    return tuple(SurveyFact(at=NOW - ago, score=score) for score in scores)


def orders(count: int, **told: Any) -> list[Any]:
    return [order(number * DAY, id=f"o{number}{told}", **told) for number in range(count)]


def complaints(count: int, ago: timedelta = DAY) -> tuple[Any, ...]:
    return tuple(act("support", "ticket", ago, stage="complaint") for _ in range(count))


RETURNED = {"returned": True}
TAKEN_BACK = {"returned": True, "counts": False}


@pytest.mark.parametrize(
    ("who", "score"),
    [
        (profile(*orders(1)), 50),
        (profile(*orders(5)), 70),
        (profile(*orders(6)), 70),
        (profile(surveys=answers(10)), 90),
        (profile(surveys=answers(0)), 10),
        (profile(surveys=answers(5)), 50),
        (profile(surveys=answers(7, 8)), 70),
        (profile(surveys=answers(9, 9, 8)), 79),  # 8 x 26 / 3 = 69.3 of 80
        (profile(*orders(1, **TAKEN_BACK)), 20),
        (profile(*orders(1), *orders(1, **TAKEN_BACK)), 35),
        (profile(*orders(1), *orders(1, **RETURNED)), 40),
        (profile(*orders(2), *orders(1, **RETURNED)), 50),
        (profile(acts=complaints(1)), 35),
        (profile(acts=complaints(2)), 20),
        (profile(acts=complaints(3)), 20),
        (profile(*orders(1, **TAKEN_BACK), acts=complaints(2), surveys=answers(0)), 0),
        (profile(*orders(5), surveys=answers(10)), 100),
    ],
)
def test_the_score_adds_up(who: Profile, score: int) -> None:
    assert satisfaction_parts(who, moment()).score == score
    assert holds({"kind": "satisfaction", "score": {"equals": score}}, who)


def test_the_parts_are_shown() -> None:
    who = profile(*orders(2), *orders(1, **TAKEN_BACK), acts=complaints(1), surveys=answers(8, 9))
    shown = satisfaction_parts(who, moment()).model_dump()
    assert shown == {
        "surveys": 2,
        "survey_points": 28,
        "orders": 3,
        "returned": 1,
        "return_points": -10,
        "complaints": 1,
        "complaint_points": -15,
        "repeat_orders": 1,
        "repeat_points": 5,
    }


@pytest.mark.parametrize(
    "who",
    [
        profile(),
        profile(*orders(1, status="cancelled", counts=False)),
        profile(*orders(1, test=True, counts=False)),
        profile(acts=(act("support", stage="question"), act("chat"))),
    ],
)
def test_of_whom_nothing_tells_there_is_no_score(who: Profile) -> None:
    assert satisfaction_parts(who, moment()).score is None
    assert not holds({"kind": "satisfaction", "score": {"at_least": 0}}, who)
    assert not holds({"kind": "satisfaction", "any_of": ["unhappy", "neutral", "very_satisfied"]}, who)


def test_what_is_older_than_a_year_no_longer_tells() -> None:
    old = profile(order(YEAR, **TAKEN_BACK), acts=complaints(1, ago=YEAR), surveys=answers(0, ago=YEAR))
    assert satisfaction_parts(old, moment()).score is None
    assert satisfaction_parts(profile(surveys=answers(0, ago=YEAR - SECOND)), moment()).score == 10


@pytest.mark.parametrize(
    ("who", "level"),
    [
        (profile(acts=complaints(1)), "unhappy"),
        (profile(*orders(1), *orders(1, **RETURNED)), "neutral"),
        (profile(surveys=answers(7)), "neutral"),
        (profile(*orders(5)), "very_satisfied"),
    ],
)
def test_unhappy_is_below_40_and_very_satisfied_from_70(who: Profile, level: str) -> None:
    levels = ("unhappy", "neutral", "very_satisfied")
    assert [one for one in levels if holds({"kind": "satisfaction", "any_of": [one]}, who)] == [level]


def test_the_bounds_are_the_shops() -> None:
    at = moment()
    strict = at.shop.model_copy(update={"levels": Levels(unhappy_below=50, very_satisfied_from=90)})
    rule = {"kind": "satisfaction", "any_of": ["unhappy"]}
    assert holds(rule, profile(*orders(1), acts=complaints(1)), Moment(now=at.now, shop=strict))
    assert not holds(rule, profile(*orders(1)), Moment(now=at.now, shop=strict))


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({}, "rule"),
        ({"any_of": []}, "any_of"),
        ({"score": {"at_least": 101}}, "rule"),
        ({"score": {"at_least": 60, "at_most": 50}}, "score"),
    ],
)
def test_what_asks_for_nothing_or_the_impossible_is_refused(told: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        holds({"kind": "satisfaction", **told}, profile())
    assert refused.value.field == field
