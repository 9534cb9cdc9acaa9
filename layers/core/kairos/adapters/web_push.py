"""Notifications of browsers: encrypted, signed, and posted to the browser's own push service (RFC 8030)."""

import json
import os

from kairos.adapters.outgoing_https import Posted, post
from kairos.adapters.web_push_encryption import authorization, encrypted, new_ephemeral
from kairos.ports import NotSent, WebPush

_GONE = frozenset({404, 410})
"""The subscription has expired or was withdrawn (RFC 8030, 7.3)."""

_FOR_NOW = frozenset({429, 503})
_SUCCESS, _REDIRECT, _SERVER_ERROR = 200, 300, 500


class WebPushProvider:
    """See ports.Provider. loopback: this machine may be called, on a laptop."""

    def __init__(self, loopback: bool = False) -> None:
        self._loopback = loopback

    def send(self, message: WebPush) -> str | None:
        """See ports.Provider. The id is the push service's address of the message."""
        try:
            body = encrypted(payload(message), message.p256dh, message.auth, new_ephemeral(os.urandom(16)))
            signed = authorization(message.endpoint, message.vapid, message.at)
        except ValueError as error:
            raise NotSent("subscription or key cannot be used", for_now=False) from error
        headers = {
            "authorization": signed,
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(message.ttl),
            "urgency": "normal",
            # The same message shown twice would replace itself: base64url, at most 32 characters.
            "topic": message.message_id,
        }
        answer = post(message.endpoint, body, headers, self._loopback)
        _judge(answer)
        return answer.headers.get("location")


def payload(message: WebPush) -> bytes:
    """What the service worker shows."""
    told = {
        "title": message.title,
        "body": message.text,
        "url": message.url,
        "image": message.image,
        "tag": message.message_id,
    }
    return json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False).encode()


def _judge(answer: Posted) -> None:
    """Passes what was taken. A server's error tells nothing."""
    if _SUCCESS <= answer.status < _REDIRECT:
        return
    if answer.status in _GONE:
        raise NotSent(f"answer {answer.status}", for_now=False, gone=True)
    if answer.status in _FOR_NOW:
        raise NotSent(f"answer {answer.status}", for_now=True)
    if answer.status < _SERVER_ERROR:
        raise NotSent(f"answer {answer.status}", for_now=False)
    raise ConnectionError(f"answer {answer.status}")
