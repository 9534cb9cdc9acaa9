"""The hosted forms: GET shows a page, POST keeps what was answered, HEAD does nothing.

Beside them, by fixed names, the script and the worker of notifications in the browser.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from kairos import bootstrap
from kairos.adapters.api_gateway import Request, answer, problem, read_request
from kairos.adapters.pages.forms import not_found, page, try_again
from kairos.adapters.pages.layout import Answer
from kairos.adapters.pages.notifications import script
from kairos.domain.errors import Conflict, NotFound, Refused, Throttled, Unavailable
from kairos.services.forms.answering import Answering
from kairos.services.forms.notifying import is_switch, switch
from kairos.services.forms.showing import Visit, visit

_MOST_READ = 20_000
"""Bytes: what our forms post is shorter."""

_MOST_FIELDS = 100
_LOG = bootstrap.logger()
_GIVEN = bootstrap.answering()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event; answers 200 with a page, 400 with the form where something is wrong in it, 404 for an
    address that is none of ours, 429 for one too many, 503 where the store is busy.
    """
    request = read_request(event)
    if request.method == "HEAD":
        return _answer(200, Answer("", {"cache-control": "no-store"}))
    if request.method == "GET" and (served := script(request.path["token"])):
        return _answer(200, served)
    accepts = request.headers.get("accept-language")
    origin = str((event.get("requestContext") or {}).get("identity", {}).get("sourceIp") or "")
    posted = _posted(request) if request.method == "POST" else None
    coming = Visit(request.path["token"], accepts, origin, posted)
    if is_switch(coming):
        return _switched(request, coming)
    try:
        shown = visit(_given(request), coming)
    except NotFound:
        return _answer(404, not_found(accepts))
    except (Conflict, Throttled, Unavailable) as error:
        _LOG.warning("A form was not kept", extra={"error": type(error).__name__})
        return _answer(503, try_again(accepts))
    if posted is not None:
        _LOG.info("Form posted", extra={"shop": shown.shop.id, "page": shown.name})
    return _answer(429 if shown.name == "busy" else 400 if shown.wrong else 200, page(shown))


def _switched(request: Request, coming: Visit) -> dict[str, Any]:
    """What the script is told: {"notifications": "on" | "off"}, else what is wrong."""
    unkept = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    try:
        now = switch(_given(request), coming)
    except Refused as wrong:
        return problem(400, wrong.problem, field=wrong.field, remedy=wrong.remedy, headers=unkept)
    except NotFound:
        return problem(404, "This link does not work.", headers=unkept)
    except (Conflict, Throttled, Unavailable) as error:
        _LOG.warning("A browser was not kept", extra={"error": type(error).__name__})
        return problem(503, "Try again in a minute.", headers=unkept)
    if now == "busy":
        return problem(429, "Too many requests: try again in an hour.", headers=unkept)
    return answer(200, {"notifications": now}, unkept)


def _given(request: Request) -> Answering:
    return _GIVEN._replace(api_url=_GIVEN.api_url or request.base)


def _posted(request: Request) -> dict[str, list[str]]:
    """The fields; none of what can't be read."""
    text = request.body[:_MOST_READ].decode("utf-8", "replace")
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}


def _answer(status: int, told: Answer) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": dict(told.headers),
        "body": told.html,
        "isBase64Encoded": False,
    }
