"""Fields of the profile by their name, at their edges."""

from datetime import date

import pytest

from kairos.domain.person import Address, Person
from kairos.domain.profile import Profile
from tests.unit.criteria.both import holds
from tests.unit.criteria.people import person, profile


@pytest.mark.parametrize(
    ("test", "fits"),
    [
        ({"equals": "BLUE"}, True),
        ({"equals": "blu"}, False),
        ({"any_of": ["red", "Blue"]}, True),
        ({"contains": "LU"}, True),
        ({"exists": True}, True),
        ({"exists": False}, False),
        ({"greater": "3"}, False),
        ({"less": "3"}, False),
        ({"equals": "blue", "contains": "red"}, False),
    ],
)
def test_an_attribute_compares_as_text(test: dict[str, object], fits: bool) -> None:
    assert holds({"kind": "attribute", "name": "color", **test}, person(attributes={"color": "blue"})) is fits


@pytest.mark.parametrize(
    ("value", "test", "fits"),
    [
        ("44", {"greater": "9"}, True),
        ("44", {"greater": "44"}, False),
        ("44.0", {"less": "44.5"}, True),
        ("2026-03-01", {"greater": "2026-02-28"}, True),
        ("2026-03-01", {"less": "2026-02-28"}, False),
        ("2026-03-01", {"greater": "43"}, False),
        ("NaN", {"greater": "1"}, False),
    ],
)
def test_an_attribute_compares_numbers_and_dates(value: str, test: dict[str, str], fits: bool) -> None:
    assert holds({"kind": "attribute", "name": "x", **test}, person(attributes={"x": value})) is fits


def test_a_missing_or_empty_attribute_only_matches_exists_false() -> None:
    for empty in (profile(), person(attributes={"color": " "})):
        assert holds({"kind": "attribute", "name": "color", "exists": False}, empty)
        assert not holds({"kind": "attribute", "name": "color", "equals": "blue"}, empty)
        assert not holds({"kind": "attribute", "name": "color", "exists": True}, empty)


@pytest.mark.parametrize(
    ("name", "value", "who"),
    [
        ("first_name", "Anna", person(first_name="Anna")),
        ("last_name", "Weiss", person(last_name="Weiss")),
        ("email", "kim@example.com", profile(email="kim@example.com")),
        ("phone", "+41760000000", profile(phone="+41760000000")),
        ("gender", "female", person(gender="female")),
        ("language", "de-CH", person(language="de-CH")),
        ("birthday", "1990-03-14", person(birthday=date(1990, 3, 14))),
        ("postcode", "8001", person(address=Address(postcode=" 8001 "))),
    ],
)
def test_the_profiles_own_fields_go_by_their_names(name: str, value: str, who: Profile) -> None:
    asked = {"kind": "attribute", "name": name}
    assert holds({**asked, "equals": value}, who)
    assert holds({**asked, "exists": False}, profile())
    assert not holds({**asked, "exists": False}, who)


def test_a_birthday_is_compared_as_the_date_that_it_is() -> None:
    born = person(birthday=date(1990, 3, 14))
    assert holds({"kind": "attribute", "name": "birthday", "less": "1990-03-15"}, born)
    assert not holds({"kind": "attribute", "name": "birthday", "less": "1990-03-14"}, born)


def test_an_extra_field_never_stands_in_for_an_own_one() -> None:
    told = profile(person=Person(attributes={"birthday": "1990-03-14"}))
    assert not holds({"kind": "attribute", "name": "birthday", "exists": True}, told)
