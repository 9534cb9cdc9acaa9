"""The functions behind the API share this: routes to what answers them, errors to problem documents."""

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from kairos.adapters.api_gateway import Request, answer, problem, read_request
from kairos.domain.access import Caller
from kairos.domain.errors import (
    Conflict,
    Forbidden,
    InUse,
    NotFound,
    NotReady,
    Refused,
    Throttled,
    TooLarge,
    Unavailable,
)
from kairos.domain.refusing import refused

Route = Callable[[Request], dict[str, Any]]
"""Answers one request with a proxy answer (see adapters.api_gateway.answer)."""

_LOG = logging.getLogger("kairos")


def serve(routes: Mapping[str, Route], event: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a proxy event. routes: "GET /v1/shops/{shop}", as template.yaml declares them."""
    request = read_request(event)
    route = routes.get(f"{request.method} {request.route}")
    try:
        if route is None:
            return problem(404, "The API has no such address or method.")
        return route(request)
    except Refused as wrong:
        return problem(400, wrong.problem, field=wrong.field, remedy=wrong.remedy)
    except Forbidden as wrong:
        return problem(403, str(wrong))
    except NotFound as wrong:
        return problem(404, str(wrong))
    except InUse as wrong:
        return problem(409, str(wrong), remedy="Take it out of these first.")
    except Conflict:
        detail = "Somebody else changed the same thing at the same time."
        return problem(409, detail, remedy="Read it again, then decide again.")
    except TooLarge:
        return problem(413, "It is larger than what can be kept.", remedy="Send less.")
    except NotReady as early:
        return problem(503, str(early), remedy="Ask again in a minute.", headers={"retry-after": "60"})
    except Throttled:
        return problem(503, "The store is busy; nothing was done.", headers={"retry-after": "2"})
    except Unavailable:
        detail = "The store gave no answer; whether it was done nobody knows."
        return problem(503, detail, remedy="Send the same again.", headers={"retry-after": "2"})
    except Exception as failure:
        # Told by name and place alone: an error's text may quote what was sent.
        places = "".join(traceback.format_tb(failure.__traceback__))
        _LOG.error("%s at\n%s", type(failure).__name__, places)
        return problem(500, "Something went wrong on our side.", remedy="Try again; the log tells where.")


def caller_of(request: Request) -> Caller:
    """Who the authorizer says is calling. Raises Forbidden where it said nothing."""
    told = request.caller
    if not told.get("key_id"):
        raise Forbidden("No API key was judged for this request.")
    shops = tuple(told["shops"].split(","))
    return Caller.model_validate({"key_id": told["key_id"], "role": told["role"], "shops": shops})


def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object. Raises Refused where it is none, or no text that could be kept."""
    remedy = "Send one JSON object in UTF-8."
    try:
        told = json.loads(request.body)
        json.dumps(told, ensure_ascii=False).encode()  # fails for escaped halves of surrogate pairs
    except (ValueError, RecursionError) as wrong:
        raise Refused("body", "The body is not JSON.", remedy) from wrong
    if not isinstance(told, dict):
        raise Refused("body", "The body is not a JSON object.", remedy)
    return told


def read_as[T: BaseModel](model: type[T], told: Mapping[str, Any]) -> T:
    """The body as a model. Raises Refused naming the field."""
    try:
        return model.model_validate(dict(told))
    except ValidationError as wrong:
        raise refused(wrong, model) from wrong


__all__ = ["Request", "Route", "answer", "caller_of", "problem", "read_as", "read_json", "serve"]
