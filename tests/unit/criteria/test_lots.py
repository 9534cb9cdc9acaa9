"""Shares by lot: as large as asked for, the same every time, apart or independent as the rule says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kairos.domain.errors import Refused
from kairos.domain.profile import Profile
from tests.unit.criteria.people import holds, profile

CROWD = [Profile(id=f"e-{number:05}", nodes=("n",)) for number in range(4000)]
SLACK = 120
"""Customers of 4,000 by which a share of up to a half may differ: nearly four standard deviations (32)."""

_salts = some.none() | some.text(min_size=1, max_size=20)


def picked(percent: int, skip: int = 0, salt: str | None = None) -> set[str]:
    rule = {"kind": "percentage", "percent": percent, "skip": skip, **({"salt": salt} if salt else {})}
    return {who.id for who in CROWD if holds(rule, who)}


@pytest.mark.parametrize("salt", [None, "spring", "x"])
@pytest.mark.parametrize("percent", [1, 10, 50])
def test_a_share_is_about_as_large_as_asked_for(percent: int, salt: str | None) -> None:
    assert abs(len(picked(percent, salt=salt)) - percent * 40) < SLACK


@given(_salts)
def test_all_are_all(salt: str | None) -> None:
    rule = {"kind": "percentage", "percent": 100, **({"salt": salt} if salt else {})}
    assert all(holds(rule, who) for who in CROWD[:50])


def test_a_larger_share_holds_the_smaller() -> None:
    assert picked(10) < picked(11) < picked(50)


@pytest.mark.parametrize("salt", [None, "spring"])
def test_shares_that_skip_each_other_are_apart_and_make_up_the_whole(salt: str | None) -> None:
    thirds = [picked(33, 0, salt), picked(33, 33, salt), picked(34, 66, salt)]
    assert sum(map(len, thirds)) == len(CROWD)
    assert set().union(*thirds) == {who.id for who in CROWD}


@pytest.mark.parametrize(("one", "other"), [(None, "a"), ("a", "b"), ("spring", "autumn"), ("a", "A")])
def test_another_salt_picks_independently(one: str | None, other: str) -> None:
    both = picked(50, salt=one) & picked(50, salt=other)
    assert abs(len(both) - 1000) < SLACK


def test_who_is_picked_depends_on_the_id_alone() -> None:
    rule = {"kind": "percentage", "percent": 50}
    assert holds(rule, profile()) is holds(rule, Profile(id="c1", nodes=("other",), email="a@example.com"))
    # The lot of c1 is 0xd0f631ca of 0x100000000: 81.6 per cent.
    assert not holds({"kind": "percentage", "percent": 81}, profile())
    assert holds({"kind": "percentage", "percent": 82}, profile())


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"percent": 0}, "percent"),
        ({"percent": 101}, "percent"),
        ({"percent": 51, "skip": 50}, "rule"),
        ({"percent": 1, "skip": 100}, "skip"),
        ({"percent": 10, "salt": ""}, "salt"),
    ],
)
def test_a_share_that_cannot_be_is_refused(told: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        holds({"kind": "percentage", **told}, profile())
    assert refused.value.field == field
