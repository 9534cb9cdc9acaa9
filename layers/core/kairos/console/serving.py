"""From a proxy event to a page: who asks, what they may, and what goes with every answer."""

import base64
import gzip
import logging
import traceback
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kairos.adapters.api_gateway import Request, read_request
from kairos.console.asked import Answer, Asked
from kairos.console.assets import assets, packed, version
from kairos.console.guarding import GUARDED
from kairos.console.parts import Parts
from kairos.console.sections import Route, find
from kairos.console.words import spoken
from kairos.domain.access import Person, at_least
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
from kairos.services import sessions
from kairos.services.shops import load_shop

_LOG = logging.getLogger("kairos")
_MOST_READ = 1_000_000
"""Bytes of a form: 5,000 codes of 64 characters have 350,000, and a text as long as may be, of which each
third character is sent as three, 400,000."""

_MOST_FIELDS = 3000
_WORTH_PACKING = 1000
_YEAR = 31_536_000
_LAST_RESORT = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Kairos</title>'
    "<h1>Something went wrong on our side</h1><p>Try again in a minute.</p></html>"
)


def serve(parts: Parts, event: Mapping[str, Any]) -> dict[str, Any]:
    """The proxy answer to a proxy event."""
    request = read_request(event)
    path = f"/{(event.get('pathParameters') or {}).get('proxy') or ''}".rstrip("/") or "/"
    if path.startswith("/assets/"):
        return _asset(request, path)
    root = urlsplit(parts.api_url or request.base).path.rstrip("/") + "/console"
    answer = _answered(parts, request, root, path)
    headers = {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "vary": "HX-Request",
        **GUARDED,
        **answer.headers,
    }
    if parts.secure:
        headers["strict-transport-security"] = f"max-age={_YEAR}"
    if answer.cookie:
        headers["set-cookie"] = answer.cookie
    return _packed(request, answer.status, answer.body.encode(), headers)


def _answered(parts: Parts, request: Request, root: str, path: str) -> Answer:
    cookies = cookies_of(request)
    secret = cookies.get(cookie_name(parts), "")
    fresh = "" if secret else sessions.new_secret()
    asked = Asked(
        request=request,
        parts=parts,
        where=path,
        route=path,
        section="errors",
        root=root,
        language=spoken(cookies.get("kairos-language", ""), request.headers.get("accept-language", "")),
        csrf=sessions.csrf_of(secret or fresh),
    )
    try:
        asked = _with(asked, form=_form(request))
        answer = _routed(asked, secret, path)
    except Exception as failure:
        answer = _told(asked, failure)
    if fresh and not answer.cookie and answer.status == 200:
        return answer._replace(cookie=set_cookie(parts, root, fresh))
    return answer


def _routed(asked: Asked, secret: str, path: str) -> Answer:
    found = find(asked.request.method, path)
    if found is None:
        return asked.page("error.html", 404, name="nowhere")
    section, route, places = found
    asked = _with(asked, route=route.path, section=section.name, path=places)
    if route.method != "GET" and not _is_ours(asked):
        return asked.page("error.html", 403, name="stale")
    if route.needs is None:
        return route.answers(asked)
    session = sessions.find(asked.parts.items, asked.parts.real, asked.parts.people, secret)
    if session is None:
        return _to_sign_in(asked)
    asked = _with(asked, person=session.as_person(), email=session.email)
    return _within(asked, route, session.as_person())


def _within(asked: Asked, route: Route, person: Person) -> Answer:
    """The answer of a route, if the person may have it. Whoever has no role in a shop is told the same of a
    shop that there is and of one that there is not."""
    if "shop" not in asked.path:
        return route.answers(asked)
    role = person.role_in(asked.path["shop"])
    shop = load_shop(asked.parts.items, asked.path["shop"]) if role else None
    if shop is None or role is None:
        return asked.page("error.html", 404, name="nowhere")
    asked = _with(asked, shop=shop, role=role)
    if route.needs is not None and not at_least(role, route.needs):
        return asked.page("error.html", 403, name="forbidden", needed=route.needs)
    return route.answers(asked)


def _is_ours(asked: Asked) -> bool:
    """Whether the form was made for this very browser."""
    told = asked.one("csrf") or asked.request.headers.get("x-csrf", "")
    return bool(cookies_of(asked.request).get(cookie_name(asked.parts))) and sessions.is_same(
        told, asked.csrf
    )


