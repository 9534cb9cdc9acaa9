"""Who may sign in to the shop, and with which role."""

from typing import Any

from kairos.api import read_as
from kairos.console.asked import Answer, Asked, caller_of
from kairos.console.sections import SHOP, Route, Section
from kairos.domain.errors import NotFound, Refused
from kairos.services import team
from kairos.services.api_keys import list_keys
from kairos.services.team import Member, RoleWish, TeamWish

_PERSON = f"{SHOP}/team/{{person}}"
ROLES = ("reader", "marketer", "owner")


def show(asked: Asked) -> Answer:
    """Everybody of the team, and the form that lets somebody in."""
    return _page(asked)


def invite(asked: Asked) -> Answer:
    """They get a first password by e-mail."""
    try:
        wish = read_as(TeamWish, {"email": asked.one("email"), "role": asked.one("role")})
        team.invite(asked.parts.desk().directory(), asked.here.id, wish)
    except Refused as refusal:
        wrong = "team.wrong.email" if refusal.field == "email" else "team.wrong.role"
        return _page(asked, wrong=wrong, email=asked.one("email"), role=asked.one("role"))._replace(
            status=400
        )
    return asked.go(f"{asked.at}/team", "team.invited_now")


def change(asked: Asked) -> Answer:
    """Another role."""
    wish = read_as(RoleWish, {"role": asked.one("role")})
    team.change_role(asked.parts.desk().directory(), asked.here.id, asked.path["person"], wish, _me(asked))
    return asked.go(f"{asked.at}/team", "team.changed")


def renew(asked: Asked) -> Answer:
    """A first password by e-mail, in the place of the one they lost."""
    team.renew_password(asked.parts.desk().directory(), asked.here.id, asked.path["person"], _me(asked))
    return asked.go(f"{asked.at}/team", "team.renewed")


def ask_to_remove(asked: Asked) -> Answer:
    """Names who would be shut out."""
    member = _member(asked)
    return asked.page(
        "sure.html",
        title=asked.say("team.remove_title", email=member.email),
        text=asked.say("team.remove_text", shop=asked.here.name),
        button=asked.say("team.remove"),
        action=f"{asked.at}/team/{member.person}/remove",
        back=f"{asked.at}/team",
        named=[f"{member.email}: {asked.say(f'frame.role.{member.role}')}", *_keys_of(asked, member.person)],
        typed="",
    )


def remove(asked: Asked) -> Answer:
    """They have no role here any more."""
    team.remove(asked.parts.desk().directory(), asked.here.id, asked.path["person"], _me(asked))
    return asked.go(f"{asked.at}/team", "team.removed")


def _keys_of(asked: Asked, person: str) -> list[str]:
    """The keys that they made, which go on opening the shop."""
    made = [
        one
        for one in list_keys(asked.parts.items, caller_of(asked), asked.here.id)
        if one["created_by"] == person
    ]
    return [
        asked.say("team.key_stays", name=one["name"] or f"…{one['last_four']}", role=_role(asked, one))
        for one in made
    ]


def _role(asked: Asked, key: dict[str, Any]) -> str:
    return asked.say(f"frame.role.{key['role']}")


def _me(asked: Asked) -> str:
    return asked.person.id if asked.person else ""


def _member(asked: Asked) -> Member:
    for one in team.list_team(asked.parts.desk().directory(), asked.here.id):
        if one.person == asked.path["person"]:
            return one
    raise NotFound("person", asked.path["person"])


def _page(asked: Asked, wrong: str = "", email: str = "", role: str = "marketer") -> Answer:
    return asked.page(
        "team.html",
        people=team.list_team(asked.parts.desk().directory(), asked.here.id),
        me=_me(asked),
        roles=ROLES,
        wrong=wrong,
        email=email,
        role=role,
        tab="people",
    )


SECTION = Section(
    "team",
    (
        Route("GET", f"{SHOP}/team", "owner", show),
        Route("POST", f"{SHOP}/team", "owner", invite),
        Route("POST", _PERSON, "owner", change),
        Route("POST", f"{_PERSON}/password", "owner", renew),
        Route("GET", f"{_PERSON}/remove", "owner", ask_to_remove),
        Route("POST", f"{_PERSON}/remove", "owner", remove),
    ),
    icon="M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20a6.5 6.5 0 0 1 13 0M18 8v6M15 11h6",
)
