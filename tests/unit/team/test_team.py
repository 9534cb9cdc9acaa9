"""The team of a shop: groups of the directory, which its owners change, and never their own role."""

import pytest

from kairos.domain.access import group_of
from kairos.domain.errors import NotFound, Refused
from kairos.ports import Known
from kairos.services import team
from kairos.services.team import RoleWish, TeamWish


class MemoryDirectory:
    """See ports.Directory."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.groups: dict[str, set[str]] = {}
        self.renewed: list[str] = []

    def members(self, group: str) -> list[Known]:
        return [self.known[one] for one in sorted(self.groups.get(group, ()))]

    def invite(self, email: str) -> Known:
        return self.known.setdefault(f"id-{email}", Known(f"id-{email}", email, True))

    def renew(self, email: str) -> None:
        self.renewed.append(email)

    def put_in(self, person: str, group: str) -> None:
        self.groups.setdefault(group, set()).add(person)

    def take_out(self, person: str, group: str) -> None:
        self.groups.get(group, set()).discard(person)


@pytest.fixture
def directory() -> MemoryDirectory:
    made = MemoryDirectory()
    team.invite(made, "demo", TeamWish(email="owner@example.com", role="owner"))
    return made


OWNER = "id-owner@example.com"


def roles(directory: MemoryDirectory, shop: str = "demo") -> dict[str, str]:
    return {one.email: one.role for one in team.list_team(directory, shop)}


def test_who_is_invited_has_the_role_in_this_shop_alone(directory: MemoryDirectory) -> None:
    made = team.invite(directory, "demo", TeamWish(email=" Ada@Example.com ", role="marketer"))
    assert (made.email, made.role, made.invited) == ("ada@example.com", "marketer", True)
    assert roles(directory) == {"ada@example.com": "marketer", "owner@example.com": "owner"}
    assert roles(directory, "other") == {}


def test_inviting_again_changes_nothing_and_no_role_is_changed_unasked(directory: MemoryDirectory) -> None:
    wish = TeamWish(email="ada@example.com", role="reader")
    assert team.invite(directory, "demo", wish) == team.invite(directory, "demo", wish)
    with pytest.raises(Refused, match="reader of the shop already"):
        team.invite(directory, "demo", TeamWish(email="ada@example.com", role="owner"))


def test_a_new_role_takes_the_place_of_the_old_one(directory: MemoryDirectory) -> None:
    ada = team.invite(directory, "demo", TeamWish(email="ada@example.com", role="owner")).person
    directory.put_in(ada, group_of("other", "owner"))
    team.change_role(directory, "demo", ada, RoleWish(role="reader"), OWNER)
    assert roles(directory)["ada@example.com"] == "reader"
    assert roles(directory, "other") == {"ada@example.com": "owner"}


def test_who_is_removed_has_no_role_here_and_keeps_those_elsewhere(directory: MemoryDirectory) -> None:
    ada = team.invite(directory, "demo", TeamWish(email="ada@example.com", role="marketer")).person
    directory.put_in(ada, group_of("other", "reader"))
    team.remove(directory, "demo", ada, OWNER)
    assert roles(directory) == {"owner@example.com": "owner"}
    assert roles(directory, "other") == {"ada@example.com": "reader"}


def test_nobody_changes_or_takes_their_own_role(directory: MemoryDirectory) -> None:
    with pytest.raises(Refused, match="another owner"):
        team.change_role(directory, "demo", OWNER, RoleWish(role="reader"), OWNER)
    with pytest.raises(Refused, match="another owner"):
        team.remove(directory, "demo", OWNER, OWNER)


def test_the_last_owner_stays_whoever_asks(directory: MemoryDirectory) -> None:
    ada = team.invite(directory, "demo", TeamWish(email="ada@example.com", role="owner")).person
    team.remove(directory, "demo", ada, OWNER)
    for key in (ada, "a-key"):  # whose page noticed nothing yet; a program
        with pytest.raises(Refused, match="only owner"):
            team.remove(directory, "demo", OWNER, key)
        with pytest.raises(Refused, match="only owner"):
            team.change_role(directory, "demo", OWNER, RoleWish(role="marketer"), key)
    assert roles(directory) == {"owner@example.com": "owner"}


def test_a_new_password_goes_to_the_team_alone(directory: MemoryDirectory) -> None:
    ada = team.invite(directory, "demo", TeamWish(email="ada@example.com", role="reader")).person
    bob = team.invite(directory, "other", TeamWish(email="bob@example.com", role="owner")).person
    team.renew_password(directory, "demo", ada, OWNER)
    with pytest.raises(NotFound):
        team.renew_password(directory, "demo", bob, OWNER)
    assert directory.renewed == ["ada@example.com"]


def test_a_person_of_another_shop_is_not_found(directory: MemoryDirectory) -> None:
    bob = team.invite(directory, "other", TeamWish(email="bob@example.com", role="owner")).person
    with pytest.raises(NotFound):
        team.change_role(directory, "demo", bob, RoleWish(role="reader"), OWNER)
    with pytest.raises(NotFound):
        team.remove(directory, "demo", bob, OWNER)


def test_what_is_no_address_is_not_invited(directory: MemoryDirectory) -> None:
    with pytest.raises(Refused, match="no e-mail address"):
        team.invite(directory, "demo", TeamWish(email="ada", role="reader"))
