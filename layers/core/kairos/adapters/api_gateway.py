"""API Gateway's proxy events and answers. Light: receiving a webhook pays for every import."""

import base64
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

MOST_ANSWERED = 5_500_000
"""Bytes: Lambda answers at most 6 MB, envelope and escapes included (Lambda quotas)."""


class Request(NamedTuple):
    """One request. route: the path as template.yaml declares it; headers: lower-case names.

    caller: what the authorizer said ("role", "shops", "key_id"); empty where no key is asked for.
    base: the address of the API that was asked, without a final slash; "" where the event names none.
    """

    method: str
    route: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    caller: Mapping[str, str]
    base: str = ""


def read_request(event: Mapping[str, Any]) -> Request:
    """The request within a proxy event; the body as the bytes that were sent."""
    text = event.get("body") or ""
    encoded = bool(event.get("isBase64Encoded"))
    return Request(
        method=event["httpMethod"],
        route=event["resource"],
        path=event.get("pathParameters") or {},
        query=event.get("queryStringParameters") or {},
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=base64.b64decode(text) if encoded else text.encode(),
        caller=event.get("requestContext", {}).get("authorizer") or {},
        base=_base(event),
    )


def _base(event: Mapping[str, Any]) -> str:
    """Domain and, on API Gateway's own domains, stage: what its own path has more than the one we declare."""
    context, path = event.get("requestContext") or {}, event.get("path") or ""
    domain, whole = context.get("domainName"), context.get("path") or path
    return f"https://{domain}{whole.removesuffix(path)}" if domain else ""


def answer(
    status: int, body: Any = None, headers: Mapping[str, str] | None = None, kind: str = "application/json"
) -> dict[str, Any]:
    """A proxy answer; `body` becomes JSON, None is no body."""
    text = "" if body is None else json.dumps(body, ensure_ascii=False)
    return {
        "statusCode": status,
        "headers": ({"content-type": kind} if text else {}) | dict(headers or {}),
        "body": text,
        "isBase64Encoded": False,
    }


def problem(
    status: int,
    detail: str,
    *,
    field: str | None = None,
    remedy: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A problem document (RFC 9457). field: where in the request; remedy: what the sender can do."""
    told = {"field": field, "remedy": remedy}
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **{name: text for name, text in told.items() if text is not None},
    }
    return answer(status, body, headers, "application/problem+json")
