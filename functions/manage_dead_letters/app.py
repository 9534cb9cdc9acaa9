"""A shop's dead letters: listed, and sent again."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.api import Request, answer, read_as, read_json, serve
from kairos.services.dead_letters.replaying import ReplayWish, list_letters, replay


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def list_dead_letters(request: Request) -> dict[str, Any]:
    """The newest, with what was wrong and without their bodies."""
    return answer(200, list_letters(bootstrap.items(), bootstrap.clock(), request.path["shop"]))


def replay_dead_letters(request: Request) -> dict[str, Any]:
    """They wait to be recorded again."""
    wish = read_as(ReplayWish, read_json(request))
    return answer(202, replay(bootstrap.replaying(), request.path["shop"], wish))


_LETTERS = "/v1/shops/{shop}/dead-letters"
ROUTES = {
    f"GET {_LETTERS}": list_dead_letters,
    f"POST {_LETTERS}/replay": replay_dead_letters,
}
