"""Somebody who takes web pushes and outgoing webhooks: POST /_kairos/web_push/… and /_kairos/webhook/….

They stand for the browsers' push services and a shop's provider of other channels, and note in the outbox
what they were sent. The status that the path ends with is answered, 201 where it ends otherwise:
/_kairos/web_push/anna, /_kairos/webhook/503. No gap of the emulator's, but a part of the world around it.
"""

import base64
import uuid
from typing import Any

from local.mends import clock, outbox

_PLACE = "/_kairos/"
_CHANNELS = frozenset({"web_push", "webhook"})


def mend() -> None:
    """Answer these addresses before the emulator looks at them."""
    from ministack import app as emulator

    stock = emulator.app

    async def app(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        channel = path.removeprefix(_PLACE).partition("/")[0]
        if scope["type"] != "http" or not path.startswith(_PLACE) or channel not in _CHANNELS:
            await stock(scope, receive, send)
            return
        body = await _whole(receive)
        status, message_id = _status(path), uuid.uuid4().hex
        if status == _CREATED:
            outbox.append(_record(channel, message_id, scope, body))
        headers = [(b"location", f"{_PLACE}messages/{message_id}".encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    emulator.app = app


_CREATED = 201


def _status(path: str) -> int:
    last = path.rpartition("/")[2]
    return int(last) if last.isdecimal() and len(last) == len("201") else _CREATED


def _record(channel: str, message_id: str, scope: Any, body: bytes) -> dict[str, Any]:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    record: dict[str, Any] = {
        "channel": channel,
        "at": clock.shown_now().isoformat(),
        "message_id": message_id,
        "to": [scope["path"]],
        "headers": headers,
    }
    if channel == "webhook":
        return record | {"text": body.decode()}
    return record | {"body": base64.b64encode(body).decode()}


async def _whole(receive: Any) -> bytes:
    parts = []
    while True:
        event = await receive()
        parts.append(event.get("body", b""))
        if not event.get("more_body"):
            return b"".join(parts)
