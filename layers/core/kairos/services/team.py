"""Who may sign in to a shop, and with which role; its owners say so.

A role is membership in a group of the user pool (domain.access.group_of), and nothing of it is kept here.
"""

from typing import Annotated, Any, NamedTuple, get_args

from pydantic import StringConstraints

from kairos.domain.access import Role, at_least, group_of
from kairos.domain.errors import NotFound, Refused
from kairos.domain.identity import folded_email
from kairos.domain.value import Value
from kairos.ports import Directory

_ROLES: tuple[Role, ...] = get_args(Role)

Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)]


class TeamWish(Value):
    """Who is to be let in, by the address that they sign in with, and as what."""

    email: Address
    role: Role


class RoleWish(Value):
    """What somebody is to be from now on."""

    role: Role


class Member(NamedTuple):
    """Somebody who may sign in to the shop. invited: they have not signed in yet."""

    person: str
    email: str
    role: Role
    invited: bool

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return self._asdict()


def list_team(directory: Directory, shop: str) -> list[Member]:
    """Everybody with a role of this shop's own, by address; of several roles the greatest.

    Who has a role in all shops of the deployment is not among them: that is not the shop's to say.
    """
    found: dict[str, Member] = {}
    for role in _ROLES:
        for one in directory.members(group_of(shop, role)):
            known = found.get(one.person)
            if known is None or at_least(role, known.role):
                found[one.person] = Member(one.person, one.email, role, one.invited)
    return sorted(found.values(), key=lambda one: one.email)


def invite(directory: Directory, shop: str, wish: TeamWish) -> Member:
    """Let somebody in: who is not known yet is sent a first password. Repeating it changes nothing, but
    sends another one to who has not signed in yet, as the first is good for a week.

    Raises Refused for what is no address, and for somebody who has another role here already.
    """
    email = folded_email(wish.email)
    if email is None:
        raise Refused("email", "It is no e-mail address.", "Send one, such as ada@example.com.")
    known = next((one for one in list_team(directory, shop) if one.email == email), None)
    if known is not None and known.role != wish.role:
        problem = f"This person is {known.role} of the shop already."
        raise Refused("role", problem, "Change the role of the one who is there.")
    told = directory.invite(email)
    directory.put_in(told.person, group_of(shop, wish.role))
    return Member(told.person, told.email, wish.role, told.invited)


def change_role(directory: Directory, shop: str, person: str, wish: RoleWish, by: str) -> Member:
    """Give somebody of the team another role. by: who asks. Raises NotFound, Refused."""
    known = _known(directory, shop, person, by)
    if known.role == "owner" and wish.role != "owner":
        _stays_owned(directory, shop, person)
    directory.put_in(person, group_of(shop, wish.role))
    _take_out(directory, shop, person, keep=wish.role)
    return known._replace(role=wish.role)


def remove(directory: Directory, shop: str, person: str, by: str) -> None:
    """They have no role here any more; within minutes their open pages notice. Raises NotFound, Refused."""
    if _known(directory, shop, person, by).role == "owner":
        _stays_owned(directory, shop, person)
    _take_out(directory, shop, person)


def renew_password(directory: Directory, shop: str, person: str, by: str) -> None:
    """Send somebody of the team a first password, who has lost theirs or let the invitation lapse; the old
    one opens nothing. Raises NotFound, Refused."""
    directory.renew(_known(directory, shop, person, by).email)


def _stays_owned(directory: Directory, shop: str, person: str) -> None:
    """Two owners may take out each other, one after the other: the last one stays."""
    if not any(one.role == "owner" and one.person != person for one in list_team(directory, shop)):
        raise Refused("person", "That is the shop's only owner.", "Make somebody else an owner first.")


def _known(directory: Directory, shop: str, person: str, by: str) -> Member:
    """Somebody of the team, and another one than who asks: nobody changes their own role."""
    known = next((one for one in list_team(directory, shop) if one.person == person), None)
    if known is None:
        raise NotFound("person", person[:64])
    if person == by:
        raise Refused("person", "That is you.", "Ask another owner to do it.")
    return known


def _take_out(directory: Directory, shop: str, person: str, keep: Role | None = None) -> None:
    for role in _ROLES:
        if role != keep:
            directory.take_out(person, group_of(shop, role))
