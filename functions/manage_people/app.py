"""Who may sign in to a shop."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.api import Request, answer, caller_of, read_as, read_json, serve
from kairos.domain.errors import NotFound
from kairos.services import team
from kairos.services.shops import load_shop


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def list_people(request: Request) -> dict[str, Any]:
    """Everybody with a role of this shop's own."""
    return answer(
        200, {"people": [one.as_json() for one in team.list_team(bootstrap.people(), _shop(request))]}
    )


def invite_person(request: Request) -> dict[str, Any]:
    """Let in; who is new is sent a first password."""
    wish = read_as(team.TeamWish, read_json(request))
    return answer(201, team.invite(bootstrap.people(), _shop(request), wish).as_json())


def change_person(request: Request) -> dict[str, Any]:
    """Another role."""
    wish = read_as(team.RoleWish, read_json(request))
    by, person = caller_of(request).key_id, request.path["person"]
    return answer(200, team.change_role(bootstrap.people(), _shop(request), person, wish, by).as_json())


def remove_person(request: Request) -> dict[str, Any]:
    """No role here any more."""
    by, person = caller_of(request).key_id, request.path["person"]
    team.remove(bootstrap.people(), _shop(request), person, by)
    return answer(204)


def _shop(request: Request) -> str:
    """So that nobody has a role in a shop before there is one."""
    shop = request.path["shop"]
    if load_shop(bootstrap.items(), shop) is None:
        raise NotFound("shop", shop)
    return shop


_PEOPLE = "/v1/shops/{shop}/people"
ROUTES = {
    f"GET {_PEOPLE}": list_people,
    f"POST {_PEOPLE}": invite_person,
    f"PUT {_PEOPLE}/{{person}}": change_person,
    f"DELETE {_PEOPLE}/{{person}}": remove_person,
}
