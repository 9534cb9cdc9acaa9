"""The unsubscribe link: GET shows a page, POST withdraws at once, HEAD does nothing."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from kairos import bootstrap
from kairos.adapters.api_gateway import Request, read_request
from kairos.adapters.unsubscribe_page import HEADERS, not_found, page
from kairos.domain.errors import NotFound, Unavailable
from kairos.services.segments.touching import Touched, tell_snapshot
from kairos.services.short_links import lengthen
from kairos.services.unsubscribing import Standing, Token, standing, undo, verify, withdraw

_MOST_READ = 10_000
"""Bytes: what the page and mail programs post is shorter."""

_LOG = bootstrap.logger()
_ITEMS, _CLOCK, _KEY = bootstrap.items(), bootstrap.clock(), bootstrap.identity_key()
_SNAPSHOT = bootstrap.snapshot_queue()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event; answers 200 with a page (POST by a mail program: with nothing), 404 for a bad link."""
    request = read_request(event)
    if request.method == "HEAD":
        return _answer(200, "")
    try:
        token = verify(_KEY, lengthen(_ITEMS, request.path["token"]))
        told = _withdrawn(token, request) if request.method == "POST" else standing(_ITEMS, token)
    except NotFound:
        return _answer(404, not_found(request.headers.get("accept-language")))
    return _answer(200, page(told) if told else "")


def _withdrawn(token: Token, request: Request) -> Standing | None:
    """Any POST withdraws, unless it says undo: a mail program's body is not ours to insist on."""
    fields = parse_qs(request.body[:_MOST_READ].decode("utf-8", "replace"))
    if fields.get("List-Unsubscribe") == ["One-Click"]:
        withdraw(_ITEMS, _CLOCK, token, "one-click unsubscribe")
        _tell(token)
        _LOG.info(
            "Unsubscribed", extra={"shop": token.shop, "message_id": token.message_id, "by": "one-click"}
        )
        return None
    if fields.get("undo") == ["1"]:
        undone = undo(_ITEMS, _CLOCK, token)
        _tell(token)
        _LOG.info("Undone", extra={"shop": token.shop, "message_id": token.message_id, "undone": undone})
    else:
        withdraw(_ITEMS, _CLOCK, token, "unsubscribe page")
        _tell(token)
        _LOG.info("Unsubscribed", extra={"shop": token.shop, "message_id": token.message_id, "by": "page"})
    return standing(_ITEMS, token)


def _tell(token: Token) -> None:
    """That the segments of whoever has the address may turn. The withdrawal holds, told or not."""
    try:
        tell_snapshot(_SNAPSHOT, token.shop, Touched(frozenset({token.address_node})))
    except Unavailable as error:
        _LOG.warning("The snapshot was not told", extra={"shop": token.shop, "error": str(error)})


def _answer(status: int, html: str) -> dict[str, Any]:
    return {"statusCode": status, "headers": dict(HEADERS), "body": html, "isBase64Encoded": False}
