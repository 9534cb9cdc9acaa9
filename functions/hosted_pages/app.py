"""The hosted forms: GET shows a page, POST keeps what was answered, HEAD does nothing."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from kairos import bootstrap
from kairos.adapters.api_gateway import Request, read_request
from kairos.adapters.pages.forms import not_found, page, try_again
from kairos.adapters.pages.layout import Answer
from kairos.domain.errors import Conflict, NotFound, Throttled, Unavailable
from kairos.services.forms.answering import Answering
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
    accepts = request.headers.get("accept-language")
    origin = str((event.get("requestContext") or {}).get("identity", {}).get("sourceIp") or "")
    posted = _posted(request) if request.method == "POST" else None
    try:
        shown = visit(_given(request), Visit(request.path["token"], accepts, origin, posted))
    except NotFound:
        return _answer(404, not_found(accepts))
    except (Conflict, Throttled, Unavailable) as error:
        _LOG.warning("A form was not kept", extra={"error": type(error).__name__})
        return _answer(503, try_again(accepts))
    if posted is not None:
        _LOG.info("Form posted", extra={"shop": shown.shop.id, "page": shown.name})
    return _answer(429 if shown.name == "busy" else 400 if shown.wrong else 200, page(shown))


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
