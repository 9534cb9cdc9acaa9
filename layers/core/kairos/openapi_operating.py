"""The routes by which a shop is looked after: dead letters, people, its sender."""

from typing import get_args

from pydantic import BaseModel

from kairos.domain.access import Role
from kairos.domain.dead_letter import DeadLetter
from kairos.openapi_parts import TEXT, Route, Schema, list_of, object_of, schema_of
from kairos.services.dead_letters.replaying import ReplayWish
from kairos.services.senders import Check, State
from kairos.services.team import RoleWish, TeamWish

_SHOP = "/v1/shops/{shop}"
_FLAG: Schema = {"type": "boolean"}

OPERATING_MODELS: tuple[type[BaseModel], ...] = (DeadLetter, ReplayWish, TeamWish, RoleWish)

_PERSON = object_of(
    ("person", "email", "role", "invited"),
    person=TEXT,
    email=TEXT,
    role={"enum": list(get_args(Role))},
    invited={**_FLAG, "description": "A first password was sent, and not used yet."},
)
_RECORD = object_of(("type", "name", "value"), type=TEXT, name=TEXT, value=TEXT)
_FINDING = object_of(
    ("check", "state"),
    check={"enum": list(get_args(Check))},
    state={"enum": list(get_args(State))},
    found={"type": ["string", "null"]},
    wanted=list_of(_RECORD),
)

OPERATING_ROUTES: dict[str, Route] = {
    f"GET {_SHOP}/dead-letters": Route(
        "Deliveries that could not be recorded, newest first, without their bodies",
        object_of(("letters", "more"), letters=list_of(schema_of(DeadLetter)), more=_FLAG),
    ),
    f"POST {_SHOP}/dead-letters/replay": Route(
        "Have dead letters recorded again, some by name or all; repeating it does no harm",
        object_of(("replayed", "left"), replayed={"type": "integer"}, left=_FLAG),
        schema_of(ReplayWish),
        202,
    ),
    f"GET {_SHOP}/people": Route("Who may sign in to the shop", object_of(people=list_of(_PERSON))),
    f"POST {_SHOP}/people": Route(
        "Let somebody sign in; who is new is sent a first password", _PERSON, schema_of(TeamWish), 201
    ),
    f"PUT {_SHOP}/people/{{person}}": Route("Give somebody another role", _PERSON, schema_of(RoleWish)),
    f"DELETE {_SHOP}/people/{{person}}": Route("Take somebody's role in this shop", None, status=204),
    f"GET {_SHOP}/sender": Route(
        "Whether mail in the shop's name arrives: what SES and the DNS say, and the records that are missing",
        object_of(
            ("email", "domain", "ready", "checks"),
            email=TEXT,
            domain=TEXT,
            ready=_FLAG,
            checks=list_of(_FINDING),
        ),
    ),
}