def _to_sign_in(asked: Asked) -> Answer:
    if asked.is_live:
        return Answer(401, "")
    further = f"?to={asked.where}" if asked.request.method == "GET" and asked.where != "/" else ""
    return Answer(303, "", {"location": f"{asked.root}/sign-in{further}"})


def _told(asked: Asked, failure: Exception) -> Answer:
    """The page of an error, also where that very page can't be made."""
    try:
        return _failed(asked, failure)
    except Exception as another:
        _LOG.error("%s while telling %s", type(another).__name__, type(failure).__name__)
        return Answer(500, _LAST_RESORT)


def _failed(asked: Asked, failure: Exception) -> Answer:
    """An error as a page that says what to do."""
    match failure:
        case Refused():
            return asked.page("error.html", 400, name="refused", why=failure)
        case Forbidden():
            return asked.page("error.html", 403, name="not_allowed", why=failure)
        case NotFound():
            return asked.page("error.html", 404, name="gone")
        case InUse():
            return asked.page("error.html", 409, name="in_use", why=failure)
        case Conflict():
            return asked.page("error.html", 409, name="conflict")
        case TooLarge():
            return asked.page("error.html", 413, name="too_large")
        case NotReady():
            return asked.page("error.html", 503, name="not_ready")
        case Throttled() | Unavailable():
            return asked.page("error.html", 503, name="busy")
    # Told by name and place alone: an error's text may quote what was sent.
    places = "".join(traceback.format_tb(failure.__traceback__))
    _LOG.error("%s at\n%s", type(failure).__name__, places)
    return asked.page("error.html", 500, name="broken")


def cookie_name(parts: Parts) -> str:
    """With TLS the browser itself sees to it that nobody else can have set it (RFC 6265bis, 4.1.3.2)."""
    return "__Host-kairos" if parts.secure else "kairos"


def set_cookie(parts: Parts, root: str, secret: str, name: str = "", age: int | None = None) -> str:
    """The header that gives the browser its secret, until it is closed; "" takes it away again.

    Lax, so that a link in a mail finds who is signed in: nothing is changed by a GET, and a POST from
    another site carries neither the cookie nor a form's token.
    """
    lasts = "; Max-Age=0" if not secret else f"; Max-Age={age}" if age else ""
    where = "/" if parts.secure else root
    safe = "; Secure" if parts.secure else ""
    return f"{name or cookie_name(parts)}={secret}; Path={where}; HttpOnly; SameSite=Lax{safe}{lasts}"


def cookies_of(request: Request) -> dict[str, str]:
    """By name, of several the first, which is of the narrowest path (RFC 6265, 5.4).

    Read as browsers write them: beside ours stand those of the whole domain, some with a JSON object or no
    name, at which http.cookies gives up on all.
    """
    found: dict[str, str] = {}
    for one in request.headers.get("cookie", "").split(";"):
        name, _, value = one.partition("=")
        found.setdefault(name.strip(), value.strip())
    return found


def _form(request: Request) -> dict[str, list[str]]:
    """The fields, all of them: half a form is another one. Raises TooLarge."""
    if request.method != "POST":
        return {}
    if len(request.body) > _MOST_READ:
        raise TooLarge(f"A form takes {_MOST_READ} bytes, and this one has {len(request.body)}.")
    text = request.body.decode("utf-8", "replace")
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise TooLarge(f"A form takes {_MOST_FIELDS} fields.") from error


def _with(asked: Asked, **told: Any) -> Asked:
    return replace(asked, **told)


def _asset(request: Request, path: str) -> dict[str, Any]:
    _, _, told, name = (*path.split("/", 3), "", "")[:4]
    known = assets().get(name)
    if known is None or told != version():
        return {"statusCode": 404, "headers": dict(GUARDED), "body": "", "isBase64Encoded": False}
    headers = {
        **GUARDED,
        "content-type": known.kind,
        "cache-control": f"public, max-age={_YEAR}, immutable",
        "vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        return _encoded(200, packed(name), {**headers, "content-encoding": "gzip"})
    return _encoded(200, known.body, headers)


def _packed(request: Request, status: int, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    if len(body) < _WORTH_PACKING or "gzip" not in request.headers.get("accept-encoding", ""):
        return {
            "statusCode": status,
            "headers": dict(headers),
            "body": body.decode(),
            "isBase64Encoded": False,
        }
    return _encoded(status, gzip.compress(body, 5, mtime=0), {**headers, "content-encoding": "gzip"})


def _encoded(status: int, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": dict(headers),
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
